"""Amazon Connect contacts -> contacts and their recordings.

A transfer makes a new contact, so each contact has one agent and is one leg.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from coaching import records
from coaching.integrations.amazon_connect import payloads
from coaching.integrations.amazon_connect.lists import Names
from coaching.integrations.amazon_connect.words import (
    API_DIRECTIONS,
    CHANNELS,
    DIRECTIONS,
    MEDIA,
    NO_CONTACT,
    RECORDING_STATES,
    SPOKEN_OR_WRITTEN,
    language,
)
from coaching.integrations.normalise import clean, customer_ref, known
from coaching.records import Channel, Direction, RecordingKind, RecordingState, Speaker

MIME_TYPES = {"wav": "audio/wav", "mp4": "video/mp4"}
STEREO = (Speaker.CUSTOMER, Speaker.AGENT)  # left, right


def is_handled(summary: payloads.ContactSummary) -> bool:
    """Tell whether an agent has dealt with a contact and it is over."""
    return bool(
        summary.agent_info
        and summary.agent_info.id
        and summary.disconnect_timestamp
        and summary.initiation_method != NO_CONTACT
    )


def read_contact(
    payload: Any,
    unknown: Counter[str],
    *,
    names: Names,
    customer_key: str,
    disposition_attribute: str,
) -> Iterator[records.Interaction]:
    contact = payloads.Contact.model_validate(payload)
    if not (contact.agent_info and contact.disconnect_timestamp):
        return
    agent, queue = contact.agent_info, contact.queue_info
    channel = known(
        CHANNELS, contact.channel, field="Channel", default=Channel.OTHER, unknown=unknown
    )
    disposition = clean(contact.attributes.get(disposition_attribute), 120) or None
    connected_ms = _connected_ms(contact, agent)
    yield records.Interaction(
        external_id=contact.id,
        root_external_id=contact.initial_contact_id,
        agent_external_id=agent.id or None,
        queue_external_id=(queue.id if queue else "") or None,
        queue_name=names.queues.get(queue.id) if queue else None,
        channel=channel,
        direction=_direction(contact, channel, unknown),
        language=language(_locale(contact), unknown),
        started_at=contact.initiation_timestamp,
        ended_at=contact.disconnect_timestamp,
        queue_ms=_queue_ms(queue, agent),
        talk_ms=_talk_ms(channel, connected_ms, agent),
        hold_ms=_ms(agent.agent_initiated_hold_duration),
        acw_ms=_ms(agent.after_contact_work_duration),
        handle_ms=_sum(connected_ms, _ms(agent.after_contact_work_duration)),
        disposition_code=disposition,
        disposition_label=disposition,
        customer_ref=customer_ref(contact.customer_endpoint.address, customer_key),
        recorded=any(map(_is_sound, contact.recordings)) if contact.recordings else None,
        source_updated_at=contact.last_update_timestamp,
    )


def _direction(contact: payloads.Contact, channel: Channel, unknown: Counter[str]) -> Direction:
    method, default = contact.initiation_method, Direction.UNKNOWN
    if method.casefold() == "api":
        return API_DIRECTIONS.get(channel, default)
    return known(DIRECTIONS, method, field="InitiationMethod", default=default, unknown=unknown)


def _locale(contact: payloads.Contact) -> str:
    return contact.contact_lens.conversational_analytics.configuration.language_locale


def _connected_ms(contact: payloads.Contact, agent: payloads.AgentInfo) -> int | None:
    """Return how long the agent had the contact, without the pauses of a task."""
    span = _between(agent.connected_to_agent_timestamp, contact.disconnect_timestamp)
    return None if span is None else max(0, span - agent.agent_pause_duration_in_seconds * 1000)


def _queue_ms(queue: payloads.QueueInfo | None, agent: payloads.AgentInfo) -> int | None:
    return _between(queue.enqueue_timestamp, agent.connected_to_agent_timestamp) if queue else None


def _talk_ms(channel: Channel, connected_ms: int | None, agent: payloads.AgentInfo) -> int | None:
    hold_ms = _ms(agent.agent_initiated_hold_duration)
    if channel is Channel.CHAT and hold_ms is None:
        hold_ms = 0  # a chat cannot be put on hold
    if channel not in SPOKEN_OR_WRITTEN or connected_ms is None or hold_ms is None:
        return None
    return max(0, connected_ms - hold_ms)


def _between(start: datetime | None, stop: datetime | None) -> int | None:
    if start is None or stop is None or stop < start:
        return None
    return round((stop - start).total_seconds() * 1000)


def _ms(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1000


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def read_recordings(payload: Any, unknown: Counter[str]) -> Iterator[records.Recording]:
    """Yield what was recorded into files; a chat's transcript lies beside them and is none."""
    contact = payloads.Contact.model_validate(payload)
    for recording in filter(_is_file, contact.recordings):
        kind = known(
            MEDIA,
            recording.media_stream_type,
            field="MediaStreamType",
            default=RecordingKind.OTHER,
            unknown=unknown,
        )
        name = recording.location.rsplit("/")[-1]
        both_sides = _is_sound(recording) and recording.participant_type == "ALL"
        yield records.Recording(
            external_id=name,
            interaction_external_id=contact.id,
            kind=kind,
            state=known(
                RECORDING_STATES,
                recording.status,
                field="recording status",
                default=RecordingState.UNKNOWN,
                unknown=unknown,
            ),
            started_at=recording.start_timestamp,
            duration_ms=_between(recording.start_timestamp, recording.stop_timestamp),
            channel_speakers=STEREO if both_sides else (),
            mime_type=MIME_TYPES.get(name.rsplit(".")[-1].casefold(), ""),
            fetch_ref=recording.location,
        )


def _is_file(recording: payloads.Recording) -> bool:
    return bool(recording.storage_type == "S3" and recording.media_stream_type)


def _is_sound(recording: payloads.Recording) -> bool:
    return recording.media_stream_type.casefold() == "audio"
