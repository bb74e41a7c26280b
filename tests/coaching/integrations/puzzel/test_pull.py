from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from coaching.integrations.base import Batch, Resource, Unreadable, Unverified
from coaching.integrations.puzzel import Puzzel
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds.puzzel import FOLDER, calls_of, put, sample, serve

pytestmark = pytest.mark.pure

SINCE = {Resource.INTERACTIONS: datetime(2026, 3, 19, 12, tzinfo=UTC)}


@pytest.fixture
def puzzel(server: StubServer, http: httpx.Client, sleeps: list[float]) -> Puzzel:
    return connect(server, http, sleeps)


def connect(server: StubServer, http: httpx.Client, sleeps: list[float], **settings: str) -> Puzzel:
    known = serve(server) | settings
    return Puzzel(known, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def days_asked(server: StubServer) -> list[str]:
    names = (call.path.rsplit("/", 1)[-1] for call in server.received)
    return [name[12:22] for name in names if name.startswith("call_events-")]


def test_pull_yields_every_resource_in_an_order_intake_can_link(puzzel: Puzzel) -> None:
    batches = list(puzzel.pull(SINCE))

    assert [(batch.resource.value, len(batch.records)) for batch in batches] == [
        ("agents", 4),
        ("teams", 2),
        ("roster", 3),
        ("queues", 2),
        ("interactions", 2),
        ("interactions", 1),
    ]
    assert (batches[2].watermark, batches[2].total) == (NOW, 3)


def test_contacts_are_read_from_a_day_before_the_watermark_to_today(
    server: StubServer, puzzel: Puzzel
) -> None:
    list(puzzel.pull(SINCE))

    assert days_asked(server) == ["2026-03-18", "2026-03-19", "2026-03-20"]


def test_first_pull_reads_four_weeks(server: StubServer, puzzel: Puzzel) -> None:
    list(puzzel.pull({}))

    asked = days_asked(server)
    assert (asked[0], asked[-1], len(asked)) == ("2026-02-19", "2026-03-20", 30)


def test_watermark_is_the_end_of_the_last_day_that_has_a_file(puzzel: Puzzel) -> None:
    batches = of(puzzel.pull(SINCE), Resource.INTERACTIONS)

    assert [batch.watermark for batch in batches] == [
        datetime(2026, 3, 18, 23, tzinfo=UTC),
        datetime(2026, 3, 19, 23, tzinfo=UTC),
    ]


def test_day_that_goes_on_is_not_passed(server: StubServer, puzzel: Puzzel) -> None:
    put(server, "call_events-2026-03-20.csv", calls_of("2026-03-20"))

    last = of(puzzel.pull(SINCE), Resource.INTERACTIONS)[-1]

    assert last.watermark == datetime(2026, 3, 19, 23, tzinfo=UTC)


def test_day_begins_and_ends_in_the_zone_of_the_connection(
    server: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    puzzel = connect(server, http, sleeps, time_zone="Europe/Helsinki")
    since = {Resource.INTERACTIONS: datetime(2026, 3, 19, 22, 30, tzinfo=UTC)}

    batches = of(puzzel.pull(since), Resource.INTERACTIONS)

    assert days_asked(server)[0] == "2026-03-19"
    assert batches[-1].watermark == datetime(2026, 3, 19, 22, tzinfo=UTC)


def test_days_before_the_first_file_and_after_the_last_are_no_gap(puzzel: Puzzel) -> None:
    assert [batch.unreadable for batch in puzzel.pull({}) if batch.unreadable] == []


def test_day_without_a_file_between_others_is_told_of(server: StubServer, puzzel: Puzzel) -> None:
    put(server, "call_events-2026-03-16.csv", calls_of("2026-03-16"))

    batches = of(puzzel.pull({}), Resource.INTERACTIONS)

    missed = [(it.reference, it.reason) for batch in batches for it in batch.unreadable]
    assert missed == [("call_events-2026-03-17.csv", "is missing")]


def test_empty_file_is_being_written_and_waits(server: StubServer, puzzel: Puzzel) -> None:
    put(server, "call_events-2026-03-19.csv", b"")

    batches = of(puzzel.pull(SINCE), Resource.INTERACTIONS)

    assert [batch.watermark for batch in batches] == [datetime(2026, 3, 18, 23, tzinfo=UTC)]


def test_contact_that_changed_late_is_read_again(server: StubServer, puzzel: Puzzel) -> None:
    late = calls_of("2026-03-19").replace(b"a;0;20;2800", b"a;0;55;2800")

    before = of(puzzel.pull(SINCE), Resource.INTERACTIONS)[-1].records[0]
    put(server, "call_events-2026-03-19.csv", late)
    after = of(puzzel.pull(SINCE), Resource.INTERACTIONS)[-1].records[0]

    assert before.natural_key == after.natural_key
    assert [getattr(it, "acw_ms", None) for it in (before, after)] == [20_000, 55_000]


def test_files_are_fetched_with_the_name_and_password_of_the_folder(
    server: StubServer, puzzel: Puzzel
) -> None:
    list(puzzel.pull(SINCE))

    wanted = "Basic " + b64encode(b"dagskurs:hush").decode()
    assert {call.headers["Authorization"] for call in server.received} == {wanted}


def test_folder_that_is_open_to_us_takes_no_name(
    server: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    list(connect(server, http, sleeps, username="").pull(SINCE))

    assert all("Authorization" not in call.headers for call in server.received)


def test_names_of_files_are_the_customers(
    server: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    names = {"agents_file": "våra agenter.csv", "calls_file": "{date}/samtal.csv"}
    puzzel = connect(server, http, sleeps, **names)
    put(server, "v%C3%A5ra%20agenter.csv", sample("agents"))
    put(server, "2026-03-19/samtal.csv", calls_of("2026-03-19"))

    (batch,) = of(puzzel.pull(SINCE), Resource.INTERACTIONS)

    assert len(batch.records) == 1


def test_missing_list_stops_the_pull(server: StubServer, puzzel: Puzzel) -> None:
    server.answer(f"{FOLDER}/agents.csv", Answer({}, status=404))

    with pytest.raises(Unreadable, match="HTTP 404"):
        list(puzzel.pull(SINCE))


def test_day_we_may_not_read_stops_the_pull(server: StubServer, puzzel: Puzzel) -> None:
    server.answer(f"{FOLDER}/call_events-2026-03-18.csv", Answer({}, status=400))

    with pytest.raises(Unreadable, match="HTTP 400"):
        list(puzzel.pull(SINCE))


@pytest.mark.parametrize("address", ["http://extracts.example", "extracts.example"])
def test_address_without_encryption_is_unverified(http: httpx.Client, address: str) -> None:
    with pytest.raises(Unverified, match="https"):
        list(Puzzel({"extract_url": address}, http).pull({}))


def test_name_of_files_without_a_day_is_unverified(
    server: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    puzzel = connect(server, http, sleeps, calls_file="calls.csv")

    with pytest.raises(Unverified, match="{date}"):
        list(puzzel.pull(SINCE))


def test_429_in_the_middle_waits_and_goes_on(
    server: StubServer, puzzel: Puzzel, sleeps: list[float]
) -> None:
    busy = Answer(b"", status=429, headers={"Retry-After": "11"})
    server.answer(f"{FOLDER}/queues.csv", busy, Answer(sample("queues")))

    assert len(of(puzzel.pull(SINCE), Resource.QUEUES)[0].records) == 2
    assert sleeps == [11]


def test_check_counts_the_lines_of_each_file(puzzel: Puzzel) -> None:
    report = puzzel.check()

    assert report.passed
    assert [(it.subject, it.detail) for it in report.findings] == [
        ("Agents", "4"),
        ("Queues", "3"),
        ("Contacts", "4"),
    ]


def test_check_names_each_file_that_cannot_be_read(server: StubServer, puzzel: Puzzel) -> None:
    server.answer(f"{FOLDER}/agents.csv", Answer({}, status=403))
    put(server, "queues.csv", b"a;b\n1;2\n")
    server.answer(f"{FOLDER}/call_events-2026-03-19.csv", Answer({}, status=404))

    report = puzzel.check()

    assert [(it.passed, it.detail) for it in report.findings] == [
        (False, f"{FOLDER}/agents.csv: a permission is missing"),
        (False, "queues.csv: lacks the columns queue_key, descript"),
        (False, "call_events-2026-03-19.csv: HTTP 404"),
    ]


def test_deleted_agent_leaves_the_roster(server: StubServer, puzzel: Puzzel) -> None:
    put(server, "agents.csv", sample("agents").replace(b"02:00:00.000;0", b"02:00:00.000;1", 1))

    (roster,) = of(puzzel.pull(SINCE | {Resource.ROSTER: NOW - timedelta(1)}), Resource.ROSTER)

    assert [getattr(it, "agent_external_id", "") for it in roster.records] == ["4102", "4103"]
