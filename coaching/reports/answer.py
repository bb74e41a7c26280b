"""The part of a page that follows from cells alone: released cells never change, so it is kept."""

from datetime import timedelta
from functools import lru_cache

from django.template.loader import render_to_string

from coaching.release.catalogue import size_words
from coaching.reports.cells import Cell
from coaching.reports.picture import picture
from coaching.reports.registry import REPORTS
from coaching.reports.report import points
from coaching.reports.table import message, now, week_rows

KEPT = 200


@lru_cache(maxsize=KEPT)
def answer(key: str, cells: tuple[Cell, ...], *, language: str) -> str:
    """Return a report's picture and tables of one unit, in the language that is active."""
    report, last = REPORTS[key], cells[-1]
    frame = report.frame(cells)
    metrics = list(points(frame).values())
    rows = [now(weeks) for weeks in metrics]
    context = {
        "report": report,
        "last": last,
        "size": size_words(last.size_class) if last.size_class else "",
        "ended_on": last.week_on + timedelta(days=6),
        "message": message(rows, last.season_on),
        "rows": rows,
        "picture": picture(metrics),
        "figure": report.figure(frame),
        "weeks": week_rows(metrics),
    }
    return render_to_string("coaching/reports/_answer.html", context)
