"""The part of a page that follows from cells alone: released cells never change, so it is kept."""

from datetime import date, timedelta
from functools import lru_cache

from django.template.loader import render_to_string

from coaching.release.catalogue import METRICS, size_words
from coaching.reports.cells import Cell, Unit
from coaching.reports.derived import parents
from coaching.reports.picture import picture
from coaching.reports.registry import REPORTS
from coaching.reports.report import points
from coaching.reports.table import message, now, week_rows

KEPT = 200


@lru_cache(maxsize=KEPT)
def answer(
    key: str,
    unit: Unit,
    cells: tuple[Cell, ...],
    *,
    units: tuple[Unit, ...],
    compared: tuple[Unit, ...],
    led: frozenset[int],
    last_on: date,
    language: str,
) -> str:
    """Return what a report says of one unit among those a person may see, in the active language.

    With units to compare, their cells of the last week are among the cells.
    """
    report = REPORTS[key]
    own = [cell for cell in cells if cell.unit_key == unit.key]
    last, frame = own[-1], report.frame(own)
    metrics = list(points(frame).values())
    rows = [now(weeks) for weeks in metrics]
    context = {
        "report": report,
        "unit": unit,
        "units": units,
        "last_on": last_on,
        "last": last,
        "size": size_words(last.size_class) if last.size_class else "",
        "ended_on": last.week_on + timedelta(days=6),
        "message": message(rows, last.season_on),
        "rows": rows,
        "picture": picture(metrics),
        "figure": report.figure(frame),
        "weeks": week_rows(metrics),
        "titles": [METRICS[metric].title for metric in report.metrics],
        "parents": parents(
            compared,
            [cell for cell in cells if cell.week_on == last_on],
            led=led,
            metrics=report.metrics,
        ),
    }
    return render_to_string("coaching/reports/_answer.html", context)
