"""What is kept aside: sealed, with its reason and an end, and taken in once it can be."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from pydantic import TypeAdapter

from coaching import records
from coaching.intake.lawful import lawful
from coaching.integrations.base import Batch, Rejected, Resource
from coaching.models import QuarantinedPayload, Run, encrypted
from coaching.models.connections import QuarantineReason
from literacy.models import Covers

KEPT_FOR = timedelta(days=14)
SPOKEN_KEPT_FOR = timedelta(hours=24)
_SHAPES: dict[str, TypeAdapter[Any]] = {
    Resource.INTERACTIONS: TypeAdapter(records.Interaction),
    Resource.EVALUATIONS: TypeAdapter(records.Evaluation),
}
_SPOKEN: dict[str, TypeAdapter[Any]] = {  # kept aside by contact, as lists
    Resource.RECORDINGS: TypeAdapter(list[records.Recording]),
    Resource.TRANSCRIPTS: TypeAdapter(list[records.TranscriptSegment]),
    Resource.SENTIMENT: TypeAdapter(list[records.SentimentSpan]),
}


def keep_unreadable(
    run: Run, resource: Resource, rejected: Iterable[Rejected], now: datetime
) -> None:
    _keep(
        QuarantinedPayload(
            connection=run.connection,
            run=run,
            resource=resource,
            reference=one.reference,
            reason=QuarantineReason.UNREADABLE,
            detail=f"{one.field}: {one.reason}"[:300],
            sealed=encrypted.seal(one.payload_bytes),
            received_at=now,
            ends_at=now + KEPT_FOR,
        )
        for one in rejected
    )


def keep_unknown_agent(
    run: Run,
    resource: Resource,
    found: Iterable[records.Interaction | records.Evaluation],
    now: datetime,
) -> None:
    _keep(
        QuarantinedPayload(
            connection=run.connection,
            run=run,
            resource=resource,
            reference="/".join(record.natural_key),
            version=str(record.version)[:64],
            reason=QuarantineReason.UNKNOWN_AGENT,
            agent_external_id=record.agent_external_id or "",
            sealed=encrypted.seal(_SHAPES[resource].dump_json(record)),
            received_at=now,
            ends_at=now + KEPT_FOR,
        )
        for record in found
    )


def keep_not_lawful(run: Run, resource: Resource, found: Sequence[Any], now: datetime) -> None:
    """Seal what was said until its basis is recorded, for a day at the most."""
    by_contact: dict[str, list[Any]] = defaultdict(list)
    for record in found:
        by_contact[record.interaction_external_id].append(record)
    _keep(
        QuarantinedPayload(
            connection=run.connection,
            run=run,
            resource=resource,
            reference=contact,
            reason=QuarantineReason.NOT_LAWFUL,
            sealed=encrypted.seal(_SPOKEN[resource].dump_json(said)),
            received_at=now,
            ends_at=now + SPOKEN_KEPT_FOR,
        )
        for contact, said in by_contact.items()
    )


def _keep(payloads: Iterable[QuarantinedPayload]) -> None:
    """Store payloads; one that is already kept is replaced but keeps its first end."""
    QuarantinedPayload.objects.bulk_create(
        {(kept.resource, kept.reference): kept for kept in payloads}.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["connection", "resource", "reference"],
        update_fields=["run", "version", "reason", "detail", "agent_external_id", "sealed"],
    )


def replay(run: Run, now: datetime) -> None:
    """Take in everything whose agent has been mapped to a learner since."""
    from coaching.intake.taking import Intake

    mapped = run.connection.agents.exclude(learner=None).values("external_id")
    waiting = run.connection.quarantine.waiting().filter(
        reason=QuarantineReason.UNKNOWN_AGENT, agent_external_id__in=mapped
    )
    intake = Intake(run, now=now)
    for resource, shape in _SHAPES.items():
        for kept in _in_chunks(waiting.filter(resource=resource).order_by("received_at", "pk")):
            found = tuple(shape.validate_json(encrypted.open_sealed(one.sealed)) for one in kept)
            intake.take(Batch(resource=Resource(resource), records=found))
            QuarantinedPayload.objects.filter(pk__in=[one.pk for one in kept]).delete()


def replay_spoken(run: Run, now: datetime) -> None:
    """Take in what was said in time, once its basis is in force; until then it waits on."""
    from coaching.intake.taking import Intake

    if not lawful(run.connection, timezone.localdate(now), Covers.RECORDINGS).allowed:
        return
    waiting = run.connection.quarantine.waiting().filter(reason=QuarantineReason.NOT_LAWFUL)
    intake = Intake(run, now=now)
    for resource, shape in _SPOKEN.items():
        for kept in _in_chunks(waiting.filter(resource=resource).order_by("received_at", "pk")):
            opened = (encrypted.open_sealed(one.sealed) for one in kept)
            found = [said for sealed in opened for said in shape.validate_json(sealed)]
            intake.take(Batch(resource=Resource(resource), records=tuple(found)))
            QuarantinedPayload.objects.filter(pk__in=[one.pk for one in kept]).delete()


def end_quarantine(now: datetime) -> int:
    """Delete what has reached its end; return how many payloads that were."""
    deleted, _ = QuarantinedPayload.objects.filter(ends_at__lte=now).delete()
    return deleted


def _in_chunks(waiting: Any, size: int = 200) -> Iterable[list[QuarantinedPayload]]:
    while chunk := list(waiting[:size]):
        yield chunk
