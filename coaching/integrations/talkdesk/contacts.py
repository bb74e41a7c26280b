"""Talkdesk's users, calls and recordings -> agents, contacts and recordings."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from coaching import records
from coaching.integrations.normalise import clean, customer_ref, known
from coaching.integrations.talkdesk import payloads
from coaching.integrations.talkdesk.words import DIRECTIONS, RECORDING_KINDS, SPEAKERS, UNANSWERED
from coaching.records import Speaker


def read_user(payload: Any, _unknown: Counter[str]) -> Iterator[records.AgentRef]:
    user = payloads.User.model_validate(payload)
    yield records.AgentRef(
        external_id=user.id,
        email=user.email.strip().lower() or None,
        display_name=clean(user.name, 120),
        active=user.active,
    )


def read_call(
    payload: Any, unknown: Counter[str], *, customer_key: str
) -> Iterator[records.Interaction]:
    """Yield the contact of a call in which somebody spoke with the customer."""
    call = payloads.Call.model_validate(payload)
    if call.type.casefold() in UNANSWERED:
        return
    queue = clean(call.ring_groups, 120) or None
    disposition = clean(call.disposition_code, 120) or None
    yield records.Interaction(
        external_id=call.call_id,
        agent_external_id=call.user_id,
        queue_external_id=queue,
        queue_name=queue,
        channel=records.Channel.VOICE,
        direction=known(
            DIRECTIONS,
            call.type,
            field="type",
            default=records.Direction.UNKNOWN,
            unknown=unknown,
        ),
        started_at=call.start_at,
        ended_at=call.end_at,
        queue_ms=_ms(call.wait_time),
        ring_ms=_ms(call.total_ringing_time),
        talk_ms=_ms(call.talk_time),
        hold_ms=_ms(call.hold_time),
        transfer_count=_transfer_count(call),
        disposition_code=disposition,
        disposition_label=disposition,
        customer_ref=customer_ref(call.contact_phone_number, customer_key),
        recorded=bool(call.recording_url),
    )


def read_recording(payload: Any, unknown: Counter[str]) -> Iterator[records.Recording]:
    recording = payloads.Recording.model_validate(payload)
    yield records.Recording(
        external_id=recording.id,
        interaction_external_id=recording.call_id,
        kind=known(
            RECORDING_KINDS,
            recording.type,
            field="recording type",
            default=records.RecordingKind.OTHER,
            unknown=unknown,
        ),
        duration_ms=_ms(recording.duration),
        channel_speakers=_channel_speakers(recording.agents, unknown),
        fetch_ref=recording.id,
    )


def _transfer_count(call: payloads.Call) -> int | None:
    if call.is_transfer is None and call.is_external_transfer is None:
        return None
    return int(bool(call.is_transfer or call.is_external_transfer))


def _channel_speakers(channels: payloads.Channels, unknown: Counter[str]) -> tuple[Speaker, ...]:
    if not (channels.channel_1 or channels.channel_2):
        return ()
    return (_speaker(channels.channel_1, unknown), _speaker(channels.channel_2, unknown))


def _speaker(participants: Sequence[payloads.Participant], unknown: Counter[str]) -> Speaker:
    """Return the side that a channel holds; one that several share is nobody's."""
    sides = {
        known(
            SPEAKERS,
            participant.participant_type,
            field="participant_type",
            default=Speaker.UNKNOWN,
            unknown=unknown,
        )
        for participant in participants
    }
    return sides.pop() if len(sides) == 1 else Speaker.UNKNOWN


def _ms(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1000
