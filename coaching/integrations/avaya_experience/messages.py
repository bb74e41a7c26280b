"""Messages of digital engagements -> what was written, and how the customer's words were read."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from coaching import records
from coaching.integrations.avaya_experience import payloads
from coaching.integrations.avaya_experience.words import SENTIMENTS, SPEAKERS, language
from coaching.integrations.base import Unreadable
from coaching.integrations.normalise import clean, known
from coaching.records import SentimentLabel, SentimentScope, Speaker

TEXT_LENGTH = 10_000
SCORE_SCALE = "-1 to 1"
LABEL_SCALE = "NEGATIVE, NEUTRAL, POSITIVE"
_DELETED = "delete"
_HIDDEN = {"head", "script", "style", "title"}
_LINES = {"blockquote", "br", "div", "h1", "h2", "h3", "li", "p", "table", "tr"}

Payload = dict[str, Any]


def listed(page: Payload) -> list[Any]:
    """Return the messages of a page, each with its place and its engagement."""
    found = page.get("messages")
    if not isinstance(found, list):
        raise Unreadable("messages", "is missing")
    about = {key: page.get(key) for key in ("engagementStartedAt", "agents")}
    return [
        {**one, **about, "place": place} if isinstance(one, dict) else one
        for place, one in enumerate(found)
    ]


def read_message(payload: Any, unknown: Counter[str]) -> Iterator[records.TranscriptSegment]:
    message = payloads.Message.model_validate(payload)
    if not (text := _text(message)):
        return
    index, speaker = message.message_index, _speaker(message, unknown)
    yield records.TranscriptSegment(
        interaction_external_id=message.engagement_id,
        communication_id=message.dialog_id,
        utterance_id=message.message_id,
        ordinal=message.place if index is None else index,
        speaker=speaker,
        agent_external_id=_agent(message) if speaker is Speaker.AGENT else None,
        start_ms=_start_ms(message),
        text=text,
        language=language(message.nlu_metadata.language, unknown),
    )


def read_sentiment(payload: Any, unknown: Counter[str]) -> Iterator[records.SentimentSpan]:
    """Yield what is known to be the customer's; words of anybody else are passed over."""
    message = payloads.Message.model_validate(payload)
    found = message.nlu_metadata.sentiment
    is_said = found.label or found.score is not None
    if not is_said or not _text(message) or _speaker(message, Counter()) is not Speaker.CUSTOMER:
        return
    yield records.SentimentSpan(
        interaction_external_id=message.engagement_id,
        scope=SentimentScope.SEGMENT,
        communication_id=message.dialog_id,
        utterance_id=message.message_id,
        start_ms=_start_ms(message),
        score=None if found.score is None else round(found.score, 3),
        label=known(
            SENTIMENTS,
            found.label,
            field="sentiment",
            default=SentimentLabel.UNKNOWN,
            unknown=unknown,
        ),
        raw_value=clean(found.label if found.score is None else str(found.score), 60),
        raw_scale=LABEL_SCALE if found.score is None else SCORE_SCALE,
    )


def _text(message: payloads.Message) -> str:
    """Return the words that the customer saw or wrote: nothing private, nothing taken back."""
    if message.private_message or message.message_type.casefold() == _DELETED:
        return ""
    element = message.body.element_text
    is_html = element.text_format.casefold() == "html"
    text = plain(element.text) if is_html else element.text
    return clean(text or message.fallback_text, TEXT_LENGTH)


def _speaker(message: payloads.Message, unknown: Counter[str]) -> Speaker:
    return known(
        SPEAKERS,
        message.sender_participant_type,
        field="senderParticipantType",
        default=Speaker.UNKNOWN,
        unknown=unknown,
    )


def _agent(message: payloads.Message) -> str:
    """Return whose words these are: words of nobody known are not ours to keep."""
    is_of_the_leg = message.sender_participant_type.casefold() == "agent"
    known = message.agents.get(message.dialog_id) if is_of_the_leg else None
    if not (known or message.sender_participant_id):
        raise Unreadable("senderParticipantId", "is missing")
    return known or message.sender_participant_id


def _start_ms(message: payloads.Message) -> int | None:
    """Return the time from the start of the engagement, where it makes sense."""
    received_at, started_at = message.message_received_timestamp, message.engagement_started_at
    if received_at is None or started_at is None or received_at < started_at:
        return None
    return round((received_at - started_at).total_seconds() * 1000)


def plain(html: str) -> str:
    """Return the words of an e-mail that is written as a web page."""
    page = _Words()
    page.feed(html)
    page.close()
    text = re.sub(r"[^\S\n]+", " ", "".join(page.words))
    return re.sub(r"\s*\n\s*", "\n", text).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden_count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden_count += tag in _HIDDEN
        if tag in _LINES:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden_count -= tag in _HIDDEN and self._hidden_count > 0
        if tag in _LINES:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden_count:
            self.words.append(re.sub(r"\s+", " ", data))
