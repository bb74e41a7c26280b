"""Objects of 8x8's Cloud Storage Service -> recordings."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from coaching import records
from coaching.integrations.base import Unreadable
from coaching.integrations.eight_by_eight import payloads
from coaching.integrations.eight_by_eight.words import RECORDING_STATES
from coaching.integrations.normalise import known
from coaching.records import RecordingState


def read_recording(payload: Any, unknown: Counter[str]) -> Iterator[records.Recording]:
    stored = payloads.StoredObject.model_validate(payload)
    tags = {tag.key: tag.value for tag in stored.tags}
    started_ms = _number(tags, "startTime")
    yield records.Recording(
        external_id=stored.id,
        interaction_external_id=tags.get("callId", ""),
        state=known(
            RECORDING_STATES,
            stored.object_state,
            field="objectState",
            default=RecordingState.UNKNOWN,
            unknown=unknown,
        ),
        started_at=None if started_ms is None else datetime.fromtimestamp(started_ms / 1000, UTC),
        duration_ms=_number(tags, "duration"),
        mime_type=stored.mime_type,
        size_bytes=stored.stored_bytes,
        fetch_ref=stored.id,
    )


def _number(tags: dict[str, str], name: str) -> int | None:
    """Return a tag's number; tags are texts, and one without a value is empty."""
    text = tags.get(name, "")
    if text and not text.isdecimal():
        raise Unreadable(f"tags.{name}", "is not a number")
    return int(text) if text else None
