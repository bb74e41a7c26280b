import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch, Unreadable
from coaching.integrations.genesys import Genesys
from coaching.integrations.normalise import customer_ref
from coaching.records import (
    AgentRef,
    Channel,
    Direction,
    Evaluation,
    EvaluationForm,
    EvaluationKind,
    EvaluationStatus,
    EvaluatorKind,
    Interaction,
    QuestionKind,
    RosterEntry,
    ScoringMode,
)
from tests.coaching.integrations.conftest import NOW

pytestmark = pytest.mark.pure

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "genesys"


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


@pytest.fixture
def genesys(http: httpx.Client) -> Genesys:
    settings = {"client_id": "me", "client_secret": "hush", "customer_key": "key"}
    return Genesys(settings, http, clock=lambda: NOW)


def read(genesys: Genesys, event: str, payload: Any) -> Batch:
    return genesys.read(event, json.dumps(payload).encode())


def contacts(genesys: Genesys) -> list[Interaction]:
    for event in ("queues", "wrapupcodes", "languages"):
        read(genesys, event, sample(event))
    batch = read(genesys, "conversation_job_results", sample("conversation_job_results"))
    return [record for record in batch.records if isinstance(record, Interaction)]


def read_evaluation(genesys: Genesys, **changes: Any) -> Evaluation:
    (record,) = read(genesys, "evaluation", sample("evaluation") | changes).records
    assert isinstance(record, Evaluation)
    return record


def test_user_becomes_an_agent(genesys: Genesys) -> None:
    batch = read(genesys, "users", sample("users"))

    first = batch.records[0]
    assert first == AgentRef(
        external_id="7f1c0000-0000-4000-8000-000000000001",
        email="sanna.lindqvist@nordkund.example",
        display_name="Sanna Lindqvist",
        language_codes=("sv-SE",),
    )
    active = [record.active for record in batch.records if isinstance(record, AgentRef)]
    assert active == [True, True, True, False, True]


def test_team_member_becomes_a_roster_entry_of_today(genesys: Genesys) -> None:
    read(genesys, "teams", sample("teams"))

    batch = read(genesys, "team_members", sample("team_members"))

    assert batch.records[0] == RosterEntry(
        agent_external_id="7f1c0000-0000-4000-8000-000000000001",
        team_external_id="7ea30000-0000-4000-8000-000000000001",
        team_name="Faktura Malmö",
        valid_from=date(2026, 3, 20),
    )


def test_conversation_becomes_one_contact_per_agent_leg_with_the_customer(
    genesys: Genesys,
) -> None:
    found = contacts(genesys)

    legs = [(contact.external_id[-2:], contact.leg_id[-2:]) for contact in found]
    assert legs == [("01", "04"), ("01", "05"), ("02", "08"), ("03", "09")]


def test_contact_keeps_the_retained_fields(genesys: Genesys) -> None:
    first = contacts(genesys)[0]

    assert first == Interaction(
        external_id="c0de0000-0000-4000-8000-000000000001",
        leg_id="5e550000-0000-4000-8000-000000000004",
        agent_external_id="7f1c0000-0000-4000-8000-000000000001",
        queue_external_id="90ee0000-0000-4000-8000-000000000001",
        queue_name="Faktura",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        language="sv-SE",
        started_at=datetime(2026, 3, 2, 8, 0, 1, 123000, tzinfo=UTC),
        ended_at=datetime(2026, 3, 2, 8, 16, 40, tzinfo=UTC),
        ring_ms=4000,
        talk_ms=301_000,
        hold_ms=12_000,
        acw_ms=45_000,
        handle_ms=358_000,
        transfer_count=1,
        consult_count=0,
        disposition_code="3a9c0000-0000-4000-8000-000000000001",
        disposition_label="Fråga om faktura",
        customer_ref=customer_ref("+46701740605", "key"),
        recorded=True,
        source_updated_at=datetime(2026, 3, 2, 8, 7, 24, tzinfo=UTC),
    )


def test_customer_is_the_other_side_of_each_direction(genesys: Genesys) -> None:
    _, _, mail, outbound = contacts(genesys)

    assert mail.customer_ref == customer_ref("kunde@example.dk", "key")
    assert outbound.customer_ref == customer_ref("+4740612345", "key")


def test_offset_times_become_utc(genesys: Genesys) -> None:
    outbound = contacts(genesys)[-1]

    assert outbound.started_at == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    assert outbound.started_at.tzinfo is UTC


def changed_session(**changes: Any) -> dict[str, Any]:
    page = sample("conversation_job_results")
    page["conversations"] = page["conversations"][2:3]
    page["conversations"][0]["participants"][0]["sessions"][0] |= changes
    return dict(page)


def test_unknown_words_fall_through_and_are_counted(genesys: Genesys) -> None:
    page = changed_session(mediaType="hologram", direction="sideways")

    batch = read(genesys, "conversation_job_results", page)

    (contact,) = batch.records
    assert isinstance(contact, Interaction)
    assert (contact.channel, contact.direction) == (Channel.OTHER, Direction.UNKNOWN)
    assert batch.unknown_values == Counter({"mediaType=hologram": 1, "direction=sideways": 1})


def test_words_are_compared_whatever_their_case(genesys: Genesys) -> None:
    batch = read(genesys, "conversation_job_results", changed_session(direction="INBOUND"))

    assert [getattr(record, "direction", None) for record in batch.records] == [Direction.INBOUND]


def test_language_nobody_can_name_is_counted(genesys: Genesys) -> None:
    page = sample("languages")
    page["entities"][1]["name"] = "Klingon"
    read(genesys, "languages", page)

    batch = read(genesys, "conversation_job_results", changed_session())

    assert batch.unknown_values == Counter({"language=Klingon": 1})


def test_leg_without_metrics_says_nothing_about_durations(genesys: Genesys) -> None:
    (contact,) = read(genesys, "conversation_job_results", changed_session(metrics=None)).records

    assert isinstance(contact, Interaction)
    assert (contact.talk_ms, contact.hold_ms, contact.transfer_count) == (None, None, None)


def test_conversation_that_goes_on_is_left_for_later(genesys: Genesys) -> None:
    page = changed_session()
    del page["conversations"][0]["conversationEnd"]

    batch = read(genesys, "conversation_job_results", page)

    assert (batch.records, batch.unreadable) == ((), ())


def test_page_without_conversations_is_an_empty_batch(genesys: Genesys) -> None:
    batch = read(genesys, "conversation_job_results", {"dataAvailabilityDate": "2026-03-10"})

    assert batch.records == ()


def test_unreadable_conversation_keeps_the_rest(genesys: Genesys) -> None:
    page = sample("conversation_job_results")
    page["conversations"][1]["conversationStart"] = "yesterday"

    batch = read(genesys, "conversation_job_results", page)

    assert len(batch.records) == 3
    (rejected,) = batch.unreadable
    assert rejected.reference == page["conversations"][1]["conversationId"]
    assert rejected.field == "conversationStart"
    assert "kunde@example.dk" not in rejected.reason
    assert json.loads(rejected.payload_bytes) == page["conversations"][1]


def test_contact_that_ends_before_it_starts_is_kept_aside(genesys: Genesys) -> None:
    page = changed_session()
    page["conversations"][0]["conversationEnd"] = "2026-03-01T00:00:00Z"

    batch = read(genesys, "conversation_job_results", page)

    assert [(it.field, it.reason) for it in batch.unreadable] == [("ended_at", "reversed")]


def test_form_keeps_groups_questions_and_options(genesys: Genesys) -> None:
    (form,) = read(genesys, "form", sample("form")).records

    assert isinstance(form, EvaluationForm)
    assert form.context_id == "f0430000-0000-4000-8000-0000000000cc"
    assert form.scoring_mode is ScoringMode.WEIGHTED_PERCENT
    assert [(group.name, group.weight) for group in form.groups] == [
        ("Bemötande", Decimal(40)),
        ("Regler", Decimal(60)),
    ]
    questions = [question for group in form.groups for question in group.questions]
    assert [(question.kind, question.max_points) for question in questions] == [
        (QuestionKind.SINGLE, Decimal(10)),
        (QuestionKind.MULTI, Decimal(5)),
        (QuestionKind.SINGLE, Decimal(20)),
        (QuestionKind.SINGLE, Decimal(20)),
        (QuestionKind.TEXT, None),
        (QuestionKind.READONLY, None),
    ]
    assert [(question.is_critical, question.is_fatal) for question in questions[2:4]] == [
        (True, True),
        (True, False),
    ]
    assert [option.text for option in questions[1].options] == [
        "Sammanfattade lösningen",
        "Frågade om något mer",
    ]


def test_evaluation_keeps_the_retained_fields(genesys: Genesys) -> None:
    found = read_evaluation(genesys)

    assert found.external_id == "e7a10000-0000-4000-8000-000000000001"
    assert found.revision == "2"
    assert found.interaction_external_id == "c0de0000-0000-4000-8000-000000000001"
    assert found.agent_external_id == "7f1c0000-0000-4000-8000-000000000001"
    assert found.evaluator_external_id == "7f1c0000-0000-4000-8000-000000000009"
    assert found.evaluator_kind is EvaluatorKind.HUMAN
    assert found.form_context_id == "f0430000-0000-4000-8000-0000000000cc"
    assert found.form_name == "Kvalitet samtal"
    assert found.channel is Channel.VOICE
    assert found.kind is EvaluationKind.STANDARD
    assert found.status is EvaluationStatus.RELEASED
    assert (found.score_pct, found.raw_score) == (Decimal("86.667"), "86.666664")
    assert found.critical_score_pct == Decimal("100.000")
    assert found.fatal_failed is False
    assert found.comments == "Bra struktur och lugnt tempo."
    assert found.agent_comments == "Tack, jag tar med mig avslutet."
    assert found.released_at == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def test_private_comments_are_not_read(genesys: Genesys) -> None:
    assert "kalibrering" not in repr(read_evaluation(genesys))


def test_answers_can_be_read_without_the_form(genesys: Genesys) -> None:
    answers = read_evaluation(genesys).answers

    assert [(it.answer_text, it.points, it.max_points) for it in answers] == [
        ("Ja", Decimal(10), Decimal(10)),
        ("Sammanfattade lösningen", Decimal(3), Decimal(5)),
        ("Ja", Decimal(20), Decimal(20)),
        (None, None, Decimal(20)),
        (None, None, None),
    ]
    assert [it.not_applicable for it in answers] == [False, False, False, True, False]
    assert [it.failed_fatal for it in answers] == [None, None, False, None, None]
    assert answers[0].question_text == "Lyssnade agenten klart på kundens ärende?"
    assert answers[0].group_name == "Bemötande"
    assert answers[0].weight == Decimal(40)
    assert answers[0].comment == "Tydlig återkoppling till kunden."
    assert answers[0].question_context_id == "9ec70000-0000-4000-8000-000000000001"


def test_group_that_is_not_applicable_takes_its_questions_along(genesys: Genesys) -> None:
    answers = sample("evaluation")["answers"]
    answers["questionGroupScores"][0]["markedNA"] = True

    found = read_evaluation(genesys, answers=answers)

    assert [it.points for it in found.answers[:3]] == [None, None, Decimal(20)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "PENDING"}, EvaluationStatus.PENDING),
        ({"status": "INPROGRESS"}, EvaluationStatus.IN_PROGRESS),
        ({"status": "InProgress"}, EvaluationStatus.IN_PROGRESS),
        ({"releaseDate": None}, EvaluationStatus.SUBMITTED),
        ({"releaseDate": "2026-03-20T12:00:00.001Z"}, EvaluationStatus.SUBMITTED),
        ({"releaseDate": "2026-03-20T12:00:00.000Z"}, EvaluationStatus.RELEASED),
        ({"neverRelease": True}, EvaluationStatus.SUBMITTED),
        ({"status": "INREVIEW"}, EvaluationStatus.DISPUTED),
        ({"status": "RETRACTED"}, EvaluationStatus.RETRACTED),
        ({"status": "ARCHIVED"}, EvaluationStatus.UNKNOWN),
    ],
)
def test_status_is_released_only_when_the_agent_may_see_it(
    genesys: Genesys, changes: dict[str, Any], status: EvaluationStatus
) -> None:
    assert read_evaluation(genesys, **changes).status is status


def test_calibration_is_told_apart(genesys: Genesys) -> None:
    assert read_evaluation(genesys, calibration={"id": "k"}).kind is EvaluationKind.CALIBRATION


def test_revision_without_a_version_is_the_time_of_change(genesys: Genesys) -> None:
    assert read_evaluation(genesys, version=None).revision == "2026-03-04T09:30:00+00:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"redacted": True}, "redacted"),
        ({"conversation": None}, "conversation"),
        ({"evaluationForm": {"id": "other"}}, "answers"),
        ({"releaseDate": "2026-03-04T09:30:00"}, "releaseDate"),
        ({"answers": {"totalScore": 140.0}}, "score_pct"),
    ],
)
def test_evaluation_we_cannot_read_is_kept_aside(
    genesys: Genesys, changes: dict[str, Any], field: str
) -> None:
    batch = read(genesys, "evaluation", sample("evaluation") | changes)

    assert batch.records == ()
    assert [it.field for it in batch.unreadable] == [field]


def test_unknown_event_is_unreadable(genesys: Genesys) -> None:
    with pytest.raises(Unreadable, match="event"):
        read(genesys, "surveys", {})


def test_list_without_entities_is_unreadable(genesys: Genesys) -> None:
    with pytest.raises(Unreadable, match="entities"):
        read(genesys, "users", {"total": 0})
