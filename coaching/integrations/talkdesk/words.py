"""Talkdesk's words and ours, compared whatever the case."""

from decimal import Decimal
from typing import TypeVar

from coaching.records import Direction, RecordingKind, SentimentLabel, Speaker

Value = TypeVar("Value")

DIRECTIONS = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
# Nobody spoke with the customer: not a contact.
UNANSWERED = {"abandoned", "missed", "outbound_missed", "short_abandoned", "voicemail"}
RECORDING_KINDS = {"conversation": RecordingKind.AUDIO, "voicemail": RecordingKind.VOICEMAIL}
SPEAKERS = {
    "agent": Speaker.AGENT,
    "user": Speaker.AGENT,
    "contact": Speaker.CUSTOMER,
    "customer": Speaker.CUSTOMER,
    "bot": Speaker.BOT,
    "virtual_agent": Speaker.BOT,
    "external_num": Speaker.UNKNOWN,  # a third party on the line
}
SENTIMENTS = {
    "negative": (SentimentLabel.NEGATIVE, Decimal(-1)),
    "neutral": (SentimentLabel.NEUTRAL, Decimal(0)),
    "positive": (SentimentLabel.POSITIVE, Decimal(1)),
}
NO_SENTIMENT = (SentimentLabel.UNKNOWN, None)
