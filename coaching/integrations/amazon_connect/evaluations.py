"""Amazon Connect forms and evaluations -> ours, with each answer readable without its form."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.amazon_connect import payloads
from coaching.integrations.amazon_connect.words import (
    EVALUATION_KINDS,
    QUESTION_KINDS,
    SCORING_MODES,
    STATUSES,
    language,
)
from coaching.integrations.base import Unreadable
from coaching.integrations.normalise import clean, known
from coaching.records import EvaluationStatus, EvaluatorKind, ScoringMode

Group = tuple[payloads.Section, str]  # a section, its name with those around it


def read_form(payload: Any, unknown: Counter[str]) -> Iterator[records.EvaluationForm]:
    form = payloads.Form.model_validate(payload)
    groups = _groups(form)
    yield records.EvaluationForm(
        external_id=form.key,
        context_id=form.evaluation_form_id,
        version=str(form.evaluation_form_version),
        name=clean(form.title, 200),
        language=language(form.language_configuration.form_language, unknown),
        scoring_mode=_scoring_mode(form, unknown),
        groups=tuple(
            records.FormGroup(
                external_id=section.ref_id,
                context_id=section.ref_id,
                name=clean(name, 200),
                weight=section.weight,
                position=position,
                questions=tuple(
                    _question(item.question, unknown) for item in section.items if item.question
                ),
            )
            for position, (section, name) in enumerate(groups)
        ),
    )


def _scoring_mode(form: payloads.Form, unknown: Counter[str]) -> ScoringMode:
    strategy, default = form.scoring_strategy, ScoringMode.UNKNOWN
    if strategy.status.casefold() == "disabled":
        return ScoringMode.NONE
    return known(SCORING_MODES, strategy.mode, field="Mode", default=default, unknown=unknown)


def _groups(form: payloads.Form) -> list[Group]:
    """Return the sections, the outer before the inner; loose questions get one of their own."""
    loose = [item for item in form.items if item.question]
    unnamed = payloads.Section.model_construct(ref_id=form.evaluation_form_id, items=loose)
    return ([(unnamed, "")] if loose else []) + list(_sections(form.items, ""))


def _sections(items: Iterable[payloads.Item], outer: str) -> Iterator[Group]:
    for section in (item.section for item in items if item.section):
        name = f"{outer} / {section.title}" if outer else section.title
        yield section, name
        yield from _sections(section.items, name)


def _question(question: payloads.Question, unknown: Counter[str]) -> records.Question:
    is_fatal = _is_fatal(question)
    return records.Question(
        external_id=question.ref_id,
        context_id=question.ref_id,
        text=clean(question.title, 500),
        help_text=clean(question.instructions, 2000),
        kind=known(
            QUESTION_KINDS,
            question.question_type,
            field="QuestionType",
            default=records.QuestionKind.UNKNOWN,
            unknown=unknown,
        ),
        max_points=_max_points(question),
        weight=question.weight,
        is_critical=is_fatal,
        is_fatal=is_fatal,
        na_allowed=question.not_applicable_enabled,
        options=tuple(
            records.Option(
                external_id=option.ref_id,
                text=clean(option.text, 500),
                points=_points(option),
                auto_fail=option.automatic_fail,
            )
            for option in question.options
        ),
    )


def _is_fatal(question: payloads.Question) -> bool:
    return any(outcome.automatic_fail for outcome in question.outcomes)


def _points(outcome: payloads.Option | payloads.Range) -> Decimal | None:
    given = outcome.points_configuration.point_value
    return outcome.score if given is None else given


def _max_points(question: payloads.Question) -> Decimal | None:
    """Return the points of the best answer, or of all options when several may be chosen."""
    given = question.scoring_configuration.points_configuration.max_point_value
    points = [it for it in map(_points, question.outcomes) if it is not None]
    if given is not None or not points:
        return given
    several = bool(question.question_type_properties.multi_select.options)
    return sum(points, Decimal()) if several else max(points)


def read_evaluation(payload: Any, unknown: Counter[str]) -> Iterator[records.Evaluation]:
    """Read an evaluation of an agent; those of bots and customers are not ours."""
    found = payloads.Evaluation.model_validate(payload)
    form, about, score = found.evaluation_form, found.metadata, found.metadata.score
    if about.contact_participant.contact_participant_role != "AGENT":
        return
    status = known(
        STATUSES, found.status, field="Status", default=EvaluationStatus.UNKNOWN, unknown=unknown
    )
    changed_at, seen = found.last_modified_time, about.acknowledgement
    released_at = None
    if status is EvaluationStatus.RELEASED:
        released_at = min(changed_at, seen.acknowledged_time or changed_at)
    pct = None if score.not_applicable else score.percentage
    yield records.Evaluation(
        external_id=found.evaluation_id,
        revision=changed_at.isoformat(timespec="milliseconds"),
        interaction_external_id=about.contact_id,
        agent_external_id=about.contact_agent_id,
        evaluator_external_id=_evaluator(about.evaluator_arn),
        evaluator_kind=_evaluator_kind(about),
        form_external_id=form.key,
        form_context_id=form.evaluation_form_id,
        form_name=clean(form.title, 200),
        kind=_kind(found, unknown),
        status=status,
        score_pct=None if pct is None else pct.quantize(Decimal("0.001")),
        earned_points=score.earned_points,
        max_points=score.max_base_point,
        fatal_failed=score.automatic_fail,
        comments=_section_notes(found),
        agent_comments=clean(seen.acknowledger_comment, 10_000) or None,
        created_at=found.created_time,
        submitted_at=released_at,
        released_at=released_at,
        acknowledged_at=seen.acknowledged_time,
        raw_score="" if pct is None else str(pct),
        raw_scale="0-100",
        answers=tuple(_answers(found)),
    )


def _evaluator(arn: str) -> str | None:
    """Return the id of the user an ARN ends in; Connect itself has none."""
    _, _, user = arn.partition("/agent/")
    return user or None


def is_automatic(*, enabled: bool, evaluator_arn: str) -> bool:
    return enabled and _evaluator(evaluator_arn) is None


def _evaluator_kind(about: payloads.Metadata) -> EvaluatorKind:
    enabled, arn = about.auto_evaluation.auto_evaluation_enabled, about.evaluator_arn
    if is_automatic(enabled=enabled, evaluator_arn=arn):
        return EvaluatorKind.AUTOMATIC
    return EvaluatorKind.HUMAN if _evaluator(arn) else EvaluatorKind.UNKNOWN


def _kind(found: payloads.Evaluation, unknown: Counter[str]) -> records.EvaluationKind:
    kinds = records.EvaluationKind
    if found.metadata.calibration_session_id:
        return kinds.CALIBRATION
    return known(
        EVALUATION_KINDS,
        found.evaluation_type,
        field="EvaluationType",
        default=kinds.UNKNOWN,
        unknown=unknown,
    )


def _section_notes(found: payloads.Evaluation) -> str | None:
    notes = (
        f"{section.title}: {found.notes[section.ref_id].value}"
        for section, _ in _groups(found.evaluation_form)
        if section.ref_id in found.notes
    )
    return clean("\n".join(notes), 10_000) or None


def _answers(found: payloads.Evaluation) -> Iterator[records.Answer]:
    asked = {
        item.question.ref_id: (name, item.question)
        for section, name in _groups(found.evaluation_form)
        for item in section.items
        if item.question
    }
    if found.answers.keys() - asked.keys():
        raise Unreadable("Answers", "name a question that is not in the form")
    answered = [it for ref, it in asked.items() if ref in found.answers]
    for position, (group_name, question) in enumerate(answered):
        ref = question.ref_id
        value, score = found.answers[ref].value, found.scores.get(ref, payloads.Score())
        not_applicable = value.not_applicable or score.not_applicable
        points, max_points = _earned(score)
        is_fatal = _is_fatal(question)
        yield records.Answer(
            question_external_id=ref,
            question_context_id=ref,
            question_text=clean(question.title, 500),
            group_name=clean(group_name, 200),
            answer_text=_text(value, question),
            answer_option_external_id=value.string_value if question.options else None,
            points=None if not_applicable else points,
            max_points=max_points,
            weight=score.applied_weight,
            is_critical=is_fatal,
            failed_fatal=score.automatic_fail if is_fatal else None,
            not_applicable=not_applicable,
            comment=clean(found.notes[ref].value, 10_000) or None if ref in found.notes else None,
            position=position,
        )


def _earned(score: payloads.Score) -> tuple[Decimal | None, Decimal | None]:
    """Return points and the most there are; a form without points scores in percent."""
    if score.earned_points is not None:
        return score.earned_points, score.max_base_point
    if score.percentage is not None:
        return score.percentage, Decimal(100)
    return None, score.max_base_point


def _text(value: payloads.Value, question: payloads.Question) -> str | None:
    texts = {option.ref_id: option.text for option in question.options}
    chosen = value.string_values or ([value.string_value] if value.string_value else [])
    if chosen:
        return clean("; ".join(texts.get(it, it) for it in chosen), 10_000)
    if value.numeric_value is not None:
        return f"{value.numeric_value.normalize():f}"
    return value.date_time_value
