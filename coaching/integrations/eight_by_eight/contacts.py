"""Rows of 8x8's report of interactions -> contacts, one per assignment to an agent."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from coaching import records
from coaching.integrations.base import Unreadable
from coaching.integrations.eight_by_eight import payloads
from coaching.integrations.eight_by_eight.words import (
    BETWEEN_COLLEAGUES,
    CHANNELS,
    DIRECTIONS,
    OFFERS,
)
from coaching.integrations.normalise import clean, customer_ref, known, language_code
from coaching.records import Channel, Direction


def read_contact(
    payload: Any, unknown: Counter[str], *, customer_key: str
) -> Iterator[records.Interaction]:
    """Yield one contact per agent who took it; what goes on still comes in a later report."""
    contact = payloads.Contact.model_validate(_cells(payload))
    if contact.finished_time is None:
        return
    for participant in contact.participants:
        if participant.participant_type.casefold() == "agent" and _took(participant, unknown):
            yield _leg(contact, participant, unknown, customer_key=customer_key)


def _cells(row: Any) -> dict[str, Any]:
    """Put the cells of a row side by side."""
    if not isinstance(row, dict) or not isinstance(row.get("items"), list):
        raise Unreadable("items", "is missing")
    return {str(cell.get("key")): cell.get("value") for cell in row["items"]}


def _took(participant: payloads.Participant, unknown: Counter[str]) -> bool:
    action = participant.participant_offer_action
    return known(OFFERS, action, field="offer action", default=True, unknown=unknown)


def _leg(
    contact: payloads.Contact,
    participant: payloads.Participant,
    unknown: Counter[str],
    *,
    customer_key: str,
) -> records.Interaction:
    direction = _direction(contact, unknown)
    return records.Interaction(
        external_id=contact.interaction_id,
        leg_id=f"{participant.participant_assign_number}-{participant.participant_id}",
        root_external_id=contact.original_interaction_id,
        agent_external_id=participant.participant_id or None,
        queue_external_id=contact.queue_id,
        queue_name=contact.queue_name,
        channel=_channel(contact, unknown),
        direction=direction,
        language=language_code(contact.queue_name),
        started_at=contact.creation_time,
        ended_at=contact.finished_time,
        queue_ms=contact.queue_wait_duration,
        ring_ms=participant.participant_offer_duration,
        talk_ms=_talk_ms(participant),
        hold_ms=participant.participant_hold_duration,
        acw_ms=participant.participant_wrap_up_duration,
        handle_ms=participant.participant_processing_duration,
        hold_count=participant.participant_hold,
        transfer_count=_transfer_count(participant),
        consult_count=participant.consultations_established,
        disposition_code=_first(participant.wrap_up_code_id),
        disposition_label=_first(participant.wrap_up_code_text, participant.wrap_up_code),
        customer_ref=customer_ref(_customer_address(contact, direction), customer_key),
    )


def _direction(contact: payloads.Contact, unknown: Counter[str]) -> Direction:
    if contact.interaction_type.casefold() in BETWEEN_COLLEAGUES:
        return Direction.INTERNAL
    unsaid = Direction.UNKNOWN
    return known(DIRECTIONS, contact.direction, field="direction", default=unsaid, unknown=unknown)


def _customer_address(contact: payloads.Contact, direction: Direction) -> str | None:
    if direction is Direction.INTERNAL:
        return None  # a colleague's
    return contact.destination if direction is Direction.OUTBOUND else contact.origination


def _channel(contact: payloads.Contact, unknown: Counter[str]) -> Channel:
    if contact.interaction_type.casefold() == "callback":
        return Channel.CALLBACK
    other = Channel.OTHER
    return known(CHANNELS, contact.media_type, field="mediaType", default=other, unknown=unknown)


def _talk_ms(participant: payloads.Participant) -> int | None:
    handling = participant.participant_handling_duration
    if handling is None:
        return None
    return max(0, handling - (participant.participant_hold_duration or 0))


def _transfer_count(participant: payloads.Participant) -> int | None:
    counts = (
        participant.blind_transfer_to_agent,
        participant.blind_transfer_to_queue,
        participant.warm_transfers_completed,
    )
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def _first(*lists: list[str]) -> str | None:
    return next((clean(text, 120) for texts in lists for text in texts if text), None)
