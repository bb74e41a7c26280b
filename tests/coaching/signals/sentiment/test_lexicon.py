from collections import Counter
from pathlib import Path

import pytest
import yaml

from coaching.signals.customer import CustomerText
from coaching.signals.sentiment import lexicon
from coaching.signals.sentiment.readings import Label
from coaching.signals.sentiment.utterances import LANGUAGES

pytestmark = pytest.mark.pure

FOLDER = Path(lexicon.__file__).parent / "lexicons"

BAD = {"sv": "det var dåligt", "nb": "det var dårlig", "da": "det var dårligt"}
GOOD = {"sv": "det var bra", "nb": "det var bra", "da": "det var godt"}
NOT_GOOD = {"sv": "det var inte bra", "nb": "det var ikke bra", "da": "det var ikke godt"}
VERY_GOOD = {"sv": "det var mycket bra", "nb": "det var veldig bra", "da": "det var meget godt"}
BUT = {
    "sv": "tack för hjälpen men den är trasig",
    "nb": "takk for hjelpen men den er ødelagt",
    "da": "tak for hjælpen men den er ødelagt",
}
PRAISE_BY_DENIAL = {
    "sv": "det är inget fel på den",
    "nb": "det er ikke noe å klage på",
    "da": "der er ikke noget at klage over",
}
PLAIN = {"sv": "den står i hallen", "nb": "den står i gangen", "da": "den står i gangen"}


def weight(language: str, text: str) -> float:
    return lexicon.of(language).weight(CustomerText(text))


def label(language: str, text: str) -> Label:
    return lexicon.of(language).readings([CustomerText(text)])[0].label


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_decide(language: str) -> None:
    assert label(language, GOOD[language]) is Label.POSITIVE
    assert label(language, BAD[language].upper()) is Label.NEGATIVE
    assert label(language, PLAIN[language]) is Label.NEUTRAL


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_negation_turns_a_word_and_weakens_it(language: str) -> None:
    assert weight(language, NOT_GOOD[language]) == -0.7
    assert label(language, NOT_GOOD[language]) is Label.NEGATIVE


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_strong_word_before_it_raises_a_word(language: str) -> None:
    assert weight(language, VERY_GOOD[language]) == 1.4 * weight(language, GOOD[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_thanks_before_a_but_do_not_hide_a_complaint(language: str) -> None:
    assert label(language, BUT[language]) is Label.NEGATIVE


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_counts_instead_of_its_words(language: str) -> None:
    assert weight(language, PRAISE_BY_DENIAL[language]) == 1.0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["", "?!", "123", "👏"])
def test_a_text_without_words_weighs_nothing(language: str, text: str) -> None:
    assert weight(language, text) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_stands_in_two_lists(language: str) -> None:
    written = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    lists = ("positive", "weak_positive", "negative", "weak_negative")
    counted = Counter(word for name in lists for word in written[name].split())

    assert [word for word, times in counted.items() if times > 1] == []
