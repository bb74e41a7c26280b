"""Puzzel's events of calls -> contacts, one per conversation that an agent answered.

The customer and the wait in the queue stand in other events of the same call, which may lie in
the file of the day before: they are noted first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from coaching import records
from coaching.integrations.normalise import clean, customer_ref
from coaching.integrations.puzzel import payloads
from coaching.integrations.puzzel.words import (
    ANSWERED_BY_AN_AGENT,
    CONVERSATION,
    EVENT_TYPES,
    INITIATION,
    QUEUE,
)
from coaching.records import Channel, Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    zone: ZoneInfo
    channels: Mapping[str, Channel]
    queue_names: Mapping[str, str]
    customer_key: str = field(repr=False)
    _customers: dict[str, str | None] = field(default_factory=dict)
    _waits: dict[str, list[payloads.CallEvent]] = field(default_factory=lambda: defaultdict(list))

    def note(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Keep what conversations will need; a row that cannot be read is told of later."""
        for row in rows:
            try:
                event = payloads.CallEvent.model_validate(row)
            except ValidationError:
                continue
            if event.event_type == INITIATION:
                self._customers[event.call_id] = customer_ref(event.source, self.customer_key)
            if event.event_type == QUEUE and event.result_code == ANSWERED_BY_AN_AGENT:
                self._waits[event.call_id].append(event)

    def read(self, payload: Any, unknown: Counter[str]) -> Iterator[records.Interaction]:
        event = payloads.CallEvent.model_validate(payload)
        if event.event_type not in EVENT_TYPES:
            unknown[f"event_type={clean(event.event_type, 60)}"] += 1
        if event.event_type == CONVERSATION and event.agent_id and _is_answered(event):
            yield self._contact(event, unknown)

    def _contact(self, event: payloads.CallEvent, unknown: Counter[str]) -> records.Interaction:
        started_at = self._utc(event.dte_start)
        return records.Interaction(
            external_id=event.call_id,
            leg_id=event.rec_id,
            agent_external_id=event.agent_id,
            queue_external_id=event.queue_key or None,
            queue_name=self.queue_names.get(event.queue_key) or None,
            channel=self._channel(event, unknown),
            direction=Direction.OUTBOUND if event.ciq else Direction.INBOUND,
            started_at=started_at,
            ended_at=started_at + timedelta(seconds=event.duration_tot_sec),
            queue_ms=self._queue_ms(event),
            ring_ms=event.alert_ms,
            talk_ms=_ms(event.duration_speak_sec),
            hold_ms=_ms(event.caller_on_hold_sec),
            acw_ms=_ms(event.wrap_up_sec),
            hold_count=event.hold,
            transfer_count=None if event.call_transfer is None else int(event.call_transfer),
            consult_count=event.consult,
            customer_ref=self._customers.get(event.call_id),
            source_updated_at=self._utc(event.dte_updated) if event.dte_updated else None,
        )

    def _channel(self, event: payloads.CallEvent, unknown: Counter[str]) -> Channel:
        found = self.channels.get(event.media_type_id)
        if found is None and event.media_type_id:
            unknown[f"media_type_id={clean(event.media_type_id, 60)}"] += 1
        return found or Channel.OTHER

    def _queue_ms(self, event: payloads.CallEvent) -> int | None:
        """Return the last wait in the conversation's queue before it began."""
        waits = [
            wait
            for wait in self._waits.get(event.call_id, ())
            if wait.queue_key == event.queue_key and wait.dte_start <= event.dte_start
        ]
        last = max(waits, key=lambda wait: wait.dte_start, default=None)
        return _ms(last.duration_tot_sec) if last else None

    def _utc(self, local: datetime) -> datetime:
        """Return a local time in UTC; of one that comes twice, in autumn, the first is meant."""
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def _is_answered(event: payloads.CallEvent) -> bool:
    return bool(event.duration_speak_sec if event.answered is None else event.answered)


def _ms(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1000
