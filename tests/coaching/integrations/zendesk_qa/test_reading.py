import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch, Unreadable
from coaching.integrations.zendesk_qa import ZendeskQa
from coaching.records import (
    AgentRef,
    Answer,
    Evaluation,
    EvaluationForm,
    EvaluationKind,
    EvaluationStatus,
    EvaluatorKind,
    RosterEntry,
    TeamRef,
)
from tests.coaching.integrations.conftest import NOW

pytestmark = pytest.mark.pure

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "zendesk_qa"


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def connect(http: httpx.Client, **settings: str) -> ZendeskQa:
    known = {"subdomain": "vinterfjord", "token": "hush"}
    return ZendeskQa({**known, **settings}, http, clock=lambda: NOW)


@pytest.fixture
def zendesk(http: httpx.Client) -> ZendeskQa:
    return connect(http)


def read(zendesk: ZendeskQa, event: str, payload: Any) -> Batch:
    return zendesk.read(event, json.dumps(payload).encode())


def evaluations(zendesk: ZendeskQa) -> list[Evaluation]:
    batch = read(zendesk, "reviews", sample("reviews"))
    return [record for record in batch.records if isinstance(record, Evaluation)]


def with_review(**changes: Any) -> Any:
    """A page with one review, changed; `...` takes a field away."""
    page = sample("reviews")
    del page["conversations"][1], page["conversations"][0]["reviews"][1]
    review = page["conversations"][0]["reviews"][0] | changes
    page["conversations"][0]["reviews"] = [
        {key: value for key, value in review.items() if value is not ...}
    ]
    return page


def read_review(zendesk: ZendeskQa, **changes: Any) -> Evaluation:
    (record,) = read(zendesk, "reviews", with_review(**changes)).records
    assert isinstance(record, Evaluation)
    return record


def test_user_is_named_by_address_where_there_is_one(zendesk: ZendeskQa) -> None:
    batch = read(zendesk, "users", sample("users"))

    assert (batch.records[0], batch.records[-1]) == (
        AgentRef(
            external_id="ingrid.solheim@vinterfjord.example",
            email="ingrid.solheim@vinterfjord.example",
            display_name="Ingrid Solheim",
        ),
        AgentRef(external_id="50105", display_name="Kiosk Tromsø"),
    )


def test_workspace_becomes_a_team_with_members_of_today(zendesk: ZendeskQa) -> None:
    teams = read(zendesk, "workspaces", sample("workspaces"))

    roster = read(zendesk, "workspace_users", sample("workspace_users"))

    assert teams.records[0] == TeamRef(external_id="7001", name="Kundesenter Bergen")
    assert roster.records[0] == RosterEntry(
        agent_external_id="ingrid.solheim@vinterfjord.example",
        team_external_id="7001",
        team_name="Kundesenter Bergen",
        valid_from=date(2026, 3, 20),
    )


def test_scorecard_keeps_groups_and_what_lies_outside_of_them(zendesk: ZendeskQa) -> None:
    (form,) = read(zendesk, "scorecards", sample("scorecards")).records

    assert isinstance(form, EvaluationForm)
    assert (form.external_id, form.context_id, form.name) == ("880", "880", "Telefon og chat")
    assert form.version == "2026-01-12T08:30:15.250000+00:00"
    assert [(group.external_id, group.name, group.position) for group in form.groups] == [
        ("661", "Løsning", 0),
        ("880-rest", "", 1),
    ]
    questions = [question for group in form.groups for question in group.questions]
    assert [
        (it.text, it.weight, it.max_points, it.is_critical, it.is_fatal, it.na_allowed)
        for it in questions
    ] == [
        ("Riktig svar", 60, 100, False, False, False),
        ("Identitet kontrollert", 0, 100, True, True, False),
        ("Språk", 10, 100, False, False, True),
    ]
    assert [option.text for option in questions[0].options] == ["Feil", "Delvis", "Riktig"]


def test_category_that_is_listed_twice_is_one_question(zendesk: ZendeskQa) -> None:
    page = sample("scorecards")
    card = page["data"][0]
    card["categories"] += card["groups"][0]["categories"]

    (form,) = read(zendesk, "scorecards", page).records

    assert isinstance(form, EvaluationForm)
    assert [len(group.questions) for group in form.groups] == [2, 1]


def test_review_becomes_an_evaluation(zendesk: ZendeskQa) -> None:
    first = evaluations(zendesk)[0]

    assert first == Evaluation(
        external_id="640001",
        revision="2026-03-17T07:30:00.500+00:00",
        interaction_external_id="30210",
        agent_external_id="ingrid.solheim@vinterfjord.example",
        evaluator_external_id="elias.nyqvist@vinterfjord.example",
        evaluator_kind=EvaluatorKind.HUMAN,
        form_external_id="880",
        form_context_id="880",
        form_name="Telefon og chat",
        status=EvaluationStatus.RELEASED,
        score_pct=Decimal("83.333"),
        comments="Fint tempo. Husk fristen neste gang.",
        agent_comments="Takk, det skal jeg.",
        interaction_at=datetime(2026, 3, 15, 13, 5, 9, tzinfo=UTC),
        created_at=datetime(2026, 3, 16, 7, tzinfo=UTC),
        submitted_at=datetime(2026, 3, 16, 7, tzinfo=UTC),
        released_at=datetime(2026, 3, 16, 7, tzinfo=UTC),
        raw_score="83.33333",
        raw_scale="0-100",
        answers=first.answers,
    )


def test_rating_becomes_an_answer(zendesk: ZendeskQa) -> None:
    answers = evaluations(zendesk)[0].answers

    assert answers[0] == Answer(
        question_external_id="9101",
        question_context_id="9101",
        question_text="Riktig svar",
        group_name="Løsning",
        points=Decimal(50),
        max_points=Decimal(100),
        weight=Decimal(60),
        causes=("Glemte fristen", "Feil takst"),
    )
    assert answers[1].is_critical
    assert (answers[2].points, answers[2].not_applicable) == (None, True)
    assert answers[2].causes == ("Bare tale",)


def test_score_that_is_not_there_is_neither_zero_nor_skipped(zendesk: ZendeskQa) -> None:
    (answer,) = read_review(zendesk, ratings=[{"categoryId": "9101"}]).answers

    assert (answer.points, answer.not_applicable) == (None, False)


def test_score_of_zero_is_zero(zendesk: ZendeskQa) -> None:
    last = evaluations(zendesk)[-1]

    assert (last.score_pct, last.answers[0].points) == (Decimal("0.000"), Decimal(0))


@pytest.mark.parametrize("score", [-1, 101])
def test_category_score_that_is_no_percentage_is_counted(zendesk: ZendeskQa, score: int) -> None:
    ratings = [{"categoryId": "9101", "score": score}]

    batch = read(zendesk, "reviews", with_review(ratings=ratings))

    assert [getattr(it, "answers", ())[0].points for it in batch.records] == [None]
    assert batch.unknown_values == Counter({f"rating score={score}": 1})


def test_category_scores_are_left_out_when_they_are_no_percentages(http: httpx.Client) -> None:
    review = read_review(connect(http, category_scores="no"))

    assert {(answer.points, answer.max_points) for answer in review.answers} == {(None, None)}


def test_review_of_oneself_is_a_self_assessment(zendesk: ZendeskQa) -> None:
    own = evaluations(zendesk)[1]

    assert (own.kind, own.evaluator_kind) == (EvaluationKind.SELF_ASSESSMENT, EvaluatorKind.SELF)


def test_review_without_a_reviewer_is_by_nobody_we_know(zendesk: ZendeskQa) -> None:
    review = read_review(zendesk, reviewer=None)

    assert (review.evaluator_external_id, review.evaluator_kind) == (None, EvaluatorKind.UNKNOWN)


def test_review_that_was_not_received_is_not_released(zendesk: ZendeskQa) -> None:
    review = read_review(zendesk, received=False)

    assert (review.status, review.released_at) == (EvaluationStatus.SUBMITTED, None)


def test_every_review_is_released_when_the_setting_says_so(http: httpx.Client) -> None:
    review = read_review(connect(http, released="all"), received=...)

    assert (review.status, review.released_at) == (EvaluationStatus.RELEASED, review.created_at)


def test_open_dispute_makes_a_review_disputed_and_a_closed_one_does_not(
    zendesk: ZendeskQa,
) -> None:
    read(zendesk, "disputes", sample("disputes"))

    states = {review.external_id: review.status for review in evaluations(zendesk)}

    assert states["640003"] is EvaluationStatus.DISPUTED
    assert states["640001"] is EvaluationStatus.RELEASED


def test_rejected_dispute_is_closed(zendesk: ZendeskQa) -> None:
    page = sample("disputes")
    page["disputes"][0]["rejectedBy"] = {"id": "50102", "name": "Elias Nyqvist"}
    read(zendesk, "disputes", page)

    assert EvaluationStatus.DISPUTED not in {it.status for it in evaluations(zendesk)}


def test_whole_numbers_are_read_as_ids_too(zendesk: ZendeskQa) -> None:
    assert read_review(zendesk, id=640001).external_id == "640001"


@pytest.mark.parametrize("number", ["", "0", None])
def test_review_without_a_scorecard_names_no_form(zendesk: ZendeskQa, number: str | None) -> None:
    review = read_review(zendesk, scorecard={"id": number, "name": ""})

    assert (review.form_external_id, review.form_context_id) == (None, None)


def test_review_without_a_change_is_as_old_as_itself(zendesk: ZendeskQa) -> None:
    assert read_review(zendesk, updatedISO=...).revision == "2026-03-16T07:00:00.000+00:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"createdISO": ...}, "createdISO"),
        ({"createdISO": "2026-03-16T08:00:00"}, "createdISO"),
        ({"reviewee": {"name": "Noen"}}, "reviewee.email"),
        ({"score": 250}, "score_pct"),
        ({"ratings": [{"categoryId": "1"}, {"categoryId": "1"}]}, "answers"),
    ],
)
def test_broken_review_is_kept_aside_and_the_rest_goes_on(
    zendesk: ZendeskQa, changes: dict[str, Any], field: str
) -> None:
    page = sample("reviews")
    page["conversations"] = [*with_review(**changes)["conversations"], page["conversations"][1]]

    batch = read(zendesk, "reviews", page)

    assert [(it.reference, it.field) for it in batch.unreadable] == [("640001", field)]
    assert len(batch.records) == 1


def test_what_is_kept_aside_holds_no_fields_of_the_conversation(zendesk: ZendeskQa) -> None:
    (kept,) = read(zendesk, "reviews", with_review(score=250)).unreadable

    assert json.loads(kept.payload_bytes)["conversation"] == {
        "externalId": "30210",
        "createdAtISO": "2026-03-15T13:05:09Z",
    }


@pytest.mark.parametrize(
    ("event", "payload", "message"),
    [
        ("quizzes", {}, "quizzes"),
        ("users", {"code": 7, "message": "no"}, "users"),
        ("workspace_users", {"users": []}, "workspaceId"),
    ],
)
def test_payload_of_another_kind_is_unreadable(
    zendesk: ZendeskQa, event: str, payload: Any, message: str
) -> None:
    with pytest.raises(Unreadable, match=message):
        read(zendesk, event, payload)


def test_page_without_conversations_is_an_empty_batch(zendesk: ZendeskQa) -> None:
    assert read(zendesk, "reviews", {"pagination": {"page": 1}}).records == ()
