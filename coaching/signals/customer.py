"""The door to all text signals: segments of a transcript -> what the customer said."""

from collections.abc import Iterable
from typing import NewType

from coaching.records import Speaker, TranscriptSegment

CustomerText = NewType("CustomerText", str)


def said_by_customer(segments: Iterable[TranscriptSegment]) -> list[CustomerText]:
    """Return the texts of the customer in the order given, without what is still being spoken.

    Privacy: sentiment, language and topics take `CustomerText` alone, so that a type checker
    refuses an agent's words; a speaker we do not know may be the agent and is left out.
    """
    return [
        CustomerText(segment.text)
        for segment in segments
        if segment.speaker is Speaker.CUSTOMER and segment.is_final and segment.text.strip()
    ]
