import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
from coaching.integrations.genesys import Genesys
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer

pytestmark = pytest.mark.pure

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "genesys"
JOBS = "/api/v2/analytics/conversations/details/jobs"
DETAILS = "/api/v2/analytics/conversations/details/query"
SEARCH = "/api/v2/quality/evaluations/search"
FORM_ID = "f0430000-0000-4000-8000-000000000001"
FORM = f"/api/v2/quality/forms/evaluations/{FORM_ID}"
TEAMS = [f"7ea30000-0000-4000-8000-00000000000{number}" for number in (1, 2)]
EVALUATION = (
    "/api/v2/quality/conversations/c0de0000-0000-4000-8000-000000000001"
    "/evaluations/e7a10000-0000-4000-8000-000000000001"
)
SINCE = {
    Resource.INTERACTIONS: NOW - timedelta(days=2),
    Resource.EVALUATIONS: NOW - timedelta(days=4),
}


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


@pytest.fixture
def platform(server: StubServer) -> StubServer:
    """A platform that answers every call of a pull with our samples."""
    server.answer("/oauth/token", {"access_token": "t", "expires_in": 86400})
    server.answer("/api/v2/users", sample("users"))
    server.answer("/api/v2/teams", sample("teams"))
    server.answer(f"/api/v2/teams/{TEAMS[0]}/members", sample("team_members"))
    server.answer(f"/api/v2/teams/{TEAMS[1]}/members", {"entities": []})
    server.answer("/api/v2/routing/queues", sample("queues"))
    server.answer("/api/v2/routing/wrapupcodes", sample("wrapupcodes"))
    server.answer("/api/v2/routing/languages", sample("languages"))
    published = {"entities": [{"id": FORM_ID, "name": "Kvalitet samtal"}], "total": 1}
    server.answer("/api/v2/quality/publishedforms/evaluations", published)
    server.answer(FORM, sample("form"))
    server.answer(f"{JOBS}/availability", {"dataAvailabilityDate": "2026-03-20T06:00:00.000Z"})
    server.answer(JOBS, {"jobId": "job1"})
    server.answer(f"{JOBS}/job1", {"state": "FULFILLED"})
    server.answer(f"{JOBS}/job1/results", sample("conversation_job_results"))
    server.answer(SEARCH, sample("search"))
    server.answer(EVALUATION, sample("evaluation"))
    return server


@pytest.fixture
def genesys(platform: StubServer, http: httpx.Client, sleeps: list[float]) -> Genesys:
    return connect(platform, http, sleeps)


def connect(
    platform: StubServer, http: httpx.Client, sleeps: list[float], **settings: str
) -> Genesys:
    known = {"client_id": "me", "client_secret": "hush", "customer_key": "key"}
    urls = {"login_url": platform.url, "api_url": platform.url}
    return Genesys({**known, **urls, **settings}, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def bodies(platform: StubServer, path: str) -> list[Any]:
    return [json.loads(call.body) for call in platform.calls(path)]


def test_pull_yields_every_resource_in_an_order_intake_can_link(genesys: Genesys) -> None:
    batches = list(genesys.pull(SINCE))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    counts = [(batch.resource.value, len(batch.records)) for batch in batches]
    assert counts == [
        ("agents", 5),
        ("teams", 2),
        ("roster", 3),
        ("queues", 3),
        ("interactions", 0),  # the names of wrap-up codes
        ("interactions", 0),  # and of languages
        ("forms", 1),
        ("interactions", 4),
        ("evaluations", 1),
        ("evaluations", 0),  # the watermark
    ]


def test_pull_asks_for_agents_of_any_state(platform: StubServer, genesys: Genesys) -> None:
    list(genesys.pull(SINCE))

    (call,) = platform.calls("/api/v2/users")
    assert call.query == {"pageSize": ["100"], "state": ["any"], "expand": ["languages"]}


def test_pages_are_followed_on_our_own_host(platform: StubServer, genesys: Genesys) -> None:
    first = sample("users") | {
        "total": 10,
        "nextUri": "https://elsewhere.example/api/v2/users?pageNumber=2",
    }
    platform.answer("/api/v2/users", first, sample("users"))

    batches = of(genesys.pull(SINCE), Resource.AGENTS)

    assert [batch.total for batch in batches] == [10, 5]
    assert platform.calls("/api/v2/users")[1].query == {"pageNumber": ["2"]}


def test_page_that_is_answered_twice_leads_on(platform: StubServer, genesys: Genesys) -> None:
    page = sample("users") | {"nextUri": "/api/v2/users?pageNumber=2"}
    platform.answer("/api/v2/users", page, page, sample("users"))

    assert len(of(genesys.pull(SINCE), Resource.AGENTS)) == 3


@pytest.mark.parametrize("uri", ["/api/v2/users?pageNumber=2", "http://elsewhere.example", ".com/"])
def test_next_page_that_leads_nowhere_is_unreadable(
    platform: StubServer, genesys: Genesys, uri: str
) -> None:
    platform.answer("/api/v2/users", sample("users") | {"nextUri": uri})

    with pytest.raises(Unreadable, match="nextUri"):
        list(genesys.pull(SINCE))


def test_roster_is_one_snapshot_of_all_teams(platform: StubServer, genesys: Genesys) -> None:
    second = {"entities": [{"id": "u77", "name": "Ny"}]}
    platform.answer(f"/api/v2/teams/{TEAMS[1]}/members", second)

    (roster,) = of(genesys.pull(SINCE), Resource.ROSTER)

    assert [getattr(entry, "team_name", "") for entry in roster.records] == [
        "Faktura Malmö",
        "Faktura Malmö",
        "Faktura Malmö",
        "Teknik Oslo",
    ]
    assert (roster.total, roster.watermark) == (4, NOW)


def test_contacts_are_asked_for_with_a_day_of_overlap_up_to_what_is_available(
    platform: StubServer, genesys: Genesys
) -> None:
    list(genesys.pull(SINCE))

    assert bodies(platform, JOBS) == [
        {
            "interval": "2026-03-17T12:00:00.000Z/2026-03-20T06:00:00.000Z",
            "order": "asc",
            "orderBy": "conversationStart",
        }
    ]


def test_contacts_of_a_long_time_come_in_weeks(platform: StubServer, genesys: Genesys) -> None:
    since = {Resource.INTERACTIONS: NOW - timedelta(days=15)}

    batches = of(genesys.pull(since), Resource.INTERACTIONS)

    starts = [body["interval"][:10] for body in bodies(platform, JOBS)]
    assert starts == ["2026-03-04", "2026-03-11", "2026-03-18"]
    marks = [batch.watermark for batch in batches if batch.watermark]
    assert marks == [
        datetime(2026, 3, 11, 12, tzinfo=UTC),
        datetime(2026, 3, 18, 12, tzinfo=UTC),
        datetime(2026, 3, 20, 6, tzinfo=UTC),
    ]


def test_first_pull_reads_four_weeks(platform: StubServer, genesys: Genesys) -> None:
    list(genesys.pull({}))

    assert bodies(platform, JOBS)[0]["interval"].startswith("2026-02-19T12:00:00.000Z/")
    assert bodies(platform, SEARCH)[0]["query"][0]["startValue"] == "2026-02-17T12:00:00.000Z"


def test_nothing_new_in_the_lake_starts_no_job(platform: StubServer, genesys: Genesys) -> None:
    platform.answer(f"{JOBS}/availability", {"dataAvailabilityDate": "2026-03-01T00:00:00Z"})

    list(genesys.pull(SINCE))

    assert platform.calls(JOBS) == []


def test_availability_without_a_date_is_unreadable(platform: StubServer, genesys: Genesys) -> None:
    platform.answer(f"{JOBS}/availability", {})

    with pytest.raises(Unreadable, match="dataAvailabilityDate"):
        list(genesys.pull(SINCE))


def test_job_is_polled_until_it_is_fulfilled(
    platform: StubServer, genesys: Genesys, sleeps: list[float]
) -> None:
    states = [{"state": state} for state in ("QUEUED", "PENDING", "FULFILLED")]
    platform.answer(f"{JOBS}/job1", *states)

    list(genesys.pull(SINCE))

    assert sleeps == [2, 4]


def test_job_that_never_ends_is_unavailable(
    platform: StubServer, genesys: Genesys, sleeps: list[float]
) -> None:
    platform.answer(f"{JOBS}/job1", {"state": "PENDING"})

    with pytest.raises(Unavailable) as unavailable:
        list(genesys.pull(SINCE))

    assert sum(sleeps) == 450
    assert unavailable.value.retry_after_seconds == 600


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "EXPIRED"])
def test_job_that_failed_is_unavailable(platform: StubServer, genesys: Genesys, state: str) -> None:
    platform.answer(f"{JOBS}/job1", {"state": state})

    with pytest.raises(Unavailable, match=state.lower()):
        list(genesys.pull(SINCE))


def test_results_follow_the_cursor_and_the_last_page_closes(
    platform: StubServer, genesys: Genesys
) -> None:
    page = sample("conversation_job_results")
    platform.answer(f"{JOBS}/job1/results", page | {"cursor": "next=="}, page)

    batches = of(genesys.pull(SINCE), Resource.INTERACTIONS)[-2:]

    assert [batch.watermark for batch in batches] == [None, datetime(2026, 3, 20, 6, tzinfo=UTC)]
    queries = [call.query for call in platform.calls(f"{JOBS}/job1/results")]
    assert queries == [{"pageSize": ["500"]}, {"pageSize": ["500"], "cursor": ["next=="]}]


def test_evaluations_are_searched_by_release_with_three_days_of_overlap(
    platform: StubServer, genesys: Genesys
) -> None:
    batches = of(genesys.pull(SINCE), Resource.EVALUATIONS)

    (body,) = bodies(platform, SEARCH)
    assert body == {
        "query": [
            {
                "field": "releaseDate",
                "type": "DATE_RANGE",
                "operator": "AND",
                "startValue": "2026-03-13T12:00:00.000Z",
                "endValue": "2026-03-20T12:00:00.000Z",
            }
        ],
        "pageSize": 100,
        "pageNumber": 1,
        "systemSubmitted": False,
        "sortBy": "releaseDate",
        "sortOrder": "ASC",
    }
    assert [batch.watermark for batch in batches] == [None, NOW]


def test_search_windows_stay_under_three_months(platform: StubServer, genesys: Genesys) -> None:
    platform.answer(SEARCH, {"results": []})
    half_a_year = SINCE | {Resource.EVALUATIONS: NOW - timedelta(weeks=26)}

    batches = of(genesys.pull(half_a_year), Resource.EVALUATIONS)

    asked = [body["query"][0] for body in bodies(platform, SEARCH)]
    spans = [
        datetime.fromisoformat(it["endValue"]) - datetime.fromisoformat(it["startValue"])
        for it in asked
    ]
    assert len(spans) == 3
    assert max(spans) == timedelta(weeks=12)
    assert [batch.watermark is None for batch in batches] == [True, False] * 3


def test_full_search_page_asks_for_the_next(platform: StubServer, genesys: Genesys) -> None:
    hit = sample("search")["results"][0]
    platform.answer(SEARCH, {"results": [hit] * 100}, {"results": []})

    list(genesys.pull(SINCE))

    assert [body["pageNumber"] for body in bodies(platform, SEARCH)] == [1, 2]


def test_automatic_evaluations_are_asked_for_when_wanted(
    platform: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    platform.answer(SEARCH, {"results": []}, sample("search"))
    genesys = connect(platform, http, sleeps, automatic_evaluations="yes")

    batches = of(genesys.pull(SINCE), Resource.EVALUATIONS)

    assert [body["systemSubmitted"] for body in bodies(platform, SEARCH)] == [False, True]
    kinds = [getattr(it, "evaluator_kind", "") for batch in batches for it in batch.records]
    assert kinds == ["automatic"]


def test_form_is_fetched_once_and_sent_before_its_evaluations(
    platform: StubServer, genesys: Genesys
) -> None:
    platform.answer("/api/v2/quality/publishedforms/evaluations", {"entities": []})
    bare = sample("evaluation") | {"evaluationForm": {"id": FORM_ID}}
    platform.answer(EVALUATION, bare)
    hit = sample("search")["results"][0]
    platform.answer(SEARCH, {"results": [hit, hit]})

    batches = [batch for batch in genesys.pull(SINCE) if batch.records][-2:]

    assert [batch.resource for batch in batches] == [Resource.FORMS, Resource.EVALUATIONS]
    assert len(platform.calls(FORM)) == 1
    assert len(batches[1].records) == 2


def test_evaluation_that_is_gone_keeps_the_rest(platform: StubServer, genesys: Genesys) -> None:
    hit = sample("search")["results"][0]
    gone = hit | {"id": "gone"}
    nameless = hit | {"id": "nameless", "conversation": {}}
    platform.answer(SEARCH, {"results": [gone, nameless, hit]})

    batch = of(genesys.pull(SINCE), Resource.EVALUATIONS)[0]

    assert len(batch.records) == 1
    assert [(it.reference, it.field.rsplit("/")[-1], it.reason) for it in batch.unreadable] == [
        ("gone", "gone", "HTTP 404"),
        ("nameless", "conversation.id", "Field required"),
    ]


def test_form_that_is_gone_keeps_the_rest(platform: StubServer, genesys: Genesys) -> None:
    published = {"entities": [{"id": "gone", "name": "Gammalt"}, {"id": FORM_ID}]}
    platform.answer("/api/v2/quality/publishedforms/evaluations", published)

    forms = of(genesys.pull(SINCE), Resource.FORMS)[0]

    assert len(forms.records) == 1
    assert [it.reference for it in forms.unreadable] == ["gone"]


def test_429_in_the_middle_waits_and_goes_on(
    platform: StubServer, genesys: Genesys, sleeps: list[float]
) -> None:
    busy = Answer({"status": 429}, status=429, headers={"Retry-After": "11"})
    platform.answer(EVALUATION, busy, sample("evaluation"))

    batches = of(genesys.pull(SINCE), Resource.EVALUATIONS)

    assert [len(batch.records) for batch in batches] == [1, 0]
    assert sleeps == [11]


def test_ids_from_the_platform_cannot_change_the_address(
    platform: StubServer, genesys: Genesys
) -> None:
    platform.answer(JOBS, {"jobId": "../../users"})

    with pytest.raises(Unreadable, match="jobId"):
        list(genesys.pull(SINCE))


def test_missing_permission_stops_the_pull_after_what_was_read(
    platform: StubServer, genesys: Genesys
) -> None:
    platform.answer(SEARCH, Answer({}, status=403))
    found = []

    with pytest.raises(Forbidden):
        found += (batch.resource for batch in genesys.pull(SINCE))  # keeps what came before

    assert found[-1] is Resource.INTERACTIONS


def test_unknown_region_is_unverified(http: httpx.Client) -> None:
    genesys = Genesys({"client_id": "me", "client_secret": "x", "region": "mars"}, http)

    with pytest.raises(Unverified, match="region"):
        list(genesys.pull({}))


def test_region_decides_the_hosts(sleeps: list[float]) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.host))
        return httpx.Response(200, json={"access_token": "t", "entities": [], "results": []})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        Genesys({"client_id": "me", "client_secret": "x", "region": "eu-west-1"}, http).check()

    assert sorted(set(asked)) == ["api.mypurecloud.ie", "login.mypurecloud.ie"]


def test_recent_contacts_are_asked_for_from_where_the_lake_ends(
    platform: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    platform.answer(DETAILS, sample("conversation_details"))
    genesys = connect(platform, http, sleeps, recent_contacts="yes")

    batches = of(genesys.pull(SINCE), Resource.INTERACTIONS)

    assert bodies(platform, DETAILS) == [
        {
            "interval": "2026-03-20T06:00:00.000Z/2026-03-20T12:00:00.000Z",
            "order": "asc",
            "orderBy": "conversationStart",
            "paging": {"pageSize": 100, "pageNumber": 1},
        }
    ]
    lake, recent = batches[-2:]
    assert [getattr(it, "talk_ms", 0) for it in recent.records] == [230_000]
    assert (lake.watermark, recent.watermark) == (datetime(2026, 3, 20, 6, tzinfo=UTC), None)


def test_recent_contacts_are_read_to_the_last_page(
    platform: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    one = sample("conversation_details")["conversations"]
    platform.answer(DETAILS, {"conversations": one * 100}, {"totalHits": 100})
    genesys = connect(platform, http, sleeps, recent_contacts="yes")

    list(genesys.pull(SINCE))

    assert [body["paging"]["pageNumber"] for body in bodies(platform, DETAILS)] == [1, 2]


def test_contact_that_still_goes_on_waits_for_its_end(
    platform: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    page = sample("conversation_details")
    del page["conversations"][0]["conversationEnd"]
    platform.answer(DETAILS, page)
    genesys = connect(platform, http, sleeps, recent_contacts="yes")

    recent = of(genesys.pull(SINCE), Resource.INTERACTIONS)[-1]

    assert (recent.records, recent.unreadable) == ((), ())
