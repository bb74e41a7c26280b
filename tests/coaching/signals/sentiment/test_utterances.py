import re
from collections import Counter
from itertools import product

import pytest

from coaching.signals.sentiment.readings import LABELS
from coaching.signals.sentiment.utterances import LANGUAGES, Split, utterances

pytestmark = [pytest.mark.pure, pytest.mark.parametrize("language", LANGUAGES)]

PERSONAL = re.compile(r"\d[\d -]{4,}\d|@|www|https?:")  # a number long enough to be somebody's


def everything(language: str) -> list[str]:
    return [utterance.text for split in Split for utterance in utterances(split, language)]


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def test_there_are_two_hundred_and_a_quarter_to_a_third_is_for_testing(language: str) -> None:
    total, tested = len(everything(language)), len(utterances(Split.TEST, language))

    assert total >= 200
    assert 0.25 <= tested / total <= 0.35


def test_labels_are_balanced_in_the_test_split(language: str) -> None:
    counted = Counter(utterance.label for utterance in utterances(Split.TEST, language))

    assert counted == dict.fromkeys(LABELS, 26)


def test_every_label_comes_through_every_channel(language: str) -> None:
    for split in Split:
        seen = {(one.label, one.channel) for one in utterances(split, language)}
        assert seen == set(product(LABELS, ["voice", "chat", "email"]))


def test_nothing_is_written_twice(language: str) -> None:
    texts = everything(language)

    assert len({text.casefold() for text in texts}) == len(texts)


def test_no_tested_text_is_nearly_one_that_was_trained_on(language: str) -> None:
    trained = [words(one.text) for one in utterances(Split.TRAIN, language)]
    tested = [words(one.text) for one in utterances(Split.TEST, language)]

    alike = [
        (one, other)
        for one, other in product(tested, trained)
        if len(one) > 2 and len(one & other) / len(one | other) > 0.5
    ]
    assert alike == []


def test_nobody_is_in_them(language: str) -> None:
    assert [text for text in everything(language) if PERSONAL.search(text)] == []
