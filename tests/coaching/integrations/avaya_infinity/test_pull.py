import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from coaching.integrations.avaya_infinity import AvayaInfinity
from coaching.integrations.base import (
    Batch,
    Forbidden,
    Resource,
    Unavailable,
    Unreadable,
    Unverified,
)
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import avaya_infinity as world
from tests.coaching.integrations.worlds.avaya_infinity import (
    DATASETS,
    FIRST,
    SECOND,
    THIRD,
    TOKEN,
    TRANSCRIPTS,
)

pytestmark = pytest.mark.pure

SEGMENTS = f"{DATASETS}/interactionSegments"
SINCE = dict.fromkeys(Resource, NOW - timedelta(days=2))
UNTIL = datetime(2026, 3, 20, 11, 30, tzinfo=UTC)  # half an hour ago
LATER = "c2Vjb25kIHBhZ2Ugb2YgdGhlIHNhbXBsZSB0YWJsZQ=="


@pytest.fixture
def settings(server: StubServer) -> dict[str, str]:
    return world.serve(server)


@pytest.fixture
def infinity(settings: dict[str, str], http: httpx.Client, sleeps: list[float]) -> AvayaInfinity:
    return AvayaInfinity(settings, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def whole_table(server: StubServer) -> None:
    server.answer(SEGMENTS, world.sample("interaction_segments"))


def messages(*numbers: int) -> dict[str, Any]:
    one = world.sample("transcript")["messages"][1]
    return {
        "messages": [
            one
            | {
                "id": f"m{number:03}",
                "paginationId": f"p{number:03}",
                "createdAt": f"2026-03-19 08:{number // 60:02}:{number % 60:02}.000000",
            }
            for number in numbers
        ]
    }


def test_pull_yields_every_resource_in_an_order_intake_can_link(infinity: AvayaInfinity) -> None:
    batches = list(infinity.pull({}))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    order = list(dict.fromkeys(batch.resource for batch in batches))
    assert order == list(AvayaInfinity.resources)


def test_contacts_are_asked_for_by_quarter_hours_with_a_day_of_overlap(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    batches = of(infinity.pull(SINCE), Resource.INTERACTIONS)

    assert server.calls(SEGMENTS)[0].query == {
        "interval": ["starting:202603171200,ending:202603201115"],  # the last slot is taken in
        "datasetType": ["interval"],
        "pageSize": ["200"],
    }
    assert [(len(batch.records), batch.watermark) for batch in batches] == [
        (2, None),
        (2, None),
        (0, UNTIL),
    ]


def test_watermark_does_not_pass_what_the_platform_has(
    settings: dict[str, str], http: httpx.Client
) -> None:
    late = NOW.replace(minute=44, second=59, microsecond=5)
    infinity = AvayaInfinity(settings, http, clock=lambda: late, sleep=lambda _: None)

    marks = {batch.watermark for batch in infinity.pull(SINCE)} - {None}

    assert marks == {NOW}


def test_first_pull_reads_four_weeks_in_weeks(server: StubServer, infinity: AvayaInfinity) -> None:
    whole_table(server)

    batches = of(infinity.pull({}), Resource.INTERACTIONS)

    starts = [call.query["interval"][0][9:17] for call in server.calls(SEGMENTS)]
    weeks = ["20260219", "20260226", "20260305", "20260312", "20260319"]
    assert starts == weeks * 2  # transcripts have their own watermark
    assert [batch.watermark for batch in batches if batch.watermark][-1] == UNTIL


def test_agents_are_asked_for_by_whole_days(server: StubServer, infinity: AvayaInfinity) -> None:
    (batch,) = of(infinity.pull(SINCE), Resource.AGENTS)

    assert len(batch.records) == 2
    assert server.calls(f"{DATASETS}/agent")[0].query == {
        "interval": ["starting:20260317,ending:20260319"],
        "datasetType": ["daily"],
        "pageSize": ["200"],
    }


def test_agents_of_all_pages_come_once(server: StubServer, infinity: AvayaInfinity) -> None:
    server.answer(f"{DATASETS}/agent", *world.pages("agent", rows=1))

    (batch,) = of(infinity.pull(SINCE), Resource.AGENTS)

    assert len(batch.records) == 2


def test_pages_follow_their_token(server: StubServer, infinity: AvayaInfinity) -> None:
    list(infinity.pull(SINCE))

    tokens = [call.query.get("nextPageToken") for call in server.calls(SEGMENTS)]
    assert tokens[:2] == [None, [LATER]]


def test_page_that_comes_again_is_asked_for_once_more(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    first, second = world.pages("interaction_segments", rows=3)
    server.answer(SEGMENTS, first, first, second)

    batches = of(infinity.pull(SINCE), Resource.INTERACTIONS)

    assert [len(batch.records) for batch in batches] == [2, 2, 0]


def test_page_that_leads_back_for_ever_is_unreadable(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    server.answer(SEGMENTS, world.pages("interaction_segments", rows=3)[0])

    with pytest.raises(Unreadable, match="nextPageToken"):
        list(infinity.pull(SINCE))


def test_late_change_of_a_contact_is_read_again(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    whole_table(server)
    before = of(infinity.pull(SINCE), Resource.INTERACTIONS)[0].records[0]
    changed = world.sample("interaction_segments")
    changed["records"][1][14] = "90"  # WRAP_UP_TIME
    server.answer(SEGMENTS, changed)

    after = of(infinity.pull(SINCE), Resource.INTERACTIONS)[0].records[0]

    assert before.natural_key == after.natural_key
    assert getattr(after, "acw_ms", None) == 90_000


def test_data_that_are_not_there_yet_are_waited_for(
    server: StubServer, infinity: AvayaInfinity, sleeps: list[float]
) -> None:
    table = world.sample("interaction_segments")
    server.answer(SEGMENTS, Answer(table | {"records": []}, 202), table)

    first = of(infinity.pull(SINCE), Resource.INTERACTIONS)[0]

    assert len(first.records) == 4
    assert sleeps == [5]


def test_data_that_do_not_come_are_unavailable(
    server: StubServer, infinity: AvayaInfinity, sleeps: list[float]
) -> None:
    server.answer(SEGMENTS, Answer({}, 202))

    with pytest.raises(Unavailable, match="interactionSegments") as unavailable:
        list(infinity.pull(SINCE))

    assert unavailable.value.retry_after_seconds == 900
    assert sum(sleeps) == 105


def test_missing_licence_stops_the_pull_after_what_was_read(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    server.answer(SEGMENTS, Answer({"status": 403}, 403))
    found = []

    with pytest.raises(Forbidden):
        found += (batch.resource for batch in infinity.pull(SINCE))  # keeps what came before

    assert found == [Resource.AGENTS, Resource.QUEUES]


def test_redirect_to_the_sign_in_is_a_refused_token_and_not_followed(
    server: StubServer, settings: dict[str, str]
) -> None:
    portal = Answer({}, 302, headers={"Location": f"{server.url}/portal"})
    server.answer(f"{DATASETS}/agent", portal, world.sample("agent"))

    with httpx.Client(follow_redirects=True) as http:
        infinity = AvayaInfinity(settings, http, clock=lambda: NOW, sleep=lambda _: None)
        (batch,) = of(infinity.pull(SINCE), Resource.AGENTS)

    assert len(batch.records) == 2
    assert server.calls("/portal") == []
    assert len(server.calls(TOKEN)) == 2 + 1  # anew for datasets, and for transcripts


def test_credentials_go_in_the_form_with_the_scope_of_transcripts(
    server: StubServer, settings: dict[str, str], http: httpx.Client
) -> None:
    others = {"transcript_client_id": "scribe", "transcript_client_secret": "whisper"}
    infinity = AvayaInfinity(settings | others, http, clock=lambda: NOW, sleep=lambda _: None)

    list(infinity.pull(SINCE))

    forms = [parse_qs(call.body.decode()) for call in server.calls(TOKEN)]
    assert [(form["client_id"], form.get("scope")) for form in forms] == [
        (["me"], None),
        (["scribe"], ["TRANSCRIPT"]),
    ]
    assert all("Authorization" not in call.headers for call in server.calls(TOKEN))


def test_transcripts_are_asked_for_of_interactions_with_an_agent(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    whole_table(server)

    batches = of(infinity.pull(SINCE), Resource.TRANSCRIPTS)

    asked = [call for call in server.received if call.path.startswith(TRANSCRIPTS)]
    assert [call.path for call in asked] == [
        f"{TRANSCRIPTS}/{key}" for key in (FIRST, SECOND, THIRD)
    ]
    assert asked[0].query == {"limit": ["50"], "type": ["message"]}
    assert [(len(batch.records), batch.watermark) for batch in batches] == [
        (4, None),
        (4, None),
        (0, None),
        (0, UNTIL),
    ]


def test_offsets_count_from_the_start_of_the_first_contact(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    whole_table(server)

    said = of(infinity.pull(SINCE), Resource.TRANSCRIPTS)[0].records

    assert [getattr(it, "start_ms", 0) for it in said] == [None, None, 8641, 317_641]


def test_agents_of_an_interaction_are_known_to_its_transcript(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    whole_table(server)
    page = {"messages": [world.sample("transcript")["messages"][2] | {"author": {"type": "user"}}]}
    for key in (FIRST, SECOND):  # two agents, one agent
        server.answer(f"{TRANSCRIPTS}/{key}", page)

    first, second, *_ = of(infinity.pull(SINCE), Resource.TRANSCRIPTS)

    assert (len(first.records), len(first.unreadable)) == (0, 1)
    speakers = [getattr(it, "agent_external_id", None) for it in second.records]
    assert speakers == ["002d010319000000000000a001"]


@pytest.mark.parametrize("newest_first", [False, True])
def test_long_transcript_is_read_to_both_ends(
    server: StubServer, infinity: AvayaInfinity, *, newest_first: bool
) -> None:
    whole_table(server)
    old, new = messages(*range(50)), messages(*range(50, 62))
    newest, older = messages(*range(12, 62)), messages(*range(12))
    nothing = messages()
    answers = (newest, nothing, older) if newest_first else (old, new, nothing)
    server.answer(f"{TRANSCRIPTS}/{FIRST}", *answers)

    said = of(infinity.pull(SINCE), Resource.TRANSCRIPTS)[0].records

    keys = [(getattr(it, "utterance_id", ""), getattr(it, "ordinal", -1)) for it in said]
    assert keys == [(f"m{number:03}", number) for number in range(62)]


def test_full_page_without_a_cursor_is_kept_aside(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    whole_table(server)
    page = messages(*range(50))
    page["messages"][-1]["paginationId"] = None
    server.answer(f"{TRANSCRIPTS}/{FIRST}", page)

    end = of(infinity.pull(SINCE), Resource.TRANSCRIPTS)[-1]

    assert [(it.reference, it.field) for it in end.unreadable] == [(FIRST, "paginationId")]


def test_messages_without_an_id_do_not_hide_one_another(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    whole_table(server)
    page = messages(1, 2, 3)
    for one in page["messages"][:2]:
        one["id"] = None
    server.answer(f"{TRANSCRIPTS}/{FIRST}", page)

    first = of(infinity.pull(SINCE), Resource.TRANSCRIPTS)[0]

    assert (len(first.records), [it.field for it in first.unreadable]) == (1, ["id", "id"])


@pytest.mark.parametrize("status", [500, 404])
def test_transcript_that_is_not_there_keeps_the_rest(
    server: StubServer, infinity: AvayaInfinity, sleeps: list[float], status: int
) -> None:
    whole_table(server)
    server.answer(f"{TRANSCRIPTS}/{FIRST}", Answer({"errors": []}, status))

    batches = of(infinity.pull(SINCE), Resource.TRANSCRIPTS)

    assert [it.reference for it in batches[-1].unreadable] == [FIRST]
    assert sum(len(batch.records) for batch in batches) == 4
    assert batches[-1].watermark == UNTIL
    assert sleeps == [1]  # asked twice, not six times


def test_error_that_passes_costs_no_transcript(server: StubServer, infinity: AvayaInfinity) -> None:
    whole_table(server)
    whole = {"messages": world.sample("transcript")["messages"]}
    server.answer(f"{TRANSCRIPTS}/{FIRST}", Answer({}, 500), whole)

    first = of(infinity.pull(SINCE), Resource.TRANSCRIPTS)[0]

    assert len(first.records) == 4


def test_outage_of_transcripts_leaves_the_watermark(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    table = world.sample("interaction_segments")
    names = [header["name"] for header in table["columnHeaders"]]
    one, many = table["records"][1], []
    for number in range(5):
        row = list(one)
        row[names.index("INTERACTION_ID")] = f"away{number}"
        row[names.index("INTERACTION_SEGMENT_ID")] = f"leg{number}"
        many.append(row)
        server.answer(f"{TRANSCRIPTS}/away{number}", Answer({}, 500))
    server.answer(SEGMENTS, table | {"records": many})
    found: list[Batch] = []

    with pytest.raises(Unavailable, match="transcript"):
        found.extend(infinity.pull(SINCE))

    assert of(found, Resource.TRANSCRIPTS) == []


@pytest.mark.parametrize("key", ["..", "a/b", "a?b"])
def test_ids_from_the_platform_cannot_change_the_address(
    server: StubServer, infinity: AvayaInfinity, key: str
) -> None:
    table = world.sample("interaction_segments")
    table["records"] = table["records"][1:2]
    table["records"][0][1] = key
    server.answer(SEGMENTS, table)

    end = of(infinity.pull(SINCE), Resource.TRANSCRIPTS)[-1]

    assert [it.field for it in end.unreadable] == ["INTERACTION_ID"]
    assert [it.path for it in server.received if it.path.startswith(TRANSCRIPTS)] == []


def test_row_that_cannot_be_read_is_kept_aside_once(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    table = world.sample("interaction_segments")
    table["records"][1][17] = "yesterday"  # CREATED_ON
    server.answer(SEGMENTS, table)

    batches = list(infinity.pull(SINCE))

    aside = [(batch.resource, it.field) for batch in batches for it in batch.unreadable]
    assert aside == [(Resource.INTERACTIONS, "CREATED_ON")]


def test_transcripts_that_are_left_out_are_not_asked_for(
    server: StubServer, settings: dict[str, str], http: httpx.Client
) -> None:
    left_out = settings | {"transcripts": "no"}
    infinity = AvayaInfinity(left_out, http, clock=lambda: NOW, sleep=lambda _: None)

    found = {batch.resource for batch in infinity.pull(SINCE)}

    assert Resource.TRANSCRIPTS not in found
    assert len(infinity.check().findings) == 4


def test_check_tells_what_it_found(infinity: AvayaInfinity) -> None:
    report = infinity.check()

    assert report.passed
    subjects = [finding.subject for finding in report.findings]
    assert subjects == ["Sign-in", "Agents", "Queues", "Contacts", "Transcripts"]


def test_check_names_each_missing_permission(server: StubServer, infinity: AvayaInfinity) -> None:
    for path in ("agent", "queue", "interactionSegments"):
        server.answer(f"{DATASETS}/{path}", Answer({}, 403))
    server.answer(f"{TRANSCRIPTS}/0", Answer({}, 403))

    report = infinity.check()

    assert [finding.detail for finding in report.findings if not finding.passed] == [
        "Historical API",
        "Historical API",
        "Analytics Insights",
        "TRANSCRIPT",
    ]


def test_check_tells_of_a_request_that_is_refused(
    server: StubServer, infinity: AvayaInfinity
) -> None:
    server.answer(f"{DATASETS}/queue", Answer({}, 400))

    (refused,) = [finding for finding in infinity.check().findings if not finding.passed]

    assert "HTTP 400" in refused.detail


def test_check_stops_at_a_refused_sign_in(server: StubServer, infinity: AvayaInfinity) -> None:
    server.answer(TOKEN, Answer({"error": "invalid_client"}, 401))

    report = infinity.check()

    assert [(it.subject, it.passed) for it in report.findings] == [("Sign-in", False)]


def test_customer_that_leads_elsewhere_is_unverified(
    settings: dict[str, str], http: httpx.Client
) -> None:
    wrong = settings | {"customer_id": "elsewhere.example/x"}

    with pytest.raises(Unverified):
        list(AvayaInfinity(wrong, http).pull({}))


def test_customer_decides_the_host() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.host))
        return httpx.Response(200, content=json.dumps({"access_token": "t"}))

    settings = {"customer_id": "vinterfjord", "client_id": "me", "client_secret": "hush"}
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        AvayaInfinity(settings, http).check()

    assert set(asked) == {"core.vinterfjord.ec.avayacloud.com"}
