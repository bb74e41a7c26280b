"""Puzzel's words and ours."""

from coaching.integrations.base import Unverified
from coaching.records import Channel

INITIATION, QUEUE, MENU, CONVERSATION = "i", "q", "m", "c"
EVENT_TYPES = {INITIATION, QUEUE, MENU, CONVERSATION}
ANSWERED_BY_AN_AGENT = "k"  # how a wait in a queue ended well

_CHANNELS = {
    "phone": Channel.VOICE,
    "chat": Channel.CHAT,
    "email": Channel.EMAIL,
    "social": Channel.SOCIAL,
    "sms": Channel.MESSAGE,
    "task": Channel.TASK,
    "video": Channel.VIDEO,
}


def channels(setting: str) -> dict[str, Channel]:
    """Read what the numbers of media types mean, such as `1=phone, 2=chat`."""
    pairs = [pair.partition("=") for pair in setting.casefold().split(",") if pair.strip()]
    words = {number.strip(): word.strip().replace("-", "") for number, _, word in pairs}
    unknown = sorted(set(words.values()) - set(_CHANNELS))
    if unknown:
        raise Unverified(f"media types are {', '.join(_CHANNELS)}, not {', '.join(unknown)}")
    return {number: _CHANNELS[word] for number, word in words.items()}
