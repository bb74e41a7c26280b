import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from coaching.records import (
    AgentRef,
    Answer,
    Channel,
    Evaluation,
    EvaluationForm,
    EvaluationStatus,
    FormGroup,
    Interaction,
    InvalidField,
    Option,
    Problem,
    Question,
    QueueRef,
    RosterEntry,
    TeamRef,
)

pytestmark = pytest.mark.pure

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def interaction(**fields: Any) -> Interaction:
    return Interaction(
        **{"external_id": "c1", "channel": Channel.VOICE, "started_at": NOON, **fields}
    )


def evaluation(**fields: Any) -> Evaluation:
    base = {"external_id": "e1", "revision": "1", "status": EvaluationStatus.RELEASED}
    return Evaluation(**{**base, **fields})


def answer(**fields: Any) -> Answer:
    return Answer(**{"question_external_id": "q1", "question_context_id": "q", **fields})


def roster_entry(**fields: Any) -> RosterEntry:
    base = {"agent_external_id": "a", "team_external_id": "t", "valid_from": date(2026, 3, 2)}
    return RosterEntry(**{**base, **fields})


def question(**fields: Any) -> Question:
    return Question(**{"external_id": "q1", "context_id": "q", **fields})


@pytest.mark.parametrize(
    ("make", "fields", "field", "problem"),
    [
        (interaction, {"external_id": ""}, "external_id", Problem.EMPTY),
        (interaction, {"external_id": "x" * 129}, "external_id", Problem.TOO_LONG),
        (interaction, {"leg_id": "x" * 129}, "leg_id", Problem.TOO_LONG),
        (interaction, {"started_at": datetime(2026, 3, 2)}, "started_at", Problem.NOT_UTC),
        (
            interaction,
            {"ended_at": NOON.astimezone(timezone(timedelta(hours=1)))},
            "ended_at",
            Problem.NOT_UTC,
        ),
        (interaction, {"ended_at": NOON - timedelta(seconds=1)}, "ended_at", Problem.REVERSED),
        (interaction, {"talk_ms": -1}, "talk_ms", Problem.OUT_OF_RANGE),
        (interaction, {"transfer_count": 40_000}, "transfer_count", Problem.OUT_OF_RANGE),
        (evaluation, {"revision": ""}, "revision", Problem.EMPTY),
        (evaluation, {"score_pct": Decimal("100.001")}, "score_pct", Problem.OUT_OF_RANGE),
        (evaluation, {"released_at": datetime(2026, 3, 2)}, "released_at", Problem.NOT_UTC),
        (evaluation, {"answers": (answer(), answer())}, "answers", Problem.REPEATED),
        (answer, {"question_context_id": ""}, "question_context_id", Problem.EMPTY),
        (answer, {"max_points": Decimal(-1)}, "max_points", Problem.OUT_OF_RANGE),
        (question, {"context_id": ""}, "context_id", Problem.EMPTY),
        (roster_entry, {"team_external_id": ""}, "team_external_id", Problem.EMPTY),
        (roster_entry, {"valid_to": date(2026, 3, 1)}, "valid_to", Problem.REVERSED),
        (AgentRef, {"external_id": ""}, "external_id", Problem.EMPTY),
        (TeamRef, {"external_id": ""}, "external_id", Problem.EMPTY),
        (QueueRef, {"external_id": ""}, "external_id", Problem.EMPTY),
        (Option, {"external_id": ""}, "external_id", Problem.EMPTY),
    ],
)
def test_record_refuses_a_value_and_names_its_field(
    make: Callable[..., object], fields: dict[str, Any], field: str, problem: Problem
) -> None:
    with pytest.raises(InvalidField, match=f"^{field}: ") as refused:
        make(**fields)

    assert (refused.value.field, refused.value.problem) == (field, problem)
    assert isinstance(refused.value, ValueError)


def test_record_takes_what_is_just_possible() -> None:
    contact = interaction(ended_at=NOON, talk_ms=0, external_id="x" * 128)
    filled = evaluation(score_pct=Decimal(100), answers=(answer(points=Decimal(-2)),))

    assert contact.talk_ms == 0
    assert filled.answers[0].points == Decimal(-2)


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (interaction(leg_id="s1"), ("c1", "s1")),
        (evaluation(), ("e1",)),
        (answer(), ("q",)),
        (roster_entry(), ("a", "t", date(2026, 3, 2))),
        (AgentRef(external_id="a"), ("a",)),
        (EvaluationForm(external_id="f1", context_id="f"), ("f1",)),
        (FormGroup(external_id="g1", context_id="g"), ("g1",)),
    ],
)
def test_natural_key_identifies_a_record_within_a_connection(
    record: Any, key: tuple[object, ...]
) -> None:
    assert record.natural_key == key


def test_version_of_an_interaction_is_the_latest_the_platform_says() -> None:
    hour = timedelta(hours=1)

    assert interaction().version == NOON
    assert interaction(ended_at=NOON + hour).version == NOON + hour
    both = interaction(ended_at=NOON + hour, source_updated_at=NOON + 2 * hour)
    assert both.version == NOON + 2 * hour


def test_version_of_an_evaluation_counts_numbers_as_numbers() -> None:
    assert evaluation(revision="10").version > evaluation(revision="9").version


def test_version_of_an_evaluation_orders_times_as_times() -> None:
    earlier, later = "2026-03-09T10:00:00+00:00", "2026-03-10T09:00:00+00:00"

    assert evaluation(revision=later).version > evaluation(revision=earlier).version


def test_record_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        interaction().talk_ms = 1  # type: ignore[misc]


def test_no_record_keeps_a_raw_payload() -> None:
    kinds = (AgentRef, Answer, Evaluation, EvaluationForm, Interaction, Question, RosterEntry)

    names = {field.name for kind in kinds for field in dataclasses.fields(kind)}

    assert names.isdisjoint({"raw", "payload", "private_comments"})
