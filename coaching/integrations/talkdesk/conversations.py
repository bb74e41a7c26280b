"""Talkdesk's transcripts -> what was said, and how the customer's words were read."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.normalise import clean, known
from coaching.integrations.talkdesk import payloads
from coaching.integrations.talkdesk.words import NO_SENTIMENT, SENTIMENTS, SPEAKERS
from coaching.records import SentimentScope, Speaker

TEXT_LENGTH = 10_000
RAW_SCALE = "negative, neutral, positive"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_transcript(payload: Any, unknown: Counter[str]) -> Iterator[records.TranscriptSegment]:
    conversation = payloads.Conversation.model_validate(payload)
    for ordinal, message in enumerate(conversation.messages):
        yield records.TranscriptSegment(
            interaction_external_id=_call_id(conversation),
            utterance_id=message.message_id,
            ordinal=ordinal,
            speaker=_speaker(message, unknown),
            start_ms=_ms(message.start_time),
            end_ms=_ms(message.end_time),
            text=clean(message.text, TEXT_LENGTH),
        )


def read_sentiment(payload: Any, unknown: Counter[str]) -> Iterator[records.SentimentSpan]:
    """Yield what is known to be the customer's; words of anybody else are passed over."""
    conversation = payloads.Conversation.model_validate(payload)
    for message in conversation.messages:
        if not message.sentiment or _speaker(message, Counter()) is not Speaker.CUSTOMER:
            continue
        label, score = known(
            SENTIMENTS,
            message.sentiment,
            field="sentiment",
            default=NO_SENTIMENT,
            unknown=unknown,
        )
        yield records.SentimentSpan(
            interaction_external_id=_call_id(conversation),
            scope=SentimentScope.SEGMENT,
            utterance_id=message.message_id,
            start_ms=_ms(message.start_time),
            end_ms=_ms(message.end_time),
            score=score,
            label=label,
            raw_value=clean(message.sentiment, 60),
            raw_scale=RAW_SCALE,
        )


def _speaker(message: payloads.Message, unknown: Counter[str]) -> Speaker:
    return known(
        SPEAKERS,
        message.participant,
        field="participant",
        default=Speaker.UNKNOWN,
        unknown=unknown,
    )


def _call_id(conversation: payloads.Conversation) -> str:
    """Return the id under which reports know the contact: the same without dashes."""
    is_uuid = _UUID.fullmatch(conversation.id.casefold())
    return conversation.id.replace("-", "").casefold() if is_uuid else conversation.id


def _ms(seconds: Decimal | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
