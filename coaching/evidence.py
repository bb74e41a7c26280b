"""From rows to evidence: each judged line of a released evaluation becomes one observation.

Before a score counts, what its evaluator tends to add or take is subtracted. An evaluation is
weighed anew, from nothing, whenever intake or a mapping has set its `weighed_at` to NULL.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from coaching import records
from coaching.intake.withdrawing import ledger_keys
from coaching.models import Evaluation, EvaluationAnswer, EvaluatorSeverity
from literacy import mastery
from literacy.models import Criterion, LedgerEntry

CHUNK = 200
HUMAN_NOISE = 1.6
AUTOMATIC_NOISE = 3.0  # until somebody has audited the machine
PSEUDO_FORMS = 10  # as many average forms an evaluator is taken to have filled before the first


def weigh(evaluation: Evaluation, now: datetime) -> int:
    """Weigh one evaluation, anew if it was weighed before; return its observations."""
    return sum(_weigh(Evaluation.objects.filter(pk=evaluation.pk).select_for_update(), now))


def weigh_waiting(now: datetime, learners: Collection[int] | None = None) -> int:
    """Weigh what waits, oldest first and in chunks; return how many evaluations that were.

    Safe beside another worker: each takes what the other has not locked.
    """
    waiting = Evaluation.objects.filter(weighed_at=None).select_for_update(skip_locked=True)
    if learners is not None:
        waiting = waiting.filter(learner__in=learners)
    total = 0
    while count := len(_weigh(waiting.order_by("received_at", "pk")[:CHUNK], now)):
        total += count
    return total


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line that says something about its learner."""

    competences: list[str]
    seen: mastery.ScoreSeen
    source: mastery.Source


@transaction.atomic
def _weigh(evaluations: QuerySet[Evaluation], now: datetime) -> list[int]:
    """Weigh locked evaluations in their order; return how many observations each gave."""
    found = list(evaluations.prefetch_related("answers__line"))
    if not found:
        return []
    criteria = Criterion.objects.prefetch_related("feeds").in_bulk()
    severities = Severities({evaluation.connection_id for evaluation in found})
    counts = []
    with mastery.open_ledgers(evaluation.learner_id for evaluation in found) as ledgers:
        weighed_before = _weighed_before(found)
        for evaluation in found:
            lines = _judged(evaluation, criteria, severities.of(evaluation))
            earlier = ledger_keys(evaluation) if evaluation.pk in weighed_before else []
            if earlier:
                ledgers.forget(evaluation.learner_id, earlier)
            elif lines:
                severities.add(evaluation, _surprise(ledgers.beliefs(evaluation.learner_id), lines))
            for line in lines:
                ledgers.observe(evaluation.learner_id, line.competences, line.seen, line.source)
            counts.append(len(lines))
    severities.save()
    Evaluation.objects.filter(pk__in=[each.pk for each in found]).update(weighed_at=now)
    return counts


def _surprise(beliefs: mastery.Beliefs, lines: list[JudgedLine]) -> float:
    """Return how far, in logits, the form lies above what was expected of its learner."""
    return fmean(line.seen.logits - beliefs.of(line.competences).mean for line in lines)


def _weighed_before(evaluations: list[Evaluation]) -> set[int]:
    """Return which of some evaluations may stand in the ledger already."""
    prefix = Concat(
        Value("evaluation:"),
        Cast(OuterRef("connection"), CharField()),
        Value(":"),
        OuterRef("external_id"),
        Value(":line:"),
    )
    entries = LedgerEntry.objects.filter(learner=OuterRef("learner"), source_key__startswith=prefix)
    same = Evaluation.objects.filter(pk__in=[evaluation.pk for evaluation in evaluations])
    return set(same.filter(Exists(entries)).values_list("pk", flat=True))


def _judged(
    evaluation: Evaluation, criteria: Mapping[str, Criterion], severity: float
) -> list[JudgedLine]:
    """Return the lines that are mapped and applied; none of an evaluation that is not released."""
    if evaluation.status != records.EvaluationStatus.RELEASED:
        return []
    is_automatic = evaluation.evaluator_kind == records.EvaluatorKind.AUTOMATIC
    noise = AUTOMATIC_NOISE if is_automatic else HUMAN_NOISE
    return [
        JudgedLine(
            [competence.pk for competence in criterion.feeds.all()],
            mastery.ScoreSeen(answer.score_pct, severity, noise),
            _source(answer, evaluation, criterion),
        )
        for answer in evaluation.answers.all()
        if answer.score_pct is not None and answer.line.criterion_id
        for criterion in [criteria[answer.line.criterion_id]]
    ]


def _source(
    answer: EvaluationAnswer, evaluation: Evaluation, criterion: Criterion
) -> mastery.Source:
    return mastery.Source(
        kind="evaluation",
        key=f"{evaluation.source_prefix}{answer.line_id}",
        observed_at=evaluation.interaction_at or evaluation.released_at,
        recorded_at=evaluation.received_at,
        title=criterion.names,
    )


class Severities:
    """How much more each evaluator gives than colleagues on the same platform would, in logits.

    Only the difference between evaluators can be known: what all of them give is the scale itself.
    """

    def __init__(self, connection_ids: Collection[int]) -> None:
        rows = EvaluatorSeverity.objects.filter(connection__in=connection_ids)
        self._known = {
            (row.connection_id, row.evaluator_key): (row.residual_sum, row.form_count)
            for row in rows
        }
        self._added: dict[tuple[int, str], tuple[float, int]] = {}

    def of(self, evaluation: Evaluation) -> float:
        total, count = self._known.get(_evaluator(evaluation), (0.0, 0))
        return (total - count * self._mean(evaluation.connection_id)) / (count + PSEUDO_FORMS)

    def add(self, evaluation: Evaluation, residual: float) -> None:
        key = _evaluator(evaluation)
        if evaluation.evaluator_key:
            for sums in (self._known, self._added):
                total, count = sums.get(key, (0.0, 0))
                sums[key] = (total + residual, count + 1)

    def save(self) -> None:
        """Add to the rows rather than set them, beside other workers doing the same."""
        keys = sorted(self._added)
        EvaluatorSeverity.objects.bulk_create(
            [EvaluatorSeverity(connection_id=each, evaluator_key=key) for each, key in keys],
            ignore_conflicts=True,
        )
        for connection_id, key in keys:
            residual, count = self._added[connection_id, key]
            EvaluatorSeverity.objects.filter(connection=connection_id, evaluator_key=key).update(
                residual_sum=F("residual_sum") + residual, form_count=F("form_count") + count
            )

    def _mean(self, connection_id: int) -> float:
        own = [
            sums for (connection, _key), sums in self._known.items() if connection == connection_id
        ]
        return sum(total for total, _ in own) / max(sum(count for _, count in own), 1)


def _evaluator(evaluation: Evaluation) -> tuple[int, str]:
    return (evaluation.connection_id, evaluation.evaluator_key)
