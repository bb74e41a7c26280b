"""Avaya Infinity's transcripts -> what was said and written."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from coaching import records
from coaching.integrations.avaya_infinity import payloads
from coaching.integrations.avaya_infinity.words import language, speaker
from coaching.integrations.base import Unreadable
from coaching.integrations.normalise import clean
from coaching.records import Speaker

TEXT_LENGTH = 10_000
_ABOUT = ("interactionId", "interactionStartedAt", "agents")

Payload = dict[str, Any]


def messages(transcript: Payload) -> list[Any]:
    """Return the messages of a transcript, each with its place and its interaction."""
    found = transcript.get("messages")
    if not isinstance(found, list):
        raise Unreadable("messages", "is missing")
    context = {key: transcript.get(key) for key in _ABOUT}
    return [
        {**message, **context, "ordinal": ordinal} if isinstance(message, dict) else message
        for ordinal, message in enumerate(found)
    ]


@dataclass(frozen=True, slots=True)
class Messages:
    """Reads messages, whose times have no zone."""

    zone: ZoneInfo

    def read(self, payload: Any, unknown: Counter[str]) -> Iterator[records.TranscriptSegment]:
        """Yield a message of words; others tell who came or show a picture."""
        message = payloads.Message.model_validate(payload)
        parts = (part.text for part in message.message if part.type.casefold() == "text")
        text = clean("\n".join(parts), TEXT_LENGTH)
        if message.type.casefold() != "message" or not text:
            return
        side = speaker(message.author.type, message.direction, unknown)
        yield records.TranscriptSegment(
            interaction_external_id=message.interaction_id,
            utterance_id=message.id,
            ordinal=message.ordinal,
            speaker=side,
            agent_external_id=_agent(message) if side is Speaker.AGENT else None,
            start_ms=self._start_ms(message),
            text=text,
            language=language(message.language_code, unknown),
        )

    def _start_ms(self, message: payloads.Message) -> int | None:
        """Return the time from the start of the interaction, where it makes sense."""
        if message.created_at is None or message.interaction_started_at is None:
            return None
        written_at = message.created_at
        if written_at.tzinfo is None:
            written_at = written_at.replace(tzinfo=self.zone)
        passed = written_at.astimezone(UTC) - message.interaction_started_at
        return round(passed.total_seconds() * 1000) if passed.total_seconds() >= 0 else None


def _agent(message: payloads.Message) -> str:
    """Return whose words these are: words of nobody known are not ours to keep."""
    known = message.author.details.id
    if not known and len(message.agents) != 1:
        raise Unreadable("author.details.id", "is missing")
    return known or message.agents[0]
