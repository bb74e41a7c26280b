"""The team pages: one question each, answered from released cells alone."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from coaching.reports.answer import answer
from coaching.reports.cells import Unit, cells_beside, cells_of, first_shown_on, shown_units
from coaching.reports.derived import FEWEST_UNITS
from coaching.reports.export import csv_response
from coaching.reports.registry import REPORTS
from literacy.privacy.access import TeamScope, team_scope

FIRST = next(iter(REPORTS))


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def team(request: HttpRequest, key: str = FIRST) -> HttpResponse:
    """Show a report; what is not this person's looks exactly like what does not exist."""
    report, scope = REPORTS.get(key), team_scope(request.user)
    units, last_on = shown_units(scope)
    asked = request.GET.get("unit")
    unit = _chosen(units, scope, asked)
    if report is None or not scope.may_read or (asked is not None and unit is None):
        return _not_there(request)
    if request.GET.get("format") == "csv":
        keys = [unit.key] if unit else []
        return csv_response(report.frame(cells_of(keys, report.metrics)), report.key)
    context = {"report": report, "reports": REPORTS.values(), "scope": scope, "unit": unit}
    context |= {"last_on": last_on, "k": settings.RELEASE_K}
    if unit and last_on:
        compared = _compared(scope, units, last_on)
        since = first_shown_on(last_on)
        cells = cells_beside(unit, compared, report.metrics, since=since, last_on=last_on)
        context["answer"] = answer(
            report.key,
            unit,
            tuple(cells),
            units=tuple(units),
            compared=tuple(compared),
            led=scope.team_ids,
            last_on=last_on,
            language=get_language() or "",
        )
    return render(request, "coaching/reports/team.html", context)


def _not_there(request: HttpRequest) -> HttpResponse:
    words = {"same_page": request.path}  # the language switch does not repeat what was asked for
    return render(request, "coaching/reports/not_there.html", words, status=404)


def _chosen(units: Sequence[Unit], scope: TeamScope, asked: str | None) -> Unit | None:
    """Return the unit asked for, else the first current one that the person leads."""
    if asked is not None:
        return next((unit for unit in units if unit.key == asked), None)
    led = [unit for unit in units if not scope.team_ids.isdisjoint(unit.team_ids)]
    return max(led or units, key=lambda unit: unit.last_on, default=None)


def _compared(scope: TeamScope, units: Sequence[Unit], last_on: date) -> list[Unit]:
    """Return the units that make up what lies above them, where there are enough."""
    current = [unit for unit in units if unit.last_on == last_on]
    return current if scope.is_manager and len(current) >= FEWEST_UNITS else []
