import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch, Resource, Unavailable, Unreadable, Unverified
from coaching.integrations.eight_by_eight import EightByEight
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import eight_by_eight as world
from tests.coaching.integrations.worlds.eight_by_eight import DATA, OBJECTS, QUALITY, REPORTS

pytestmark = pytest.mark.pure

DETAILS = f"{QUALITY}/evaluations/4511/details"
PULLED = (
    Resource.INTERACTIONS,
    Resource.EVALUATIONS,
    Resource.RECORDINGS,
    Resource.TRANSCRIPTS,
    Resource.SENTIMENT,
)
SINCE = dict.fromkeys(PULLED, NOW - timedelta(days=1))


@pytest.fixture
def adapter(server: StubServer, http: httpx.Client, sleeps: list[float]) -> EightByEight:
    return connect(server, http, sleeps)


def connect(
    server: StubServer, http: httpx.Client, sleeps: list[float], **settings: str
) -> EightByEight:
    known = world.serve(server)
    return EightByEight(known | settings, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def ids(batches: Iterable[Batch], resource: Resource) -> list[str]:
    return [
        str(getattr(record, "external_id", ""))
        for batch in of(batches, resource)
        for record in batch.records
    ]


def test_pull_yields_every_resource_in_an_order_intake_can_link(adapter: EightByEight) -> None:
    batches = list(adapter.pull(SINCE))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    assert [(batch.resource.value, len(batch.records)) for batch in batches] == [
        ("agents", 3),
        ("interactions", 1),
        ("interactions", 2),
        ("interactions", 0),  # the watermark, as in each that follows
        ("evaluations", 1),
        ("evaluations", 0),
        ("recordings", 2),
        ("recordings", 0),
        ("transcripts", 3),
        ("sentiment", 2),
        ("transcripts", 3),
        ("sentiment", 2),
        ("transcripts", 0),
        ("sentiment", 0),
    ]
    marks = {batch.resource: batch.watermark for batch in batches if batch.watermark}
    assert marks == dict.fromkeys(PULLED, NOW)


def test_quality_management_is_asked_for_one_phone_system(
    server: StubServer, adapter: EightByEight
) -> None:
    list(adapter.pull(SINCE))

    (users,) = server.calls(f"{QUALITY}/users")
    assert users.headers["pbx"] == "vinterfjord"
    assert users.headers["Content-Type"] == "application/json"
    assert users.query == {"page": ["0"], "size": ["100"]}


def test_one_sign_in_serves_every_api(server: StubServer, adapter: EightByEight) -> None:
    list(adapter.pull(SINCE))

    assert len(server.calls("/oauth/v2/token")) == 1
    (report,) = server.calls(f"{REPORTS}/detailed-reports")
    assert report.headers["Authorization"] == "Bearer t"
    assert report.headers["X-Tenant-Info"] == "vinterfjord01"


def test_report_is_asked_for_with_overlap_and_without_names(
    server: StubServer, adapter: EightByEight
) -> None:
    list(adapter.pull(SINCE))

    (report,) = server.calls(f"{REPORTS}/detailed-reports")
    body = json.loads(report.body)
    assert body["dateRange"] == {
        "start": "2026-03-16T12:00:00.000Z",
        "end": "2026-03-20T12:00:00.000Z",
    }
    assert body["includeParticipants"] is True
    assert not {"customerName", "agentNotes"} & set(body["metrics"])


def test_report_is_followed_until_its_header_names_no_next_page(
    server: StubServer, adapter: EightByEight
) -> None:
    list(adapter.pull(SINCE))

    queries = [call.query for call in server.calls(DATA)]
    assert queries == [{"size": ["1000"]}, {"size": ["1000"], "lastDocumentId": ["doc-1"]}]


def test_report_that_leads_back_is_unreadable(server: StubServer, adapter: EightByEight) -> None:
    server.answer(DATA, Answer(world.sample("contacts"), headers={"Last-Document-Id": "doc-1"}))

    with pytest.raises(Unreadable, match="Last-Document-Id"):
        list(adapter.pull(SINCE))


@pytest.mark.parametrize("made", [{"id": 901, "status": "FAILED"}, {"id": 901}])
def test_report_that_was_not_made_is_unavailable(
    server: StubServer, adapter: EightByEight, made: Any
) -> None:
    server.answer(f"{REPORTS}/detailed-reports", made)

    with pytest.raises(Unavailable, match="report"):
        list(adapter.pull(SINCE))


def test_report_may_come_in_a_list_as_the_contract_has_it(
    server: StubServer, adapter: EightByEight
) -> None:
    server.answer(f"{REPORTS}/detailed-reports", Answer([{"id": 901, "status": "DONE"}]))

    assert len(ids(adapter.pull(SINCE), Resource.INTERACTIONS)) == 3


def test_first_pull_reads_four_weeks_and_the_overlap_in_weeks(
    server: StubServer, adapter: EightByEight
) -> None:
    batches = list(adapter.pull({}))

    reports = [json.loads(call.body) for call in server.calls(f"{REPORTS}/detailed-reports")]
    starts = [report["dateRange"]["start"][:10] for report in reports]
    assert starts == ["2026-02-17", "2026-02-24", "2026-03-03", "2026-03-10", "2026-03-17"]
    marks = [batch.watermark for batch in of(batches, Resource.INTERACTIONS) if batch.watermark]
    assert marks[0] == datetime(2026, 2, 24, 12, tzinfo=UTC)
    assert marks[-1] == NOW


def test_evaluations_are_looked_through_far_enough_back_to_see_changes(
    server: StubServer, adapter: EightByEight
) -> None:
    list(adapter.pull(SINCE))

    (call,) = server.calls(f"{QUALITY}/evaluations")
    assert call.query["startTS"] == ["2026-02-16 12:00:00"]
    assert call.query["endTS"] == ["2026-03-20 12:00:00"]


@pytest.mark.parametrize(
    ("updated_at", "is_read"), [("2026-03-16T12:00:00", True), ("2026-03-16T11:59:59", False)]
)
def test_evaluation_is_fetched_when_it_changed_since_the_watermark_and_its_overlap(
    server: StubServer, adapter: EightByEight, updated_at: str, *, is_read: bool
) -> None:
    page = world.sample("evaluations")
    page["content"][0] |= {"createdAt": "2026-02-20T08:00:00", "updatedAt": updated_at}
    server.answer(f"{QUALITY}/evaluations", page)

    found = ids(adapter.pull(SINCE), Resource.EVALUATIONS)

    assert (found == ["4511"], len(server.calls(DETAILS))) == (is_read, int(is_read))


def test_evaluation_that_is_gone_keeps_the_rest(server: StubServer, adapter: EightByEight) -> None:
    page = world.sample("evaluations")
    whole = page["content"][0]
    nameless = {key: value for key, value in whole.items() if key != "createdAt"}
    page["content"] = [
        whole | {"evaluationId": 1},
        nameless | {"evaluationId": "2"},
        whole | {"evaluationId": "../users"},
        whole,
    ]
    server.answer(f"{QUALITY}/evaluations", page)

    batch = of(adapter.pull(SINCE), Resource.EVALUATIONS)[0]

    assert [it.external_id for it in batch.records if hasattr(it, "external_id")] == ["4511"]
    assert [(it.reference, it.reason) for it in batch.unreadable] == [
        ("1", "HTTP 404"),
        ("2", "Field required"),
        ("../users", "is missing or not an id"),
    ]


def test_page_that_comes_twice_or_empty_loses_nothing(
    server: StubServer, adapter: EightByEight
) -> None:
    page = world.sample("users")
    link = {"links": [{"rel": "nextPage", "href": "/users?page=1"}]}
    first, second = ({**page, "content": page["content"][part]} for part in (slice(2), slice(2, 3)))
    server.answer(f"{QUALITY}/users", {**page, "content": []}, first | link, first | link, second)

    assert len(ids(adapter.pull(SINCE), Resource.AGENTS)) == 3
    numbers = [call.query["page"] for call in server.calls(f"{QUALITY}/users")]
    assert numbers == [["0"], ["0"], ["1"], ["1"]]


def test_full_page_without_a_link_asks_for_the_next(
    server: StubServer, adapter: EightByEight
) -> None:
    full = [{"userReference": number, "name": "n"} for number in range(100)]
    last = {"content": [{"userReference": 100}]}
    server.answer(f"{QUALITY}/users", {"content": full}, last)

    assert len(ids(adapter.pull(SINCE), Resource.AGENTS)) == 101


def test_recordings_are_asked_for_by_their_last_change(
    server: StubServer, adapter: EightByEight
) -> None:
    list(adapter.pull(SINCE))

    (call,) = server.calls(OBJECTS)
    assert call.query == {
        "filter": [
            "type==callcenterrecording;updatedTime=ge=1773662400000;updatedTime=le=1774008000000"
        ],
        "limit": ["100"],
        "pageKey": ["0"],
    }


def test_pages_of_recordings_are_followed_to_the_last(
    server: StubServer, adapter: EightByEight
) -> None:
    page = world.sample("recordings")
    first = page | {"content": page["content"][:1], "lastPage": False}
    second = page | {"content": page["content"][1:], "pageKey": 1}
    server.answer(OBJECTS, Answer([first]), Answer([second]))  # in a list, as the contract has it

    assert len(ids(adapter.pull(SINCE), Resource.RECORDINGS)) == 2
    assert [call.query["pageKey"] for call in server.calls(OBJECTS)] == [["0"], ["1"]]


def test_sound_is_fetched_by_the_objects_own_id(adapter: EightByEight) -> None:
    assert adapter.audio("5b1e0000-0000-4000-8000-000000000001") == b"ID3 sound"


@pytest.mark.parametrize("reference", ["", "../users", "https://elsewhere.example/x"])
def test_sound_of_no_object_is_unreadable(adapter: EightByEight, reference: str) -> None:
    with pytest.raises(Unreadable):
        adapter.audio(reference)


def test_speech_is_asked_for_from_the_older_of_its_watermarks(
    server: StubServer, adapter: EightByEight
) -> None:
    list(adapter.pull(SINCE | {Resource.SENTIMENT: NOW - timedelta(days=3)}))

    starts = {call.query["startTS"][0] for call in server.calls(f"{QUALITY}/interactions")}
    assert starts == {"2026-03-16 12:00:00"}


def test_screen_alone_has_no_transcription(server: StubServer, adapter: EightByEight) -> None:
    silent = world.sample("transcriptions")["interaction"] | {
        "interactionGuid": "int-silent",
        "media": {"interactionType": "screenRecording"},
    }
    server.answer(f"{QUALITY}/interactions", {"content": [silent]})

    batches = list(adapter.pull(SINCE))

    assert server.calls(f"{QUALITY}/interactions/int-silent/transcriptions") == []
    assert [batch.unreadable for batch in batches if batch.unreadable] == []


def test_transcription_that_is_gone_keeps_the_rest(
    server: StubServer, adapter: EightByEight
) -> None:
    known = world.sample("transcriptions")["interaction"]
    page = {"content": [known | {"interactionGuid": "gone"}, known]}
    server.answer(f"{QUALITY}/interactions", page)

    batch = of(adapter.pull(SINCE), Resource.TRANSCRIPTS)[0]

    assert [(it.reference, it.reason) for it in batch.unreadable] == [("gone", "HTTP 404")]
    assert len(batch.records) == 3


def test_evaluations_that_still_exist_are_named(adapter: EightByEight) -> None:
    assert adapter.existing(Resource.EVALUATIONS, NOW - timedelta(days=90)) == {"4511"}
    assert adapter.existing(Resource.INTERACTIONS, NOW) is None


def test_429_in_the_middle_waits_and_goes_on(
    server: StubServer, adapter: EightByEight, sleeps: list[float]
) -> None:
    busy = Answer({}, status=429, headers={"Retry-After": "9"})
    server.answer(DATA, busy, Answer(world.sample("contacts")))

    assert len(ids(adapter.pull(SINCE), Resource.INTERACTIONS)) == 3
    assert sleeps == [9]


def test_check_tells_what_it_found(adapter: EightByEight) -> None:
    report = adapter.check()

    assert report.passed
    subjects = [finding.subject for finding in report.findings]
    assert subjects == [
        "Sign-in",
        "Agents",
        "Contacts",
        "Evaluations",
        "Recordings",
        "Transcripts",
    ]


def test_check_names_the_api_products_that_are_missing(
    server: StubServer, adapter: EightByEight
) -> None:
    server.answer(OBJECTS, Answer({}, status=401))
    server.answer(f"{QUALITY}/users", Answer({}, status=403))
    server.answer(f"{QUALITY}/evaluations", Answer({}, status=400))

    failed = [(it.subject, it.detail) for it in adapter.check().findings if not it.passed]

    assert failed == [
        ("Agents", "QM - API"),
        ("Evaluations", "/qm/uk/v1/evaluations: HTTP 400"),
        ("Recordings", "storage"),
    ]


def test_check_stops_at_a_refused_sign_in(server: StubServer, adapter: EightByEight) -> None:
    server.answer("/oauth/v2/token", Answer({}, status=401))

    assert [(it.subject, it.passed) for it in adapter.check().findings] == [("Sign-in", False)]


@pytest.mark.parametrize("setting", ["region", "data_region"])
def test_unknown_region_is_unverified(
    server: StubServer, http: httpx.Client, sleeps: list[float], setting: str
) -> None:
    with pytest.raises(Unverified, match="region"):
        list(connect(server, http, sleeps, **{setting: "mars"}).pull({}))


@pytest.mark.parametrize(
    ("region", "path"),
    [
        ("us", "/analytics/cc/v8/historical-metrics"),
        ("au", "/au/analytics/cc/v8/historical-metrics"),
    ],
)
def test_region_decides_where_each_api_begins(region: str, path: str) -> None:
    called: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(str(request.url))
        return httpx.Response(200, json={"access_token": "t"})

    known = {"client_id": "me", "client_secret": "x", "pbx": "p", "region": region}
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        EightByEight(known | {"data_region": "ca"}, http).check()

    assert called[0] == "https://api.8x8.com/oauth/v2/token"
    assert called[1].startswith("https://api.8x8.com/qm/ca/v1/users")
    assert called[2].startswith(f"https://api.8x8.com{path}/report-types/")
    assert called[4].startswith("https://api.8x8.com/storage/ca/v3/objects")
