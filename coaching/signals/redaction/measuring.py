"""How much of what must go is found, and how much of what is found had to go."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from coaching.signals.redaction.kinds import Kind
from coaching.signals.redaction.redactor import Redactor

CASES = Path(__file__).parent / "cases"
NAMES_AND_PLACES = frozenset({Kind.PERSON, Kind.ADDRESS})
_MARKED = re.compile(r"<(?P<kind>[A-Z]+):(?P<text>[^<>]*)>")


@dataclass(frozen=True)
class Marked:
    kind: Kind
    start: int
    end: int


@dataclass(frozen=True)
class Turn:
    text: str
    marked: tuple[Marked, ...]


@dataclass(frozen=True)
class Case:
    language: str
    turns: tuple[Turn, ...]
    is_tuned: bool


@dataclass
class Score:
    """Of one kind: how many spans had to go, of them went; how many we took, of them rightly."""

    marked: int = 0
    covered: int = 0
    found: int = 0
    right: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.marked + other.marked,
            self.covered + other.covered,
            self.found + other.found,
            self.right + other.right,
        )

    @property
    def recall_share(self) -> float | None:
        return self.covered / self.marked if self.marked else None

    @property
    def precision_share(self) -> float | None:
        return self.right / self.found if self.found else None


def cases(language: str) -> list[Case]:
    rows = yaml.safe_load((CASES / f"{language}.yaml").read_text(encoding="utf-8"))
    return [
        Case(language, tuple(marked_turn(turn) for turn in row["text"].split(" // ")), row["tuned"])
        for row in rows
    ]


def measure(some: Iterable[Case]) -> dict[Kind, Score]:
    """Redact these cases, each as a contact of its own, and count per kind.

    A marked span counts as covered when every letter and digit of it went, as whatever kind; a
    found one as right when it took no letter and no digit that had to stay.
    """
    scores = {kind: Score() for kind in Kind}
    for case in some:
        for turn, taken in _redacted(case):
            gone = _characters(turn, ((start, end) for _, start, end in taken))
            secret = _characters(turn, ((span.start, span.end) for span in turn.marked))
            for span in turn.marked:
                scores[span.kind].marked += 1
                scores[span.kind].covered += _characters(turn, [(span.start, span.end)]) <= gone
            for kind, start, end in taken:
                scores[kind].found += 1
                scores[kind].right += _characters(turn, [(start, end)]) <= secret
    return scores


def misses(some: Iterable[Case]) -> Iterator[tuple[str, str]]:
    """Give each turn that is not redacted exactly right, as marked and as redacted."""
    for case in some:
        redactor = Redactor(case.language)
        for turn in case.turns:
            done = redactor.redact(turn.text)
            gone = _characters(turn, ((span.start, span.end) for span in done.found))
            if gone != _characters(turn, ((span.start, span.end) for span in turn.marked)):
                yield turn.text, done.text


def total(scores: dict[Kind, Score], kinds: Iterable[Kind] = tuple(Kind)) -> Score:
    return sum((scores[kind] for kind in kinds), Score())


def _redacted(case: Case) -> Iterator[tuple[Turn, list[tuple[Kind, int, int]]]]:
    redactor = Redactor(case.language)
    for turn in case.turns:
        yield turn, [(f.kind, f.start, f.end) for f in redactor.redact(turn.text).found]


def marked_turn(marked_up: str) -> Turn:
    """Return the turn that a line such as `Jag heter <PERSON:Anna>` marks."""
    text, marked, last = "", [], 0
    for match in _MARKED.finditer(marked_up):
        text += marked_up[last : match.start()]
        marked.append(Marked(Kind(match["kind"]), len(text), len(text) + len(match["text"])))
        text += match["text"]
        last = match.end()
    return Turn(text + marked_up[last:], tuple(marked))


def _characters(turn: Turn, spans: Iterable[tuple[int, int]]) -> set[int]:
    """Return where the letters and digits of these spans stand."""
    return {at for start, end in spans for at in range(start, end) if turn.text[at].isalnum()}
