"""Beliefs as rows: each observation writes ledger entries whose sum is the belief.

A learner's ledger is always what its entries give in the order in which they became known, so
an entry that arrives late, or is forgotten, makes the learner's ledger replay.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from literacy.mastery.beliefs import Beliefs, Change, Factor, Gaussian, Seen, from_json, to_json
from literacy.models import Belief, Competence, Learner, LedgerEntry

_DELTAS = (
    "skill_delta",
    "skill_variance_delta",
    "general_delta",
    "general_variance_delta",
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an observation comes from, in enough words to explain it without its source."""

    kind: str  # evaluation, exercise, recall, completion, claim
    key: str  # the learner's own, e.g. "answer:812"
    observed_at: datetime
    recorded_at: datetime
    title: dict[str, str] = field(default_factory=dict)  # language -> text
    count: int = 1


def observe(
    learner: Learner, competences: Sequence[Competence | str], seen: Seen, source: Source
) -> list[LedgerEntry]:
    """Take in one observation of a learner, once for each source key.

    Shape: one entry for each competence; the observation informs their mean.
    Privacy: personal; a manager never sees it, see release.
    """
    names = [name if isinstance(name, str) else name.pk for name in competences]
    with open_ledgers([learner.pk], unless=source.key) as ledgers:
        if learner.pk in ledgers.have_seen:
            return list(LedgerEntry.objects.filter(learner=learner, source_key=source.key))
        return ledgers.observe(learner.pk, names, seen, source)


def forget(learner: Learner, source_keys: Iterable[str]) -> int:
    """Unlearn what came from some sources, as if it had never been seen."""
    with open_ledgers([learner.pk]) as ledgers:
        return ledgers.forget(learner.pk, source_keys)


@contextmanager
def open_ledgers(learner_ids: Iterable[int], *, unless: str = "") -> Iterator["Ledgers"]:
    """Lock some learners' ledgers, let them be written in memory, save them once on leaving.

    The lock is a statement of its own, so that the beliefs are read after it was granted.
    """
    wanted = sorted(set(learner_ids))
    with transaction.atomic():
        locked = Learner.objects.select_for_update(no_key=True).order_by("pk")
        list(locked.filter(pk__in=wanted).values_list("pk"))
        same = LedgerEntry.objects.filter(learner=OuterRef("learner"), source_key=unless)
        rows = Belief.objects.filter(learner__in=wanted).annotate(has_seen=Exists(same))
        ledgers = Ledgers(rows, have_seen={row.learner_id for row in rows if row.has_seen})
        yield ledgers
        ledgers.save()


class Ledgers:
    """The open ledgers of some learners; made by `open_ledgers` alone."""

    def __init__(self, rows: Iterable[Belief], *, have_seen: set[int]) -> None:
        self._rows = {(row.learner_id, row.competence_id): row for row in rows}
        self._beliefs = group_beliefs(self._rows.values())
        self._new: list[LedgerEntry] = []
        self._to_replay: set[int] = set()
        self._touched: set[int] = set()
        self.have_seen = have_seen

    def beliefs(self, learner_id: int) -> Beliefs:
        return self._beliefs.setdefault(learner_id, Beliefs())

    def observe(
        self, learner_id: int, competences: Sequence[str], seen: Seen, source: Source
    ) -> list[LedgerEntry]:
        beliefs = self.beliefs(learner_id)
        if beliefs.updated_at and beliefs.updated_at > source.recorded_at:
            self._to_replay.add(learner_id)
        changes = beliefs.observe(competences, seen, source.recorded_at)
        entries = [_entry(learner_id, change, seen, source) for change in changes]
        self._new += entries
        self._touched.add(learner_id)
        return entries

    def forget(self, learner_id: int, source_keys: Iterable[str]) -> int:
        entries = LedgerEntry.objects.filter(learner=learner_id, source_key__in=source_keys)
        count, _ = entries.delete()
        if count:
            self._to_replay.add(learner_id)
            self._touched.add(learner_id)
        return count

    def save(self) -> None:
        LedgerEntry.objects.bulk_create(self._new)
        for learner_id in sorted(self._to_replay):
            self._beliefs[learner_id] = self._replay(learner_id)
        self._save_beliefs()

    def _replay(self, learner_id: int) -> Beliefs:
        """Weigh a learner's entries again from the first; write those that come out different."""
        new = {entry.pk: entry for entry in self._new}
        entries = LedgerEntry.objects.filter(learner=learner_id).order_by("recorded_at", "pk")
        by_source: dict[str, list[LedgerEntry]] = {}
        for entry in entries:
            by_source.setdefault(entry.source_key, []).append(new.get(entry.pk, entry))
        beliefs, different = Beliefs(), []
        for group in by_source.values():
            names = [entry.competence_id for entry in group]
            seen = from_json(group[0].observation)
            changes = beliefs.observe(names, seen, group[0].recorded_at)
            pairs = zip(group, changes, strict=True)
            different += [entry for entry, change in pairs if _rewrite(entry, change)]
        LedgerEntry.objects.bulk_create(
            different, update_conflicts=True, unique_fields=["id"], update_fields=_DELTAS
        )
        return beliefs

    def _save_beliefs(self) -> None:
        wanted = {
            (learner_id, name): factor
            for learner_id in self._touched
            for name, factor in self.beliefs(learner_id).factors.items()
        }
        rows = [_belief(key, factor, self._rows.get(key)) for key, factor in wanted.items()]
        Belief.objects.bulk_create([row for row in rows if row and not row.pk])
        Belief.objects.bulk_create(
            [row for row in rows if row and row.pk],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["mean", "variance", "updated_at"],
        )
        gone = [
            row.pk
            for key, row in self._rows.items()
            if row.learner_id in self._touched and key not in wanted
        ]
        if gone:
            Belief.objects.filter(pk__in=gone).delete()


def group_beliefs(rows: Iterable[Belief]) -> dict[int, Beliefs]:
    by_learner: dict[int, Beliefs] = {}
    for row in rows:
        beliefs = by_learner.setdefault(row.learner_id, Beliefs())
        factor = Factor(Gaussian(row.mean, row.variance), row.updated_at)
        beliefs.factors[row.competence_id] = factor
    return by_learner


def _entry(learner_id: int, change: Change, seen: Seen, source: Source) -> LedgerEntry:
    entry = LedgerEntry(
        learner_id=learner_id,
        competence_id=change.competence,
        source_kind=source.kind,
        source_key=source.key,
        title=source.title,
        count=source.count,
        observation=to_json(seen),
        observed_at=source.observed_at,
        recorded_at=source.recorded_at,
    )
    _rewrite(entry, change)
    return entry


def _rewrite(entry: LedgerEntry, change: Change) -> bool:
    """Set an entry's steps and tell whether that changed any of them."""
    before = _steps(entry)
    entry.skill_delta, entry.skill_variance_delta = change.skill.mean, change.skill.variance
    entry.general_delta, entry.general_variance_delta = change.general.mean, change.general.variance
    return before != _steps(entry)


def _steps(entry: LedgerEntry) -> tuple[float, float, float, float]:
    return (
        entry.skill_delta,
        entry.skill_variance_delta,
        entry.general_delta,
        entry.general_variance_delta,
    )


def _belief(key: tuple[int, str | None], factor: Factor, row: Belief | None) -> Belief | None:
    """Return the row to write for a factor, or None where it stands already."""
    values = (factor.belief.mean, factor.belief.variance, factor.updated_at)
    if row and (row.mean, row.variance, row.updated_at) == values:
        return None
    row = row or Belief(learner_id=key[0], competence_id=key[1])
    row.mean, row.variance, row.updated_at = values
    return row
