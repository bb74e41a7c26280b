"""What NICE plays of a contact -> its recordings, and how the customer's words were read."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from coaching import records
from coaching.integrations.nice_cxone import payloads
from coaching.integrations.nice_cxone.words import SENTIMENTS, SPEAKERS, known, letters
from coaching.records import SentimentLabel, SentimentScope, Speaker

_MILLISECOND = timedelta(milliseconds=1)


def read_recordings(payload: Any, _unknown: Counter[str]) -> Iterator[records.Recording]:
    """Yield a recording per segment: the media server plays each of them by itself."""
    played = payloads.Played.read(payload)
    if not _is_sound(played):
        return
    for segment in played.data.segments_data_list:
        yield records.Recording(
            external_id=segment.segment_id,
            interaction_external_id=played.master_contact_id,
            started_at=segment.start_time,
            duration_ms=_distance_ms(segment.start_time, segment.end_time),
            channel_speakers=_speakers(played.data, segment),
            fetch_ref=segment.segment_id,
        )


def read_sentiments(payload: Any, unknown: Counter[str]) -> Iterator[records.SentimentSpan]:
    """Yield the mood on the customer's channel; that of an agent's is an employee's."""
    played = payloads.Played.read(payload)
    customers = {
        it.channel for it in played.data.participant_data_list if _side(it) is Speaker.CUSTOMER
    }
    for heard in played.data.sentiments:
        if heard.channel is None or heard.channel not in customers:
            continue
        score, label = known(
            SENTIMENTS,
            heard.overall_sentiment,
            field="overallSentiment",
            default=(None, SentimentLabel.UNKNOWN),
            unknown=unknown,
        )
        yield records.SentimentSpan(
            interaction_external_id=played.master_contact_id,
            scope=SentimentScope.PARTICIPANT,
            communication_id=_segment_at(played.data, heard.segment_start_time),
            start_ms=_distance_ms(played.data.start_time, heard.segment_start_time),
            score=score,
            label=label,
            raw_value=heard.overall_sentiment,
            raw_scale="NEGATIVE-POSITIVE",
        )


def _segment_at(sound: payloads.Sound, start: datetime | None) -> str:
    starting = (it.segment_id for it in sound.segments_data_list if it.start_time == start)
    return next(starting, "")


def _is_sound(played: payloads.Played) -> bool:
    return letters(played.media_type).startswith("voice")


def _speakers(sound: payloads.Sound, segment: payloads.Segment) -> tuple[Speaker, ...]:
    """Return who is on which channel, if all channels from 0 are told apart."""
    sides = {
        it.channel: _side(it)
        for it in sound.participant_data_list
        if it.channel is not None and it.segment_id in ("", segment.segment_id)
    }
    is_whole = sorted(sides) == list(range(len(sides)))
    return tuple(sides[channel] for channel in sorted(sides)) if is_whole else ()


def _side(participant: payloads.Participant) -> Speaker:
    return SPEAKERS.get(letters(participant.participant_type), Speaker.UNKNOWN)


def _distance_ms(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None or end < start:
        return None
    return (end - start) // _MILLISECOND
