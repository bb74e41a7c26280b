"""TaskRouter events -> contacts, one per reservation that an agent accepted and completed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from coaching import records
from coaching.integrations.base import Unreadable
from coaching.integrations.normalise import clean, customer_ref, first, known
from coaching.integrations.twilio import payloads
from coaching.integrations.twilio.lists import Links, Names
from coaching.integrations.twilio.words import CHANNELS, DIRECTIONS, language, text_at

QUEUED = "task-queue.entered"
CREATED = "reservation.created"
ACCEPTED = "reservation.accepted"
WRAPUP = "reservation.wrapup"
COMPLETED = "reservation.completed"
# The agent did not take the task: it goes to another, or the customer has left.
MISSED = frozenset(
    f"reservation.{word}" for word in ("rejected", "timeout", "canceled", "rescinded", "failed")
)
KNOWN = frozenset({CREATED, ACCEPTED, WRAPUP, COMPLETED}) | MISSED

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """The reservations whose end has not been read yet, and when their tasks were queued."""

    _events: defaultdict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    _queued_at: defaultdict[str, set[datetime]] = field(default_factory=lambda: defaultdict(set))

    def collect(self, payload: Any, unknown: Counter[str]) -> Iterable[records.Record]:
        event = payloads.Event.model_validate(payload)
        if event.event_type == QUEUED:
            self._queued_at[event.event_data.task_sid].add(event.event_date_ms)
        elif event.event_type in KNOWN:
            if not event.event_data.reservation_sid:
                raise Unreadable("event_data.reservation_sid", "is missing")
            self._events[event.event_data.reservation_sid][event.sid] = payload
        elif event.event_type.startswith("reservation."):
            unknown[f"event_type={clean(event.event_type, 60)}"] += 1
        return ()

    def clear(self) -> list[dict[str, Any]]:
        """Hand over the reservations that are completed, and forget those that were missed."""
        done = []
        for reservation, events in list(self._events.items()):
            types = {event["event_type"] for event in events.values()}
            if COMPLETED in types or types & MISSED:
                del self._events[reservation]
            if COMPLETED in types:
                done.append(self._leg(reservation, list(events.values())))
        return done

    def _leg(self, reservation: str, events: list[Any]) -> dict[str, Any]:
        task = text_at(events[0], "event_data", "task_sid") or ""
        queued_at = sorted(self._queued_at.get(task, ()))
        moments = [moment.isoformat() for moment in queued_at]
        return {"reservation_sid": reservation, "queued_at": moments, "events": events}


def is_whole(leg: dict[str, Any]) -> bool:
    """Tell whether a leg holds its beginning; that may lie before what was asked for."""
    return any(event["event_type"] == ACCEPTED for event in leg["events"])


def read_leg(
    payload: Any, unknown: Counter[str], *, names: Names, links: Links, customer_key: str
) -> Iterator[records.Interaction]:
    leg = _Leg(payloads.Leg.model_validate(payload))
    links.tie(leg.task_sid, leg.root, text_at(leg.attributes, "conference", "sid"))
    yield leg.read(unknown, names=names, links=links, customer_key=customer_key)


class _Leg:
    def __init__(self, leg: payloads.Leg) -> None:
        events = sorted(leg.events, key=lambda event: event.event_date_ms)
        self._leg = leg
        self._data = [event.event_data for event in reversed(events)]  # the last word first
        self._at = {event.event_type: event.event_date_ms for event in events}
        if ACCEPTED not in self._at:
            raise Unreadable("events", "do not tell when the agent accepted")
        self.task_sid = first(data.task_sid for data in self._data) or ""
        self.attributes = first(data.task_attributes for data in self._data) or {}
        self.call_sid = text_at(self.attributes, "call_sid")
        self.root = self.call_sid or text_at(self.attributes, "conversationSid")

    def read(
        self, unknown: Counter[str], *, names: Names, links: Links, customer_key: str
    ) -> records.Interaction:
        queue = first(data.task_queue_sid for data in self._data)
        queue_name = first(data.task_queue_name for data in self._data)
        direction = self._direction(links, unknown)
        outcome = clean(self._outcome(), records.ID_LENGTH) or None
        return records.Interaction(
            external_id=self.task_sid,
            leg_id=self._leg.reservation_sid,
            root_external_id=self.root,
            agent_external_id=first(data.worker_sid for data in self._data),
            queue_external_id=queue,
            queue_name=clean(queue_name, 120) or names.queues.get(queue or ""),
            channel=known(
                CHANNELS,
                first(data.task_channel_unique_name for data in self._data),
                field="task_channel_unique_name",
                default=records.Channel.OTHER,
                unknown=unknown,
            ),
            direction=direction,
            language=language(text_at(self.attributes, "language"), unknown),
            started_at=self._at[ACCEPTED],
            ended_at=self._at[COMPLETED],
            queue_ms=self._queue_ms(),
            ring_ms=self._between(CREATED, ACCEPTED),
            talk_ms=self._between(ACCEPTED, WRAPUP if WRAPUP in self._at else COMPLETED),
            acw_ms=self._between(WRAPUP, COMPLETED) if WRAPUP in self._at else 0,
            handle_ms=self._between(ACCEPTED, COMPLETED),
            disposition_code=outcome,
            disposition_label=outcome,
            customer_ref=self._customer_ref(direction, links, customer_key),
            source_updated_at=self._at[COMPLETED],
        )

    def _direction(self, links: Links, unknown: Counter[str]) -> records.Direction:
        call = links.calls.get(self.call_sid or "")
        if call and call.direction is not records.Direction.UNKNOWN:
            return call.direction
        return known(
            DIRECTIONS,
            text_at(self.attributes, "direction"),
            field="direction",
            default=records.Direction.UNKNOWN,
            unknown=unknown,
        )

    def _outcome(self) -> str | None:
        said = text_at(self.attributes, "conversations", "outcome")
        return said or first(data.task_completed_reason for data in self._data)

    def _customer_ref(self, direction: records.Direction, links: Links, key: str) -> str | None:
        call = links.calls.get(self.call_sid or "")
        if call and call.customer_ref:
            return call.customer_ref
        outbound = direction is records.Direction.OUTBOUND
        fields = (
            ("customerAddress", "outbound_to", "to") if outbound else ("customerAddress", "from")
        )
        return first(customer_ref(text_at(self.attributes, field), key) for field in fields)

    def _queue_ms(self) -> int | None:
        """Measure from the last time the task entered a queue before this agent was found."""
        found_at = self._at.get(CREATED)
        entered = [at for at in self._leg.queued_at if found_at and at <= found_at]
        return (found_at - max(entered)) // _MILLISECOND if found_at and entered else None

    def _between(self, start: str, end: str) -> int | None:
        if start not in self._at or end not in self._at:
            return None
        return (self._at[end] - self._at[start]) // _MILLISECOND
