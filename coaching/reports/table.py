"""The words beside the picture: where each metric stands, and what changed in this season."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.release.catalogue import METRICS, level_words
from coaching.reports.report import Point


@dataclass(frozen=True)
class Now:
    """One metric in the last week; without words where it is not shown."""

    title: str
    question: Promise
    unit: Promise
    level: str
    words: str
    steps: int | None  # up or down since the season's first week; None for a new group

    @property
    def change(self) -> str:
        if self.steps is None:
            return _("new group")
        if self.steps == 0:
            return _("unchanged")
        if self.steps > 0:
            text = ngettext("up one level", "up %(count)s levels", self.steps)
        else:
            text = ngettext("down one level", "down %(count)s levels", -self.steps)
        return text % {"count": abs(self.steps)}


def message(rows: Collection[Now], season_on: date) -> str:
    """Say in a sentence what changed since the group is the same."""
    steps = [row.steps for row in rows if row.steps is not None]
    if not any(row.words for row in rows):
        return _("Not shown, to protect individuals.")
    if not steps:
        return _("A new group: from next week you see what changes.")
    up, down = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
    if up and down:
        text = _("Since week %(week)s, %(up)s of %(all)s went up and %(down)s went down.")
    elif up:
        text = _("Since week %(week)s, %(up)s of %(all)s went up.")
    elif down:
        text = _("Since week %(week)s, %(down)s of %(all)s went down.")
    else:
        text = _("No level has changed since week %(week)s.")
    week = season_on.isocalendar().week
    return text % {"week": week, "up": up, "down": down, "all": len(rows)}


def week_rows(rows: Iterable[Sequence[Point]]) -> list[tuple[str, list[str]]]:
    """Return every week, the newest first, with the level of each metric in words."""
    say = cache(lambda level, of: level_words(level - 1, of) if level else "–")
    weeks = [
        (
            str(points[0].week_on.isocalendar().week),
            [say(point.level, point.of) for point in points],
        )
        for points in zip(*rows, strict=True)
    ]
    return weeks[::-1]


def now(row: Sequence[Point]) -> Now:
    """Return where a metric stands in the last of its weeks."""
    last = row[-1]
    first = next(point for point in row if point.season_on == last.season_on)
    metric = METRICS[last.metric]
    return Now(
        title=last.title,
        question=metric.question,
        unit=metric.unit,
        level=last.said,
        words=last.words,
        steps=_steps(first, last),
    )


def _steps(first: Point, last: Point) -> int | None:
    """Return the step from the season's first week, if the group is of the same kind still."""
    is_new = first.week_on == last.week_on or first.of != last.of
    return None if is_new or not last.level or not first.level else last.level - first.level
