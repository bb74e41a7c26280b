"""A contact's texts -> what it was about: by words, by likeness only where no word says it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from coaching.signals.customer import CustomerText
from coaching.signals.embedding import Embedder, Vectors

LANGUAGES = ("sv", "nb", "da")

_PATH = Path(__file__).with_name("topics.yaml")
_NONE = "none"
_MIN_WORDS = 4  # "yes, that one" is like everything
_MARGIN = (
    0.015  # how far a topic must lead the next one, small talk included; rather none than wrong
)


@dataclass(frozen=True, slots=True)
class Found:
    """A topic with its source: show it only together with that line."""

    topic: str
    place: int  # of the text that says so, from 0
    words: str  # as matched; empty where found by likeness
    similarity: float | None  # cosine to the nearest description; None where found by words


@dataclass(frozen=True, slots=True, eq=False)
class Topics:
    """What may be found in one language. An installation may hand in its own."""

    words: Mapping[str, re.Pattern[str]]
    descriptions: Sequence[tuple[str, str]]  # topic and text; those of "none" are small talk


def find(
    texts: Sequence[CustomerText],
    language: str | None,
    embedder: Embedder | None = None,
    topics: Topics | None = None,
) -> list[Found]:
    """Return each topic of a contact once, at the first text that names it, in the texts' order.

    Shape: language as `language.decide` returns it; in one without topics nothing is found. With
    an embedder, a contact of which no word tells gets the one topic nearest to any of its texts.
    """
    known = topics or (of(language) if language in LANGUAGES else None)
    if known is None:
        return []
    found: dict[str, Found] = {}
    for one in _by_words(texts, known):
        found.setdefault(one.topic, one)
    if found or embedder is None:
        return list(found.values())
    return _by_likeness(texts, known, embedder)


@cache
def of(language: str) -> Topics:
    """Return the shipped topics in sv, nb or da."""
    written = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return Topics(
        words={
            topic: compiled(parts["words"][language].split(", "))
            for topic, parts in written.items()
            if "words" in parts
        },
        descriptions=list(_descriptions(written, language)),
    )


def compiled(words: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for words and phrases, in which a * stands for any ending."""
    choices = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"\b(?:{choices})\b", re.IGNORECASE)


def _descriptions(written: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    for topic, parts in written.items():
        for text in parts["descriptions"][language]:
            yield topic, text


def _by_words(texts: Sequence[CustomerText], topics: Topics) -> Iterator[Found]:
    for place, text in enumerate(texts):
        for topic, pattern in topics.words.items():
            if match := pattern.search(text):
                yield Found(topic, place, match.group(), None)


def _by_likeness(texts: Sequence[CustomerText], topics: Topics, embedder: Embedder) -> list[Found]:
    telling = [place for place, text in enumerate(texts) if len(text.split()) >= _MIN_WORDS]
    if not telling:
        return []
    nearest = _nearest(embedder.encode([texts[place] for place in telling]), topics, embedder)
    ranked = [_clearest(row, place) for row, place in zip(nearest, telling, strict=True)]
    margin, best = max(ranked, key=lambda candidate: candidate[0])
    return [best] if margin >= _MARGIN else []


def _clearest(row: Mapping[str, float], place: int) -> tuple[float, Found]:
    """Return the nearest topic with its lead over the next; small talk has no lead."""
    first, second = sorted(row, key=row.__getitem__, reverse=True)[:2]
    lead = 0.0 if first == _NONE else row[first] - row[second]
    return lead, Found(first, place, "", row[first])


def _nearest(vectors: Vectors, topics: Topics, embedder: Embedder) -> list[dict[str, float]]:
    """Return for each vector how near each topic's nearest description is."""
    names = [topic for topic, _ in topics.descriptions]
    likeness = np.inner(vectors, _described(topics, embedder))
    columns = {topic: [name == topic for name in names] for topic in names}
    return [
        {topic: float(row[chosen].max()) for topic, chosen in columns.items()} for row in likeness
    ]


@lru_cache(maxsize=8)
def _described(topics: Topics, embedder: Embedder) -> Vectors:
    """Encode the descriptions once, not for each contact: they are forty texts."""
    return embedder.encode([text for _, text in topics.descriptions])
