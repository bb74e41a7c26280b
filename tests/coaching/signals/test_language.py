import random

import pytest

from coaching.signals.customer import CustomerText
from coaching.signals.language import MIN_WORDS, Decision, decide
from coaching.signals.sentiment.utterances import LANGUAGES, Split, utterances

pytestmark = pytest.mark.pure

WRITTEN = {
    one: [utterance.text for split in Split for utterance in utterances(split, one)]
    for one in LANGUAGES
}
ENGLISH = (
    "Hello, I moved here last year and I do not speak the language yet, so I hope that you can "
    "help me in English. My bill from last month is higher than what we agreed on the phone."
)
NYNORSK = (
    "Eg har venta på svar sidan måndag og veit ikkje kva eg skal gjere no. Kan de seie meg når "
    "teknikaren kjem, slik at eg kan vere heime og ikkje må ta meg fri frå arbeidet ein dag til?"
)


def contact(language: str, seed: int, words: int) -> list[CustomerText]:
    """Return lines of a language, drawn at random, of at least so many words in all."""
    lines = random.Random(seed).sample(WRITTEN[language], k=len(WRITTEN[language]))
    upto = next(n for n in range(len(lines)) if len(" ".join(lines[:n]).split()) >= words)
    return lines[:upto]


@pytest.mark.parametrize("language", LANGUAGES)
def test_thirty_words_nearly_always_tell_the_language(language: str) -> None:
    decided = [decide(contact(language, seed, MIN_WORDS)).language for seed in range(200)]

    assert decided.count(language) >= 197


def test_fewer_words_decide_nothing() -> None:
    text = CustomerText("jag har ringt tre gånger nu och ingen svarar")

    assert decide([text]) == Decision(None, 0.0)
    assert decide([]) == Decision(None, 0.0)


def test_words_of_all_lines_count_together() -> None:
    lines = contact("sv", 1, MIN_WORDS)

    assert decide(lines).language == "sv"
    assert decide(lines[:1]).language is None


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (NYNORSK, "nb")])
def test_other_languages_are_named_and_nynorsk_is_norwegian(text: str, language: str) -> None:
    assert decide([CustomerText(text)]).language == language


@pytest.mark.parametrize(
    ("stated", "language"),
    [("sv-SE", "sv"), ("nb-NO", "nb"), ("no-NO", "nb"), ("nn", "nb"), ("da", "da"), ("en", "en")],
)
def test_what_was_stated_wins(stated: str, language: str) -> None:
    assert decide(contact("sv", 1, MIN_WORDS), stated) == Decision(language, 1.0)


def test_confidence_is_a_share_and_grows_with_the_text() -> None:
    short = decide(contact("nb", 1, MIN_WORDS)).confidence
    long = decide(contact("nb", 1, 20 * MIN_WORDS)).confidence

    assert 0.5 < short < long <= 1
