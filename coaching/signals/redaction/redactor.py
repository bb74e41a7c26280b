"""Text of a contact in, the same text with placeholders out, before anything is stored.

A `Redactor` serves one contact: in it, one value has one placeholder, a name once heard is known,
and the answer to `vad är ditt personnummer?` may come in the next turn.
"""

import re
from collections.abc import Collection, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from coaching.signals.redaction import hints, people
from coaching.signals.redaction import language as languages
from coaching.signals.redaction.hints import Hints
from coaching.signals.redaction.kinds import Kind, Span
from coaching.signals.redaction.mail import MailFinder
from coaching.signals.redaction.numbers import NumberFinder
from coaching.signals.redaction.people import NameFinder
from coaching.signals.redaction.places import PlaceFinder

_DIGIT = re.compile(r"\d")
_TURNS = 2  # for so many turns a question waits for its answer
_SAME_ENDING = 8  # digits by which +46 70… and 070… are one phone


@dataclass(frozen=True)
class Found:
    """What was hidden, where it stood in the text that came in; never what it was."""

    kind: Kind
    start: int
    end: int
    placeholder: str


@dataclass(frozen=True)
class Redacted:
    text: str
    found: tuple[Found, ...]


class Finder:
    """What a language's words and checks find in one text; it remembers nothing."""

    def __init__(self, code: str) -> None:
        self.language = languages.load(code)
        self.numbers = NumberFinder(self.language)
        self.mail = MailFinder(self.language)
        self.places = PlaceFinder(self.language)
        self.people = NameFinder(self.language)

        self.hints = Hints(self.language, self.people.known, self.people.ambiguous)

    def read(self, text: str) -> "Reading":
        words = languages.WORD.findall(text)
        return Reading(text, words, self.hints.of(words), _DIGIT.search(text) is not None)

    def structured(self, reading: "Reading", asked: str | None = None) -> list[Span]:
        """Return numbers and e-mail addresses alone."""
        text, words, flags, has_digit = reading
        spans = list(self.mail.find(text, flags))
        spans += self.numbers.find(text, words, flags, asked, has_digit=has_digit)
        return _apart(spans)

    def everything(
        self, reading: "Reading", asked: str | None = None, heard: Set[str] = frozenset()
    ) -> list[Span]:
        text, words, flags, has_digit = reading
        spans = list(self.mail.find(text, flags))
        spans += self.places.find(text, flags, has_digit=has_digit)
        spans += self.numbers.find(text, words, flags, asked, has_digit=has_digit)
        spans += self.people.find(text, words, flags, heard)
        return _apart(spans)

    def asks(self, reading: "Reading") -> str | None:
        """Return the cue that a text leaves open for the answer, if it has one."""
        return self.numbers.asks(reading.text) if reading.flags & hints.CUE else None


class Reading(NamedTuple):
    """A text, its words, their hints, and whether it holds a digit."""

    text: str
    words: list[str]
    flags: int
    has_digit: bool


class Redactor:
    """Redact the texts of one contact, in the order in which they were said.

    Shape: `redact(text).text` holds `[PERSON_1]`, `[PHONE_1]`, ...: the words of `Kind`, the same
    in all languages, numbered from 1 per kind and contact.
    Privacy: the values live in this object alone; drop it with the contact.
    Raises: ValueError for a language that is not Swedish, Norwegian or Danish.
    """

    def __init__(self, language: str, kinds: Collection[Kind] = tuple(Kind)) -> None:
        self._finder = _finder(languages.load(language).code)
        self._kinds = frozenset(kinds)
        self._placeholders: dict[tuple[Kind, str], str] = {}
        self._counts = dict.fromkeys(Kind, 0)
        self._heard: set[str] = set()
        self._asked: str | None = None
        self._turns_left = 0

    def redact(self, text: str) -> Redacted:
        reading = self._finder.read(text)
        spans = self._finder.everything(reading, self._asked, self._heard)
        self._listen(reading, spans)
        found, parts, last = [], [], 0
        for span in spans:
            if span.kind in self._kinds:
                placeholder = self._placeholder(span)
                found.append(Found(span.kind, span.start, span.end, placeholder))
                parts += [text[last : span.start], placeholder]
                last = span.end
        return Redacted("".join([*parts, text[last:]]), tuple(found))

    def _listen(self, reading: Reading, spans: list[Span]) -> None:
        """Remember what this turn asks for, until it is answered or forgotten."""
        asks = self._finder.asks(reading)
        is_answered = any(span.kind not in {Kind.PERSON, Kind.ADDRESS} for span in spans)
        if asks and not is_answered:
            self._asked, self._turns_left = asks, _TURNS
        elif self._turns_left and not is_answered:
            self._turns_left -= 1
        else:
            self._turns_left = 0
        if not self._turns_left:
            self._asked = None

    def _placeholder(self, span: Span) -> str:
        key = (span.kind, _comparable(span))
        if key not in self._placeholders:
            self._placeholders[key] = self._new(span)
        return self._placeholders[key]

    def _new(self, span: Span) -> str:
        """Number a value; the words of a name from now on mean the same person."""
        self._counts[span.kind] += 1
        placeholder = f"[{span.kind}_{self._counts[span.kind]}]"
        if span.kind is Kind.PERSON:
            for word in people.heard(span.value, self._finder.language.never):
                self._heard.add(word)
                self._placeholders.setdefault((Kind.PERSON, _bare(word.lower())), placeholder)
        return placeholder


def _comparable(span: Span) -> str:
    """Return what is equal for equal things: a phone with or without its country, `Annas`."""
    if span.kind is Kind.PHONE:
        return span.value[-_SAME_ENDING:]
    if span.kind is Kind.ID:
        return span.value[-10:]
    return _bare(span.value) if span.kind is Kind.PERSON else span.value


def _bare(name: str) -> str:
    return name.removesuffix("s")


def _apart(spans: list[Span]) -> list[Span]:
    """Return the spans in order; of two that overlap, the one that was found first."""
    if len(spans) < 2:
        return spans
    kept: list[Span] = []
    for span in spans:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)


@lru_cache
def _finder(language: str) -> Finder:
    return Finder(language)
