import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from coaching.integrations.base import (
    Batch,
    Forbidden,
    Resource,
    Unavailable,
    Unreadable,
    Unverified,
)
from coaching.integrations.talkdesk import Talkdesk
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import talkdesk as world

pytestmark = pytest.mark.pure

JOBS = "/data/reports/calls/jobs"
FILES = "/data/reports/calls/files"
CONVERSATIONS = "/conversations/interactions"
SINCE = dict.fromkeys(Resource, NOW - timedelta(days=2))


@pytest.fixture
def settings(server: StubServer) -> dict[str, str]:
    return world.serve(server)


@pytest.fixture
def talkdesk(settings: dict[str, str], http: httpx.Client, sleeps: list[float]) -> Talkdesk:
    return Talkdesk(settings, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def spans(server: StubServer) -> list[tuple[str, str]]:
    bodies = [json.loads(call.body) for call in server.calls(JOBS)]
    return [(body["timespan"]["from"], body["timespan"]["to"]) for body in bodies]


def test_pull_yields_every_resource_in_an_order_intake_can_link(talkdesk: Talkdesk) -> None:
    batches = list(talkdesk.pull({}))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    order = list(dict.fromkeys(batch.resource for batch in batches))
    assert order == list(Talkdesk.resources)
    found = {record for batch in batches for record in batch.records}
    assert len(found) == 3 + 3 + 1 + 6 + 3  # the second report answers for all later weeks


def test_users_come_in_pages_by_their_number(server: StubServer, talkdesk: Talkdesk) -> None:
    batches = of(talkdesk.pull(SINCE), Resource.AGENTS)

    assert [(len(batch.records), batch.total) for batch in batches] == [(1, 3), (2, 3)]
    assert [call.query["page"] for call in server.calls("/users")] == [["1"], ["2"]]


def test_page_that_leads_back_again_and_again_is_unreadable(
    server: StubServer, talkdesk: Talkdesk
) -> None:
    server.answer("/users", world.pages("users", "users", "/users?page=2")[0])

    with pytest.raises(Unreadable, match="next"):
        list(talkdesk.pull(SINCE))


def test_calls_are_ordered_with_a_day_of_overlap(server: StubServer, talkdesk: Talkdesk) -> None:
    (batch,) = of(talkdesk.pull(SINCE), Resource.INTERACTIONS)

    body = json.loads(server.calls(JOBS)[0].body)
    assert body == {
        "format": "json",
        "timezone": "UTC",
        "timespan": {"from": "2026-03-17T12:00:00Z", "to": "2026-03-20T12:00:00Z"},
    }
    assert batch.watermark == NOW


def test_first_pull_reads_four_weeks_in_weeks(server: StubServer, talkdesk: Talkdesk) -> None:
    batches = of(talkdesk.pull({}), Resource.INTERACTIONS)

    starts = [start[:10] for start, _ in spans(server)]
    weeks = ["2026-02-19", "2026-02-26", "2026-03-05", "2026-03-12", "2026-03-19"]
    assert starts == weeks * 2  # the recordings have their own watermark
    assert [batch.watermark for batch in batches][-2:] == [
        datetime(2026, 3, 19, 12, tzinfo=UTC),
        NOW,
    ]


def test_watermark_does_not_pass_the_second_asked_for(
    settings: dict[str, str], http: httpx.Client, sleeps: list[float]
) -> None:
    late = NOW.replace(microsecond=900_000)
    talkdesk = Talkdesk(settings, http, clock=lambda: late, sleep=sleeps.append)

    marks = {batch.watermark for batch in talkdesk.pull(SINCE) if batch.watermark}

    assert marks == {NOW}


def test_late_change_of_a_call_is_read_again(server: StubServer, talkdesk: Talkdesk) -> None:
    first = of(talkdesk.pull(SINCE), Resource.INTERACTIONS)
    report = json.loads(json.dumps(world.sample("calls")))
    report["entries"][0]["disposition_code"] = "Klagomål"
    server.answer("/store/second.json", report)

    again = of(talkdesk.pull(SINCE), Resource.INTERACTIONS)

    before, after = first[0].records[0], again[0].records[0]
    assert before.natural_key == after.natural_key
    assert getattr(after, "disposition_label", "") == "Klagomål"


def test_report_is_polled_until_it_leads_to_its_file(
    server: StubServer, talkdesk: Talkdesk, sleeps: list[float]
) -> None:
    states: list[Answer | dict[str, Any]] = [{"job": {"status": "created"}}, Answer(b"", 204)]
    server.answer(f"{JOBS}/first", *states, world.redirect(f"{FILES}/first"))

    next(iter(of(talkdesk.pull(SINCE), Resource.INTERACTIONS)))

    assert sleeps[:2] == [2, 4]


def test_report_that_says_done_is_fetched(server: StubServer, talkdesk: Talkdesk) -> None:
    server.answer(f"{JOBS}/first", {"job": {"status": "done"}})
    server.answer(f"{FILES}/first", world.sample("calls"))  # the file itself, not its address

    (batch,) = of(talkdesk.pull(SINCE), Resource.INTERACTIONS)

    assert len(batch.records) == 3


@pytest.mark.parametrize("state", ["failed", "canceled", "deleted"])
def test_report_that_failed_is_unavailable(
    server: StubServer, talkdesk: Talkdesk, state: str
) -> None:
    server.answer(f"{JOBS}/first", {"job": {"status": state}})

    with pytest.raises(Unavailable, match=state):
        list(talkdesk.pull(SINCE))


def test_report_that_is_never_made_is_unavailable(
    server: StubServer, talkdesk: Talkdesk, sleeps: list[float]
) -> None:
    server.answer(f"{JOBS}/first", {"job": {"status": "processing"}})

    with pytest.raises(Unavailable) as unavailable:
        list(talkdesk.pull(SINCE))

    assert sum(sleeps) == 450
    assert unavailable.value.retry_after_seconds == 600


def test_files_are_fetched_without_our_token(server: StubServer, talkdesk: Talkdesk) -> None:
    list(talkdesk.pull(SINCE))

    (stored,) = server.calls("/store/first.json")
    assert "Authorization" not in stored.headers
    assert "Authorization" in server.calls(f"{FILES}/first")[0].headers


def test_signed_address_that_has_ended_is_asked_for_anew(
    server: StubServer, talkdesk: Talkdesk
) -> None:
    server.answer("/store/first.json", Answer({}, 403), world.sample("calls"))

    (batch,) = of(talkdesk.pull(SINCE), Resource.INTERACTIONS)

    assert len(batch.records) == 3
    assert len(server.calls(f"{FILES}/first")) == 2


def test_store_that_refuses_us_is_not_our_account_refused(
    server: StubServer, talkdesk: Talkdesk
) -> None:
    server.answer("/store/first.json", Answer({}, 403))

    with pytest.raises(Unavailable, match="store"):
        list(talkdesk.pull(SINCE))


def test_file_is_not_fetched_by_another_kind_of_address(
    server: StubServer, talkdesk: Talkdesk
) -> None:
    server.answer(f"{FILES}/first", world.redirect("ftp://elsewhere.example/first"))

    with pytest.raises(Unreadable, match="Location"):
        list(talkdesk.pull(SINCE))


@pytest.mark.parametrize("number", ["..", "a/b", "a?b", ""])
def test_ids_of_calls_cannot_change_the_address(
    server: StubServer, talkdesk: Talkdesk, number: str
) -> None:
    report = world.sample("calls")
    report["entries"] = [report["entries"][0] | {"call_id": number}]
    server.answer("/store/second.json", report)

    refused, _ = of(talkdesk.pull(SINCE), Resource.RECORDINGS)

    assert [rejected.field for rejected in refused.unreadable] == ["call_id"]


def test_ids_from_the_platform_cannot_change_the_address(
    server: StubServer, talkdesk: Talkdesk
) -> None:
    server.answer(JOBS, {"job": {"id": "../../users"}})

    with pytest.raises(Unreadable, match="id"):
        list(talkdesk.pull(SINCE))


def test_recordings_are_asked_for_of_recorded_calls_alone(
    server: StubServer, talkdesk: Talkdesk, sleeps: list[float]
) -> None:
    server.answer(JOBS, {"job": {"id": "first"}})

    batches = of(talkdesk.pull(SINCE), Resource.RECORDINGS)

    asked = [call.path for call in server.received if call.path.startswith("/calls/")]
    assert asked == [f"/calls/{world.CALL}/recordings"]
    assert [(len(batch.records), batch.watermark) for batch in batches] == [(2, None), (0, NOW)]
    assert sleeps == [0.5]


def test_recording_that_is_gone_keeps_the_rest(server: StubServer, talkdesk: Talkdesk) -> None:
    server.answer(f"/calls/{world.LATER_CALL}/recordings", Answer({}, 404))

    gone, end = of(talkdesk.pull(SINCE), Resource.RECORDINGS)

    assert [rejected.reference for rejected in gone.unreadable] == [world.LATER_CALL]
    assert end.watermark == NOW


def test_what_is_left_out_is_not_asked_for(
    server: StubServer, settings: dict[str, str], http: httpx.Client, sleeps: list[float]
) -> None:
    left_out = {"recordings": "no", "transcripts": "no"}
    talkdesk = Talkdesk(settings | left_out, http, clock=lambda: NOW, sleep=sleeps.append)

    found = {batch.resource for batch in talkdesk.pull(SINCE)}

    assert found == {Resource.AGENTS, Resource.INTERACTIONS}
    assert server.calls(CONVERSATIONS) == []


def test_sound_is_fetched_by_the_recordings_own_id(talkdesk: Talkdesk) -> None:
    assert talkdesk.audio(world.RECORDING) == world.SOUND


@pytest.mark.parametrize("fetch_ref", ["", "../users", "https://elsewhere.example/a"])
def test_sound_is_fetched_from_nowhere_else(talkdesk: Talkdesk, fetch_ref: str) -> None:
    with pytest.raises(Unreadable):
        talkdesk.audio(fetch_ref)


def test_sound_that_is_gone_is_unreadable(talkdesk: Talkdesk) -> None:
    with pytest.raises(Unreadable, match="404"):
        talkdesk.audio("gone")


def test_conversations_follow_the_cursor_on_our_own_host(
    server: StubServer, talkdesk: Talkdesk
) -> None:
    batches = list(talkdesk.pull(SINCE))

    queries = [call.query for call in server.calls(CONVERSATIONS)]
    assert queries == [
        {"from": ["2026-03-17T12:00:00Z"], "to": ["2026-03-20T12:00:00Z"]},
        {"cursor": ["second=="]},
    ]
    for resource, counts in ((Resource.TRANSCRIPTS, [4, 2, 0]), (Resource.SENTIMENT, [2, 1, 0])):
        found = of(batches, resource)
        assert [len(batch.records) for batch in found] == counts
        assert [batch.watermark for batch in found] == [None, None, NOW]


def test_names_of_the_period_are_a_setting(
    server: StubServer, settings: dict[str, str], http: httpx.Client, sleeps: list[float]
) -> None:
    named = {"period_start_parameter": "started_after", "period_end_parameter": "ended_before"}
    talkdesk = Talkdesk(settings | named, http, clock=lambda: NOW, sleep=sleeps.append)

    list(talkdesk.pull(SINCE))

    assert set(server.calls(CONVERSATIONS)[0].query) == {"started_after", "ended_before"}


def test_transcripts_start_where_the_slower_of_the_two_stands(
    server: StubServer, talkdesk: Talkdesk
) -> None:
    slower = SINCE | {Resource.SENTIMENT: NOW - timedelta(days=4)}

    list(talkdesk.pull(slower))

    assert server.calls(CONVERSATIONS)[0].query["from"] == ["2026-03-15T12:00:00Z"]


def test_missing_licence_stops_the_pull_after_what_was_read(
    server: StubServer, talkdesk: Talkdesk
) -> None:
    server.answer(CONVERSATIONS, Answer({}, 403))
    found = []

    with pytest.raises(Forbidden):
        found += (batch.resource for batch in talkdesk.pull(SINCE))  # keeps what came before

    assert found[-1] is Resource.RECORDINGS


def test_ended_token_is_renewed_once(server: StubServer, talkdesk: Talkdesk) -> None:
    server.answer("/users", Answer({}, 401), *world.pages("users", "users", "/users?page=2"))

    batches = of(talkdesk.pull(SINCE), Resource.AGENTS)

    assert sum(len(batch.records) for batch in batches) == 3
    assert len(server.calls("/oauth/token")) == 2


def test_check_tells_what_it_found(talkdesk: Talkdesk) -> None:
    report = talkdesk.check()

    assert report.passed
    subjects = [finding.subject for finding in report.findings]
    assert subjects == ["Sign-in", "Agents", "Contacts", "Recordings", "Transcripts"]


def test_check_names_each_missing_permission(server: StubServer, talkdesk: Talkdesk) -> None:
    for path in ("/users", JOBS, "/recordings/0", CONVERSATIONS):
        server.answer(path, Answer({}, 403))

    report = talkdesk.check()

    assert [finding.detail for finding in report.findings if not finding.passed] == [
        "users:read",
        "data-reports:write data-reports:read",
        "recordings:read",
        "interactions-public:read",
    ]


def test_check_stops_at_a_refused_sign_in(server: StubServer, talkdesk: Talkdesk) -> None:
    server.answer("/oauth/token", Answer({}, 401))

    report = talkdesk.check()

    assert [(it.subject, it.passed) for it in report.findings] == [("Sign-in", False)]


@pytest.mark.parametrize("wrong", [{"region": "mars"}, {"account": "elsewhere.example/x"}])
def test_settings_that_lead_elsewhere_are_unverified(
    settings: dict[str, str], http: httpx.Client, wrong: dict[str, str]
) -> None:
    with pytest.raises(Unverified):
        list(Talkdesk(settings | wrong, http).pull({}))


def test_region_and_account_decide_the_hosts() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.host))
        return httpx.Response(200, json={"access_token": "t", "job": {"id": "j"}})

    settings = {"account": "vinterfjord", "client_id": "me", "client_secret": "x", "region": "ca"}
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        Talkdesk(settings, http).check()

    assert sorted(set(asked)) == ["api.talkdeskappca.com", "vinterfjord.talkdeskidca.com"]
