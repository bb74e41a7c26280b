"""Take in batches, each in one short transaction, and count what happened to every record."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction

from coaching import records
from coaching.intake import contacts, evaluations, people, quarantine
from coaching.integrations.base import Batch, Resource
from coaching.models import Run, VendorQueue, Watermark


class Intake:
    """One run's way in. It caches what it knows of agents and queues while the run lasts."""

    def __init__(self, run: Run, *, now: datetime) -> None:
        self.run = run
        self.connection = run.connection
        self.now = now
        self._take: dict[Resource, Callable[[Batch], Counter[str]]] = {
            Resource.AGENTS: self._agents,
            Resource.TEAMS: self._teams,
            Resource.ROSTER: self._roster,
            Resource.QUEUES: self._queues,
            Resource.FORMS: self._forms,
            Resource.INTERACTIONS: self._interactions,
            Resource.EVALUATIONS: self._evaluations,
        }

    def take(self, batch: Batch) -> Counter[str]:
        """Store a batch, its watermark and its counts together, or nothing of them.

        Returns: what happened, by word: read, new, changed, same, unknown_agent,
        not_released, unreadable.
        """
        with transaction.atomic():
            happened = self._take[batch.resource](batch)
            quarantine.keep_unreadable(self.run, batch.resource, batch.unreadable, self.now)
            happened["read"] += len(batch.records) + len(batch.unreadable)
            happened["unreadable"] += len(batch.unreadable)
            self._note(batch, +happened)
        return happened

    def learner_id(self, agent_external_id: str | None) -> int | None:
        return self._learners.get(agent_external_id or "")

    @cached_property
    def _learners(self) -> dict[str, int]:
        mapped = self.connection.agents.filter(learner__isnull=False)
        return dict(mapped.values_list("external_id", "learner__pk"))

    @cached_property
    def _queue_ids(self) -> dict[str, int]:
        return dict(self.connection.queues.values_list("external_id", "pk"))

    def _agents(self, batch: Batch) -> Counter[str]:
        happened = people.take_agents(self.connection, _records(batch))
        self.__dict__.pop("_learners", None)
        return happened

    def _teams(self, batch: Batch) -> Counter[str]:
        return people.take_teams(self.connection, _records(batch))

    def _roster(self, batch: Batch) -> Counter[str]:
        return people.take_roster(
            self.connection, _records(batch), learners=self._learners, complete=not batch.unreadable
        )

    def _queues(self, batch: Batch) -> Counter[str]:
        happened = people.take_queues(self.connection, _records(batch))
        self.__dict__.pop("_queue_ids", None)
        return happened

    def _forms(self, batch: Batch) -> Counter[str]:
        return evaluations.take_forms(self.connection, _records(batch))

    def _interactions(self, batch: Batch) -> Counter[str]:
        known, unknown = self._by_learner(batch.records)
        self._add_queues(known)
        quarantine.keep_unknown_agent(self.run, Resource.INTERACTIONS, unknown, self.now)
        happened = contacts.store(self.connection, known, self._learners, self._queue_ids)
        happened["unknown_agent"] += len(unknown)
        return happened

    def _evaluations(self, batch: Batch) -> Counter[str]:
        known, unknown = self._by_learner(batch.records)
        quarantine.keep_unknown_agent(self.run, Resource.EVALUATIONS, unknown, self.now)
        happened = evaluations.store(self.connection, known, self._learners, self.now)
        happened["unknown_agent"] += len(unknown)
        return happened

    def _by_learner(self, found: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        known: list[Any] = []
        unknown: list[Any] = []
        for record in found:
            (known if self.learner_id(record.agent_external_id) else unknown).append(record)
        return known, unknown

    def _add_queues(self, found: Sequence[records.Interaction]) -> None:
        missing = {
            record.queue_external_id: record.queue_name or ""
            for record in found
            if record.queue_external_id and record.queue_external_id not in self._queue_ids
        }
        for external_id, name in missing.items():
            queue, _ = VendorQueue.objects.get_or_create(
                connection=self.connection, external_id=external_id, defaults={"name": name[:120]}
            )
            self._queue_ids[external_id] = queue.pk

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
