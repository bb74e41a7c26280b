"""Avaya Infinity's datasets -> agents, queues and contacts, one per segment of an agent."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from coaching import records
from coaching.integrations.avaya_infinity import payloads
from coaching.integrations.avaya_infinity.words import CHANNELS, DIRECTIONS
from coaching.integrations.normalise import clean, customer_ref, known
from coaching.records import Channel, Direction

ROUNDING = timedelta(seconds=1)


def read_agent(row: Any, _unknown: Counter[str]) -> Iterator[records.AgentRef]:
    agent = payloads.Agent.model_validate(row)
    yield records.AgentRef(
        external_id=agent.agent_id,
        email=agent.agent_email.strip().lower() or None,
        display_name=clean(agent.agent_name, 120),
    )


def read_queue(row: Any, _unknown: Counter[str]) -> Iterator[records.QueueRef]:
    queue = payloads.Queue.model_validate(row)
    yield records.QueueRef(external_id=queue.queue_id, name=clean(queue.queue_name, 120))


@dataclass(frozen=True, slots=True)
class Segments:
    """Reads segments as the settings say."""

    unit_ms: int  # how many milliseconds a time of a dataset counts
    ignored_statuses: Collection[str]  # in lower case
    customer_key: str

    def read(self, row: Any, unknown: Counter[str]) -> Iterator[records.Interaction]:
        """Yield the contact of a segment that had an agent."""
        segment = payloads.Segment.model_validate(row)
        if not self.is_contact(segment):
            return
        direction = DIRECTIONS.get(segment.sub_comm_type.casefold(), Direction.UNKNOWN)
        yield records.Interaction(
            external_id=segment.interaction_id,
            leg_id=segment.interaction_segment_id,
            agent_external_id=segment.user_id,
            queue_external_id=segment.queue_id,
            queue_name=clean(segment.queue_name, 120) or None,
            channel=known(
                CHANNELS,
                segment.comm_type,
                field="COMM_TYPE",
                default=Channel.OTHER,
                unknown=unknown,
            ),
            direction=direction,
            started_at=segment.created_on,
            ended_at=_ended_at(segment),
            queue_ms=self._ms(segment.wait_time),
            talk_ms=self._ms(segment.time_interacting),
            hold_ms=self._ms(segment.hold_time),
            acw_ms=self._ms(segment.wrap_up_time),
            transfer_count=_transfer_count(row, segment),
            disposition_code=clean(segment.completion_value, 120) or None,
            disposition_label=clean(segment.completion_display_name, 120) or None,
            customer_ref=self._customer_ref(segment, direction),
            recorded=_recorded(segment),
            source_updated_at=segment.last_updated,
        )

    def is_contact(self, segment: payloads.Segment) -> bool:
        return bool(segment.user_id) and segment.status.casefold() not in self.ignored_statuses

    def _ms(self, time: Decimal | None) -> int | None:
        return None if time is None else round(time * self.unit_ms)

    def _customer_ref(self, segment: payloads.Segment, direction: Direction) -> str | None:
        """Return who the customer is; the source of what goes out is ourselves."""
        if direction is Direction.OUTBOUND:
            return None
        address = segment.source_phone_number or segment.source_email
        return customer_ref(address, self.customer_key)


@dataclass(slots=True)
class Conversation:
    """An interaction as the segments of its agents tell: when it began and who they were."""

    started_at: datetime
    agents: set[str]


def conversations(rows: Iterable[Any], segments: Segments) -> dict[str, Conversation]:
    """Return the interactions that had an agent; rows that cannot be read are passed over."""
    found: dict[str, Conversation] = {}
    for row in rows:
        with suppress(ValidationError):
            segment = payloads.Segment.model_validate(row)
            if segments.is_contact(segment):
                empty = Conversation(segment.created_on, set())
                one = found.setdefault(segment.interaction_id, empty)
                one.started_at = min(one.started_at, segment.created_on)
                one.agents.add(str(segment.user_id))
    return found


def _ended_at(segment: payloads.Segment) -> datetime | None:
    """Return the end, not before a start in the same second: the end is cut to whole ones."""
    ended_at = segment.end_time
    if ended_at and ended_at < segment.created_on < ended_at + ROUNDING:
        return segment.created_on
    return ended_at


def _transfer_count(row: Any, segment: payloads.Segment) -> int | None:
    """Tell whether a segment was transferred; an empty cell says that it was not."""
    return int(bool(segment.transfer_result)) if "TRANSFER_RESULT" in row else None


def _recorded(segment: payloads.Segment) -> bool | None:
    sides = (segment.recorded_receive, segment.recorded_transmit, segment.recorded_both)
    said = [side for side in sides if side is not None]
    return any(said) if said else None
