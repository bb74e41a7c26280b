"""What a report declares, and the table that the usual reports are drawn from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coaching.release.catalogue import METRICS, level_words, range_words
from coaching.reports.cells import Cell
from literacy.calendar import week_label


class Point(NamedTuple):
    """A row of a frame: one metric in one week."""

    unit: str
    week: str  # 2026-W46
    week_on: date  # its Monday
    season_on: date  # since when the group is the same
    metric: str
    title: str
    level: int | None  # 1 is the lowest; empty where nothing is shown
    of: int | None
    words: str
    size_class: str

    @property
    def shares(self) -> tuple[float, float]:
        """The least and the greatest share of the level; both 0 where nothing is shown."""
        if not self.level or not self.of:
            return 0.0, 0.0
        return (self.level - 1) / self.of, self.level / self.of

    @property
    def said(self) -> str:
        """The level as people say it, "3 of 5"; empty where nothing is shown."""
        return level_words(self.level - 1, self.of) if self.level and self.of else ""


COLUMNS = Point._fields

Figure = dict[str, Any]


@dataclass(frozen=True)
class Report:
    """A question and how cells answer it; page, file, API and menu come with it."""

    key: str
    title: Promise
    question: Promise
    metrics: tuple[str, ...]
    frame: Callable[[Iterable[Cell]], pd.DataFrame]
    figure: Callable[[pd.DataFrame], Figure]


def frame(cells: Iterable[Cell]) -> pd.DataFrame:
    """Return one row for each metric and week: metrics as in the catalogue, then weeks."""
    order = {metric: place for place, metric in enumerate(METRICS)}
    label, words = cache(week_label), cache(range_words)
    titles = {metric: str(METRICS[metric].title) for metric in METRICS}
    rows = [
        Point(
            unit=cell.unit_label,
            week=label(cell.week_on),
            week_on=cell.week_on,
            season_on=cell.season_on,
            metric=cell.metric,
            title=titles[cell.metric],
            level=None if cell.level is None else cell.level + 1,
            of=cell.of,
            words="" if cell.level is None or cell.of is None else words(cell.level, cell.of),
            size_class=cell.size_class,
        )
        for cell in sorted(cells, key=lambda cell: (order[cell.metric], cell.week_on))
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def week_words(week_on: date) -> str:
    return _("w%(week)s") % {"week": week_on.isocalendar().week}


def points(frame: pd.DataFrame) -> dict[str, list[Point]]:
    """Return a frame's rows by metric, in its order."""
    by_metric: dict[str, list[Point]] = {}
    for row in zip(*(frame[column].tolist() for column in COLUMNS), strict=True):
        point = Point._make(row)
        by_metric.setdefault(point.metric, []).append(point)
    return by_metric
