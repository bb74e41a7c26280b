"""Sites and the whole organisation: from the levels of their units, never from people.

A value is the mean of the middles of released levels, weighted by size class and rounded to
tenths. With fewer than two released units there is none.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import floor

from django.utils.translation import gettext

from coaching.reports.cells import Cell, Unit

FEWEST_UNITS = 2


@dataclass(frozen=True)
class Parent:
    """A team above several released units; one value for each metric, empty if there is none."""

    name: str
    values: list[str]


def parents(
    units: Collection[Unit], cells: Iterable[Cell], *, led: frozenset[int], metrics: Collection[str]
) -> list[Parent]:
    """Return the led teams with at least two units, from the cells of one week."""
    shown = {
        (cell.unit_key, cell.metric): (_weight(cell.size_class), (cell.level + 0.5) / cell.of)
        for cell in cells
        if cell.level is not None and cell.of
    }
    names = {pk: name for unit in units for pk, name in unit.path if pk in led}
    found = []
    for pk, name in names.items():
        keys = [unit.key for unit in units if pk in dict(unit.path)]
        values = [_value([shown[key, m] for key in keys if (key, m) in shown]) for m in metrics]
        if any(values):
            found.append(Parent(name, values))
    return found


def _value(middles: Collection[tuple[float, float]]) -> str:
    """Say the mean of (weight, middle of the level) in tenths."""
    if len(middles) < FEWEST_UNITS:
        return ""
    mean = sum(weight * middle for weight, middle in middles) / sum(w for w, _ in middles)
    return gettext("about %(tenths)s of 10") % {"tenths": floor(mean * 10 + 0.5)}


def _weight(size_class: str) -> float:
    """Return the middle of a size class; an open one counts as its beginning."""
    low, _, high = size_class.rstrip("+").partition("-")
    return (int(low) + int(high or low)) / 2
