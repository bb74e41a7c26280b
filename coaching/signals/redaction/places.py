"""Find street addresses, post boxes and postcodes with their town."""

import re
from collections.abc import Iterator

from coaching.signals.redaction import hints
from coaching.signals.redaction.kinds import Kind, Span
from coaching.signals.redaction.language import Language, any_of

_UPPER = r"[A-ZÅÄÖÆØÉÜ]"
_CAPITAL = rf"{_UPPER}[^\W\d_]*(?:[.'’-][^\W\d_]+)*\.?"
_TOWN = rf"{_UPPER}[^\W\d_]*(?:-[^\W\d_]+)*"
_HOUSE = r"\d{1,4}(?:\s?[A-Ha-h](?![^\W_]))?(?:\s?[-–/]\s?\d{1,4}\b)?(?!\d)"


class PlaceFinder:
    def __init__(self, language: Language) -> None:
        self._never = language.never
        self._numbers = language.number_words
        self._street = re.compile(_street_pattern(language))
        self._said = re.compile(_said_pattern(language))
        self._cued = re.compile(_cued_pattern(language))
        self._evident = re.compile(_evident_pattern(language))
        self._post = re.compile(_post_pattern(language))
        self._coded = re.compile(_coded_pattern(language))
        self._tail = re.compile(_tail_pattern(language))

    def find(self, text: str, flags: int, *, has_digit: bool) -> Iterator[Span]:
        """Give the addresses of a text; `flags` are the hints of its words."""
        if flags & hints.STREET and has_digit:
            yield from self._in(text, self._street)
        if flags & hints.STREET and flags & hints.NUMBER:
            yield from self._in(text, self._said)
        if flags & hints.ADDRESS:
            yield from self._in(text, self._cued)
        if has_digit:
            yield from self._in(text, self._evident)
            yield from self._in(text, self._post)
        if has_digit and flags & hints.CUE:
            yield from self._in(text, self._coded)

    def _in(self, text: str, pattern: re.Pattern[str]) -> Iterator[Span]:
        for match in pattern.finditer(text):
            place = match.span("place")
            house = match.groupdict().get("said")
            if house and not self._is_said(house):
                continue
            start = self._without_little_words(text, *place)
            tail = self._tail.match(text, place[1])
            end = tail.end() if tail else place[1]
            if start < end:
                value = " ".join(re.findall(r"\w+", text[start : place[1]].lower()))
                yield Span(start, end, Kind.ADDRESS, value)

    def _is_said(self, house: str) -> bool:
        return house.lower().split()[0] in self._numbers

    def _without_little_words(self, text: str, start: int, end: int) -> int:
        """Return where the name of the place begins: not at `På` of `På Storgatan 3`."""
        while word := re.compile(r"[^\W\d_]+\s+").match(text, start, end):
            low = word.group().strip().lower()
            if low not in self._never and "adress" not in low:
                break
            start = word.end()
        return start


def _street_pattern(language: Language) -> str:
    """Streets: a name with a street ending and a number, or two words of which one is a street."""
    endings, words = any_of(language.street_endings), any_of(language.street_words)
    proper = rf"(?:{_CAPITAL}\s){{0,3}}{_UPPER}[^\W\d_]*(?:{endings})\s+{_HOUSE}"
    spaced = rf"(?:{_CAPITAL}\s){{1,4}}(?i:{words})\s+{_HOUSE}"
    low = rf"(?i:{_any_street(language)}\s+(?:nummer\s|nr\.?\s)?{_HOUSE})"
    return rf"(?P<place>{proper}|{spaced}|{low})"


def _said_pattern(language: Language) -> str:
    """Streets with the number in words, which `_is_said` looks at: `storgatan tolv b`."""
    number = r"(?P<said>[^\W\d_]{2,}(?:\s(?:hundre\w*|hundra))?)(?:\s[a-f](?!\w))?"
    return rf"(?i:(?P<place>{_any_street(language)}\s+(?:nummer\s)?{number}))"


def _any_street(language: Language) -> str:
    loose, words = any_of(language.loose_street_endings), any_of(language.street_words)
    prefix = rf"(?<!\w)(?:(?:{any_of(language.street_prefixes)})\s+)"
    return rf"(?:{prefix}?(?<!\w)[^\W\d_]{{2,}}(?:{loose})|{prefix}(?:{words}))"


def _cued_pattern(language: Language) -> str:
    """After `bor på` or `adress`: a name with a number, or a street without one."""
    cue = "|".join(language.address_cue_patterns)
    endings, loose = any_of(language.street_endings), any_of(language.loose_street_endings)
    named = rf"(?:{_CAPITAL}\s){{1,4}}{_HOUSE}"
    street = rf"(?:{_CAPITAL}\s){{0,3}}{_UPPER}[^\W\d_]+(?:{endings})(?!\w)"
    low = rf"(?i:[^\W\d_]{{2,}}(?:{loose}))(?!\w)"
    town = rf"(?:(?:i\s+|på\s+)?{_TOWN}\s+(?:i|på)\s+)?"
    return rf"\b(?i:{cue})[\s,]+{town}(?P<place>{named}|{street}|{low})"


def _evident_pattern(language: Language) -> str:
    """Any name with a number, where a flat or a postcode with its town follows."""
    homes, code = "|".join(language.home_patterns), language.postcode_pattern
    named = rf"(?:{_CAPITAL}\s){{1,4}}{_HOUSE}"
    return rf"(?P<place>{named})(?=,?\s+(?:(?i:{homes})|{code}\s+{_UPPER}))"


def _post_pattern(language: Language) -> str:
    """A postcode with a town (any, where the postcode is clear), and post boxes."""
    code, cities = language.postcode_pattern, any_of(language.cities)
    town = (
        rf"(?:(?i:{cities})(?!\w)|{_TOWN})"
        if language.postcode_is_clear
        else rf"(?i:{cities})(?!\w)"
    )
    boxes = any_of(language.box_words)
    return (
        rf"(?P<place>(?<![\w-]){code}\s+{town}(?:\s[CKNSVØ]\b)?"
        rf"|\b(?i:{boxes})\s+\d{{1,5}}(?!\d)(?:\s{_TOWN})?)"
    )


def _coded_pattern(language: Language) -> str:
    """A postcode by itself, after its name."""
    cue = "|".join(language.post_cue_patterns)
    return rf"(?<!\w)(?i:{cue})(?i:\s(?:är|er|e)|:)?\s+(?P<place>{language.postcode_pattern})(?!\d)"


def _tail_pattern(language: Language) -> str:
    """What may follow a street: the flat, the postcode, the town."""
    homes = "|".join(language.home_patterns)
    code = language.postcode_pattern
    town = rf"(?:\s+(?:{_TOWN}|(?i:{any_of(language.cities)})(?!\w)))"
    word = r"(?:\s+[^\W\d_]{3,})"
    return (
        rf"(?:[\s,]+(?i:{homes})\.?)*"
        rf"(?:[\s,]+(?i:i\s+|på\s+)?(?:{code}(?!\d)(?:{town}(?:\s{_UPPER}[^\W\d_]*)?|{word})?"
        rf"|(?i:{any_of(language.cities)})(?!\w)))?"
    )
