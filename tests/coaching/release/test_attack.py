"""An attacker who knows roster, rules and two colleagues' own data, over many released weeks.

What stays secret is the draw, which is the same every week, and what the others did. Nobody's
own part may follow from all weeks together, whatever the others did and whatever the draw is.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.release.levels import level_of

pytestmark = pytest.mark.pure

INSIDERS = 2
DRAWS = (-1, 0, 1)

GROUPS = st.integers(8, 30).flatmap(
    lambda people: st.lists(
        st.lists(st.booleans(), min_size=people, max_size=people), min_size=1, max_size=26
    )
)


def shown(count: int, draw: int, people: int) -> int:
    return level_of(min(max(count + draw, 0), people), people, k=8)


def possible_for_somebody_else(level: int, draw: int, known: int, people: int) -> set[bool]:
    """Return what one outsider may have done, given a week's level and a draw."""
    others = people - INSIDERS - 1
    return {
        did
        for did in (False, True)
        for rest in range(others + 1)
        if shown(known + did + rest, draw, people) == level
    }


@settings(deadline=None)
@given(weeks=GROUPS, draw=st.sampled_from(DRAWS))
def test_weeks_together_leave_everybody_open(weeks, draw) -> None:
    people = len(weeks[0])
    released = [shown(sum(week), draw, people) for week in weeks]
    known = [sum(week[:INSIDERS]) for week in weeks]

    fits = [
        [
            possible_for_somebody_else(level, guess, own, people)
            for level, own in zip(released, known, strict=True)
        ]
        for guess in DRAWS
    ]
    possible = [each for each in fits if all(each)]  # draws that explain every week

    assert possible
    for week in range(len(weeks)):
        assert set().union(*(each[week] for each in possible)) == {False, True}


@pytest.mark.parametrize("draw", DRAWS)
def test_nobody_and_everybody_look_like_one_person_less_or_more(draw) -> None:
    for people in range(8, 61):
        assert shown(0, draw, people) == shown(1, draw, people)
        assert shown(people, draw, people) == shown(people - 1, draw, people)
