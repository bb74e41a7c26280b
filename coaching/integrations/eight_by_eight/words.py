"""8x8's words and ours, compared whatever the case: the documents differ in it."""

from decimal import Decimal
from typing import TypeVar

from coaching.records import Channel, Direction, RecordingState, SentimentLabel, Speaker

Value = TypeVar("Value")

CHANNELS = {
    "phone": Channel.VOICE,
    "voicemail": Channel.VOICE,
    "chat": Channel.CHAT,
    "email": Channel.EMAIL,
}
DIRECTIONS = {
    "inbounddir": Direction.INBOUND,
    "outbounddir": Direction.OUTBOUND,
    "inbound": Direction.INBOUND,
    "outbound": Direction.OUTBOUND,
}
BETWEEN_COLLEAGUES = {"internalcall", "consultationcall"}
# What came of an offer, and whether the agent took the contact; nothing: it was not offered.
OFFERS = {
    "": True,
    "accepted": True,
    "rejected": False,
    "offertimeout": False,
    "abandoned": False,
    "customerhangup": False,
}
# Who speaks: channel 0 is the side that was called, channel 1 the side that calls.
SPEAKERS: dict[tuple[str, int | None], Speaker] = {
    ("inbound", 0): Speaker.AGENT,
    ("inbound", 1): Speaker.CUSTOMER,
    ("outbound", 0): Speaker.CUSTOMER,
    ("outbound", 1): Speaker.AGENT,
}
SPOKEN = {"voiceinteraction", "voicescreen"}
RECORDING_STATES = {
    "pending": RecordingState.PENDING,
    "available": RecordingState.AVAILABLE,
    "revoked": RecordingState.DELETED,
    "deleted": RecordingState.DELETED,
    "failed": RecordingState.ERROR,
}
EMOTIONS = {
    "negative": (Decimal(-1), SentimentLabel.VERY_NEGATIVE),
    "mostly negative": (Decimal("-0.5"), SentimentLabel.NEGATIVE),
    "neutral": (Decimal(0), SentimentLabel.NEUTRAL),
    "mostly positive": (Decimal("0.5"), SentimentLabel.POSITIVE),
    "positive": (Decimal(1), SentimentLabel.VERY_POSITIVE),
}
SENDERS = {"agent": Speaker.AGENT, "user": Speaker.CUSTOMER}
