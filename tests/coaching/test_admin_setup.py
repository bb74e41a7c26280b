"""Four steps to a connection: secrets stay secret, and nothing is stored before its notice."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from coaching.models import (
    Connection,
    Run,
)
from coaching.models.connections import ConnectionState, RunState
from literacy.models import Notice, Role
from tests.coaching.integrations.stub import StubServer
from tests.coaching.platforms import SECRET, be_away, make_genesys, platform, refuse_sign_in
from tests.coaching.room import make_user, page, post, signed_in
from tests.factories import (
    make_connection,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[StubServer]:
    with platform() as running:
        yield running


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_user(Role.ADMINISTRATOR, in_cms=True))


SETTINGS = {
    "name": "Genesys Norden",
    "country": "SE",
    "site": "",
    "time_zone": "Europe/Stockholm",
    "need-region": "eu-central-1",
    "need-client_id": "me",
    "need-client_secret": SECRET,
    "need-automatic_evaluations": "no",
}


def test_set_up_in_four_steps(administrator: Client, server: StubServer) -> None:
    assert "Genesys Cloud" in page(administrator, "add")
    post(administrator, "add_vendor", "genesys", **SETTINGS)
    connection = Connection.objects.get()
    assert (connection.slug, connection.state) == ("genesys-norden", ConnectionState.DRAFT)
    assert connection.settings["client_id"] == "me"
    connection.settings |= {"login_url": server.url, "api_url": server.url}
    connection.save()

    tested = post(administrator, "test", connection.slug)
    assert "Sign-in: found" in tested
    assert Run.objects.count() == 0
    noted = post(
        administrator,
        "start",
        connection.slug,
        country="SE",
        site="",
        given_on="2026-01-05",
        reference="Protokoll 4",
    )
    assert "The notice is in force: data may be stored." in noted
    post(administrator, "start", connection.slug, activate="1")

    connection.refresh_from_db()
    assert connection.state == ConnectionState.ACTIVE
    assert Notice.objects.get().reference == "Protokoll 4"
    assert Run.objects.get().state == RunState.DONE


def test_settings_never_send_a_secret_back_and_keep_it_when_left_empty(
    administrator: Client,
) -> None:
    sealed = post(administrator, "add_vendor", "genesys", **SETTINGS)
    wrong = post(administrator, "settings", "genesys-norden", **{**SETTINGS, "name": ""})
    post(
        administrator,
        "settings",
        "genesys-norden",
        **{**SETTINGS, "name": "Nytt namn", "need-client_secret": ""},
    )

    connection = Connection.objects.get()
    shown = page(administrator, "settings", "genesys-norden")
    assert (connection.name, connection.slug) == ("Nytt namn", "genesys-norden")
    assert connection.secrets == {"client_secret": SECRET}
    assert SECRET.encode() not in bytes(connection.sealed_secrets or b"")
    assert "It is stored. Leave this empty to keep it." in shown
    assert all(SECRET not in html for html in (sealed, wrong, shown))


def test_settings_keep_what_the_form_does_not_know(administrator: Client) -> None:
    connection = make_connection("a", settings={"transport": "demo", "client_id": "old"})

    post(administrator, "settings", "a", **SETTINGS)

    connection.refresh_from_db()
    assert (connection.settings["transport"], connection.settings["client_id"]) == ("demo", "me")


def test_two_connections_of_one_name_get_addresses_of_their_own(administrator: Client) -> None:
    for _ in range(2):
        post(administrator, "add_vendor", "csv_file", **{**SETTINGS, "name": "Add"})

    assert set(Connection.objects.values_list("slug", flat=True)) == {"add-2", "add-3"}


def test_test_says_what_is_refused_without_the_secret(
    administrator: Client, server: StubServer
) -> None:
    make_genesys(server)
    refuse_sign_in(server)

    shown = post(administrator, "test", "genesys-se")

    assert "Sign-in: refused" in shown
    assert SECRET not in shown


def test_test_of_a_platform_that_is_away_says_so(administrator: Client, server: StubServer) -> None:
    make_genesys(server)
    be_away(server)

    assert "The test got no further." in post(administrator, "test", "genesys-se")


def test_test_with_secrets_that_no_key_opens_asks_for_them_again(administrator: Client) -> None:
    connection = make_connection("a", settings={"client_id": "me"})
    Connection.objects.filter(pk=connection.pk).update(sealed_secrets=b"from another key")

    assert "The stored secrets cannot be opened any more." in post(administrator, "test", "a")
    assert page(administrator, "settings", "a")
    assert page(administrator, "detail", "a")


def test_test_that_passes_mends_a_broken_connection(
    administrator: Client, server: StubServer
) -> None:
    make_genesys(server, state=ConnectionState.BROKEN, error="refused")

    post(administrator, "test", "genesys-se")

    connection = Connection.objects.get()
    assert (connection.state, connection.error) == (ConnectionState.ACTIVE, "")


def test_start_shows_until_when_a_notice_waits(administrator: Client) -> None:
    make_connection("a", country="DK")
    shown = post(
        administrator,
        "start",
        "a",
        country="DK",
        site="",
        given_on=str(timezone.localdate()),
        reference="Brev",
    )

    assert "The notice is in force from" in shown
    assert "42 days before anything is stored" in shown
    post(administrator, "start", "a", activate="1")
    assert "Waits for the notice" in page(administrator, "index")
    assert Run.objects.count() == 0


def test_a_notice_cannot_be_recorded_ahead(administrator: Client) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)

    shown = post(
        administrator, "notices", country="SE", site="", given_on=str(tomorrow), reference="x"
    )

    assert "Record it on the day it happened, not before." in shown
    assert not Notice.objects.exists()


def test_notices_are_recorded_listed_and_taken_back(administrator: Client) -> None:
    shown = post(
        administrator,
        "notices",
        country="NO",
        site="Bergen",
        given_on="2026-03-02",
        covers="contacts",
        reference="Referat 7",
    )
    assert "Referat 7" in shown
    assert "Discussion with representatives, and information" in shown

    post(administrator, "remove_notice", Notice.objects.get().pk)

    assert not Notice.objects.exists()
