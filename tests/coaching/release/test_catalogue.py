"""How levels and sizes are said."""

import pytest
from django.utils import translation

from coaching.release import catalogue
from coaching.release.levels import TABLES

pytestmark = pytest.mark.pure

LEVEL_COUNTS = sorted({levels for table in TABLES.values() for _, levels in table})


@pytest.fixture(autouse=True)
def _english() -> None:
    with translation.override("en"):
        yield


@pytest.mark.parametrize("of", LEVEL_COUNTS)
def test_every_level_has_words_of_its_own(of) -> None:
    assert len({catalogue.range_words(level, of) for level in range(of)}) == of


@pytest.mark.parametrize(
    ("level", "of", "expected"),
    [
        (0, 2, "up to about half"),
        (1, 3, "about a third to two thirds"),
        (2, 5, "about two to three fifths"),
        (0, 10, "up to about 10 per cent"),
        (4, 10, "about 40 to 50 per cent"),
        (19, 20, "about 95 per cent or more"),
    ],
)
def test_range_words_say_which_shares_a_level_stands_for(level, of, expected) -> None:
    assert catalogue.range_words(level, of) == expected


@pytest.mark.parametrize("of", [2, 3, 5])
def test_groups_below_29_people_meet_no_percentage(of) -> None:
    assert not any("cent" in catalogue.range_words(level, of) for level in range(of))


def test_level_words_count_from_one() -> None:
    assert catalogue.level_words(0, 3) == "1 of 3"


@pytest.mark.parametrize(
    ("size_class", "expected"), [("14-28", "14–28 people"), ("59+", "59 people or more")]
)
def test_size_words_say_a_range(size_class, expected) -> None:
    assert catalogue.size_words(size_class) == expected
