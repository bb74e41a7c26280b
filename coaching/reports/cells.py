"""Reading released cells: which units a person may see, and what was released of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from coaching.models.cells import ReleaseCell
from coaching.release.catalogue import METRICS
from literacy.privacy.access import TeamScope

WEEKS_SHOWN = 26


class Cell(NamedTuple):
    """What a report reads of a released cell; `level` counts from 0, as it is stored."""

    unit_key: str
    unit_label: str
    season_on: date
    week_on: date
    metric: str
    level: int | None
    of: int | None
    size_class: str


@dataclass(frozen=True)
class Unit:
    """A released unit; `path` holds (id, name) of the teams down to what its people share."""

    key: str
    label: str
    team_ids: frozenset[int]
    path: tuple[tuple[int, str], ...]
    last_on: date

    @property
    def place(self) -> tuple[tuple[str, ...], str]:
        """Where it stands in the tree, to order units by: never by a value."""
        return tuple(name for _, name in self.path), self.label


def released() -> QuerySet[ReleaseCell]:
    return ReleaseCell.objects.using("release")


def last_week_on() -> date | None:
    last: date | None = released().aggregate(last=Max("week_on"))["last"]
    return last


def shown_units(scope: TeamScope) -> tuple[list[Unit], date | None]:
    """Return the visible units of the weeks that are shown, and the last week released of any."""
    about = timezone.localdate() - timedelta(weeks=WEEKS_SHOWN + 1)
    found = _units(since=about) or _units()
    last_on = max((unit.last_on for unit in found), default=None)
    if last_on is None:
        return [], None
    since = first_shown_on(last_on)
    return [unit for unit in _visible(found, scope) if unit.last_on >= since], last_on


def first_shown_on(last_on: date) -> date:
    return last_on - timedelta(weeks=WEEKS_SHOWN - 1)


def visible_units(scope: TeamScope) -> list[Unit]:
    """Return the units of the teams a person leads, and the one that counts them."""
    return _visible(_units(), scope)


def _visible(units: Iterable[Unit], scope: TeamScope) -> list[Unit]:
    visible = (
        unit
        for unit in units
        if unit.key == scope.own_unit_key or not scope.team_ids.isdisjoint(unit.team_ids)
    )
    return sorted(visible, key=lambda unit: unit.place)


def _units(*, since: date | None = None) -> Collection[Unit]:
    cells = released().filter(metric=next(iter(METRICS)))  # every week has every metric
    if since:
        cells = cells.filter(week_on__gte=since)
    units = cells.values_list("unit_key", "unit_label", "team_ids", "path")
    found = {}
    for key, label, team_ids, path, last_on in units.annotate(last=Max("week_on")).order_by("last"):
        place = tuple((pk, name) for pk, name in path)
        found[key] = Unit(key, label, frozenset(team_ids), place, last_on)
    return found.values()


def cells_of(
    unit_keys: Collection[str], metrics: Collection[str], *, since: date | None = None
) -> list[Cell]:
    """Return what was released of some units, oldest first."""
    cells = released().filter(unit_key__in=unit_keys)
    return _read(cells.filter(week_on__gte=since) if since else cells, metrics)


def cells_beside(
    unit: Unit, others: Collection[Unit], metrics: Collection[str], *, since: date, last_on: date
) -> list[Cell]:
    """Return a unit's cells since a week, and those of others in the last one."""
    own = Q(unit_key=unit.key, week_on__gte=since)
    last = Q(unit_key__in=[other.key for other in others], week_on=last_on)
    return _read(released().filter(own | last), metrics)


def _read(cells: QuerySet[ReleaseCell], metrics: Collection[str]) -> list[Cell]:
    cells = cells.filter(metric__in=metrics)
    return list(map(Cell._make, cells.order_by("week_on").values_list(*Cell._fields)))
