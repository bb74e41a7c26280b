import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from coaching.integrations import five9 as package
from coaching.integrations.base import (
    Batch,
    Forbidden,
    Resource,
    Unavailable,
    Unreadable,
    Unverified,
)
from coaching.integrations.five9 import Five9
from coaching.integrations.http import basic
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import five9 as world

pytestmark = pytest.mark.pure

ROW = '{number},"Sun, 01 Nov 2026 01:{number:02}:00",Faktura,,Inbound,tuva@vinterfjord.example'
SINCE = {Resource.INTERACTIONS: NOW - timedelta(days=2)}


@pytest.fixture
def settings(server: StubServer) -> dict[str, str]:
    return world.serve(server)


@pytest.fixture
def five9(settings: dict[str, str], http: httpx.Client, sleeps: list[float]) -> Five9:
    return Five9(settings, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def asked(server: StubServer, operation: str) -> list[str]:
    bodies = [call.body.decode() for call in server.calls(world.ADDRESS)]
    return [body for body in bodies if f":{operation} " in body or f":{operation}>" in body]


def windows(server: StubServer) -> list[tuple[str, str]]:
    starts = asked(server, "runReport")
    return [(world.between("start", body), world.between("end", body)) for body in starts]


def test_pull_yields_every_resource_in_an_order_intake_can_link(five9: Five9) -> None:
    batches = list(five9.pull({}))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    assert list(dict.fromkeys(batch.resource for batch in batches)) == list(Five9.resources)
    counts = [len(batch.records) for batch in batches if batch.records]
    assert counts == [3, 3, 3, 2, 2, 1]


def test_every_call_is_signed_with_the_users_name_and_password(
    server: StubServer, five9: Five9
) -> None:
    list(five9.pull(SINCE))

    headers = [call.headers for call in server.calls(world.ADDRESS)]
    assert {it["Authorization"] for it in headers} == {basic("tuva@vinterfjord.example", "hush")}
    assert {it["SOAPAction"] for it in headers} == {'""'}
    assert {it["Content-Type"] for it in headers} == {"text/xml; charset=utf-8"}


def test_roster_is_one_snapshot_of_all_groups(five9: Five9) -> None:
    (roster,) = of(five9.pull(SINCE), Resource.ROSTER)

    assert (len(roster.records), roster.total, roster.watermark) == (3, 3, NOW)


def test_queues_are_skills_when_those_are_the_queues(
    server: StubServer, settings: dict[str, str], http: httpx.Client
) -> None:
    by_skill = Five9(settings | {"queue_column": "SKILL"}, http, clock=lambda: NOW)

    (queues,) = of(by_skill.pull(SINCE), Resource.QUEUES)

    names = [getattr(queue, "name", "") for queue in queues.records]
    assert names == ["Faktura Svenska", "Teknik Dansk"]
    assert asked(server, "getCampaigns") == []


def test_calls_are_asked_for_day_by_day_with_a_day_of_overlap(
    server: StubServer, five9: Five9
) -> None:
    batches = of(five9.pull(SINCE), Resource.INTERACTIONS)

    assert windows(server) == [
        ("2026-03-17T12:00:00Z", "2026-03-18T12:00:00Z"),
        ("2026-03-18T12:00:00Z", "2026-03-19T12:00:00Z"),
        ("2026-03-19T12:00:00Z", "2026-03-20T12:00:00Z"),
    ]
    marks = [batch.watermark for batch in batches]
    assert marks == [NOW - timedelta(days=days) for days in (2, 1, 0)]
    first = asked(server, "runReport")[0]
    assert world.between("folderName", first) == "Call Log Reports"
    assert world.between("reportName", first) == "Call Log"


def test_first_pull_reads_four_weeks(server: StubServer, five9: Five9) -> None:
    list(five9.pull({}))

    asked_for = windows(server)
    assert asked_for[0][0] == "2026-02-19T12:00:00Z"
    assert len(asked_for) == 28 + 1 + 1  # a day of overlap, a day cut where summer time begins


def test_report_is_a_setting(
    server: StubServer, settings: dict[str, str], http: httpx.Client
) -> None:
    own = {"report_folder": "Egna", "report_name": "Samtal & köer"}

    list(Five9(settings | own, http, clock=lambda: NOW).pull(SINCE))

    body = asked(server, "runReport")[0]
    assert world.between("folderName", body) == "Egna"
    assert world.between("reportName", body) == "Samtal &amp; köer"


def test_calls_of_the_hour_that_comes_twice_are_an_hour_apart(
    server: StubServer, settings: dict[str, str], http: httpx.Client
) -> None:
    noon = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    five9 = Five9(settings, http, clock=lambda: noon)
    lines = {
        "2026-11-01T09:00:00Z": ROW.format(number=30),
        "2026-11-01T12:00:00Z": ROW.format(number=31),
    }
    world.answer_with(server, lambda _start, end: [lines[end]])

    batches = of(five9.pull({Resource.INTERACTIONS: noon}), Resource.INTERACTIONS)

    assert windows(server) == [
        ("2026-10-31T12:00:00Z", "2026-11-01T09:00:00Z"),
        ("2026-11-01T09:00:00Z", "2026-11-01T12:00:00Z"),
    ]
    starts = [getattr(it, "started_at", None) for batch in batches for it in batch.records]
    assert starts == [
        datetime(2026, 11, 1, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 9, 31, tzinfo=UTC),
    ]


def test_late_change_of_a_call_is_read_again(server: StubServer, five9: Five9) -> None:
    lines = world.sample_rows()[:1]
    world.answer_with(server, lambda _start, _end: lines)
    before = of(five9.pull(SINCE), Resource.INTERACTIONS)[0].records[0]
    changed = lines[0].replace("Fråga, faktura", "Klagomål")
    world.answer_with(server, lambda _start, _end: [changed])

    after = of(five9.pull(SINCE), Resource.INTERACTIONS)[0].records[0]

    assert before.natural_key == after.natural_key
    assert getattr(after, "disposition_label", "") == "Klagomål"


def test_report_that_may_be_cut_off_is_asked_for_in_halves(
    server: StubServer, five9: Five9
) -> None:
    many, few = [world.sample_rows()[2]] * 5_000, world.sample_rows()[:1]
    day = "2026-03-17T12:00:00Z", "2026-03-18T12:00:00Z"
    world.answer_with(server, lambda *period: many if period == day else few)

    batches = of(five9.pull(SINCE), Resource.INTERACTIONS)

    middle = "2026-03-18T00:00:00Z"
    assert windows(server)[:3] == [day, (day[0], middle), (middle, day[1])]
    assert [len(batch.records) for batch in batches] == [1, 1, 1, 1]


def test_report_that_is_too_long_however_short_the_time_is_unreadable(
    server: StubServer, five9: Five9
) -> None:
    many = [world.sample_rows()[2]] * 5_000
    world.answer_with(server, lambda _start, _end: many)

    with pytest.raises(Unreadable, match="too many rows"):
        list(five9.pull(SINCE))


def test_report_is_waited_for(server: StubServer, five9: Five9, sleeps: list[float]) -> None:
    report = world.sample("call_log")
    said = {"runReport": "r1", "isReportRunning": "true"}
    texts = [world.envelope(name, world.returned(text)) for name, text in said.items()]
    done = world.envelope("isReportRunning", world.returned("false"))
    lists = [world.sample(name) for name in ("users", "agent_groups", "agent_groups", "campaigns")]
    server.answer(world.ADDRESS, *(xml(body) for body in (*lists, *texts, done, report)))

    batch = next(
        iter(batch for batch in five9.pull(SINCE) if batch.resource is Resource.INTERACTIONS)
    )

    assert len(batch.records) == 3
    assert sleeps == [1]
    running = asked(server, "isReportRunning")
    assert [world.between("timeout", body) for body in running] == ["5", "5"]
    assert {world.between("identifier", body) for body in running} == {"r1"}


def test_report_that_is_never_made_is_unavailable(
    server: StubServer, five9: Five9, sleeps: list[float]
) -> None:
    lists = [world.sample(name) for name in ("users", "agent_groups", "agent_groups", "campaigns")]
    run = world.envelope("runReport", world.returned("r1"))
    running = world.envelope("isReportRunning", world.returned("true"))
    server.answer(world.ADDRESS, *(xml(body) for body in (*lists, run, running)))

    with pytest.raises(Unavailable, match="still not made"):
        list(five9.pull(SINCE))

    assert sleeps == [1] * 60


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("OperationsLimitExceededFault", 6 * 3600),
        ("ResultIsNotReadyFault", 60),
        ("UserAlreadyLoggedInFault", 60),
        ("ServiceUnavailableFault", 600),
    ],
)
def test_fault_that_passes_is_waited_out_by_the_job(
    server: StubServer, five9: Five9, sleeps: list[float], name: str, seconds: int
) -> None:
    server.answer(world.ADDRESS, world.fault(name))

    with pytest.raises(Unavailable, match=name) as unavailable:
        list(five9.pull(SINCE))

    assert unavailable.value.retry_after_seconds == seconds
    assert sleeps == []  # a fault is an answer: nothing is gained by asking at once again


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("UserHasNoRequiredRoleFault", Forbidden),
        ("ReportNotFoundFault", Unverified),
        ("BrandNewFault", Unreadable),
    ],
)
def test_fault_that_stays_names_itself(
    server: StubServer, five9: Five9, name: str, error: type[Exception]
) -> None:
    server.answer(world.ADDRESS, world.fault(name))

    with pytest.raises(error, match=f"getUsersGeneralInfo: {name}"):
        list(five9.pull(SINCE))


@pytest.mark.parametrize(
    "broken",
    [
        Answer(b"<html>oops</html>", status=500),
        Answer(b"<html>try later</html>", headers=world.XML),
        Answer(world.sample("users")[:-40], headers=world.XML),
        Answer(world.sample("users"), headers=world.XML, missing_bytes=10),
        Answer(b"", status=429),
    ],
)
def test_answer_that_is_none_is_asked_for_again(
    server: StubServer, five9: Five9, sleeps: list[float], broken: Answer
) -> None:
    server.answer(world.ADDRESS, broken, xml(world.sample("users")))

    agents = next(iter(five9.pull(SINCE)))

    assert len(agents.records) == 3
    assert len(sleeps) == 1


def test_password_that_is_refused_is_unverified(server: StubServer, five9: Five9) -> None:
    server.answer(world.ADDRESS, Answer(b"", status=401))

    with pytest.raises(Unverified):
        list(five9.pull(SINCE))


def test_contract_names_no_other_document() -> None:
    contract = Path(package.__file__).with_name("admin.wsdl").read_text()

    assert re.findall(r"import|include|schemaLocation", contract) == []


def test_check_tells_what_it_found(server: StubServer, five9: Five9) -> None:
    report = five9.check()

    assert report.passed
    assert [(it.subject, it.detail) for it in report.findings] == [
        ("Sign-in", ""),
        ("Reports asked for", "12/1000"),
        ("Agents", ""),
        ("Teams", ""),
        ("Queues", ""),
        ("Contacts", ""),
    ]
    (users,) = asked(server, "getUsersGeneralInfo")
    assert world.between("userNamePattern", users) == r"tuva@vinterfjord\.example"


def test_check_stops_at_a_refused_sign_in(server: StubServer, five9: Five9) -> None:
    server.answer(world.ADDRESS, Answer(b"", status=401))

    report = five9.check()

    assert [(it.subject, it.passed) for it in report.findings] == [("Sign-in", False)]


def test_check_names_what_is_refused(server: StubServer, five9: Five9) -> None:
    limits = world.envelope("getCallCountersState", world.LIMITS)
    role, report = (world.fault(f"{it}Fault") for it in ("UserHasNoRequiredRole", "ReportNotFound"))
    server.answer(world.ADDRESS, xml(limits), role, role, role, report)

    findings = five9.check().findings

    assert [finding.detail for finding in findings if not finding.passed] == [
        "getUsersGeneralInfo: UserHasNoRequiredRoleFault",
        "getAgentGroups: UserHasNoRequiredRoleFault",
        "getCampaigns: UserHasNoRequiredRoleFault",
        "runReport: ReportNotFoundFault",
    ]


def test_unknown_region_is_unverified(settings: dict[str, str], http: httpx.Client) -> None:
    with pytest.raises(Unverified, match="region"):
        list(Five9(settings | {"region": "mars"}, http).pull({}))


def test_region_decides_the_host() -> None:
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(f"{request.url.scheme}://{request.url.host}{request.url.path}")
        return httpx.Response(401)

    settings = {"username": "me", "password": "hush", "region": "uk"}
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        Five9(settings, http).check()

    assert set(hosts) == {"https://api.five9.eu/wsadmin/v13/AdminWebService"}


def xml(body: bytes) -> Answer:
    return Answer(body, headers=world.XML)
