"""Rows of Data Extraction -> evaluations with their answers.

A calibration has a row per evaluator under one id, and an agent never sees it: it is left out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from coaching import records
from coaching.integrations.base import Unreadable
from coaching.integrations.nice_cxone import payloads
from coaching.integrations.nice_cxone.lists import Known
from coaching.integrations.nice_cxone.table import Row
from coaching.integrations.nice_cxone.words import (
    CHANNELS,
    FLAGS,
    KINDS,
    NOT_APPLICABLE,
    STATUSES,
    known,
    letters,
)
from coaching.integrations.normalise import clean
from coaching.records import Channel, EvaluationKind, EvaluationStatus, EvaluatorKind

WORKFLOW_COLUMNS = ("workflowid", "workflowstatus", "agentid")
ANSWER_COLUMNS = ("workflowinstanceid", "questionid")


def by_workflow(answers: Iterable[Row]) -> dict[str, list[Row]]:
    """Sort the rows of answers by the evaluation they belong to."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in answers:
        found[row.get("workflowinstanceid", "")].append(row)
    return found


def read_evaluation(
    payload: Any, unknown: Counter[str], *, ids: Known, answers: Mapping[str, list[Row]]
) -> Iterator[records.Evaluation]:
    found = payloads.Workflow.model_validate(payload)
    kind = known(KINDS, found.type, field="type", default=EvaluationKind.UNKNOWN, unknown=unknown)
    if kind is EvaluationKind.CALIBRATION:
        return
    status = known(
        STATUSES,
        found.workflow_status,
        field="workflowStatus",
        default=EvaluationStatus.UNKNOWN,
        unknown=unknown,
    )
    yield records.Evaluation(
        external_id=found.workflow_id,
        revision=_revision(found),
        interaction_external_id=ids.master(found.acd_id),
        agent_external_id=ids.agent(found.agent_id),
        evaluator_kind=_evaluator_kind(found, kind),
        form_name=clean(found.form_name, 200),
        channel=_channel(found, unknown),
        kind=kind,
        status=status,
        score_pct=_pct(found),
        earned_points=found.score,
        max_points=found.maximum_possible_score,
        agent_comments=clean(found.user_review_comments, 10_000) or None,
        interaction_at=found.interaction_start_date,
        created_at=found.start_date,
        submitted_at=found.submission_date,
        released_at=_released_at(found, status),
        raw_score=found.score_percentage,
        raw_scale="0-100" if found.score_percentage else "",
        answers=tuple(_answers(answers.get(found.workflow_id, ()))),
    )


def _revision(found: payloads.Workflow) -> str:
    changed_at = found.last_updated or found.submission_date or found.start_date
    return changed_at.isoformat() if changed_at else "0"


def _released_at(found: payloads.Workflow, status: EvaluationStatus) -> datetime | None:
    """Return when an evaluation was completed: no later change is known than its last one."""
    if status is not EvaluationStatus.RELEASED:
        return None
    released_at = found.last_updated or found.submission_date
    if released_at is None:
        raise Unreadable("lastUpdated", "is missing in a completed evaluation")
    return released_at


def _evaluator_kind(found: payloads.Workflow, kind: EvaluationKind) -> EvaluatorKind:
    if kind is EvaluationKind.SELF_ASSESSMENT:
        return EvaluatorKind.SELF
    is_named = found.firstname_eva or found.lastname_eva
    return EvaluatorKind.HUMAN if is_named else EvaluatorKind.UNKNOWN


def _channel(found: payloads.Workflow, unknown: Counter[str]) -> Channel | None:
    if not found.interaction_type:
        return None
    other = Channel.OTHER
    word = found.interaction_type
    return known(CHANNELS, word, field="interactionType", default=other, unknown=unknown)


def _pct(found: payloads.Workflow) -> Decimal | None:
    if found.score_percentage:
        pct = _number(found.score_percentage.removesuffix("%"))
    elif found.score is not None and found.maximum_possible_score:
        pct = found.score / found.maximum_possible_score * 100
    else:
        return None
    return pct.quantize(Decimal("0.001"))


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation as error:
        raise Unreadable("scorePercentage", "is not a number") from error


def _answers(lines: Iterable[Row]) -> Iterator[records.Answer]:
    """Yield an answer per question; one with several ticks has a line for each of them."""
    asked: dict[str, list[payloads.AnswerRow]] = defaultdict(list)
    for line in lines:
        row = payloads.AnswerRow.model_validate(line)
        asked[row.question_id].append(row)
    for position, ticked in enumerate(asked.values()):
        yield _answer(ticked, position)


def _answer(ticked: list[payloads.AnswerRow], position: int) -> records.Answer:
    first = ticked[0]
    not_applicable = letters(first.answer) in NOT_APPLICABLE
    is_scored = FLAGS.get(letters(first.scorable), True)
    return records.Answer(
        question_external_id=first.question_id,
        question_context_id=first.question_id,
        question_text=clean(first.question_title, 500),
        group_name=clean(first.section_title, 200),
        answer_text=clean("; ".join(row.answer for row in ticked if row.answer), 2000) or None,
        points=first.actual_score if is_scored and not not_applicable else None,
        max_points=first.max_score if is_scored else None,
        is_critical=FLAGS.get(letters(first.critical), False),
        not_applicable=not_applicable,
        position=position,
    )
