"""Twilio's words and ours. Compared whatever the case: the products differ in it."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from coaching.integrations.normalise import clean, language_code
from coaching.records import (
    Channel,
    Direction,
    LiveKind,
    QuestionKind,
    RecordingState,
    SentimentLabel,
    Speaker,
)

Value = TypeVar("Value")

CHANNELS = {
    "voice": Channel.VOICE,
    "callback": Channel.CALLBACK,
    "chat": Channel.CHAT,
    "sms": Channel.MESSAGE,
    "email": Channel.EMAIL,
    "video": Channel.VIDEO,
    "default": Channel.TASK,
}
DIRECTIONS = {
    "inbound": Direction.INBOUND,
    "outbound": Direction.OUTBOUND,
    "outbound-api": Direction.OUTBOUND,
    "outbound-dial": Direction.OUTBOUND,
    "trunking-originating": Direction.INBOUND,
    "trunking-terminating": Direction.OUTBOUND,
}
RECORDING_STATES = {
    "in-progress": RecordingState.PENDING,
    "paused": RecordingState.PENDING,
    "stopped": RecordingState.PENDING,
    "processing": RecordingState.PENDING,
    "completed": RecordingState.AVAILABLE,
    "absent": RecordingState.ERROR,
    "deleted": RecordingState.DELETED,
}
QUESTION_KINDS = {"select": QuestionKind.SINGLE, "fivestars": QuestionKind.SINGLE}
ROLES = {"agent": Speaker.AGENT, "customer": Speaker.CUSTOMER}
PARTICIPANTS = {
    "customer": Speaker.CUSTOMER,
    "human_agent": Speaker.AGENT,
    "agent": Speaker.AGENT,
    "ai_agent": Speaker.BOT,
    "unknown": Speaker.UNKNOWN,
}
SENTIMENTS = {
    "positive": SentimentLabel.POSITIVE,
    "neutral": SentimentLabel.NEUTRAL,
    "negative": SentimentLabel.NEGATIVE,
    "mixed": SentimentLabel.MIXED,
}
SCORES = {
    SentimentLabel.POSITIVE: Decimal(1),
    SentimentLabel.NEUTRAL: Decimal(0),
    SentimentLabel.NEGATIVE: Decimal(-1),
    SentimentLabel.MIXED: Decimal(0),
}
LIVE_KINDS = {
    "transcription-started": LiveKind.SESSION_STARTED,
    "transcription-content": LiveKind.PARTIAL,  # until the callback says that it is final
    "transcription-stopped": LiveKind.SESSION_ENDED,
    "transcription-error": LiveKind.ERROR,
}


def language(name: str | None, unknown: Counter[str]) -> str | None:
    """Return BCP-47 for a code or a name."""
    code = language_code(name)
    if name and not code:
        unknown[f"language={clean(name, 60)}"] += 1
    return code


def text_at(attributes: Mapping[str, Any], *path: str) -> str | None:
    """Return a text out of attributes, which hold whatever their authors like."""
    found: Any = attributes
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) and found else None
