"""Recordings, transcripts and sentiment into rows, each beside the contact of its own agent."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from coaching import records
from coaching.models import (
    Connection,
    Interaction,
    Recording,
    SentimentSpan,
    TranscriptSegment,
)
from literacy.models import Country
from literacy.privacy import notices

Redact = Callable[[Sequence[records.TranscriptSegment]], Sequence[str]]
Spoken = records.Recording | records.TranscriptSegment | records.SentimentSpan


def kept_for(country: str) -> timedelta:
    """Return how long what was said may be kept in a country."""
    return timedelta(days=notices.PROFILES[Country(country)].kept_days)


class Legs:
    """The contacts that some records belong to: one conversation may have several agents."""

    def __init__(
        self,
        connection: Connection,
        found: Sequence[Spoken],
        learners: Mapping[str, int],
        now: datetime,
    ) -> None:
        self._learners = learners
        self._legs: dict[str, list[Interaction]] = defaultdict(list)
        ids = {record.interaction_external_id for record in found}
        rows = connection.interactions.filter(
            Q(external_id__in=ids) | Q(root_external_id__in=ids),
            started_at__gt=now - kept_for(connection.country),  # else it would end at once
        ).only("pk", "external_id", "root_external_id", "learner_id", "started_at", "ended_at")
        for row in rows.order_by("started_at", "pk"):
            for key in {row.external_id, row.root_external_id} & ids:
                self._legs[key].append(row)

    def of(self, record: Spoken) -> Interaction | None:
        """Return the leg of the agent who spoke, else the one under way, else the last."""
        legs = self._legs[record.interaction_external_id]
        if not legs:
            return None
        agent = getattr(record, "agent_external_id", None)
        own = [leg for leg in legs if agent and leg.learner_id == self._learners.get(agent)]
        return (own or _under_way(legs, getattr(record, "start_ms", None)) or legs)[-1]

    def is_of_an_unknown_agent(self, record: Spoken) -> bool:
        """Tell whether an agent speaks who is nobody here: their words are not ours to keep."""
        agent = getattr(record, "agent_external_id", None)
        return bool(agent) and agent not in self._learners


def _under_way(legs: Sequence[Interaction], start_ms: int | None) -> list[Interaction]:
    if start_ms is None:
        return []
    began = legs[0].started_at.timestamp() + start_ms / 1000
    return [
        leg
        for leg in legs
        if leg.ended_at and leg.started_at.timestamp() <= began <= leg.ended_at.timestamp()
    ]


def store_recordings(legs: Legs, found: Sequence[records.Recording]) -> Counter[str]:
    rows = [
        Recording(
            interaction=leg,
            external_id=record.external_id,
            kind=record.kind.value,
            state=record.state.value,
            started_at=record.started_at,
            duration_ms=record.duration_ms,
            channel_speakers=[speaker.value for speaker in record.channel_speakers],
            mime_type=record.mime_type[:80],
            size_bytes=record.size_bytes,
            fetch_ref=record.fetch_ref[:500],
            expires_at=record.expires_at,
        )
        for record in found
        if (leg := legs.of(record))
    ]
    return _upsert(Recording, rows, key=("external_id",), found=found)


def store_segments(
    legs: Legs, found: Sequence[records.TranscriptSegment], redact: Redact
) -> Counter[str]:
    """Store what was said for good; its words pass the redaction on the way."""
    final = [one for one in found if one.is_final and not legs.is_of_an_unknown_agent(one)]
    rows = [
        TranscriptSegment(
            interaction=leg,
            communication_id=record.communication_id,
            utterance_id=record.utterance_id,
            ordinal=record.ordinal,
            speaker=record.speaker.value,
            start_ms=record.start_ms,
            end_ms=record.end_ms,
            text=text,
            language=record.language or "",
            confidence=record.confidence,
        )
        for record, text in zip(final, redact(final), strict=True)
        if (leg := legs.of(record))
    ]
    key = ("communication_id", "utterance_id")
    return _upsert(TranscriptSegment, rows, key=key, found=found)


def store_sentiment(legs: Legs, found: Sequence[records.SentimentSpan]) -> Counter[str]:
    rows = [
        SentimentSpan(
            interaction=leg,
            scope=record.scope.value,
            communication_id=record.communication_id,
            utterance_id=record.utterance_id,
            start_ms=-1 if record.start_ms is None else record.start_ms,
            end_ms=record.end_ms,
            score=record.score,
            label=record.label.value,
            raw_value=record.raw_value[:40],
            raw_scale=record.raw_scale[:40],
            source=record.source.value,
            model=(record.model or "")[:80],
        )
        for record in found
        if (leg := legs.of(record))
    ]
    key = ("source", "scope", "communication_id", "utterance_id", "start_ms")
    return _upsert(SentimentSpan, rows, key=key, found=found)


def _upsert(
    model: type[models.Model],
    rows: Iterable[Any],
    *,
    key: tuple[str, ...],
    found: Sequence[Spoken],
) -> Counter[str]:
    """Write what is new or different; without a contact of ours a record is left out."""
    unique = ("interaction_id", *key)
    content = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and field.attname not in unique
    ]
    by_key = {_values(row, unique): row for row in rows}
    contacts = {row.interaction_id for row in by_key.values()}
    stored = {
        _values(row, unique): _values(row, content)
        for row in model._default_manager.filter(interaction__in=contacts)
    }
    different = [row for each, row in by_key.items() if stored.get(each) != _values(row, content)]
    model._default_manager.bulk_create(
        different,
        update_conflicts=True,
        unique_fields=["interaction", *key],
        update_fields=content,
        batch_size=500,
    )
    changed = sum(_values(row, unique) in stored for row in different)
    return Counter(
        new=len(different) - changed,
        changed=changed,
        same=len(by_key) - len(different),
        without_contact=len(found) - len(by_key),
    )


def _values(row: Any, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(_comparable(getattr(row, name)) for name in names)


def _comparable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
