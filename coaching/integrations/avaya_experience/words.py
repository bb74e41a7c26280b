"""Avaya Experience Platform's words and ours, compared whatever the case."""

from collections import Counter
from typing import TypeVar

from coaching.integrations.normalise import clean, language_code
from coaching.records import Channel, Direction, SentimentLabel, Speaker

Value = TypeVar("Value")

CHANNELS = {
    "voice": Channel.VOICE,
    "chat": Channel.CHAT,
    "email": Channel.EMAIL,
    "messaging": Channel.MESSAGE,
}
DIRECTIONS = {
    "incoming": Direction.INBOUND,
    "inbound": Direction.INBOUND,
    "outgoing": Direction.OUTBOUND,
    "outbound": Direction.OUTBOUND,
}
SPEAKERS = {
    "customer": Speaker.CUSTOMER,
    "agent": Speaker.AGENT,
    "supervisor": Speaker.AGENT,
    "sme": Speaker.AGENT,  # an expert who was asked in
    "bot": Speaker.BOT,
    "system": Speaker.SYSTEM,
}
SENTIMENTS = {
    "negative": SentimentLabel.NEGATIVE,
    "neutral": SentimentLabel.NEUTRAL,
    "positive": SentimentLabel.POSITIVE,
}
UNIT_MS = {"milliseconds": 1, "seconds": 1000}


def language(text: str | None, unknown: Counter[str]) -> str | None:
    """Return BCP-47 for a code of a message or for the name of an agent's skill."""
    found = language_code(text)
    if text and not found:
        unknown[f"language={clean(text, 60)}"] += 1
    return found
