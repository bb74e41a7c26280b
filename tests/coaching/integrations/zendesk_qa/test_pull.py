from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch, Forbidden, Resource, Unreadable, Unverified
from coaching.integrations.zendesk_qa import ZendeskQa
from coaching.records import Evaluation, EvaluationStatus
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import zendesk_qa

pytestmark = pytest.mark.pure

REVIEWS = "/api/export/reviews"
SINCE = {Resource.EVALUATIONS: NOW - timedelta(days=2)}


@pytest.fixture
def zendesk(server: StubServer, http: httpx.Client, sleeps: list[float]) -> ZendeskQa:
    return connect(server, http, sleeps)


def connect(
    server: StubServer, http: httpx.Client, sleeps: list[float], **settings: str
) -> ZendeskQa:
    known = zendesk_qa.serve(server)
    return ZendeskQa(known | settings, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def reviews(zendesk: ZendeskQa) -> list[str]:
    records = (it for batch in zendesk.pull(SINCE) for it in batch.records)
    return [it.external_id for it in records if isinstance(it, Evaluation)]


def asked(server: StubServer) -> list[Any]:
    return [call.query.get("page", ["first"])[0] for call in server.calls(REVIEWS)]


def test_pull_yields_every_resource_in_an_order_intake_can_link(zendesk: ZendeskQa) -> None:
    batches = list(zendesk.pull(SINCE))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    assert [(batch.resource.value, len(batch.records)) for batch in batches] == [
        ("agents", 5),
        ("teams", 2),
        ("roster", 4),
        ("forms", 1),  # both workspaces share it
        ("evaluations", 0),  # disputes
        ("evaluations", 2),
        ("evaluations", 1),
        ("evaluations", 0),  # the watermark of one window
        ("evaluations", 0),  # and of the next
    ]


def test_every_call_carries_the_token(server: StubServer, zendesk: ZendeskQa) -> None:
    list(zendesk.pull(SINCE))

    assert {call.headers["Authorization"] for call in server.received} == {"Bearer hush"}


def test_reviews_of_four_weeks_are_read_again(server: StubServer, zendesk: ZendeskQa) -> None:
    batches = of(zendesk.pull(SINCE), Resource.EVALUATIONS)

    spans = {(call.query["fromDate"][0], call.query["toDate"][0]) for call in server.calls(REVIEWS)}
    assert spans == {
        ("2026-02-18T12:00:00Z", "2026-03-18T12:00:00Z"),
        ("2026-03-18T12:00:00Z", "2026-03-20T12:00:00Z"),
    }
    marks = [batch.watermark for batch in batches if batch.watermark]
    assert marks == [NOW - timedelta(days=2), NOW]


def test_first_pull_reads_four_weeks(server: StubServer, zendesk: ZendeskQa) -> None:
    list(zendesk.pull({}))

    assert {call.query["fromDate"][0] for call in server.calls(REVIEWS)} == {"2026-02-20T12:00:00Z"}


def test_pages_are_numbered_from_what_the_first_says(
    server: StubServer, zendesk: ZendeskQa
) -> None:
    list(zendesk.pull({}))

    assert asked(server) == ["first", "2", "3", "3"]


def test_pages_that_are_numbered_from_zero_are_read_too(
    server: StubServer, zendesk: ZendeskQa
) -> None:
    page = zendesk_qa.sample("reviews") | {"pagination": {"page": 0}}
    server.answer(REVIEWS, page, {"conversations": []})

    list(zendesk.pull({}))

    assert asked(server) == ["first", "1", "1"]


def test_page_that_comes_twice_or_empty_loses_nothing(
    server: StubServer, zendesk: ZendeskQa
) -> None:
    first, second = zendesk_qa.sample("reviews")["conversations"]
    one, two, end = (
        zendesk_qa.page(1, first),
        zendesk_qa.page(2, second),
        zendesk_qa.page(3),
    )
    server.answer(REVIEWS, end, one, one, two, end)

    assert reviews(zendesk) == ["640001", "640002", "640003"]


def test_page_that_does_not_tell_its_number_is_unreadable(
    server: StubServer, zendesk: ZendeskQa
) -> None:
    server.answer(REVIEWS, zendesk_qa.sample("reviews") | {"pagination": None})

    with pytest.raises(Unreadable, match="pagination"):
        list(zendesk.pull({}))


def test_dispute_that_was_closed_since_the_last_pull_is_forgotten(
    server: StubServer, zendesk: ZendeskQa
) -> None:
    list(zendesk.pull({}))
    zendesk_qa.serve(server)
    server.answer("/api/export/workspace/7001/disputes", {"disputes": []})

    batches = list(zendesk.pull({}))

    states = {getattr(it, "status", None) for batch in batches for it in batch.records}
    assert EvaluationStatus.DISPUTED not in states


def test_roster_is_one_snapshot_of_all_workspaces(zendesk: ZendeskQa) -> None:
    (roster,) = of(zendesk.pull({}), Resource.ROSTER)

    names = [getattr(entry, "team_name", "") for entry in roster.records]
    assert names == 2 * ["Kundesenter Bergen"] + 2 * ["Kundtjänst Umeå"]
    assert (roster.total, roster.watermark) == (4, NOW)


def test_workspaces_are_no_teams_when_the_setting_says_so(
    server: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    batches = list(connect(server, http, sleeps, teams="no").pull({}))

    assert of(batches, Resource.TEAMS) + of(batches, Resource.ROSTER) == []
    assert server.calls("/api/export/workspace/7001/users") == []


def test_workspace_without_a_number_cannot_change_the_address(
    server: StubServer, zendesk: ZendeskQa
) -> None:
    server.answer("/api/export/workspaces", {"workspaces": [{"id": "../users"}]})

    with pytest.raises(Unreadable, match="id"):
        list(zendesk.pull({}))


def test_missing_permission_stops_the_pull_after_what_was_read(
    server: StubServer, zendesk: ZendeskQa
) -> None:
    server.answer(REVIEWS, Answer({}, status=403))
    found = []

    with pytest.raises(Forbidden):
        found += (batch.resource for batch in zendesk.pull({}))

    assert found[-1] is Resource.EVALUATIONS  # the disputes


def test_reviews_that_still_exist_are_named(zendesk: ZendeskQa) -> None:
    found = zendesk.existing(Resource.EVALUATIONS, NOW - timedelta(days=90))

    assert found == {"640001", "640002", "640003"}
    assert zendesk.existing(Resource.AGENTS, NOW) is None


def test_429_waits_as_long_as_asked(
    server: StubServer, zendesk: ZendeskQa, sleeps: list[float]
) -> None:
    busy = Answer({"code": 8}, status=429, headers={"Retry-After": "7"})
    server.answer(REVIEWS, busy, zendesk_qa.sample("reviews"))

    assert len(reviews(zendesk)) == 6  # both windows answer alike
    assert sleeps == [7]


def test_check_tells_what_it_found(zendesk: ZendeskQa) -> None:
    report = zendesk.check()

    assert report.passed
    assert [(it.subject, it.detail) for it in report.findings] == [
        ("Sign-in", ""),
        ("Agents", ""),
        ("Quality forms", ""),
        ("Disputes", ""),
        ("Evaluations", ""),
        ("Scores of single categories", "50-100"),
    ]


def test_check_names_each_missing_permission(server: StubServer, zendesk: ZendeskQa) -> None:
    for path in ("/api/export/users", REVIEWS):
        server.answer(path, Answer({}, status=403))

    report = zendesk.check()

    failed = [(it.subject, it.detail) for it in report.findings if not it.passed]
    assert failed == [
        ("Agents", "/api/export/users: a permission is missing"),
        ("Evaluations", "/api/export/reviews: a permission is missing"),
    ]


def test_check_warns_of_category_scores_that_are_no_percentages(
    server: StubServer, zendesk: ZendeskQa
) -> None:
    page = zendesk_qa.sample("reviews")
    page["conversations"][0]["reviews"][0]["ratings"] = [{"score": 2}, {"score": 4.5}]
    del page["conversations"][1]
    server.answer(REVIEWS, page)

    last = zendesk.check().findings[-1]

    assert (last.passed, last.detail) == (False, "2-4.5")


@pytest.mark.parametrize("status", [401, 403])
def test_check_stops_at_a_refused_token(
    server: StubServer, zendesk: ZendeskQa, status: int
) -> None:
    server.answer("/api/export/workspaces", Answer({}, status=status))

    assert [(it.subject, it.passed) for it in zendesk.check().findings] == [("Sign-in", False)]


def test_subdomain_that_is_an_address_is_unverified(http: httpx.Client) -> None:
    zendesk = ZendeskQa({"subdomain": "elsewhere.example/", "token": "x"}, http)

    with pytest.raises(Unverified, match="subdomain"):
        list(zendesk.pull({}))


def test_subdomain_decides_the_host() -> None:
    called: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(str(request.url))
        return httpx.Response(200, json={"workspaces": []})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        ZendeskQa({"subdomain": "Vinterfjord", "token": "x"}, http).check()

    assert called[0] == "https://vinterfjord.zendesk.com/qa/api/export/workspaces"
