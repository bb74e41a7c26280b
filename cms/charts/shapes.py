"""The parts of a drawing, with their places as text.

The drawing is 320 units wide, as a small phone, so that its 13-unit text is 13 px there. Places
are text because a template would print 12.5 as "12,5" in Swedish.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cms.charts.numbers import spoken, ticks_between

WIDTH = 320
ROW = 18.0  # height of a line of text
LETTER = 7.2  # width of a letter, on the generous side
GAP = 6.0
SAMPLE = 22.0  # length of the piece of line or bar before a name
SHORT_UNIT = 3  # letters of a unit that may stand at every number of the axis


@dataclass(frozen=True)
class Label:
    x: str
    y: str
    text: str
    anchor: str  # start, middle, end


@dataclass(frozen=True)
class Box:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Rule:
    """A line of the grid."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Mark:
    """One series as a line with its points, or as bars; the number gives colour and pattern."""

    number: int
    line: str = ""
    points: tuple[tuple[str, str], ...] = ()
    bars: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Name:
    """The name of a series behind a sample of its look."""

    number: int
    label: Label
    sample: Box


@dataclass(frozen=True)
class Drawing:
    height: str
    rules: tuple[Rule, ...]
    labels: tuple[Label, ...]
    marks: tuple[Mark, ...]
    names: tuple[Name, ...]
    highlight: Box | None = None
    width: int = WIDTH


@dataclass(frozen=True)
class Scale:
    """Where values lie between two ends, in units of the drawing."""

    ticks: list[float]
    start: float
    end: float

    def place(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    @property
    def foot(self) -> float:
        """Where bars begin: at 0 where it is shown, else at the start of the axis."""
        return self.place(min(max(0.0, self.ticks[0]), self.ticks[-1]))


def places(number: float) -> str:
    return f"{number:.1f}"


def label(x: float, y: float, text: str, anchor: str = "middle") -> Label:
    return Label(places(x), places(y), text, anchor)


def box(x: float, y: float, width: float, height: float) -> Box:
    return Box(places(x), places(y), places(width), places(height))


def rule(start: tuple[float, float], end: tuple[float, float]) -> Rule:
    return Rule(*map(places, (*start, *end)))


def name(number: int, text: str, x: float, y: float) -> Name:
    """Place a name with its sample; y is the line the letters stand on."""
    sample = box(x, y - 10, SAMPLE, 10)
    return Name(number, label(x + SAMPLE + GAP, y, text, "start"), sample)


def width_of(text: str) -> float:
    return len(text) * LETTER


def axis(chart: Mapping[str, Any]) -> tuple[list[float], list[str]]:
    """Return the numbers of the axis, and how they are written there."""
    values = [value for series in chart["series"] for value in series["values"]]
    ticks = ticks_between(values, chart.get("y_min"))
    unit = unit_of(chart)
    unit = unit if len(unit) <= SHORT_UNIT else ""
    return ticks, [spoken(tick, unit) for tick in ticks]


def unit_of(chart: Mapping[str, Any]) -> str:
    return chart.get("unit") or ""


def head(chart: Mapping[str, Any]) -> tuple[list[Label], list[Name], float]:
    """Return what the axis counts, the names of grouped bars, and the height of both."""
    labels = [label(0, ROW - GAP, chart["y_label"], "start")] if chart.get("y_label") else []
    names = []
    if chart["kind"] == "grouped_bar":
        names = [
            name(number, series["name"], 0, ROW * (number + len(labels)) - GAP / 2)
            for number, series in enumerate(chart["series"], start=1)
        ]
    return labels, names, ROW * (len(labels) + len(names))
