"""8x8 transcriptions -> what was said, and how the customer's words were read.

The emotion of a whole interaction mixes both sides, and that of the agent's words is an
employee's: neither is taken in.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.eight_by_eight import payloads
from coaching.integrations.eight_by_eight.words import EMOTIONS, SPEAKERS, SPOKEN
from coaching.integrations.normalise import clean, known
from coaching.records import SentimentLabel, SentimentScope, Speaker


def is_spoken(payload: Any) -> bool:
    """Tell whether an interaction can have a transcription."""
    interaction = payloads.Interaction.model_validate(payload)
    return interaction.media.interaction_type.casefold() in SPOKEN


def read_segment(payload: Any, _unknown: Counter[str]) -> Iterator[records.TranscriptSegment]:
    spoken = payloads.Utterance.model_validate(payload)
    text = clean(spoken.text, 10_000)
    if not text:
        return
    speaker, agent = _speaker(spoken), spoken.interaction.agent
    yield records.TranscriptSegment(
        interaction_external_id=spoken.interaction.interaction_guid,
        utterance_id=str(spoken.ordinal),
        ordinal=spoken.ordinal,
        speaker=speaker,
        agent_external_id=(agent.key or None) if agent and speaker is Speaker.AGENT else None,
        start_ms=_milliseconds(spoken.timestamp_start),
        end_ms=_milliseconds(spoken.timestamp_end),
        text=text,
        confidence=None if spoken.confidence is None else spoken.confidence / 100,
    )


def read_emotion(payload: Any, unknown: Counter[str]) -> Iterator[records.SentimentSpan]:
    spoken = payloads.Utterance.model_validate(payload)
    if not spoken.emotion or _speaker(spoken) is not Speaker.CUSTOMER:
        return
    unsaid = (None, SentimentLabel.UNKNOWN)
    score, label = known(EMOTIONS, spoken.emotion, field="emotion", default=unsaid, unknown=unknown)
    yield records.SentimentSpan(
        interaction_external_id=spoken.interaction.interaction_guid,
        scope=SentimentScope.SEGMENT,
        utterance_id=str(spoken.ordinal),
        start_ms=_milliseconds(spoken.timestamp_start),
        end_ms=_milliseconds(spoken.timestamp_end),
        score=score,
        label=label,
        raw_value=clean(spoken.emotion, 60),
        raw_scale="Negative-Positive",
    )


def _speaker(spoken: payloads.Utterance) -> Speaker:
    """Say who speaks on a channel; of an interaction without a direction we do not know."""
    side = (spoken.interaction.telephony.direction.casefold(), spoken.channel)
    return SPEAKERS.get(side, Speaker.UNKNOWN)


def _milliseconds(seconds: Decimal | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)
