"""Genesys' metadata of recordings -> recordings; the sound itself stays where it is."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from coaching import records
from coaching.integrations.genesys import payloads
from coaching.integrations.genesys.words import RECORDING_KINDS, RECORDING_STATES
from coaching.integrations.normalise import known
from coaching.records import RecordingKind, RecordingState


def read_recording(payload: Any, unknown: Counter[str]) -> Iterator[records.Recording]:
    recording = payloads.RecordingMetadata.read(payload)
    yield records.Recording(
        external_id=recording.id,
        interaction_external_id=recording.conversation_id,
        kind=_kind(recording, unknown),
        state=state_of(recording.file_state, unknown),
        started_at=recording.start_time,
        duration_ms=_duration_ms(recording),
        fetch_ref=f"{recording.conversation_id}/{recording.id}",
        expires_at=recording.delete_date,
    )


def state_of(file_state: str, unknown: Counter[str]) -> RecordingState:
    return known(
        RECORDING_STATES,
        file_state,
        field="fileState",
        default=RecordingState.UNKNOWN,
        unknown=unknown,
    )


def _kind(recording: payloads.RecordingMetadata, unknown: Counter[str]) -> RecordingKind:
    if recording.media_subtype.casefold() == "screen":
        return RecordingKind.SCREEN
    return known(
        RECORDING_KINDS,
        recording.media,
        field="media",
        default=RecordingKind.OTHER,
        unknown=unknown,
    )


def _duration_ms(recording: payloads.RecordingMetadata) -> int | None:
    if not (recording.start_time and recording.end_time):
        return None
    return round((recording.end_time - recording.start_time).total_seconds() * 1000)
