"""NICE's completed contacts -> contacts, one per agent who had it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.nice_cxone import payloads
from coaching.integrations.nice_cxone.lists import Known
from coaching.integrations.nice_cxone.words import CHANNELS, TRANSFERS, known
from coaching.integrations.normalise import clean, customer_ref
from coaching.records import Channel, Direction

NOBODY = {"", "0"}


def read_contact(
    payload: Any, unknown: Counter[str], *, ids: Known, customer_key: str
) -> Iterator[records.Interaction]:
    contact = payloads.Contact.read(payload)
    ids.masters[contact.contact_id] = contact.master_contact_id
    if contact.agent_id in NOBODY:
        return  # it ended before an agent had it
    channel = known(
        CHANNELS,
        contact.media_type_name,
        field="mediaTypeName",
        default=Channel.OTHER,
        unknown=unknown,
    )
    if channel is Channel.VOICE:
        ids.spoken.add(contact.master_contact_id)
    transfers, consults = _transfers(contact, unknown)
    yield records.Interaction(
        external_id=contact.master_contact_id,
        leg_id=contact.contact_id,
        agent_external_id=contact.agent_id,
        queue_external_id=contact.skill_id or None,
        queue_name=clean(contact.skill_name, 120) or None,
        channel=channel,
        direction=_direction(contact),
        started_at=contact.contact_start_date,
        ended_at=_end(contact),
        queue_ms=_ms(contact.in_queue_seconds),
        talk_ms=_talk_ms(contact),
        hold_ms=_ms(contact.hold_seconds),
        acw_ms=_ms(contact.acw_seconds),
        handle_ms=_ms(contact.agent_seconds),
        hold_count=contact.hold_count,
        transfer_count=transfers,
        consult_count=consults,
        disposition_code=(
            None
            if contact.primary_disposition_id in NOBODY
            else clean(contact.primary_disposition_id, 120)
        ),
        customer_ref=customer_ref(_customer(contact), customer_key),
        source_updated_at=contact.last_update_time,
    )


def _direction(contact: payloads.Contact) -> Direction:
    if contact.is_outbound is None:
        return Direction.UNKNOWN
    return Direction.OUTBOUND if contact.is_outbound else Direction.INBOUND


def _customer(contact: payloads.Contact) -> str | None:
    """Return the other side's address; where the direction is unclear, nobody's."""
    return {
        Direction.INBOUND: contact.from_address,
        Direction.OUTBOUND: contact.to_address,
    }.get(_direction(contact))


def _transfers(contact: payloads.Contact, unknown: Counter[str]) -> tuple[int | None, int | None]:
    return known(
        TRANSFERS,
        contact.transfer_indicator_name,
        field="transferIndicatorName",
        default=(None, None),
        unknown=unknown,
    )


def _end(contact: payloads.Contact) -> datetime | None:
    seconds = contact.total_duration_seconds
    if seconds is None:
        return None
    return contact.contact_start_date + timedelta(seconds=float(seconds))


def _talk_ms(contact: payloads.Contact) -> int | None:
    """Return an agent's time without hold and after-contact work, unless these do not fit in."""
    if contact.agent_seconds is None:
        return None
    aside = (contact.hold_seconds or Decimal()) + (contact.acw_seconds or Decimal())
    return _ms(contact.agent_seconds - aside) if contact.agent_seconds >= aside else None


def _ms(seconds: Decimal | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)
