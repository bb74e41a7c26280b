"""The picture that needs no script: the figure's bands again, as paths for inline SVG."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from coaching.reports.report import Point, week_words

WEEK = 10  # the width of a week, in units of the picture
HEIGHT = 60
GAP = 0.4  # beside a band
MOST_EDGES = 10


@dataclass(frozen=True)
class Strip:
    """One metric over the weeks; the paths are the `d` of SVG paths."""

    title: str
    now: str  # "3 of 5", empty where the last week is not shown
    summary: str
    bands: str
    edges: str  # where one level ends and the next begins
    seasons: str  # where a new group begins


@dataclass(frozen=True)
class Season:
    label: str  # its first week that is shown
    weeks: int


@dataclass(frozen=True)
class Picture:
    strips: list[Strip]
    seasons: list[Season]
    width: int
    has_gaps: bool
    height: int = HEIGHT


def picture(rows: Sequence[Sequence[Point]]) -> Picture:
    """Return a strip for each metric's weeks."""
    seasons = [
        Season(week_words(weeks[0].week_on), len(weeks)) for weeks in _runs(rows[0], "season_on")
    ]
    return Picture(
        strips=[_strip(row, seasons) for row in rows],
        seasons=seasons,
        width=len(rows[0]) * WEEK,
        has_gaps=any(not week.level for week in rows[0]),
    )


def _strip(row: Sequence[Point], seasons: Iterable[Season]) -> Strip:
    return Strip(
        title=row[0].title,
        now=row[-1].said,
        summary=_summary([week for week in row if week.level]),
        bands="".join(_band(place * WEEK, week) for place, week in enumerate(row) if week.level),
        edges="".join(_edges(row)),
        seasons="".join(_season_lines(seasons)),
    )


def _summary(shown: Sequence[Point]) -> str:
    """Say the strip in a sentence for those who do not see it."""
    if not shown:
        return _("Not shown, to protect individuals.")
    return _("Level %(first)s in week %(first_week)s, level %(last)s in week %(last_week)s.") % {
        "first": shown[0].said,
        "first_week": shown[0].week_on.isocalendar().week,
        "last": shown[-1].said,
        "last_week": shown[-1].week_on.isocalendar().week,
    }


def _band(left: int, week: Point) -> str:
    low, high = week.shares
    top, height, width = HEIGHT * (1 - high), HEIGHT * (high - low), WEEK - 2 * GAP
    return f"M{left + GAP:g} {top:.4g}h{width:g}v{height:.4g}h-{width:g}z"


def _edges(row: Sequence[Point]) -> Iterator[str]:
    left = 0
    for weeks in _runs(row, "of"):
        width, levels = len(weeks) * WEEK, min(weeks[0].of or 1, MOST_EDGES)
        yield from (f"M{left} {HEIGHT * edge / levels:.4g}h{width}" for edge in range(levels + 1))
        left += width


def _season_lines(seasons: Iterable[Season]) -> Iterator[str]:
    left = 0
    for season in seasons:
        if left:
            yield f"M{left} 0v{HEIGHT}"
        left += season.weeks * WEEK


def _runs(row: Sequence[Point], column: str) -> list[list[Point]]:
    """Split weeks where a column's value changes."""
    return [list(weeks) for _value, weeks in groupby(row, key=lambda week: getattr(week, column))]
