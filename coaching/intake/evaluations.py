"""Quality forms and released evaluations into rows, each older revision kept."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings

from coaching import records
from coaching.models import (
    Connection,
    Evaluation,
    EvaluationAnswer,
    EvaluationForm,
    EvaluationHistory,
    FormLine,
    Interaction,
)

SHOWN = {records.EvaluationStatus.RELEASED, records.EvaluationStatus.DISPUTED}


def take_forms(connection: Connection, found: Sequence[records.EvaluationForm]) -> Counter[str]:
    """Store forms by their stable id; a line that a person mapped keeps its mapping."""
    happened: Counter[str] = Counter()
    for record in found:
        form, is_new = EvaluationForm.objects.get_or_create(
            connection=connection,
            context_id=record.context_id,
            defaults={"name": record.name[:200]},
        )
        if form.name != record.name[:200]:
            EvaluationForm.objects.filter(pk=form.pk).update(name=record.name[:200])
        changed = _take_lines(form, record)
        happened["new" if is_new else "changed" if changed else "same"] += 1
    return happened


def _take_lines(form: EvaluationForm, record: records.EvaluationForm) -> bool:
    known = {line.context_id: line for line in form.lines.all()}
    changed = False
    asked = [(group.name, question) for group in record.groups for question in group.questions]
    for position, (group_name, question) in enumerate(asked):
        line = known.get(question.context_id) or FormLine(form=form, context_id=question.context_id)
        wanted = (question.text[:500], group_name[:200], question.max_points, position)
        if (line.text, line.group_name, line.max_points, line.position) != wanted or not line.pk:
            line.text, line.group_name, line.max_points, line.position = wanted
            line.is_critical, line.is_fatal = question.is_critical, question.is_fatal
            line.save()
            changed = True
    return changed


def store(
    connection: Connection,
    found: Sequence[records.Evaluation],
    learners: Mapping[str, int],
    now: datetime,
) -> Counter[str]:
    """Store evaluations that their platform has released to the agent; others stay outside.

    A later revision replaces the points and keeps the earlier ones; a retracted evaluation
    goes, and evidence forgets it.
    """
    happened: Counter[str] = Counter()
    known = {
        evaluation.external_id: evaluation
        for evaluation in connection.evaluations.filter(
            external_id__in=[record.external_id for record in found]
        )
    }
    contacts = _contacts(connection, found)
    for record in found:
        evaluation = known.get(record.external_id)
        word = _store_one(connection, record, evaluation, learners, contacts, now)
        happened[word] += 1
        if word == "new":
            known[record.external_id] = connection.evaluations.get(external_id=record.external_id)
    return happened


def _store_one(
    connection: Connection,
    record: records.Evaluation,
    evaluation: Evaluation | None,
    learners: Mapping[str, int],
    contacts: Mapping[str, int],
    now: datetime,
) -> str:
    if record.status is records.EvaluationStatus.RETRACTED and evaluation:
        Evaluation.objects.filter(pk=evaluation.pk).update(
            status=record.status,
            weighed_at=None,
            content_hash="",  # so that it counts as changed should it come back
        )
        return "changed"
    if record.status not in SHOWN or record.released_at is None:
        return "not_released"
    new_hash = content_hash(record)
    if evaluation and (
        evaluation.content_hash == new_hash or record.version < version_of(evaluation.revision)
    ):
        return "same"
    is_new = evaluation is None
    if evaluation is None:
        evaluation = Evaluation(
            connection=connection, external_id=record.external_id, received_at=now
        )
    else:
        _keep_revision(evaluation)
    evaluation.form = _form(connection, record)
    evaluation.learner_id = learners[record.agent_external_id or ""]
    evaluation.revision = record.revision
    evaluation.interaction_id = contacts.get(record.interaction_external_id or "")
    evaluation.interaction_external_id = record.interaction_external_id or ""
    evaluation.channel = record.channel.value if record.channel else ""
    evaluation.evaluator_key = _evaluator_key(connection, record.evaluator_external_id)
    evaluation.evaluator_kind = record.evaluator_kind.value
    evaluation.status = record.status.value
    evaluation.score_pct = record.score_pct
    evaluation.interaction_at = record.interaction_at
    evaluation.released_at = record.released_at
    evaluation.weighed_at = None
    evaluation.content_hash = new_hash
    evaluation.save()
    _store_answers(evaluation, record)
    return "new" if is_new else "changed"


def _store_answers(evaluation: Evaluation, record: records.Evaluation) -> None:
    lines = _lines(evaluation.form, record)
    answers = [
        EvaluationAnswer(
            evaluation=evaluation,
            line=lines[answer.question_context_id],
            points=answer.points,
            max_points=answer.max_points,
            not_applicable=answer.not_applicable,
            failed_fatal=answer.failed_fatal,
            comment=answer.comment or "",
        )
        for answer in record.answers
    ]
    EvaluationAnswer.objects.bulk_create(
        answers,
        update_conflicts=True,
        unique_fields=["evaluation", "line"],
        update_fields=["points", "max_points", "not_applicable", "failed_fatal", "comment"],
    )
    evaluation.answers.exclude(line__in=lines.values()).delete()


def _form(connection: Connection, record: records.Evaluation) -> EvaluationForm:
    context_id = record.form_context_id or record.form_external_id or "unknown"
    form, _ = EvaluationForm.objects.get_or_create(
        connection=connection,
        context_id=context_id,
        defaults={"name": record.form_name[:200] or context_id},
    )
    return form


def _lines(form: EvaluationForm, record: records.Evaluation) -> dict[str, FormLine]:
    lines = {line.context_id: line for line in form.lines.all()}
    for answer in record.answers:
        if answer.question_context_id not in lines:
            lines[answer.question_context_id] = FormLine.objects.create(
                form=form,
                context_id=answer.question_context_id,
                text=(answer.question_text or answer.question_context_id)[:500],
                group_name=answer.group_name[:200],
                max_points=answer.max_points,
                is_critical=answer.is_critical,
                position=answer.position,
            )
    asked = {answer.question_context_id for answer in record.answers}
    return {context_id: line for context_id, line in lines.items() if context_id in asked}


def _keep_revision(evaluation: Evaluation) -> None:
    points = evaluation.answers.values_list("line_id", "points", "max_points")
    EvaluationHistory.objects.create(
        evaluation=evaluation,
        revision=evaluation.revision,
        lines={str(line): [_text(got), _text(most)] for line, got, most in points},
    )


def _contacts(connection: Connection, found: Sequence[records.Evaluation]) -> dict[str, int]:
    wanted = {record.interaction_external_id for record in found} - {None}
    pairs = Interaction.objects.filter(connection=connection, external_id__in=wanted)
    return dict(pairs.values_list("external_id", "pk"))


def version_of(revision: str) -> tuple[int, str]:
    return (int(revision) if revision.isdecimal() else 0, revision)


def content_hash(record: records.Evaluation) -> str:
    return hashlib.blake2b(repr(record).encode(), digest_size=16).hexdigest()


def _evaluator_key(connection: Connection, external_id: str | None) -> str:
    if not external_id:
        return ""
    message = f"evaluator:{connection.pk}:{external_id}".encode()
    return hmac.new(settings.CUSTOMER_KEY.encode(), message, "sha256").hexdigest()


def _text(number: object) -> str | None:
    return None if number is None else str(number)
