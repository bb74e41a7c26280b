"""Avaya Infinity's words and ours, compared whatever the case."""

from collections import Counter
from typing import TypeVar

from coaching.integrations.normalise import clean, known, language_code
from coaching.records import Channel, Direction, LiveKind, Speaker

Value = TypeVar("Value")

CHANNELS = {
    "phone": Channel.VOICE,
    "voice": Channel.VOICE,
    "chat": Channel.CHAT,
    "message": Channel.MESSAGE,
    "messaging": Channel.MESSAGE,
    "sms": Channel.MESSAGE,
    "email": Channel.EMAIL,
    "callback": Channel.CALLBACK,
    "video": Channel.VIDEO,
    "social": Channel.SOCIAL,
    "task": Channel.TASK,
}
# A sub-type tells the direction of some channels and the kind of work of others.
DIRECTIONS = {
    "inbound": Direction.INBOUND,
    "outbound": Direction.OUTBOUND,
    "internal": Direction.INTERNAL,
}
SPEAKERS = {"user": Speaker.AGENT, "bot": Speaker.BOT, "customer": Speaker.CUSTOMER}
ADDRESSES = {"email", "phonenumber"}  # of the customer who writes in, of ours who writes out
LIVE_KINDS = {
    "interaction.created": LiveKind.SESSION_STARTED,
    "interaction.transferred": LiveKind.TRANSFER,
    "interaction.completed": LiveKind.SESSION_ENDED,
}
OTHER_FAMILIES = {"agent", "queue"}  # genuine, but nothing of a contact
UNIT_MS = {"seconds": 1000, "milliseconds": 1}


def speaker(author: str, direction: str, unknown: Counter[str]) -> Speaker:
    if author.casefold() in ADDRESSES:
        return Speaker.CUSTOMER if direction.casefold() == "in" else Speaker.UNKNOWN
    return known(SPEAKERS, author, field="author", default=Speaker.UNKNOWN, unknown=unknown)


def language(code: str | None, unknown: Counter[str]) -> str | None:
    found = language_code(code)
    if code and not found:
        unknown[f"languageCode={clean(code, 60)}"] += 1
    return found
