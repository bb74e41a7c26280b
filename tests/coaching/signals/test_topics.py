from pathlib import Path

import numpy as np
import pytest
import yaml

from coaching.signals import topics
from coaching.signals.customer import CustomerText
from coaching.signals.embedding import Vectors, nano_e5
from coaching.signals.topics import Found, Topics, compiled, find

pytestmark = pytest.mark.pure

LINES = yaml.safe_load(Path(__file__).with_name("topic_lines.yaml").read_text(encoding="utf-8"))


class Axes:
    """An embedder whose vector is the share of each known word: likeness is what one can count."""

    name = "axes"
    words = ("boat", "sail", "cheese", "hello")

    def encode(self, texts: list[str]) -> Vectors:
        rows = [[text.split().count(word) for word in self.words] for text in texts]
        counts = np.array(rows, dtype=np.float32) + 1e-6
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


AFLOAT = Topics(
    words={"food": compiled(["bread*"])},
    descriptions=[("sea", "boat"), ("sea", "sail"), ("food", "cheese"), ("none", "hello")],
)


def said(*texts: str) -> list[CustomerText]:
    return [CustomerText(text) for text in texts]


def test_words_are_found_with_the_line_that_says_so() -> None:
    found = find(said("hej", "Fakturorna stämmer inte", "och fakturan då"), "sv")

    assert found == [Found("billing", 1, "Fakturorna", None)]


def test_several_topics_come_in_the_order_of_the_contact() -> None:
    found = find(said("jeg har ny adresse", "og så var det regningen"), "nb")

    assert [(one.topic, one.place) for one in found] == [("moving", 0), ("billing", 1)]


def test_a_word_inside_another_is_not_found() -> None:
    assert find(said("det står på ordern"), "sv", topics=AFLOAT) == []
    assert find(said("shortbread"), "en", topics=AFLOAT) == []
    assert find(said("BREADCRUMBS"), "en", topics=AFLOAT) == [Found("food", 0, "BREADCRUMBS", None)]


def test_without_an_embedder_nothing_is_guessed() -> None:
    assert find(said("we took the boat out"), "en", topics=AFLOAT) == []


def test_what_no_word_says_is_found_by_likeness_once() -> None:
    found = find(said("hello there my friend", "we took the boat out"), "en", Axes(), AFLOAT)

    assert [(one.topic, one.place, one.words) for one in found] == [("sea", 1, "")]
    assert found[0].similarity == pytest.approx(1.0, abs=1e-4)


def test_words_go_before_likeness() -> None:
    found = find(said("we took the boat out", "for some bread"), "en", Axes(), AFLOAT)

    assert [one.topic for one in found] == ["food"]


@pytest.mark.parametrize(
    "text",
    ["hello hello to you all", "boat and cheese for me", "boat today"],
    ids=["small talk", "between two topics", "too short to tell"],
)
def test_likeness_rather_finds_nothing_than_something_wrong(text: str) -> None:
    assert find(said(text), "en", Axes(), AFLOAT) == []


@pytest.mark.parametrize("language", [None, "en", "fi"])
def test_nothing_is_found_in_a_language_without_topics(language: str | None) -> None:
    assert find(said("faktura faktura faktura faktura"), language, Axes()) == []


def test_all_languages_know_the_same_topics() -> None:
    known = {tuple(topics.of(language).words) for language in topics.LANGUAGES}
    described = {
        tuple(dict.fromkeys(topic for topic, _ in topics.of(language).descriptions))
        for language in topics.LANGUAGES
    }

    [words], [descriptions] = known, described
    assert descriptions == (*words, "none")


def test_no_test_line_is_a_description() -> None:
    lines = {line for of_topic in LINES.values() for some in of_topic.values() for line in some}
    descriptions = {text for one in LINES for _, text in topics.of(one).descriptions}

    assert lines & descriptions == set()


@pytest.mark.parametrize("language", topics.LANGUAGES)
def test_own_lines_are_seldom_given_a_wrong_topic(language: str) -> None:
    right = wrong = 0
    for topic, lines in LINES[language].items():
        for line in lines:
            found = [one.topic for one in find(said(line), language, nano_e5())]
            right += found == ([] if topic == "none" else [topic])
            wrong += found not in ([], [topic])

    assert wrong <= 1
    assert right >= 16  # of 24; the others are left without a topic
