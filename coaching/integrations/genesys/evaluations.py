"""Genesys forms and evaluations -> ours, with each answer readable without its form."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.base import Unreadable
from coaching.integrations.genesys import payloads
from coaching.integrations.genesys.words import CHANNELS, QUESTION_KINDS, SCORING_MODES, STATUSES
from coaching.integrations.normalise import clean, known
from coaching.records import EvaluationStatus


def read_form(payload: Any, unknown: Counter[str]) -> Iterator[records.EvaluationForm]:
    form = payloads.Form.read(payload)
    yield records.EvaluationForm(
        external_id=form.id,
        context_id=form.context_id or form.id,
        version=form.modified_date.isoformat() if form.modified_date else "",
        name=clean(form.name, 200),
        language=form.dialect,
        scoring_mode=known(
            SCORING_MODES,
            form.weight_mode,
            field="weightMode",
            default=records.ScoringMode.UNKNOWN,
            unknown=unknown,
        ),
        groups=tuple(
            records.FormGroup(
                external_id=group.id,
                context_id=group.context_id or group.id,
                name=clean(group.name, 200),
                weight=group.weight,
                position=position,
                questions=tuple(_question(question, unknown) for question in group.questions),
            )
            for position, group in enumerate(form.question_groups)
        ),
    )


def _question(question: payloads.Question, unknown: Counter[str]) -> records.Question:
    return records.Question(
        external_id=question.id,
        context_id=question.context_id or question.id,
        text=clean(question.text, 500),
        help_text=clean(question.help_text, 2000),
        kind=known(
            QUESTION_KINDS,
            question.type,
            field="question type",
            default=records.QuestionKind.UNKNOWN,
            unknown=unknown,
        ),
        max_points=_max_points(question),
        is_critical=question.is_critical,
        is_fatal=question.is_kill,
        na_allowed=question.na_enabled,
        options=tuple(_options(question)),
    )


def _options(question: payloads.Question) -> Iterator[records.Option]:
    for option in question.answer_options:
        text = clean(option.text, 500)
        yield records.Option(external_id=option.id, text=text, points=option.value)
    for box in question.multiple_select_option_questions:
        text = clean(box.text, 500)
        yield records.Option(external_id=box.id, text=text, points=_max_points(box))


def _max_points(question: payloads.Question) -> Decimal | None:
    """Return the points of the best option, or of all boxes when several may be ticked."""
    boxes = question.multiple_select_option_questions
    if boxes:
        return sum((_max_points(box) or Decimal() for box in boxes), Decimal())
    points = (option.value for option in question.answer_options if option.value is not None)
    return max(points, default=None)


def read_evaluation(
    payload: Any, unknown: Counter[str], *, now: datetime, automatic: bool
) -> Iterator[records.Evaluation]:
    """Read an evaluation that carries its whole form."""
    found = payloads.Evaluation.read(payload)
    if found.redacted:
        raise Unreadable("redacted", "a permission to see this evaluation is missing")
    form, scored = found.evaluation_form, found.answers
    yield records.Evaluation(
        external_id=found.id,
        revision=_revision(found),
        interaction_external_id=found.conversation.id,
        agent_external_id=found.agent.id if found.agent else None,
        evaluator_external_id=found.evaluator.id if found.evaluator else None,
        evaluator_kind=_evaluator_kind(found, automatic=automatic),
        form_external_id=form.id,
        form_context_id=form.context_id or form.id,
        form_name=clean(form.name, 200),
        channel=_channel(found, unknown),
        kind=_kind(found),
        status=_status(found, now, unknown=unknown),
        score_pct=_pct(scored.total_score),
        critical_score_pct=_pct(scored.total_critical_score),
        fatal_failed=scored.any_failed_kill_questions,
        comments=clean(scored.comments, 10_000) or None,
        agent_comments=clean(scored.agent_comments, 10_000) or None,
        interaction_at=found.conversation_date,
        created_at=found.created_date,
        submitted_at=found.submitted_date,
        released_at=found.release_date,
        raw_score="" if scored.total_score is None else str(scored.total_score),
        raw_scale="0-100",
        answers=tuple(_answers(form, scored)),
    )


def _revision(found: payloads.Evaluation) -> str:
    if found.version is not None:
        return str(found.version)
    return found.changed_date.isoformat() if found.changed_date else "0"


def _evaluator_kind(found: payloads.Evaluation, *, automatic: bool) -> records.EvaluatorKind:
    if automatic:
        return records.EvaluatorKind.AUTOMATIC
    return records.EvaluatorKind.HUMAN if found.evaluator else records.EvaluatorKind.UNKNOWN


def _channel(found: payloads.Evaluation, unknown: Counter[str]) -> records.Channel | None:
    if not found.media_type:
        return None
    other = records.Channel.OTHER
    return known(CHANNELS, found.media_type[0], field="mediaType", default=other, unknown=unknown)


def _kind(found: payloads.Evaluation) -> records.EvaluationKind:
    kinds = records.EvaluationKind
    return kinds.CALIBRATION if found.calibration else kinds.STANDARD


def _status(
    found: payloads.Evaluation, now: datetime, *, unknown: Counter[str]
) -> EvaluationStatus:
    status = known(
        STATUSES, found.status, field="status", default=EvaluationStatus.UNKNOWN, unknown=unknown
    )
    released = found.release_date and found.release_date <= now and not found.never_release
    if status is EvaluationStatus.SUBMITTED and released:
        return EvaluationStatus.RELEASED
    return status


def _answers(form: payloads.Form, scored: payloads.Answers) -> Iterator[records.Answer]:
    asked = {
        question.id: (group, question)
        for group in form.question_groups
        for question in group.questions
    }
    scores = (
        (score, answered.marked_na or score.marked_na)
        for answered in scored.question_group_scores
        for score in answered.question_scores
    )
    for position, (score, not_applicable) in enumerate(scores):
        if score.question_id not in asked:
            raise Unreadable("answers", "name a question that is not in the form")
        group, question = asked[score.question_id]
        max_points = _max_points(question)
        yield records.Answer(
            question_external_id=question.id,
            question_context_id=question.context_id or question.id,
            question_text=clean(question.text, 500),
            group_name=clean(group.name, 200),
            answer_text="; ".join(_chosen(score, question)) or None,
            answer_option_external_id=score.answer_id,
            points=None if not_applicable or max_points is None else score.score,
            max_points=max_points,
            weight=group.weight,
            is_critical=question.is_critical,
            failed_fatal=score.failed_kill_question if question.is_kill else None,
            not_applicable=not_applicable,
            comment=clean(score.comments, 10_000) or None,
            position=position,
        )


def _chosen(score: payloads.QuestionScore, question: payloads.Question) -> Iterator[str]:
    yield from (option.text for option in question.answer_options if option.id == score.answer_id)
    boxes = {box.id: box for box in question.multiple_select_option_questions}
    for part in score.multiple_select_question_option_scores:
        box = boxes.get(part.question_id)
        if box and any(_is_tick(option, part) for option in box.answer_options):
            yield box.text


def _is_tick(option: payloads.AnswerOption, part: payloads.QuestionScore) -> bool:
    return option.id == part.answer_id and (option.built_in_type or "").casefold() == "selected"


def _pct(score: Decimal | None) -> Decimal | None:
    return None if score is None else score.quantize(Decimal("0.001"))
