"""Sentences and operator results of Intelligence -> what was said, and how it sounded."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.base import Unreadable
from coaching.integrations.normalise import clean, known
from coaching.integrations.twilio import payloads
from coaching.integrations.twilio.lists import Links
from coaching.integrations.twilio.words import ROLES, SCORES, SENTIMENTS, language
from coaching.records import SentimentLabel, Speaker

SENTIMENT_SCALE = "positive, neutral, negative, mixed"
_OTHER_SIDE = {"1": 2, "2": 1}
_CLASSIFIED = "conversation-classify"


@dataclass(frozen=True, slots=True)
class Reader:
    """Read what belongs to a transcript."""

    links: Links
    customer_channel: str
    sentiment_operator: str

    def read_sentence(
        self, payload: Any, unknown: Counter[str]
    ) -> Iterator[records.TranscriptSegment]:
        joined = payloads.SentenceOf.model_validate(payload)
        transcript, sentence = joined.of, joined.found
        text = clean(sentence.transcript, 10_000)
        if not text:
            return
        yield records.TranscriptSegment(
            interaction_external_id=self._contact_of(transcript),
            communication_id=transcript.sid,
            utterance_id=sentence.sid or str(sentence.sentence_index),
            ordinal=sentence.sentence_index,
            speaker=self._speaker(transcript, sentence.media_channel, unknown),
            start_ms=_ms(sentence.start_time),
            end_ms=_ms(sentence.end_time),
            text=text,
            language=language(transcript.language_code, unknown),
            confidence=sentence.confidence,
            redacted=transcript.redaction,
        )

    def read_operator_result(
        self, payload: Any, unknown: Counter[str]
    ) -> Iterator[records.SentimentSpan]:
        joined = payloads.ResultOf.model_validate(payload)
        transcript, result = joined.of, joined.found
        is_sentiment = result.name.casefold() == self.sentiment_operator.casefold()
        if not (is_sentiment and result.operator_type == _CLASSIFIED and result.predicted_label):
            return
        label = sentiment(result.predicted_label, unknown)
        yield records.SentimentSpan(
            interaction_external_id=self._contact_of(transcript),
            scope=records.SentimentScope.CONVERSATION,
            communication_id=transcript.sid,
            speaker=Speaker.UNKNOWN,  # the operator reads both sides
            score=SCORES.get(label),
            label=label,
            raw_value=clean(result.predicted_label, 60),
            raw_scale=SENTIMENT_SCALE,
            model=clean(result.name, 120),
        )

    def _contact_of(self, transcript: payloads.Transcript) -> str:
        """Return the task that we are told, or that of the recording."""
        key = transcript.customer_key or ""
        source = transcript.channel.media_properties.source_sid
        contact = key if key.startswith("WT") else self.links.contact_of(source)
        if not contact:
            raise Unreadable("channel", "names no recording")
        return contact

    def _speaker(
        self, transcript: payloads.Transcript, channel: int | None, unknown: Counter[str]
    ) -> Speaker:
        for participant in transcript.channel.participants:
            if participant.channel_participant == channel and participant.role:
                role, none = participant.role, Speaker.UNKNOWN
                return known(ROLES, role, field="role", default=none, unknown=unknown)
        if str(channel) == self.customer_channel:
            return Speaker.CUSTOMER
        is_agent = channel is not None and channel == _OTHER_SIDE.get(self.customer_channel)
        return Speaker.AGENT if is_agent else Speaker.UNKNOWN


def sentiment(label: str, unknown: Counter[str]) -> SentimentLabel:
    return known(
        SENTIMENTS, label, field="sentiment", default=SentimentLabel.UNKNOWN, unknown=unknown
    )


def _ms(seconds: Decimal | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)
