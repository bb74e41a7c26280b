"""Find people's names: after words that introduce one, and by lists of names.

A name that is also a word (Bo, Per, Ville) needs a capital inside a sentence, a family name or a
cue; at the start of a sentence only those count that are seldom a word there.
"""

import re
from collections.abc import Iterator, Set
from functools import lru_cache

from coaching.signals.redaction import hints
from coaching.signals.redaction.kinds import Kind, Span
from coaching.signals.redaction.language import WORD, Language, names

_MOST = 4  # words of one name
_SHORTEST = 3  # letters of a name that is known again
_FAMILY = re.compile(
    r".{2,}(?:sson|sen|ström|strøm|berg|gren|qvist|kvist|quist|lund|dahl|dal|gaard|gård|holm|mann|stad|rud|vik|nes|haug"
    r"|ung|lind|ell|din|lin|vall|stedt|feldt|bakken|moen|rød|land|seth|set|eng|bø|by|toft|skov|bæk|ovic|ic|ski|ska|ova|enko)s?"
)
_SURE_FAMILY = re.compile(r".{3,}(?:sson|ström|qvist|kvist|gren|gaard|rød|ovic|sens?)")
_PARTICLES = frozenset(
    [
        "af",
        "av",
        "von",
        "van",
        "de",
        "der",
        "den",
        "del",
        "el",
        "al",
        "bin",
        "ibn",
        "la",
        "di",
        "da",
        "dos",
        "ul",
    ]
)
_SPACE = re.compile(r"[ \t\u00a0]{1,2}|\s?-\s?")
_BETWEEN = re.compile(r"\s{1,2}|\.\s?")
_START = re.compile(r"(?:^|[.!?:\n»\"”–—-])[\s\"'»”(]*$")
_INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]\. ?){1,3}\Z")
_CUES = hints.INTRODUCTION | hints.TITLE
_WORTHWHILE = _CUES | hints.NAME | hints.LETTER
_LETTERS = re.compile(r"(?<![\w.])(?:[^\W\d_][ \-]{1,3}){3,}[^\W\d_](?![\w.])")


@lru_cache
def _with_genitive(which: str) -> frozenset[str]:
    return names(which) | {name + "s" for name in names(which) if not name.endswith("s")}


class NameFinder:
    def __init__(self, language: Language) -> None:
        self._given = _with_genitive("given")
        self._family = _with_genitive("family")
        self._second = self._family | _with_genitive("family_words")
        self._never = language.never
        both = frozenset(language.homographs)
        self.ambiguous = both | {name + "s" for name in both}
        self._sure_at_start = frozenset(language.sure_at_start)
        self._hesitations = frozenset(language.fillers)
        self._introduced = _after(language.name_cue_patterns)
        self._titled = re.compile(
            rf"(?<![\w-])(?:{'|'.join(language.title_cue_patterns)})[ \t\n,]+"
        )
        self.known = self._given | self._family

    def find(self, text: str, words: list[str], flags: int, heard: Set[str]) -> Iterator[Span]:
        """Give the names in a text.

        `flags` are the hints of its words, `heard` words of names that this contact held before.
        """
        is_again = bool(heard) and not heard.isdisjoint(words)
        if not flags & _WORTHWHILE and "/" not in text and not is_again:
            return
        tokens = list(WORD.finditer(text))
        has_cue = flags & _CUES or "/" in text
        starts = {token.start(): i for i, token in enumerate(tokens)} if has_cue else {}
        listed = self._listed(text, tokens, heard) if flags & hints.NAME or is_again else ()
        said = set(self._introductions(text, starts, tokens) if flags & hints.INTRODUCTION else ())
        titled = self._titles(text, starts, tokens) if has_cue else ()
        taken: set[int] = set()
        for index in [*said, *titled, *listed]:
            if index in taken:
                continue
            stop = self._end(text, tokens, index)
            if stop == index + 1 and index in said and self._ends_name(text, tokens, stop):
                stop += 1
            taken.update(range(index, stop))
            yield _span(text, _with_initials(text, tokens[index].start()), tokens[stop - 1].end())
        if flags & hints.LETTER:
            yield from self._spelled(text)

    def _introductions(
        self, text: str, starts: dict[int, int], tokens: list[re.Match[str]]
    ) -> Iterator[int]:
        """Give the word after `jag heter`, past a hesitation, if it can be a name at all."""
        for match in self._introduced.finditer(text):
            index = starts.get(match.end())
            while index is not None and index < len(tokens) and index < starts[match.end()] + 3:
                word = tokens[index].group()
                is_form = ":" in match.group() and word.islower() and word not in self.known
                if self._may_be_name(word) and not is_form:
                    yield index
                    break
                index = index + 1 if word.lower() in self._hesitations else None

    def _ends_name(self, text: str, tokens: list[re.Match[str]], stop: int) -> bool:
        """Tell whether an unknown lower-case word is a family name: small words follow it."""
        if stop == len(tokens) or not self._is_next(text, tokens, stop - 1):
            return False
        word, given = tokens[stop].group(), tokens[stop - 1].group()
        if not (word.islower() and given.islower() and len(word) > 3) or word in self._never:
            return False
        return stop + 1 == len(tokens) or tokens[stop + 1].group() in self._never

    def _titles(
        self, text: str, starts: dict[int, int], tokens: list[re.Match[str]]
    ) -> Iterator[int]:
        """Give the word after a title, a relation, a greeting or a closing, if it is a name."""
        for match in self._titled.finditer(text):
            index = starts.get(match.end())
            if index is not None and self._is_capital_name(tokens[index].group()):
                yield index

    def _listed(self, text: str, tokens: list[re.Match[str]], heard: Set[str]) -> Iterator[int]:
        """Give every word that the lists know as a name, where it cannot be another word."""
        for index, token in enumerate(tokens):
            word = token.group()
            low = word.lower()
            if (
                low in heard
                and (word[0].isupper() or low not in self.ambiguous)
                or low in self._given
                and self._is_given(text, tokens, index)
                or low in self._family
                and word[0].isupper()
                and low not in self._never
                or word[0].isupper()
                and index
                and _SURE_FAMILY.fullmatch(low)
            ):
                yield index

    def _is_given(self, text: str, tokens: list[re.Match[str]], index: int) -> bool:
        word = tokens[index].group()
        low = word.lower()
        if low not in self.ambiguous:
            return low not in self._never
        if word.islower():
            return self._has_family(text, tokens, index)
        if word.isupper():
            return False
        if self._has_family(text, tokens, index):
            return True
        if low in self._never:
            return False
        return low in self._sure_at_start or _START.search(text[: tokens[index].start()]) is None

    def _has_family(self, text: str, tokens: list[re.Match[str]], index: int) -> bool:
        if index + 1 == len(tokens) or not self._is_next(text, tokens, index):
            return False
        word = tokens[index + 1].group()
        if tokens[index].group().islower():
            return word in self._family
        is_family = word.lower() in self._second or _FAMILY.fullmatch(word.lower())
        return bool(word[0].isupper() and is_family)

    def _end(self, text: str, tokens: list[re.Match[str]], index: int) -> int:
        """Return the index after the last word of the name that begins here."""
        stop = index + 1
        is_lower = tokens[index].group().islower()
        while stop < len(tokens) and stop - index < _MOST and self._is_next(text, tokens, stop - 1):
            word = tokens[stop].group()
            if (
                word in _PARTICLES
                and stop + 1 < len(tokens)
                and tokens[stop + 1].group()[0].isupper()
                or self._continues(word, is_lower)
            ):
                stop += 1
            else:
                break
        return stop

    def _continues(self, word: str, is_lower: bool) -> bool:
        low = word.lower()
        if low in self._never:
            return False
        if word[0].isupper():
            return not is_lower or low in self.known
        is_name = low in self._second or (low in self._given and low not in self.ambiguous)
        return is_lower and (is_name or bool(_FAMILY.fullmatch(low)) and len(low) > 5)

    def _is_next(self, text: str, tokens: list[re.Match[str]], index: int) -> bool:
        before, after = tokens[index], tokens[index + 1]
        between = _BETWEEN if len(before.group()) == 1 else _SPACE
        return bool(between.fullmatch(text, before.end(), after.start()))

    def _may_be_name(self, word: str) -> bool:
        return len(word) > 1 and word.lower() not in self._never

    def _is_capital_name(self, word: str) -> bool:
        return self._may_be_name(word) and word[0].isupper() and not word.isupper()

    def _spelled(self, text: str) -> Iterator[Span]:
        for match in _LETTERS.finditer(text):
            yield _span(text, *match.span())


def _after(cues: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(cues)})[ \t:,]+", re.IGNORECASE)


def _with_initials(text: str, start: int) -> int:
    initials = _INITIALS.search(text, 0, start)
    return initials.start() if initials else start


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, Kind.PERSON, " ".join(text[start:end].lower().split()))


def heard(name: str, never: Set[str]) -> list[str]:
    """Return the words by which this person may be named again: small, with a capital, owning."""
    words = [word for word in name.split() if len(word) >= _SHORTEST and word not in never]
    return [form for word in words for w in (word, word + "s") for form in (w, w.capitalize())]
