"""Quality forms and released evaluations into rows, each older revision kept."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings

from coaching import records
from coaching.intake import withdrawing
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
        before = _as_asked(line)
        line.text, line.group_name = question.text[:500], group_name[:200]
        line.max_points, line.position = question.max_points, position
        line.is_critical, line.is_fatal = question.is_critical, question.is_fatal
        if line.pk is None or _as_asked(line) != before:
            line.save()
            changed = True
    return changed


def _as_asked(line: FormLine) -> tuple[object, ...]:
    return (
        line.text,
        line.group_name,
        line.max_points,
        line.position,
        line.is_critical,
        line.is_fatal,
    )


def store(
    connection: Connection,
    found: Sequence[records.Evaluation],
    learners: Mapping[str, int],
    now: datetime,
) -> Counter[str]:
    """Store evaluations that their platform has released to the agent; others stay outside.

    A later revision replaces the points and keeps the earlier ones. A retracted evaluation, or
    one that was about somebody else, goes at once with all that its learner had of it.
    """
    writer = _Writer(connection, found, learners, now)
    happened = Counter(writer.take(record) for record in found)
    writer.finish()
    return happened


def outcome(record: records.Evaluation, known: Evaluation | None) -> str:
    """Return what a record does to the row that is known of it: new, changed, same, not_released.

    Until it is released an evaluation is nobody's here; an older revision changes nothing.
    """
    if record.status is records.EvaluationStatus.RETRACTED and known:
        return "changed"
    if record.status not in SHOWN or record.released_at is None:
        return "not_released"
    if known is None:
        return "new"
    is_older = record.version < _version_of(known.revision)
    return "same" if is_older or known.content_hash == _content_hash(record) else "changed"


class _Writer:
    """Stores one batch: what is new together, what changed one by one."""

    def __init__(
        self,
        connection: Connection,
        found: Sequence[records.Evaluation],
        learners: Mapping[str, int],
        now: datetime,
    ) -> None:
        self.connection, self.learners, self.now = connection, learners, now
        ids = [record.external_id for record in found]
        known = connection.evaluations.filter(external_id__in=ids)
        self.known = {evaluation.external_id: evaluation for evaluation in known}
        self.contacts = _contacts(connection, found)
        self.forms: dict[str, EvaluationForm] = {}
        self.lines: dict[int, dict[str, FormLine]] = {}
        self.new: dict[str, tuple[Evaluation, list[EvaluationAnswer]]] = {}
        self.withdrawn: list[Evaluation] = []

    def take(self, record: records.Evaluation) -> str:
        """Return what happened to the record: new, changed, same or not_released."""
        if record.external_id in self.new:  # twice in a batch: the first becomes a row before
            self._add_new()
        evaluation = self.known.get(record.external_id)
        happened = outcome(record, evaluation)
        if happened == "new":
            self._add(record)
        elif happened == "changed" and evaluation:
            self._change(evaluation, record)
        return happened

    def finish(self) -> None:
        """Store what is new; ledgers are locked last, and all at once."""
        self._add_new()
        withdrawing.forget(self.withdrawn)

    def _add_new(self) -> None:
        Evaluation.objects.bulk_create(evaluation for evaluation, _ in self.new.values())
        EvaluationAnswer.objects.bulk_create(
            answer for _, answers in self.new.values() for answer in answers
        )
        self.new = {}

    def _add(self, record: records.Evaluation) -> None:
        evaluation = Evaluation(
            connection=self.connection, external_id=record.external_id, received_at=self.now
        )
        self._fill(evaluation, record)
        self.known[record.external_id] = evaluation
        self.new[record.external_id] = evaluation, self._answers(evaluation, record)

    def _change(self, evaluation: Evaluation, record: records.Evaluation) -> None:
        if record.status is records.EvaluationStatus.RETRACTED:
            self._withdraw(evaluation)
        elif evaluation.learner_id == self._learner_id(record):
            self._replace(evaluation, record)
        else:  # it was about somebody else
            self._withdraw(evaluation)
            self._add(record)

    def _withdraw(self, evaluation: Evaluation) -> None:
        del self.known[evaluation.external_id]
        evaluation.delete()
        self.withdrawn.append(evaluation)

    def _replace(self, evaluation: Evaluation, record: records.Evaluation) -> None:
        _keep_revision(evaluation, self.now)
        self._fill(evaluation, record)
        evaluation.save()
        answers = self._answers(evaluation, record)
        EvaluationAnswer.objects.bulk_create(
            answers,
            update_conflicts=True,
            unique_fields=["evaluation", "line"],
            update_fields=["points", "max_points", "not_applicable", "failed_fatal", "comment"],
        )
        evaluation.answers.exclude(line__in=[answer.line_id for answer in answers]).delete()

    def _fill(self, evaluation: Evaluation, record: records.Evaluation) -> None:
        evaluation.form = self._form(record)
        evaluation.learner_id = self._learner_id(record)
        evaluation.revision = record.revision
        evaluation.interaction_id = self.contacts.get(record.interaction_external_id or "")
        evaluation.interaction_external_id = record.interaction_external_id or ""
        evaluation.channel = record.channel.value if record.channel else ""
        evaluation.evaluator_key = _evaluator_key(self.connection, record.evaluator_external_id)
        evaluation.evaluator_kind = record.evaluator_kind.value
        evaluation.status = record.status.value
        evaluation.score_pct = record.score_pct
        evaluation.interaction_at = record.interaction_at
        evaluation.released_at = record.released_at  # type: ignore[assignment]  # see `outcome`
        evaluation.weighed_at = None
        evaluation.content_hash = _content_hash(record)

    def _answers(
        self, evaluation: Evaluation, record: records.Evaluation
    ) -> list[EvaluationAnswer]:
        return [
            EvaluationAnswer(
                evaluation=evaluation,
                line=self._line(evaluation.form, answer),
                points=answer.points,
                max_points=answer.max_points,
                not_applicable=answer.not_applicable,
                failed_fatal=answer.failed_fatal,
                comment=answer.comment or "",
            )
            for answer in record.answers
        ]

    def _learner_id(self, record: records.Evaluation) -> int:
        return self.learners[record.agent_external_id or ""]

    def _form(self, record: records.Evaluation) -> EvaluationForm:
        context_id = record.form_context_id or record.form_external_id or "unknown"
        if context_id not in self.forms:
            self.forms[context_id], _ = EvaluationForm.objects.get_or_create(
                connection=self.connection,
                context_id=context_id,
                defaults={"name": record.form_name[:200] or context_id},
            )
        return self.forms[context_id]

    def _line(self, form: EvaluationForm, answer: records.Answer) -> FormLine:
        if form.pk not in self.lines:
            self.lines[form.pk] = {line.context_id: line for line in form.lines.all()}
        lines = self.lines[form.pk]
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
        return lines[answer.question_context_id]


def _keep_revision(evaluation: Evaluation, now: datetime) -> None:
    points = evaluation.answers.values_list("line_id", "points", "max_points")
    EvaluationHistory.objects.create(
        evaluation=evaluation,
        revision=evaluation.revision,
        replaced_at=now,
        lines={str(line): [_text(got), _text(most)] for line, got, most in points},
    )


def _contacts(connection: Connection, found: Sequence[records.Evaluation]) -> dict[str, int]:
    wanted = {record.interaction_external_id for record in found} - {None}
    pairs = Interaction.objects.filter(connection=connection, external_id__in=wanted)
    return dict(pairs.values_list("external_id", "pk"))


def _version_of(revision: str) -> tuple[int, str]:
    return (int(revision) if revision.isdecimal() else 0, revision)


def _content_hash(record: records.Evaluation) -> str:
    return hashlib.blake2b(repr(record).encode(), digest_size=16).hexdigest()


def _evaluator_key(connection: Connection, external_id: str | None) -> str:
    if not external_id:
        return ""
    message = f"evaluator:{connection.pk}:{external_id}".encode()
    return hmac.new(settings.CUSTOMER_KEY.encode(), message, "sha256").hexdigest()


def _text(number: object) -> str | None:
    return None if number is None else str(number)
