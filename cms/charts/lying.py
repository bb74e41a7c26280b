"""Bars that lie: each label has a row of its own, so that long words fit on a phone."""

from collections.abc import Mapping
from typing import Any

from cms.charts.numbers import spoken
from cms.charts.shapes import (
    GAP,
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

BAR = 16.0


def lying(chart: Mapping[str, Any], highlight: int | None) -> Drawing:
    labels, names, top = head(chart)
    all_values = [series["values"] for series in chart["series"]]
    group = ROW + BAR * len(all_values) + GAP * 2
    tops = [top + GAP + group * index for index in range(len(chart["categories"]))]
    foot = top + GAP + group * len(tops)
    ticks, tick_texts = axis(chart)
    scale = Scale(ticks, start=0, end=WIDTH - _room_behind(all_values))
    labels += [
        label(0, y + ROW - GAP, category["label"], "start")
        for y, category in zip(tops, chart["categories"], strict=True)
    ]
    labels += _tick_labels(scale, tick_texts, foot + ROW)
    marks = []
    for number, values in enumerate(all_values):
        ys = [y + ROW + BAR * number for y in tops]
        bars = [_bar(scale, y, value) for y, value in zip(ys, values, strict=True)]
        marks.append(Mark(number + 1, bars=tuple(bars)))
        labels += [_value(scale, y, value) for y, value in zip(ys, values, strict=True)]
    return Drawing(
        height=places(foot + ROW + GAP),
        rules=tuple(rule((scale.place(tick), top), (scale.place(tick), foot)) for tick in ticks),
        labels=tuple(labels),
        marks=tuple(marks),
        names=tuple(names),
        highlight=None if highlight is None else box(0, tops[highlight], WIDTH, group - GAP),
    )


def _room_behind(all_values: list[list[float]]) -> float:
    return max(width_of(spoken(value)) for values in all_values for value in values) + GAP


def _bar(scale: Scale, y: float, value: float) -> Box:
    x = scale.place(value)
    return box(min(x, scale.foot), y, abs(x - scale.foot), BAR - 1)


def _value(scale: Scale, y: float, value: float) -> Label:
    x = max(scale.place(value), scale.foot)
    return label(x + GAP / 2, y + BAR - 4, spoken(value), "start")


def _tick_labels(scale: Scale, texts: list[str], y: float) -> list[Label]:
    """Number the first and the last line, which never meet."""
    first, last = scale.place(scale.ticks[0]), scale.place(scale.ticks[-1])
    return [label(first, y, texts[0], "start"), label(last, y, texts[-1], "end")]
