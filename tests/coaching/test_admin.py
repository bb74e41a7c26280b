"""Who may enter the administrator's room, and what it says of each connection."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.conf import settings
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coaching.admin_views import overview
from coaching.intake import lawful
from coaching.models import (
    Connection,
    EvaluationForm,
    FileImport,
    FormLine,
    Run,
    VendorAgent,
    Watermark,
)
from coaching.models.connections import ConnectionState, QuarantineReason, RunState
from literacy.models import Notice, Role
from literacy.privacy import notices
from tests.coaching.integrations.stub import StubServer
from tests.coaching.platforms import SECRET, make_genesys, platform
from tests.coaching.room import keep_aside, make_user, page, post, signed_in
from tests.coaching.uploads import (
    make_file_connection,
    make_import,
    make_notice,
)
from tests.factories import (
    NOW,
    LearnerFactory,
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


def everything() -> list[str]:
    """Return the address of every page of the room, with something behind each."""
    connection = make_file_connection()
    upload = make_import(connection=connection)
    notice = Notice.objects.get()
    sender = make_connection("sender", vendor="push")
    agent = connection.agents.create(external_id="4711", learner=LearnerFactory())
    slugs = ["detail", "settings", "test", "start", "agents", "lines", "quarantine", "imports"]
    slugs += ["importance"]
    posts = ["sync", "pause", "resume", "retry", "delete_payloads"]
    uploads = ["import", "columns", "start_import", "progress", "errors", "discard"]
    return [
        reverse("connections:index"),
        reverse("connections:add"),
        reverse("connections:add_vendor", args=["genesys"]),
        reverse("connections:notices"),
        reverse("connections:remove_notice", args=[notice.pk]),
        reverse("connections:unmap_agent", args=[connection.slug, agent.pk]),
        *(reverse(f"connections:{name}", args=[connection.slug]) for name in slugs + posts),
        reverse("connections:receiving", args=[sender.slug]),
        *(reverse(f"connections:{name}", args=[upload.pk]) for name in uploads),
    ]


def test_every_address_of_the_room_is_walked_below() -> None:
    from coaching.admin_views.urls import urlpatterns

    assert len(everything()) == len(urlpatterns)


@pytest.mark.parametrize(
    ("role", "in_cms", "answers"),
    [
        (Role.ADMINISTRATOR, True, {200, 302, 405}),
        (Role.AUTHOR, True, {404}),
        (Role.STEWARD, True, {404}),
        (Role.MANAGER, False, {302}),
        (Role.AGENT, False, {302}),
        (None, False, {302}),
    ],
)
def test_only_an_administrator_enters(role: Role | None, in_cms: bool, answers: set[int]) -> None:
    client = signed_in(make_user(role, in_cms=in_cms))

    for address in everything():
        for response in (client.get(address), client.post(address)):
            assert response.status_code in answers, address
            if answers == {302}:
                assert response["Location"].startswith(reverse(settings.WAGTAILADMIN_LOGIN_URL))
    if role != Role.ADMINISTRATOR:
        assert FileImport.objects.exists()
        assert Notice.objects.exists()
        assert not Run.objects.exists()


def test_a_superuser_enters_too() -> None:
    client = signed_in(make_user(is_superuser=True))

    assert "Connections" in page(client, "index")


@pytest.mark.parametrize(("role", "shown"), [(Role.ADMINISTRATOR, True), (Role.AUTHOR, False)])
def test_menu_has_the_entry_for_administrators_alone(role: Role, shown: bool) -> None:
    client = signed_in(make_user(role, in_cms=True))

    home = client.get(reverse("wagtailadmin_home")).content.decode()

    assert (reverse("connections:index") in home) == shown


def test_index_without_connections_says_what_to_do(administrator: Client) -> None:
    assert "No platform is connected yet." in page(administrator, "index")


def make_busy_connection(slug: str) -> Connection:
    connection = make_connection(slug, state=ConnectionState.ACTIVE, country="DK")
    Run.objects.create(connection=connection, kind="pull")
    VendorAgent.objects.create(connection=connection, external_id="x")
    Watermark.objects.create(connection=connection, resource="agents", reached_at=NOW)
    return connection


def test_index_asks_as_many_questions_for_three_connections_as_for_one(
    administrator: Client,
) -> None:
    page(administrator, "index")
    counts = []
    for slugs in (["a"], ["b", "c"]):
        for slug in slugs:
            make_busy_connection(slug)
        with CaptureQueriesContext(database) as asked:
            page(administrator, "index")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 15


@pytest.mark.parametrize(
    ("fields", "is_lawful", "failed", "word"),
    [
        ({"state": "draft"}, True, False, "Set-up not finished"),
        ({"state": "paused"}, True, False, "Paused"),
        ({"state": "broken"}, True, False, "Broken"),
        ({"state": "active"}, False, False, "Waits for the notice"),
        ({"state": "active"}, True, True, "The last run failed"),
        ({"state": "active"}, True, False, "Works"),
    ],
)
def test_index_says_how_a_connection_stands(
    administrator: Client, fields: dict, is_lawful: bool, failed: bool, word: str
) -> None:
    connection = make_connection(**fields)
    if is_lawful:
        make_notice()
    if failed:
        Run.objects.create(connection=connection, kind="pull", state=RunState.FAILED)

    shown = page(administrator, "index")

    assert shown.count("room-standing room-standing--") == 1
    assert word in shown


@pytest.mark.parametrize(
    ("country", "given_on", "site"),
    [
        ("DK", date(2026, 1, 5), ""),
        ("DK", timezone.localdate(), ""),
        ("DK", date(2026, 1, 5), "Aarhus"),
        ("DK", date(2026, 1, 5), "Odense"),
        ("SE", date(2026, 1, 5), ""),
    ],
)
def test_overview_and_the_gate_agree_on_what_is_lawful(
    country: str, given_on: date, site: str
) -> None:
    notices.record(country, given_on, site=site)
    connection = make_connection(country="DK", site="Aarhus", state=ConnectionState.ACTIVE)

    waits = overview.rows()[0].standing == overview.WAITS

    assert waits is not lawful(connection, timezone.localdate()).allowed


def test_index_counts_what_needs_a_person(administrator: Client) -> None:
    connection = make_busy_connection("a")
    form = EvaluationForm.objects.create(connection=connection, context_id="f", name="Kvalitet")
    for number in range(2):
        FormLine.objects.create(form=form, context_id=str(number), text="Lyssnar")
    keep_aside(connection)
    keep_aside(connection, reason=QuarantineReason.UNKNOWN_AGENT)

    shown = page(administrator, "index")

    assert "1 agent to map" in shown
    assert "2 form lines to map" in shown
    assert "1 payload to look at" in shown


def test_index_warns_when_no_worker_is_there(administrator: Client, settings, tmp_path) -> None:
    settings.PRIVATE_ROOT, settings.CELERY_TASK_ALWAYS_EAGER = tmp_path, False

    assert "No worker has given a sign of life" in page(administrator, "index")


def test_detail_shows_watermarks_counts_unknown_values_and_errors(administrator: Client) -> None:
    connection = make_busy_connection("a")
    Run.objects.create(
        connection=connection,
        kind="pull",
        state=RunState.FAILED,
        counts={"interactions": {"read": 4711, "new": 4000}},
        unknown_values={"mediaType=pigeon": 3},
        error="Unavailable: /oauth/token: HTTP 503",
    )

    shown = page(administrator, "detail", "a")

    assert "4,711" in shown
    assert "mediaType=pigeon" in shown
    assert "The platform did not answer." in shown
    assert "HTTP 503" in shown


def test_detail_shows_neither_a_secret_nor_what_a_bug_said(administrator: Client) -> None:
    connection = make_connection("a", state=ConnectionState.BROKEN)
    connection.secrets = {"client_secret": SECRET}
    connection.save()
    for error in (f"Unverified: no such client {SECRET}", "KeyError: sanna@demo.example"):
        Run.objects.create(connection=connection, kind="pull", state="failed", error=error)

    shown = page(administrator, "detail", "a")

    assert "no such client •••" in shown
    assert SECRET not in shown
    assert "sanna@demo.example" not in shown
    assert "did not foresee" in shown


def test_sync_now_asks_for_a_sync(administrator: Client, server: StubServer) -> None:
    make_notice()
    make_genesys(server, state=ConnectionState.ACTIVE)

    shown = post(administrator, "sync", "genesys-se")

    assert "The sync has been asked for." in shown
    assert Run.objects.get().state == RunState.DONE


def test_sync_now_before_the_notice_asks_the_platform_nothing(
    administrator: Client, server: StubServer
) -> None:
    make_genesys(server, state=ConnectionState.ACTIVE)

    shown = post(administrator, "sync", "genesys-se")

    assert "Nothing can be read before the notice is in force." in shown
    assert server.received == []


def test_pause_and_resume(administrator: Client) -> None:
    make_connection("a", state=ConnectionState.ACTIVE)

    post(administrator, "pause", "a")
    shown = post(administrator, "pause", "a")  # a second click
    assert Connection.objects.get().state == ConnectionState.PAUSED
    assert "Nothing is read from this platform until somebody resumes it." in shown
    post(administrator, "resume", "a")
    post(administrator, "resume", "a")

    assert Connection.objects.get().state == ConnectionState.ACTIVE


@pytest.mark.parametrize("state", [ConnectionState.DRAFT, ConnectionState.BROKEN])
def test_only_what_works_can_be_paused(administrator: Client, state: str) -> None:
    make_connection("a", state=state)

    shown = post(administrator, "pause", "a")
    post(administrator, "resume", "a")

    assert "Only a platform that works can be paused." in shown
    assert Connection.objects.get().state == state


def test_sync_now_of_a_paused_platform_asks_it_nothing(
    administrator: Client, server: StubServer
) -> None:
    make_notice()
    make_genesys(server, state=ConnectionState.PAUSED)

    shown = post(administrator, "sync", "genesys-se")

    assert "This platform is paused. Resume it first." in shown
    assert "Sync now" not in shown
    assert server.received == []
