"""Files of Contact Lens about a call or chat -> what was said, and how the customer's words read.

Sentiment of employees is in the files and is not read.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.amazon_connect import lens
from coaching.integrations.amazon_connect.words import SPEAKERS, TURN_SENTIMENTS, language
from coaching.integrations.normalise import clean, known
from coaching.records import SentimentLabel, SentimentScope, Speaker

TEXTS = {"text/plain", "text/markdown"}  # the rest is events, forms and attachments
SCALE = Decimal(5)  # scores run from -5 to 5
LEANING = Decimal("0.2")  # from here on a score says something
TURN_SCALE = "NEGATIVE/NEUTRAL/POSITIVE"
NOTHING: tuple[Decimal | None, SentimentLabel] = (None, SentimentLabel.UNKNOWN)


def read_transcript(payload: Any, unknown: Counter[str]) -> Iterator[records.TranscriptSegment]:
    analysis = lens.Analysis.model_validate(payload)
    spoken = language(analysis.language_code, unknown)
    redacted = analysis.content_metadata.output.casefold() == "redacted"
    started_at = _started_at(analysis)
    for ordinal, turn in enumerate(analysis.transcript):
        text = clean(turn.content, 10_000)
        if not text or turn.content_type not in TEXTS:
            continue
        yield records.TranscriptSegment(
            interaction_external_id=analysis.customer_metadata.contact_id,
            utterance_id=turn.id,
            ordinal=ordinal,
            speaker=speaker(_role(analysis, turn), unknown),
            start_ms=_start_ms(turn, started_at),
            end_ms=turn.end_offset_millis,
            text=text,
            language=spoken,
            redacted=redacted,
        )


def read_sentiment(payload: Any, unknown: Counter[str]) -> Iterator[records.SentimentSpan]:
    analysis = lens.Analysis.model_validate(payload)
    contact, found = (
        analysis.customer_metadata.contact_id,
        analysis.conversation_characteristics.sentiment,
    )
    overall = found.overall_sentiment
    by_role = overall.details_by_participant_role.customer
    whole = by_role if overall.customer is None else overall.customer
    if whole is not None:
        yield _scored(whole, contact, scope=SentimentScope.CONVERSATION)
    for period in found.sentiment_by_period.quarter.customer:
        yield _scored(
            period.score,
            contact,
            scope=SentimentScope.PERIOD,
            start_ms=period.begin_offset_millis,
            end_ms=period.end_offset_millis,
        )
    yield from _of_turns(analysis, unknown)


def speaker(role: str, unknown: Counter[str]) -> Speaker:
    return known(SPEAKERS, role, field="ParticipantRole", default=Speaker.UNKNOWN, unknown=unknown)


def turn_sentiment(word: str, unknown: Counter[str]) -> tuple[Decimal | None, SentimentLabel]:
    return known(TURN_SENTIMENTS, word, field="Sentiment", default=NOTHING, unknown=unknown)


def _scored(
    score: Decimal,
    contact: str,
    *,
    scope: SentimentScope,
    start_ms: int | None = None,
    end_ms: int | None = None,
) -> records.SentimentSpan:
    share = (score / SCALE).quantize(Decimal("0.001"))
    label = SentimentLabel.NEUTRAL
    if abs(share) >= LEANING:
        label = SentimentLabel.POSITIVE if share > 0 else SentimentLabel.NEGATIVE
    return records.SentimentSpan(
        interaction_external_id=contact,
        scope=scope,
        start_ms=start_ms,
        end_ms=end_ms,
        score=share,
        label=label,
        raw_value=str(score)[:32],
        raw_scale="-5..5",
    )


def _of_turns(analysis: lens.Analysis, unknown: Counter[str]) -> Iterator[records.SentimentSpan]:
    """Yield how each of the customer's turns reads; a chat keeps that beside its transcript."""
    groups = analysis.conversation_characteristics.sentiment.details_by_transcript_item_group
    beside = {item.id: group.sentiment for group in groups for item in group.transcript_items}
    started_at = _started_at(analysis)
    for turn in analysis.transcript:
        word = turn.sentiment or beside.get(turn.id, "")
        if not word or _role(analysis, turn).casefold() != "customer":
            continue
        score, label = turn_sentiment(word, unknown)
        yield records.SentimentSpan(
            interaction_external_id=analysis.customer_metadata.contact_id,
            scope=SentimentScope.SEGMENT,
            utterance_id=turn.id,
            start_ms=_start_ms(turn, started_at),
            end_ms=turn.end_offset_millis,
            score=score,
            label=label,
            raw_value=clean(word, 32),
            raw_scale=TURN_SCALE,
        )


def _role(analysis: lens.Analysis, turn: lens.Turn) -> str:
    roles = {it.participant_id: it.participant_role for it in analysis.participants}
    return turn.participant_role or roles.get(turn.participant_id, turn.participant_id)


def _started_at(analysis: lens.Analysis) -> datetime | None:
    """Return when a chat began: with its first line, be it that the customer came in."""
    times = (turn.absolute_time for turn in analysis.transcript)
    return min((time for time in times if time), default=None)


def _start_ms(turn: lens.Turn, started_at: datetime | None) -> int | None:
    if turn.begin_offset_millis is not None or not (turn.absolute_time and started_at):
        return turn.begin_offset_millis
    return round((turn.absolute_time - started_at).total_seconds() * 1000)
