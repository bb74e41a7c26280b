"""The interactive figure: for each metric a row of bands, as wide as a level and no narrower.

A plain dict for Plotly, without its Python templates. It holds levels and words, nothing else.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from coaching.reports.report import Figure, Point, points, week_words

OKABE_ITO = ("#0072B2", "#009E73", "#D55E00", "#CC79A7", "#000000")
GAP = 0.35  # of a row's height, for its title


def figure(frame: pd.DataFrame) -> Figure:
    rows = list(points(frame).values())
    weeks = rows[0]
    starts = [
        place
        for place, (before, week) in enumerate(pairwise(weeks), start=1)
        if week.season_on != before.season_on
    ]
    layout: dict[str, Any] = {
        "template": {},
        "barmode": "overlay",
        "showlegend": False,
        "hovermode": "closest",
        "height": 104 * len(rows) + 48,
        "margin": {"l": 0, "r": 8, "t": 8, "b": 40},
        "xaxis": _weeks_axis(weeks, [0, *starts]),
        "shapes": [_season_line(place) for place in starts],
        "annotations": [],
    }
    for number, row in enumerate(rows):
        bottom, top = (len(rows) - number - 1) / len(rows), (len(rows) - number - GAP) / len(rows)
        layout[f"yaxis{_suffix(number)}"] = _level_axis(row, bottom, top)
        layout["annotations"].append(_title(row[0].title, top))
    return {"data": [_bands(row, number) for number, row in enumerate(rows)], "layout": layout}


def _bands(row: Sequence[Point], number: int) -> dict[str, Any]:
    shown = [point for point in row if point.level]
    return {
        "type": "bar",
        "x": [point.week for point in shown],
        "base": [round(point.shares[0], 3) for point in shown],
        "y": [round(point.shares[1] - point.shares[0], 3) for point in shown],
        "width": 0.94,
        "hovertext": [point.words for point in shown],
        "hoverinfo": "x+text",
        "marker": {"color": OKABE_ITO[number % len(OKABE_ITO)]},
        "yaxis": f"y{_suffix(number)}",
    }


def _weeks_axis(weeks: Sequence[Point], starts: Sequence[int]) -> dict[str, Any]:
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": [week.week for week in weeks],
        "tickvals": [weeks[place].week for place in starts],
        "ticktext": [week_words(weeks[place].week_on) for place in starts],
        "anchor": "free",
        "fixedrange": True,
    }


def _level_axis(row: Sequence[Point], bottom: float, top: float) -> dict[str, Any]:
    return {
        "domain": [bottom, top],
        "range": [0, 1],
        "dtick": 1 / max(point.of or 1 for point in row),
        "showticklabels": False,
        "zeroline": False,
        "fixedrange": True,
    }


def _title(text: str, top: float) -> dict[str, Any]:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "yanchor": "bottom"}
    return {**place, "y": top, "text": text, "showarrow": False}


def _season_line(place: int) -> dict[str, Any]:
    across = {"xref": "x", "x0": place - 0.5, "x1": place - 0.5}
    return {"type": "line", **across, "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 1}}


def _suffix(number: int) -> str:
    return str(number + 1) if number else ""
