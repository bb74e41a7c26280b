"""Twilio recordings -> ours; where the sound lies is asked for when it is fetched."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from coaching import records
from coaching.integrations.base import Unreadable
from coaching.integrations.normalise import known
from coaching.integrations.twilio import payloads
from coaching.integrations.twilio.lists import Links
from coaching.integrations.twilio.words import RECORDING_STATES
from coaching.records import RecordingState, Speaker

MIME_TYPE = "audio/wav"
_SPEAKERS = {  # by the channel of the customer, counted from 1 as Twilio does
    "1": (Speaker.CUSTOMER, Speaker.AGENT),
    "2": (Speaker.AGENT, Speaker.CUSTOMER),
}


def read_recording(
    payload: Any, unknown: Counter[str], *, links: Links, customer_channel: str
) -> Iterator[records.Recording]:
    recording = payloads.Recording.model_validate(payload)
    contact = links.contact_of(recording.call_sid, recording.conference_sid)
    if not contact:
        raise Unreadable("call_sid", "is missing, and so is conference_sid")
    links.tie(contact, recording.sid)
    yield records.Recording(
        external_id=recording.sid,
        interaction_external_id=contact,
        state=state_of(recording, unknown),
        started_at=recording.start_time,
        duration_ms=_duration_ms(recording.duration),
        channel_speakers=_SPEAKERS.get(customer_channel, ()) if recording.channels == 2 else (),
        mime_type=MIME_TYPE,
        fetch_ref=recording.sid,
    )


def load(payload: Any) -> payloads.Recording:
    try:
        return payloads.Recording.model_validate(payload)
    except ValidationError as error:
        raise Unreadable("recording", "is not what Twilio documents") from error


def state_of(recording: payloads.Recording, unknown: Counter[str]) -> RecordingState:
    return known(
        RECORDING_STATES,
        recording.status,
        field="status",
        default=RecordingState.UNKNOWN,
        unknown=unknown,
    )


def _duration_ms(seconds: Decimal | None) -> int | None:
    """Return a length; Twilio gives -1 where there is no sound yet."""
    return None if seconds is None or seconds < 0 else int(seconds * 1000)
