"""The real-time analysis of a call -> live events.

The stream and the API name the same segments; only the stream's envelope names the contact, so
an answer of the API gets it from us. Neither says when something was said, only how long after
the call began, so an event carries the time at which we read it.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.amazon_connect import lens
from coaching.integrations.amazon_connect.analysis import speaker, turn_sentiment
from coaching.integrations.amazon_connect.words import LIVE_KINDS, language
from coaching.integrations.normalise import clean, known
from coaching.records import LiveKind, Speaker

SEGMENTS = "SEGMENTS"


def read_live(payload: Any, unknown: Counter[str], *, now: datetime) -> Iterator[records.LiveEvent]:
    live = lens.LiveAnalysis.model_validate(payload)
    if live.event_type != SEGMENTS:
        yield _state(live, now, unknown)
    for segment in live.segments:
        if segment.transcript:
            yield _turn(live, segment.transcript, now, unknown)
        if segment.categories:
            yield from _matches(live.contact_id, segment.categories, now)


def _state(live: lens.LiveAnalysis, now: datetime, unknown: Counter[str]) -> records.LiveEvent:
    word = live.event_type
    return records.LiveEvent(
        event_id=f"{live.contact_id}:{clean(word, 60)}",
        kind=known(LIVE_KINDS, word, field="EventType", default=LiveKind.UNKNOWN, unknown=unknown),
        interaction_external_id=live.contact_id,
        occurred_at=now,
    )


def _turn(
    live: lens.LiveAnalysis,
    turn: lens.Turn,
    now: datetime,
    unknown: Counter[str],
) -> records.LiveEvent:
    who = speaker(turn.participant_role, unknown)
    begin, end = turn.begin_offset_millis, turn.end_offset_millis
    return records.LiveEvent(
        event_id=turn.id,
        kind=LiveKind.FINAL,
        interaction_external_id=live.contact_id,
        speaker=who,
        occurred_at=now,
        offset_ms=begin,
        duration_ms=None if begin is None or end is None else end - begin,
        text=clean(turn.content, 10_000),
        language=language(turn.language_code or live.language_code, unknown),
        score=_score(turn, unknown) if who is Speaker.CUSTOMER else None,
    )


def _score(turn: lens.Turn, unknown: Counter[str]) -> Decimal | None:
    return turn_sentiment(turn.sentiment, unknown)[0]


def _matches(
    contact: str, categories: lens.Categories, now: datetime
) -> Iterator[records.LiveEvent]:
    """Yield each place where a rule of the centre matched what was said."""
    for name, detail in categories.matched_details.items():
        label = clean(name, 60)
        for point in detail.points_of_interest:
            yield records.LiveEvent(
                event_id=f"{contact}:{label}:{point.begin_offset_millis}",
                kind=LiveKind.OPERATOR_RESULT,
                interaction_external_id=contact,
                occurred_at=now,
                offset_ms=point.begin_offset_millis,
                duration_ms=point.end_offset_millis - point.begin_offset_millis,
                label=label,
            )
