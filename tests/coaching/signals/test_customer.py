import pytest

from coaching.records import Speaker, TranscriptSegment
from coaching.signals.customer import said_by_customer

pytestmark = pytest.mark.pure


def segment(speaker: Speaker, text: str, *, is_final: bool = True) -> TranscriptSegment:
    return TranscriptSegment(
        interaction_external_id="c-1",
        utterance_id=text or "-",
        speaker=speaker,
        text=text,
        is_final=is_final,
    )


def test_only_the_customer_is_read() -> None:
    spoken = [segment(speaker, f"words of the {speaker}") for speaker in Speaker]

    assert said_by_customer(spoken) == ["words of the customer"]


def test_empty_and_unfinished_lines_are_left_out() -> None:
    spoken = [
        segment(Speaker.CUSTOMER, "first"),
        segment(Speaker.CUSTOMER, "  "),
        segment(Speaker.CUSTOMER, "sec", is_final=False),
        segment(Speaker.CUSTOMER, "second"),
    ]

    assert said_by_customer(spoken) == ["first", "second"]
