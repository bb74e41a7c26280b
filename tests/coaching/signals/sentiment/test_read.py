import pytest

from coaching.signals import sentiment
from coaching.signals.customer import CustomerText
from coaching.signals.embedding import nano_e5
from coaching.signals.sentiment import LANGUAGES, Label, head, lexicon
from coaching.signals.sentiment.readings import NO_IDEA
from coaching.signals.sentiment.scoring import agreement
from coaching.signals.sentiment.utterances import Split, utterances

pytestmark = pytest.mark.pure

TEXTS = [CustomerText("tack, men det är fortfarande trasigt"), CustomerText("vad bra, tack")]


def test_without_an_embedder_word_lists_read() -> None:
    assert sentiment.read(TEXTS, "sv") == lexicon.of("sv").readings(TEXTS)


def test_with_an_embedder_the_head_reads() -> None:
    readings = sentiment.read(TEXTS, "sv", nano_e5())

    assert readings == head.shipped().readings(TEXTS, nano_e5())
    assert [one.label for one in readings] == [Label.NEGATIVE, Label.POSITIVE]


@pytest.mark.parametrize("language", [None, "en", "fi"])
def test_in_a_language_that_nobody_measured_all_is_unsure(language: str | None) -> None:
    assert sentiment.read(TEXTS, language, nano_e5()) == [NO_IDEA, NO_IDEA]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sure_readings_of_texts_never_trained_on_are_mostly_right(language: str) -> None:
    tested = utterances(Split.TEST, language)
    texts, labels = [one.text for one in tested], [one.label for one in tested]

    by_head = agreement(sentiment.read(texts, language, nano_e5()), labels)
    by_words = agreement(sentiment.read(texts, language), labels)

    assert by_head.accuracy_of_sure is not None
    assert by_head.accuracy_of_sure >= 0.75
    assert min(by_head.accuracy, by_words.accuracy) >= 0.65  # a guess has 0.33
