"""Genesys' transcripts and analytics -> what was said, and how the customer's words were read.

Whatever is measured of employees, their empathy or their moods, is not read.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.genesys import payloads
from coaching.integrations.genesys.words import SPEAKERS
from coaching.integrations.normalise import clean, known
from coaching.records import SentimentLabel, SentimentScope, Speaker

TEXT_LENGTH = 10_000
LEANING = Decimal("0.2")  # from here on a score says something
PHRASE_SCALE = "-1/0/1"
_EPOCH_MS = 10**11  # a greater number is a moment, a smaller one an offset


@dataclass(frozen=True, slots=True)
class Scale:
    """How far the scores of a mood reach: 1 or 100, or auto, where each value tells."""

    reach: str

    def score(self, value: Decimal) -> Decimal:
        return (value / 100 if self._is_percent(value) else value).quantize(Decimal("0.001"))

    def name(self, value: Decimal) -> str:
        return "-100..100" if self._is_percent(value) else "-1..1"

    def _is_percent(self, value: Decimal) -> bool:
        return self.reach == "100" or (self.reach != "1" and abs(value) > 1)


def read_transcript(payload: Any, unknown: Counter[str]) -> Iterator[records.TranscriptSegment]:
    file = payloads.TranscriptFile.read(payload)
    ours = _our_side(file, unknown)
    spoken = (
        (f"{transcript.transcript_id}:{index}", phrase)
        for transcript in file.transcripts
        for index, phrase in _numbered(transcript)
    )
    for ordinal, (utterance_id, phrase) in enumerate(spoken):
        text = clean(phrase.decorated_text or phrase.text, TEXT_LENGTH)
        if not text:
            continue
        speaker, agent = _voice(phrase, ours, unknown)
        yield records.TranscriptSegment(
            interaction_external_id=file.conversation_id,
            communication_id=file.communication_id,
            utterance_id=utterance_id,
            ordinal=ordinal,
            speaker=speaker,
            agent_external_id=agent,
            start_ms=_offset_ms(file, phrase.start_time_ms),
            text=text,
            confidence=phrase.confidence,
        )


def read_phrase_sentiment(payload: Any, _unknown: Counter[str]) -> Iterator[records.SentimentSpan]:
    """Yield how each phrase of the customer reads."""
    file = payloads.TranscriptFile.read(payload)
    for transcript in file.transcripts:
        sides = {index: phrase.participant_purpose for index, phrase in _numbered(transcript)}
        for found in transcript.analytics.sentiment:
            side = found.participant or sides.get(found.phrase_index, "")
            if SPEAKERS.get(side.casefold()) is not Speaker.CUSTOMER:
                continue
            yield records.SentimentSpan(
                interaction_external_id=file.conversation_id,
                scope=SentimentScope.SEGMENT,
                communication_id=file.communication_id,
                utterance_id=f"{transcript.transcript_id}:{found.phrase_index}",
                start_ms=_offset_ms(file, found.start_time_ms),
                score=found.sentiment,
                label=_label(found.sentiment),
                raw_value=str(found.sentiment),
                raw_scale=PHRASE_SCALE,
            )


def read_metrics(
    payload: Any, _unknown: Counter[str], *, scale: Scale
) -> Iterator[records.SentimentSpan]:
    """Yield the mood of a whole conversation, which is that of its customer."""
    metrics = payloads.ConversationMetrics.read(payload)
    value = metrics.sentiment_score
    if value is None:
        return
    score = scale.score(value)
    yield records.SentimentSpan(
        interaction_external_id=metrics.conversation.id,
        scope=SentimentScope.CONVERSATION,
        score=score,
        label=_label(score),
        raw_value=str(value)[:32],
        raw_scale=scale.name(value),
    )


def _label(score: Decimal) -> SentimentLabel:
    if abs(score) < LEANING:
        return SentimentLabel.NEUTRAL
    return SentimentLabel.POSITIVE if score > 0 else SentimentLabel.NEGATIVE


def _our_side(
    file: payloads.TranscriptFile, unknown: Counter[str]
) -> list[tuple[Speaker, payloads.Voice]]:
    voices = ((_speaker(voice.participant_purpose, unknown), voice) for voice in file.participants)
    return [(speaker, voice) for speaker, voice in voices if speaker is not Speaker.CUSTOMER]


def _voice(
    phrase: payloads.Phrase, ours: list[tuple[Speaker, payloads.Voice]], unknown: Counter[str]
) -> tuple[Speaker, str | None]:
    """Say who speaks: phrases tell the side alone, participants which of us was there."""
    side = _speaker(phrase.participant_purpose, unknown)
    if side is not Speaker.AGENT:
        return side, None
    there = [(speaker, voice) for speaker, voice in ours if _is_there(voice, phrase)]
    voices = {(speaker, voice.user_id) for speaker, voice in there or ours}
    return voices.pop() if len(voices) == 1 else (side, None)


def _is_there(voice: payloads.Voice, phrase: payloads.Phrase) -> bool:
    times = (voice.start_time_ms, phrase.start_time_ms, voice.end_time_ms)
    start, said, end = (-1 if time is None else time for time in times)
    return 0 <= start <= said <= end


def _speaker(purpose: str, unknown: Counter[str]) -> Speaker:
    return known(
        SPEAKERS, purpose, field="participantPurpose", default=Speaker.UNKNOWN, unknown=unknown
    )


def _numbered(transcript: payloads.Transcript) -> Iterator[tuple[int, payloads.Phrase]]:
    """Yield each phrase with its number; where it has none, its place says it."""
    for position, phrase in enumerate(transcript.phrases):
        yield position if phrase.phrase_index is None else phrase.phrase_index, phrase


def _offset_ms(file: payloads.TranscriptFile, time_ms: int | None) -> int | None:
    """Return the time since the contact began, of a moment or of such a time already."""
    if time_ms is None or time_ms <= _EPOCH_MS:
        return time_ms
    started_ms = file.conversation_start_time
    return None if started_ms is None else max(time_ms - started_ms, 0)
