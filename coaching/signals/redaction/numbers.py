"""Find numbers in digits and in words, and say of what kind they are.

A word before (or just after) a number, or in the turn before, says what it is: then the digits go
even if a check fails, for people misspeak. Without such a cue a number must pass a check.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from stdnum import iban

from coaching.signals.redaction import checks, hints, spoken
from coaching.signals.redaction.kinds import Kind, Span
from coaching.signals.redaction.language import KEEP, LAST, Language, any_of
from coaching.signals.redaction.spoken import Piece

_REACH, _REACH_BACK = 60, 22  # characters from a cue to its number, from a number to its cue
_LONE_DIGITS, _LONE_LETTERS = 8, 12  # an answer that is a number and little else
_FEWEST_WORDS = 3  # number words that make looking for a spoken number worthwhile
_LIST_LETTERS = 6  # between two numbers of which one cue speaks
_SPOKEN_DIGITS, _SPOKEN_WORDS = 7, 6
_FEWEST = {
    Kind.ID: 6,
    Kind.PHONE: 6,
    Kind.CARD: 12,
    Kind.IBAN: 10,
    Kind.ACCOUNT: 4,
    Kind.REFERENCE: 4,
    Kind.NUMBER: 6,
}
_MOST = {Kind.ID: 13, Kind.PHONE: 15, Kind.CARD: 19}
_GAP = r"[ \t\u00a0\u202f.,\-\u2013\u2011/()+:]"
_RUN = (
    r"(?<![\w@])(?<![^\W\d_]-)(?:\+\s?)?\(?\d"
    r"(?:(?:[ \t\u00a0\u202f.\-\u2013\u2011/()]{0,3}|,\s)\d){3,}(?!\w)(?![.,]\d)"
)
_GROUP = re.compile(r"\d+")
_WORD_OR_GROUP = re.compile(r"\d+|[^\W\d_]+")
_ONLY_GAP = re.compile(rf"{_GAP}{{0,4}}")
_LETTER = re.compile(r"[^\W\d_]")
_IBAN = re.compile(
    r"\b[A-Z]{2} ?\d{2} ?(?:[A-Z]{4} ?)?\d{2,4}(?: ?\d{2,4}){1,6}(?: ?\d{1,3})?\b", re.IGNORECASE
)
_NORDIC = frozenset({"SE", "NO", "DK", "FI", "IS"})
_CODE = r"\W{0,3}(?:(?:är|er|e|var|på|:)\W{0,2})?((?=[A-ZÅÄÖÆØ]*[\d-]*\d)[A-Z\d][A-Z\d/-]{3,19})\b"
_NATIONAL = {
    "sv": (checks.is_swedish_id, checks.is_norwegian_id),
    "nb": (checks.is_norwegian_id, checks.is_swedish_id),
    "da": (checks.is_norwegian_id, checks.is_swedish_id),
}


@dataclass(frozen=True)
class Run:
    """Digits that belong together, as far as one can see without knowing what they are."""

    pieces: list[Piece]
    written: str

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def end(self) -> int:
        return self.pieces[-1].end

    @cached_property
    def digits(self) -> str:
        return spoken.in_digits(self.pieces)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(piece.digits) for piece in self.pieces)

    @property
    def words(self) -> int:
        return sum(piece.is_word for piece in self.pieces)

    @property
    def phone(self) -> str:
        is_abroad = self.written.startswith(("+", "(+"))
        return ("+" if is_abroad else "") + self.digits

    def slices(self) -> Iterator["Run"]:
        """Give every part of whole groups, the longest first."""
        total = len(self.pieces)
        for length in range(total, 0, -1):
            for first in range(total - length + 1):
                part = self.pieces[first : first + length]
                yield Run(
                    part, self.written[part[0].start - self.start : part[-1].end - self.start]
                )


class NumberFinder:
    def __init__(self, language: Language) -> None:
        self.language = language
        self._region = checks.REGIONS[language.code]
        self._words = language.number_words
        self._fillers = frozenset(language.fillers)
        units = any_of(language.units)
        self._unit = re.compile(rf"\s?(?:(?:{units})\b|%|:-|,-|€|\$|°)", re.IGNORECASE)
        self._magnitude = re.compile(rf"\s*(?:{any_of(language.magnitudes)})", re.IGNORECASE)
        self._master = re.compile(rf"(?P<skip>{_harmless(units)})|(?P<run>{_RUN})", re.IGNORECASE)
        codes = language.cue_patterns[Kind.REFERENCE]
        self._code = re.compile(rf"(?<![\w-])(?:{codes})(?!\w){_CODE}", re.IGNORECASE)
        self._doubles = frozenset(language.double)

    def find(
        self, text: str, words: list[str], flags: int, asked: str | None, *, has_digit: bool
    ) -> Iterator[Span]:
        """Give the numbers of a text.

        `words` are its words, `flags` the hints of these, `asked` the cue of the turn before.
        """
        if has_digit:
            yield from self._ibans(text)
            if flags & hints.CUE:
                yield from self._codes(text)
        runs = self._runs(text, words, flags, has_digit=has_digit)
        if not runs:
            return
        cues = list(self._cues(text))
        done = 0
        for run in runs:
            is_list = done and len(_LETTER.findall(text, done, run.start)) <= _LIST_LETTERS
            open_cues = cues if is_list else [cue for cue in cues if cue[1] > done]
            yield from self._classify(run, text, open_cues, asked)
            done = run.end

    def asks(self, text: str) -> str | None:
        """Return the cue that a text leaves open for the answer, if it has one."""
        return next((cue for _, _, cue in reversed(list(self._cues(text)))), None)

    def _cues(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in self.language.cues.finditer(text):
            yield match.start(), match.end(), match.lastgroup or KEEP

    def _runs(self, text: str, words: list[str], flags: int, *, has_digit: bool) -> list[Run]:
        if flags & hints.NUMBER and self._has_many(words):
            return list(self._spoken_runs(text))
        matches = self._master.finditer(text) if has_digit else ()
        return [_run_of(match) for match in matches if match.lastgroup == "run"]

    def _has_many(self, words: list[str]) -> bool:
        return sum(word.lower() in self._words for word in words) >= _FEWEST_WORDS

    def _spoken_runs(self, text: str) -> Iterator[Run]:
        """Give runs of number words and digits, with the words people put between them."""
        harmless = [m.span() for m in self._master.finditer(text) if m.lastgroup == "skip"]
        pieces: list[Piece] = []
        last, double, link = 0, False, False
        for match in _WORD_OR_GROUP.finditer(text):
            token = match.group().lower()
            digits = token if token.isdigit() else self._words.get(token)
            is_near = _ONLY_GAP.fullmatch(text, last, match.start())
            is_said = digits is not None and not _is_within(match.start(), harmless)
            is_part = is_said or token in self._fillers or token in self._doubles
            if not (is_part and (is_near or not pieces)):
                yield from self._close(pieces, text)
                pieces, double = [], False
            last = match.end()
            if is_said and digits is not None:
                digits = digits * 2 if double and len(digits) == 1 else digits
                pieces.append(Piece(*match.span(), digits, not token.isdigit(), link))
            double, link = token in self._doubles, token in self.language.reversed
        yield from self._close(pieces, text)

    def _close(self, pieces: list[Piece], text: str) -> Iterator[Run]:
        """Give the run of these pieces, without an article at its edge."""
        articles = self.language.articles
        while len(pieces) > 1 and text[pieces[0].start : pieces[0].end].lower() in articles:
            if pieces[1].is_word and len(pieces) > 3:
                break
            pieces = pieces[1:]
        if sum(len(piece.digits) for piece in pieces) >= 4:
            start = pieces[0].start
            if text[start - 1 : start] == "+":
                pieces = [pieces[0]._replace(start=start - 1), *pieces[1:]]
            yield Run(pieces, text[pieces[0].start : pieces[-1].end])

    def _classify(
        self, run: Run, text: str, cues: list[tuple[int, int, str]], asked: str | None
    ) -> Iterator[Span]:
        if self._is_amount(run, text):
            return
        cue = _cue_of(run, cues)
        if cue == KEEP:
            return
        if cue is None and asked and asked != KEEP and len(run.digits) >= 6:
            cue = asked
        if cue == LAST:
            yield _span(run, Kind.ID)
        elif cue is not None and len(run.digits) >= _FEWEST[Kind(cue)] and not _are_years(run):
            yield from self._as_asked(run, Kind(cue))
        else:
            yield from self._by_check(run) or self._unexplained(run, text, asked)

    def _is_amount(self, run: Run, text: str) -> bool:
        if self._unit.match(text, run.end) and len(run.digits) <= 8:
            return True
        return bool(run.words and self._magnitude.match(text, run.end))

    def _as_asked(self, run: Run, kind: Kind) -> list[Span]:
        """Return the whole run as what was asked for; its parts, where it holds several."""
        if kind is not Kind.NUMBER and len(run.digits) <= _MOST.get(kind, len(run.digits)):
            return [_span(run, kind)]
        parts = self._by_check(run)
        is_all = sum(len(part.value.lstrip("+")) for part in parts) == len(run.digits)
        return parts if is_all else [_span(run, kind)]

    def _by_check(self, run: Run) -> list[Span]:
        """Return the parts of a run that pass a check of their own."""
        found: list[Span] = []
        for part in run.slices() if len(run.pieces) <= 16 else [run]:
            if len(part.digits) < 7 or any(
                part.start < span.end and span.start < part.end for span in found
            ):
                continue
            kind = self._kind_by_check(part)
            if kind:
                found.append(_span(part, kind))
        return found

    def _kind_by_check(self, run: Run) -> Kind | None:
        digits = run.digits
        is_dialled = digits.startswith("07") and run.shape not in {(6, 4), (8, 4)}
        if (is_dialled or run.written.startswith("+")) and self._is_phone(run):
            return Kind.PHONE  # 070-174... could be the 14th of January 2007, but who writes so?
        if any(is_id(digits) for is_id in _NATIONAL[self.language.code]):
            return Kind.ID
        is_split = self.language.code == "da" and len(run.shape) > 1 and run.shape[-1] == 4
        if is_split and checks.is_danish_id(digits):
            return Kind.ID
        if checks.is_card(digits):
            return Kind.CARD
        if run.shape == (4, 2, 5) and checks.is_norwegian_account(digits):
            return Kind.ACCOUNT
        if self._is_phone(run):
            return Kind.PHONE
        is_giro = (
            self.language.code == "sv" and run.shape in {(3, 4), (4, 4)} and "-" in run.written
        )
        if is_giro and not _are_years(run) and checks.is_bankgiro(digits):
            return Kind.ACCOUNT
        return None

    def _is_phone(self, run: Run) -> bool:
        digits = run.digits
        if run.written.startswith("+"):
            return 8 <= len(digits) <= 15
        if digits.startswith("00"):
            return 10 <= len(digits) <= 17 and checks.is_phone("+" + digits[2:], self._region)
        if digits.startswith("0"):
            is_ours = self.language.code == "sv" or digits.startswith("07")
            return is_ours and 8 <= len(digits) <= 11 and checks.is_phone(digits, "SE")
        if len(digits) != 8 or not (run.words or self._is_phone_shape(run)):
            return False
        return checks.is_phone(digits, self._region) or checks.is_phone(digits, "DK")

    def _is_phone_shape(self, run: Run) -> bool:
        shapes = {(2, 2, 2, 2), (3, 2, 3)}
        if self.language.code == "da":
            shapes |= {(4, 4), (2, 3, 3), (2, 6)}
        return run.shape in shapes and not _are_years(run)

    def _unexplained(self, run: Run, text: str, asked: str | None) -> Iterator[Span]:
        """Give what is too long to be a quantity: much spelled aloud, or an answer by itself."""
        is_long = len(run.digits) >= _SPOKEN_DIGITS or run.words >= _SPOKEN_WORDS
        around = text[: run.start] + text[run.end :]
        is_lone = len(_LETTER.findall(around)) <= _LONE_LETTERS and asked != KEEP
        if (run.words >= 3 and is_long) or (is_lone and len(run.digits) >= _LONE_DIGITS):
            yield _span(run, Kind.NUMBER)

    def _ibans(self, text: str) -> Iterator[Span]:
        for match in _IBAN.finditer(text):
            value = match.group().replace(" ", "").upper()
            is_nordic = value[:2] in _NORDIC and 15 <= len(value) <= 26
            if is_nordic or iban.is_valid(value, check_country=False):
                yield Span(match.start(), match.end(), Kind.IBAN, value)

    def _codes(self, text: str) -> Iterator[Span]:
        """Give references with letters in them; those of digits alone are runs."""
        for match in self._code.finditer(text):
            value = match.group(1)
            if any(c.isdigit() for c in value) and any(c.isalpha() for c in value):
                yield Span(*match.span(1), Kind.REFERENCE, value.upper())


def _harmless(units: str) -> str:
    """Return a pattern for dates, times, amounts and the like, which are never part of a number."""
    amount = r"(?:\d{1,3}(?:[ .\u00a0]\d{3})+|\d{1,9})(?:[.,]\d{1,2})?"
    return "|".join(
        [
            r"(?<![\d\-+])(?:19|20)\d\d-[01]?\d-[0-3]?\d(?![\d]|-\d|[ ]?\d{4}\b)",
            r"(?<![\d.\-/+])\d{1,2}[./]\s?\d{1,2}[./\-]\s?(?:(?:19|20)\d\d|\d\d)"
            r"(?!\d|[.\-/ ]{1,2}\d)",
            r"(?<![\d.,\-+])[0-2]?\d[:.][0-5]\d(?:\s?[-\u2013]\s?[0-2]?\d[:.][0-5]\d)(?![\d])",
            r"(?<!\d)[0-2]?\d:[0-5]\d(?::[0-5]\d)?(?!\d)",
            rf"(?<![\d\-+])(?<!\d[ .]){amount}(?:\s?(?:{units})\b|\s?[%€$]|,-|:-)",
            rf"(?<!\w)(?:kr\.?|sek|nok|dkk|eur|€|\$|£)\s?{amount}(?![\d\-])",
            r"(?<![\d.])(?!\d\d\.\d\d\.\d\d\.\d\d)\d{1,3}(?:\.\d{1,3}){3}(?![.\d])",
            r"(?<![\d\-])(?:19|20)\d\d\s?[-\u2013/]\s?(?:19|20)\d\d(?![\d\-])",
        ]
    )


def _run_of(match: re.Match[str]) -> Run:
    groups = list(_GROUP.finditer(match.string, match.start(), match.end()))
    pieces = [Piece(*group.span(), group.group()) for group in groups]
    if "+" in match.string[match.start() : pieces[0].start]:
        pieces[0] = pieces[0]._replace(start=match.start())
    return Run(pieces, match.string[pieces[0].start : match.end()].lstrip("("))


def _cue_of(run: Run, cues: list[tuple[int, int, str]]) -> str | None:
    """Return the nearest cue before the run, or one that follows it at once."""
    before = [cue for cue in cues if cue[1] <= run.start and run.start - cue[1] <= _REACH]
    if before:
        return before[-1][2]
    after = [cue for cue in cues if cue[0] >= run.end and cue[0] - run.end <= _REACH_BACK]
    return after[0][2] if after else None


def _span(run: Run, kind: Kind) -> Span:
    return Span(run.start, run.end, kind, run.phone if kind is Kind.PHONE else run.digits)


def _are_years(run: Run) -> bool:
    return all(len(piece.digits) == 4 and piece.digits[:2] in {"19", "20"} for piece in run.pieces)


def _is_within(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)
