"""Word lists of our own -> readings: the fallback without embeddings, and what live paths use."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from coaching.signals.customer import CustomerText
from coaching.signals.sentiment.readings import Reading

_FOLDER = Path(__file__).parent / "lexicons"
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")

_WEAK = 0.5
_NEGATED = -0.7
_INTENSIFIED = 1.4
_BEFORE_TURN = 0.5  # "thanks, but": what counts comes after
_REACH = 3  # words from a negation to what it turns
_SHARPNESS = 2.0  # both by likelihood on the training split, rounded towards doubt
_NEUTRAL = 0.8


@dataclass(frozen=True, slots=True)
class Lexicon:
    whole: Mapping[str, float]  # a word's weight, below 0 for negative ones
    stems: Mapping[str, float]
    phrases: Mapping[str, float]
    phrase: re.Pattern[str]
    negations: frozenset[str]
    intensifiers: frozenset[str]
    turns: frozenset[str]

    def readings(self, texts: Sequence[CustomerText]) -> list[Reading]:
        return [_reading(self.weight(text)) for text in texts]

    def weight(self, text: CustomerText) -> float:
        """Return the sum of what a text's words and phrases weigh, 0 where none is known."""
        lowered = text.casefold()
        found = sum(self.phrases[match] for match in self.phrase.findall(lowered))
        words = _WORD.findall(self.phrase.sub(" ", lowered))
        return found + self._weight_of_words(words)

    def _weight_of_words(self, words: Sequence[str]) -> float:
        total = 0.0
        for place, word in enumerate(words):
            if word in self.turns:
                total *= _BEFORE_TURN
            if weight := self._weight_of(word):
                total += weight * self._factor(words[max(place - _REACH, 0) : place])
        return total

    def _weight_of(self, word: str) -> float:
        if word in self.whole:
            return self.whole[word]
        starts = (word[:length] for length in range(len(word), 2, -1))
        return next((self.stems[start] for start in starts if start in self.stems), 0.0)

    def _factor(self, before: Sequence[str]) -> float:
        negated = _NEGATED if self.negations.intersection(before) else 1.0
        return negated * (_INTENSIFIED if self.intensifiers.intersection(before[-1:]) else 1.0)


@cache
def of(language: str) -> Lexicon:
    """Return the word list of sv, nb or da."""
    lists = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    weights = _weights(lists)
    phrases = dict.fromkeys(lists["positive_phrases"], 1.0)
    phrases |= dict.fromkeys(lists["negative_phrases"], -1.0)
    longest_first = sorted(phrases, key=len, reverse=True)
    return Lexicon(
        whole={word: weight for word, weight in weights.items() if not word.endswith("*")},
        stems={word[:-1]: weight for word, weight in weights.items() if word.endswith("*")},
        phrases=phrases,
        phrase=re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"),
        negations=frozenset(lists["negations"].split()),
        intensifiers=frozenset(lists["intensifiers"].split()),
        turns=frozenset(lists["turns"].split()),
    )


def _weights(lists: Mapping[str, Any]) -> dict[str, float]:
    worth = {"weak_positive": _WEAK, "weak_negative": -_WEAK, "positive": 1.0, "negative": -1.0}
    return {word: weight for name, weight in worth.items() for word in lists[name].split()}


def _reading(weight: float) -> Reading:
    raised = [math.exp(score) for score in (-_SHARPNESS * weight, _NEUTRAL, _SHARPNESS * weight)]
    return Reading(*(one / sum(raised) for one in raised))
