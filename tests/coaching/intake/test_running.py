"""Runs: lawful only, one at a time, with an end that says how it went."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from coaching.intake import Busy, NotLawful, Paused, lawful, pull, run_lock
from coaching.integrations.base import AdapterError, Unverified
from coaching.models import Connection, Run
from literacy.privacy import notices
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.platforms import be_away, make_genesys, refuse_sign_in
from tests.coaching.platforms import platform as working_platform
from tests.factories import NOW, make_connection

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


@pytest.fixture
def platform() -> Iterator[StubServer]:
    with StubServer().running() as server:
        yield server


def genesys(platform: StubServer, **fields: object) -> Connection:
    connection = make_connection(
        settings={"login_url": platform.url, "api_url": platform.url}, **fields
    )
    connection.secrets = {"client_id": "id", "client_secret": "very-secret"}
    connection.save()
    return connection


@pytest.mark.parametrize(
    ("country", "days_since", "allowed"),
    [("SE", 0, True), ("NO", 0, True), ("DK", 41, False), ("DK", 42, True)],
)
def test_a_notice_is_in_force_after_its_country_s_lead_time(
    country: str, days_since: int, allowed: bool
) -> None:
    connection = make_connection(country=country)
    notices.record(country, TODAY - timedelta(days=days_since))

    found = lawful(connection, TODAY)

    assert found.allowed == allowed
    assert found.waits_until == (None if allowed else TODAY + timedelta(days=1))


def test_a_site_s_notice_does_not_open_another_site() -> None:
    notices.record("DK", TODAY - timedelta(days=60), site="Aarhus")

    assert lawful(make_connection("a", country="DK", site="Aarhus"), TODAY).allowed
    assert not lawful(make_connection("b", country="DK", site="Odense"), TODAY).allowed


def test_pull_stores_and_asks_nothing_before_the_notice(platform: StubServer) -> None:
    connection = genesys(platform)

    with httpx.Client() as http, pytest.raises(NotLawful):
        pull(connection, http, now=NOW)

    assert platform.received == []
    assert Run.objects.count() == 0


def test_pull_says_on_the_connection_that_the_platform_refuses(platform: StubServer) -> None:
    notices.record("SE", TODAY)
    connection = genesys(platform)
    platform.answer("/oauth/token", Answer({"error": "invalid_client"}, status=401))

    with httpx.Client() as http, pytest.raises(Unverified):
        pull(connection, http, now=NOW)

    connection.refresh_from_db()
    run = Run.objects.get()
    assert (connection.state, run.state) == ("broken", "failed")
    assert "very-secret" not in run.error + connection.error
    assert (connection.locked_until, connection.lock_token) == (None, "")


def test_run_lock_lets_one_in_and_opens_again() -> None:
    connection = make_connection()

    with run_lock(connection), pytest.raises(Busy), run_lock(connection):
        pass

    with run_lock(connection):
        pass


def test_run_lock_of_a_dead_worker_ends_by_itself_and_its_owner_loses_it() -> None:
    connection = make_connection()

    with run_lock(connection) as keep:
        Connection.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
        with run_lock(connection), pytest.raises(Busy):
            keep()


def test_secrets_are_sealed_in_the_database() -> None:
    connection = make_connection()
    connection.secrets = {"client_secret": "very-secret"}
    connection.save()

    stored = Connection.objects.values_list("sealed_secrets", flat=True).get()

    assert b"very-secret" not in bytes(stored)
    assert Connection.objects.get().secrets == {"client_secret": "very-secret"}


def refuse_nothing(server: StubServer) -> None:
    pass


@pytest.mark.parametrize("prepare", [refuse_nothing, refuse_sign_in, be_away])
def test_pause_during_a_pull_holds(prepare: Callable[[StubServer], None]) -> None:
    notices.record("SE", TODAY)

    with working_platform() as server:
        prepare(server)
        connection = make_genesys(server, state="active")
        with httpx.Client(event_hooks={"request": [pause]}) as http, suppress(AdapterError):
            pull(connection, http, now=NOW)

    connection.refresh_from_db()
    assert Run.objects.exists()
    assert connection.state == "paused"


def pause(request: httpx.Request) -> None:
    Connection.objects.update(state="paused")


def test_pull_of_a_paused_connection_asks_nothing(platform: StubServer) -> None:
    notices.record("SE", TODAY)
    connection = genesys(platform)
    Connection.objects.update(state="paused")

    with httpx.Client() as http, pytest.raises(Paused):
        pull(connection, http, now=NOW)

    assert platform.received == []
