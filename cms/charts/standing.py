"""Lines, and bars that stand: values go up, categories to the right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from cms.charts.names import Spot, name_lines
from cms.charts.numbers import spoken
from cms.charts.shapes import (
    GAP,
    LETTER,
    ROW,
    WIDTH,
    Box,
    Drawing,
    Label,
    Mark,
    Scale,
    axis,
    box,
    head,
    label,
    places,
    rule,
    width_of,
)

HEIGHT = 180.0
LABEL_ROWS = 2
COLUMN_SHARE = 0.72  # of the room of a category that its bars fill
COLUMN_MAX = 44.0


@dataclass(frozen=True)
class Plot:
    """The room inside the axes."""

    left: float
    right: float
    scale: Scale
    tick_texts: list[str]
    count: int

    @property
    def slot(self) -> float:
        return (self.right - self.left) / self.count

    def centre(self, index: int) -> float:
        return self.left + self.slot * (index + 0.5)


def columns_fit(chart: Mapping[str, Any]) -> bool:
    """Tell whether the labels of the categories have room below standing bars."""
    slot = _plot(chart, 0).slot
    return all(_rows(category["label"], slot) for category in chart["categories"])


def standing(chart: Mapping[str, Any], highlight: int | None) -> Drawing:
    labels, names, top = head(chart)
    plot = _plot(chart, top + GAP * 2)
    if chart["kind"] == "line":
        spots = [_spots(series["values"], plot) for series in chart["series"]]
        marks = [_line(number, line) for number, line in enumerate(spots, start=1)]
        texts = [series["name"] for series in chart["series"]]
        names = name_lines(texts, spots, plot.scale) if len(texts) > 1 else []
        below = _thinned(chart, plot)
    else:
        marks, values = _columns(chart, plot)
        labels += values
        below = _wrapped(chart, plot)
    foot = max(float(each.y) for each in below)
    if chart.get("x_label"):
        foot += ROW
        below.append(label(plot.right, foot, chart["x_label"], "end"))
    return Drawing(
        height=places(foot + GAP),
        rules=tuple(
            rule((plot.left, plot.scale.place(tick)), (plot.right, plot.scale.place(tick)))
            for tick in plot.scale.ticks
        ),
        labels=(*labels, *_tick_labels(plot), *below),
        marks=tuple(marks),
        names=tuple(names),
        highlight=None if highlight is None else _band(plot, highlight),
    )


def _plot(chart: Mapping[str, Any], top: float) -> Plot:
    ticks, texts = axis(chart)
    left = max(map(width_of, texts)) + GAP
    scale = Scale(ticks, start=top + HEIGHT, end=top)
    return Plot(left, WIDTH - GAP, scale, texts, len(chart["categories"]))


def _tick_labels(plot: Plot) -> list[Label]:
    return [
        label(plot.left - GAP, plot.scale.place(tick) + 4, text, "end")
        for tick, text in zip(plot.scale.ticks, plot.tick_texts, strict=True)
    ]


def _band(plot: Plot, index: int) -> Box:
    return box(plot.left + plot.slot * index, plot.scale.end, plot.slot, HEIGHT)


def _spots(values: Sequence[float], plot: Plot) -> list[Spot]:
    return [(plot.centre(index), plot.scale.place(value)) for index, value in enumerate(values)]


def _line(number: int, spots: Sequence[Spot]) -> Mark:
    points = tuple((places(x), places(y)) for x, y in spots)
    return Mark(number, line=" ".join(",".join(point) for point in points), points=points)


def _thinned(chart: Mapping[str, Any], plot: Plot) -> list[Label]:
    """Label the first and the last point and as many between as have room."""
    texts = [category["label"] for category in chart["categories"]]
    room = max(map(width_of, texts)) + GAP
    step = max(1, -int(-room // plot.slot))
    last = len(texts) - 1
    shown = {index for index in range(0, last, step) if last - index >= step} | {last}
    y = plot.scale.start + ROW
    return [_inside(plot.centre(index), y, texts[index]) for index in sorted(shown)]


def _inside(x: float, y: float, text: str) -> Label:
    """Keep a centred label on the paper."""
    half = width_of(text) / 2
    return label(max(half, min(x, WIDTH - half)), y, text)


def _wrapped(chart: Mapping[str, Any], plot: Plot) -> list[Label]:
    return [
        label(plot.centre(index), plot.scale.start + ROW * row, text)
        for index, category in enumerate(chart["categories"])
        for row, text in enumerate(_rows(category["label"], plot.slot), start=1)
    ]


def _rows(text: str, room: float) -> list[str]:
    """Break a label into rows that fit, or return none where it cannot be done."""
    letters = int(room // LETTER)
    rows = wrap(text, max(1, letters), break_long_words=False)
    return rows if len(rows) <= LABEL_ROWS and max(map(len, rows)) <= letters else []


def _columns(chart: Mapping[str, Any], plot: Plot) -> tuple[list[Mark], list[Label]]:
    """Return the bars of each series, and their values where these have room."""
    all_values = [series["values"] for series in chart["series"]]
    wide = min(COLUMN_MAX, plot.slot * COLUMN_SHARE / len(all_values))
    marks, labels = [], []
    for number, values in enumerate(all_values):
        shift = (number - len(all_values) / 2) * wide
        lefts = [plot.centre(index) + shift for index in range(plot.count)]
        tops = [plot.scale.place(value) for value in values]
        bars = [
            box(x, min(y, plot.scale.foot), wide - 1, abs(plot.scale.foot - y))
            for x, y in zip(lefts, tops, strict=True)
        ]
        marks.append(Mark(number + 1, bars=tuple(bars)))
        labels += [
            label(x + wide / 2, y - 4 if value >= 0 else y + ROW - GAP, spoken(value))
            for x, y, value in zip(lefts, tops, values, strict=True)
        ]
    room = plot.slot if len(all_values) == 1 else wide
    has_room = all(width_of(each.text) <= room for each in labels)
    return marks, labels if has_room else []
