"""What the words of a text make worth looking for, so that most texts need no search at all."""

from collections.abc import Iterable, Set
from functools import lru_cache, reduce
from operator import or_

from coaching.signals.redaction.language import Language

NUMBER, CUE, NAME, INTRODUCTION, TITLE, STREET, ADDRESS, MAIL, LETTER = (
    1 << place for place in range(9)
)
HOSTS = ["gmail", "hotmail", "outlook", "live", "yahoo", "icloud", "telia", "online", "jubii"]
_REMEMBERED = 1 << 15  # words, of all contacts together


class Hints:
    def __init__(self, language: Language, names: Set[str], ambiguous: Set[str]) -> None:
        whole, parts = language.cue_stems
        self._sets: dict[int, Set[str]] = {
            NUMBER: language.number_words.keys() - set(language.articles),
            CUE: whole,
            NAME: names - ambiguous,
            INTRODUCTION: frozenset(language.name_cue_words),
            TITLE: frozenset(language.title_cue_words),
            STREET: frozenset(language.street_words),
            ADDRESS: frozenset(language.address_words),
            LETTER: frozenset("bcdfghjklmnpqrstvwxz"),
            MAIL: frozenset([*language.at_words, *language.dots, *HOSTS, "com"]),
        }
        self._ambiguous = names & ambiguous
        self._parts = parts
        self._streets = tuple(language.street_endings)
        self._of = lru_cache(_REMEMBERED)(self._look)

    def of(self, words: Iterable[str]) -> int:
        """Return the flags that any of these words raises."""
        return reduce(or_, map(self._of, words), 0)

    def _look(self, written: str) -> int:
        word = written.lower()
        flags = sum(flag for flag, words in self._sets.items() if word in words)
        if word in self._ambiguous and written != word:
            flags |= NAME
        if any(part in word for part in self._parts):
            flags |= CUE
        if word.endswith(self._streets):
            flags |= STREET
        return flags
