"""Take in batches, each in one short transaction, and count what happened to every record."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from coaching import records
from coaching.intake import contacts, conversations, evaluations, people, quarantine
from coaching.intake.age import is_too_old
from coaching.intake.lawful import lawful
from coaching.intake.wording import Wording
from coaching.integrations.base import Batch, Resource
from coaching.models import Run, VendorQueue, Watermark
from literacy.models import Covers


class Intake:
    """One run's way in. It remembers what it knows of agents and queues while the run lasts."""

    def __init__(self, run: Run, *, now: datetime) -> None:
        self.run = run
        self.connection = run.connection
        self.now = now
        self._learners: dict[str, int] | None = None  # read when they are asked for
        self._queue_ids: dict[str, int] | None = None
        self._take: dict[Resource, Callable[[Batch], Counter[str]]] = {
            Resource.AGENTS: self._agents,
            Resource.TEAMS: self._teams,
            Resource.ROSTER: self._roster,
            Resource.QUEUES: self._queues,
            Resource.FORMS: self._forms,
            Resource.INTERACTIONS: self._interactions,
            Resource.EVALUATIONS: self._evaluations,
            Resource.RECORDINGS: self._spoken,
            Resource.TRANSCRIPTS: self._spoken,
            Resource.SENTIMENT: self._spoken,
        }

    def take(self, batch: Batch) -> Counter[str]:
        """Store a batch, its watermark and its counts together, or nothing of them.

        Returns: what happened, by word: read, new, changed, same, unknown_agent,
        not_released, too_old, not_lawful, without_contact, unreadable.
        """
        with transaction.atomic():
            happened = self._take[batch.resource](batch)
            quarantine.keep_unreadable(self.run, batch.resource, batch.unreadable, self.now)
            happened["read"] += len(batch.records) + len(batch.unreadable)
            happened["unreadable"] += len(batch.unreadable)
            self._note(batch, +happened)
        return happened

    def learner_id(self, agent_external_id: str | None) -> int | None:
        return self._known_learners().get(agent_external_id or "")

    def _known_learners(self) -> dict[str, int]:
        if self._learners is None:
            mapped = self.connection.agents.filter(learner__isnull=False)
            self._learners = dict(mapped.values_list("external_id", "learner__pk"))
        return self._learners

    def _known_queues(self) -> dict[str, int]:
        if self._queue_ids is None:
            self._queue_ids = dict(self.connection.queues.values_list("external_id", "pk"))
        return self._queue_ids

    def _agents(self, batch: Batch) -> Counter[str]:
        happened = people.take_agents(self.connection, _records(batch))
        self._learners = None
        return happened

    def _teams(self, batch: Batch) -> Counter[str]:
        return people.take_teams(self.connection, _records(batch))

    def _roster(self, batch: Batch) -> Counter[str]:
        return people.take_roster(
            self.connection,
            _records(batch),
            learners=self._known_learners(),
            complete=not batch.unreadable,
        )

    def _queues(self, batch: Batch) -> Counter[str]:
        happened = people.take_queues(self.connection, _records(batch))
        self._queue_ids = None
        return happened

    def _forms(self, batch: Batch) -> Counter[str]:
        return evaluations.take_forms(self.connection, _records(batch))

    def _interactions(self, batch: Batch) -> Counter[str]:
        found = self._young_enough(batch)
        known, unknown = self._by_learner(found)
        self._add_queues(known)
        quarantine.keep_unknown_agent(self.run, Resource.INTERACTIONS, unknown, self.now)
        happened = contacts.store(
            self.connection, known, self._known_learners(), self._known_queues()
        )
        happened["unknown_agent"] += len(unknown)
        happened["too_old"] += len(batch.records) - len(found)
        return happened

    def _evaluations(self, batch: Batch) -> Counter[str]:
        found = self._young_enough(batch)
        known, unknown = self._by_learner(found)
        quarantine.keep_unknown_agent(self.run, Resource.EVALUATIONS, unknown, self.now)
        happened = evaluations.store(self.connection, known, self._known_learners(), self.now)
        happened["unknown_agent"] += len(unknown)
        happened["too_old"] += len(batch.records) - len(found)
        return happened

    def _spoken(self, batch: Batch) -> Counter[str]:
        """Take in what was said, where there is a basis for it; else it waits, sealed, a day."""
        found = _records(batch)
        if not self._may_store_spoken():
            quarantine.keep_not_lawful(self.run, batch.resource, found, self.now)
            return Counter(not_lawful=len(found))
        legs = conversations.Legs(self.connection, found, self._known_learners(), self.now)
        if batch.resource is Resource.RECORDINGS:
            return conversations.store_recordings(legs, found)
        if batch.resource is Resource.SENTIMENT:
            return conversations.store_sentiment(legs, found)
        return conversations.store_segments(legs, found, Wording(self.connection.country).redacted)

    def _may_store_spoken(self) -> bool:
        day = timezone.localdate(self.now)
        return lawful(self.connection, day, Covers.RECORDINGS).allowed

    def _young_enough(self, batch: Batch) -> list[Any]:
        return [record for record in _records(batch) if not is_too_old(record, self.now)]

    def _by_learner(self, found: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        known: list[Any] = []
        unknown: list[Any] = []
        for record in found:
            (known if self.learner_id(record.agent_external_id) else unknown).append(record)
        return known, unknown

    def _add_queues(self, found: Sequence[records.Interaction]) -> None:
        known = self._known_queues()
        missing = {
            record.queue_external_id: record.queue_name or ""
            for record in found
            if record.queue_external_id and record.queue_external_id not in known
        }
        for external_id, name in missing.items():
            queue, _ = VendorQueue.objects.get_or_create(
                connection=self.connection, external_id=external_id, defaults={"name": name[:120]}
            )
            known[external_id] = queue.pk

    def _note(self, batch: Batch, happened: Counter[str]) -> None:
        counts = defaultdict(Counter, {key: Counter(of) for key, of in self.run.counts.items()})
        counts[batch.resource.value] += happened
        self.run.counts = {key: dict(of) for key, of in counts.items()}
        self.run.unknown_values = dict(Counter(self.run.unknown_values) + batch.unknown_values)
        self.run.rows_done += happened["read"]
        self.run.heartbeat_at = self.now
        self.run.save(update_fields=["counts", "unknown_values", "rows_done", "heartbeat_at"])
        if batch.watermark:
            Watermark.objects.update_or_create(
                connection=self.connection,
                resource=batch.resource,
                defaults={"reached_at": batch.watermark},
            )


def _records(batch: Batch) -> Any:
    """Return a batch's records; a batch holds the one kind that its resource names."""
    return batch.records
