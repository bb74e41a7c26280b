"""Values of sites: from levels and size classes, never with fewer than two released units."""

from datetime import date

import pytest

from coaching.reports.cells import Cell, Unit
from coaching.reports.derived import parents

pytestmark = pytest.mark.pure

WEEK_ON = date(2026, 11, 16)
ROOT, OSLO, MALMO = (1, "Nordic Service"), (2, "Oslo"), (3, "Malmö")
EVERYTHING = frozenset({1, 2, 3, 11, 12, 13})


def unit(key: str, *path: tuple[int, str]) -> Unit:
    return Unit(key, f"Unit {key}", frozenset({int(key)}), path, WEEK_ON)


def cell(key: str, level: int | None, *, of: int = 3, size_class: str = "8-13") -> Cell:
    return Cell(key, f"Unit {key}", WEEK_ON, WEEK_ON, "learned", level, of, size_class)


UNITS = [unit("11", ROOT, OSLO), unit("12", ROOT, OSLO), unit("13", ROOT, MALMO)]


def values(cells, *, units=UNITS, led=EVERYTHING) -> dict[str, list[str]]:
    found = parents(units, cells, led=led, metrics=["learned"])
    return {parent.name: parent.values for parent in found}


def test_value_is_the_rounded_mean_of_the_middles() -> None:
    found = values([cell("11", 0), cell("12", 2), cell("13", 2)])

    assert found == {"Nordic Service": ["about 6 of 10"], "Oslo": ["about 5 of 10"]}


def test_larger_classes_count_more() -> None:
    cells = [cell("11", 0), cell("12", 19, of=20, size_class="59+")]

    assert values(cells)["Oslo"] == ["about 9 of 10"]


def test_unit_that_is_not_shown_counts_as_if_it_were_not_there() -> None:
    hidden = Cell("12", "Unit 12", WEEK_ON, WEEK_ON, "learned", None, None, "")

    assert values([cell("11", 0), hidden, cell("13", 2)]) == {"Nordic Service": ["about 5 of 10"]}


@pytest.mark.parametrize("number", [0, 1])
def test_fewer_than_two_released_units_have_no_value(number) -> None:
    assert values([cell("11", 0)][:number]) == {}


def test_only_led_teams_are_told() -> None:
    cells = [cell("11", 0), cell("12", 2), cell("13", 2)]

    assert values(cells, led=frozenset({2, 11, 12})) == {"Oslo": ["about 5 of 10"]}


def test_value_depends_on_levels_and_classes_alone() -> None:
    some = values([cell("11", 1), cell("12", 1)])
    same = values([cell("12", 1)._replace(unit_label="X"), cell("11", 1)])

    assert some == same
