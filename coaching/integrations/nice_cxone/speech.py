"""NICE's analysed transcripts -> what was said."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.nice_cxone import payloads
from coaching.integrations.nice_cxone.lists import Known
from coaching.integrations.nice_cxone.words import SPEAKERS, known
from coaching.integrations.normalise import clean, language_code
from coaching.records import Speaker


def read_transcript(
    payload: Any, unknown: Counter[str], *, ids: Known
) -> Iterator[records.TranscriptSegment]:
    transcript = payloads.Transcript.read(payload)
    per_unit = _ms_per_unit(transcript)
    for block in transcript.transcript_blocks:
        text = clean(block.text, 10_000)
        if not text:
            continue
        speaker = known(
            SPEAKERS,
            block.user_type or block.channel_name,
            field="userType",
            default=Speaker.UNKNOWN,
            unknown=unknown,
        )
        start_ms, end_ms = _times_ms(block, per_unit)
        yield records.TranscriptSegment(
            interaction_external_id=ids.master(transcript.acd_contact_id) or "",
            communication_id=transcript.segment_id,
            utterance_id=str(block.ordinal),
            ordinal=block.ordinal,
            speaker=speaker,
            agent_external_id=ids.agent(block.user_id) if speaker is Speaker.AGENT else None,
            start_ms=start_ms,
            end_ms=end_ms,
            text=text,
            language=language_code(transcript.language),
            confidence=_share(block.voice_metadata.confidence),
        )


def _ms_per_unit(transcript: payloads.Transcript) -> int | None:
    """Tell seconds from milliseconds: speech in seconds ends within its segment.

    The contract names no unit. Without the segment's length the times say nothing.
    """
    ends = [it.voice_metadata.end_time for it in transcript.transcript_blocks]
    last = max((end for end in ends if end is not None), default=None)
    if last is None or transcript.start_time is None or transcript.end_time is None:
        return None
    seconds = (transcript.end_time - transcript.start_time).total_seconds()
    return 1000 if last <= Decimal(seconds) + 1 else 1


def _times_ms(block: payloads.Block, per_unit: int | None) -> tuple[int | None, int | None]:
    start, end = block.voice_metadata.start_time, block.voice_metadata.end_time
    if per_unit is None or start is None or end is None:
        return None, None
    return int(start * per_unit), int(end * per_unit)


def _share(confidence: float | None) -> float | None:
    """Return a confidence that is a share; the contract names no scale."""
    return confidence if confidence is not None and 0 <= confidence <= 1 else None
