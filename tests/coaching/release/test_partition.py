"""Who is counted with whom, on trees small enough to check by eye and on random ones."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.release.partition import Block, partition, partition_after_moves

pytestmark = pytest.mark.pure

# 1 organisation; 2 and 3 sites; the others teams
TREE = {1: None, 2: 1, 3: 1, 21: 2, 22: 2, 23: 2, 31: 3}


def homes(**sizes: int) -> dict[int, int]:
    """Fill teams: homes(t21=9) puts people 2101 to 2109 into team 21."""
    return {
        int(team[1:]) * 100 + number + 1: int(team[1:])
        for team, size in sizes.items()
        for number in range(size)
    }


def sizes(blocks) -> dict[str, int]:
    return {block.key: len(block.learner_ids) for block in blocks}


def test_teams_of_k_or_more_stay_as_they_are() -> None:
    blocks = partition(TREE, homes(t21=8, t22=30), k=8)

    assert sizes(blocks) == {"21": 8, "22": 30}


def test_a_small_team_joins_its_smallest_sibling() -> None:
    blocks = partition(TREE, homes(t21=12, t22=9, t23=3, t31=8), k=8)

    assert sizes(blocks) == {"21": 12, "22+23": 12, "31": 8}


def test_siblings_of_equal_size_are_taken_by_id() -> None:
    blocks = partition(TREE, homes(t21=9, t22=9, t23=3), k=8)

    assert sizes(blocks) == {"21+23": 12, "22": 9}


def test_small_teams_merge_until_they_reach_k() -> None:
    blocks = partition(TREE, homes(t21=3, t22=3, t23=3), k=8)

    assert sizes(blocks) == {"21+22+23": 9}


def test_what_no_sibling_can_take_goes_one_level_up() -> None:
    blocks = partition(TREE, homes(t21=12, t22=9, t31=4), k=8)

    assert sizes(blocks) == {"21": 12, "22+31": 13}


def test_people_of_a_team_with_teams_below_are_a_unit_beside_those() -> None:
    blocks = partition(TREE, homes(t2=3, t21=12, t22=10), k=8)

    assert sizes(blocks) == {"2+22": 13, "21": 12}


def test_an_organisation_below_k_is_one_small_block() -> None:
    blocks = partition(TREE, homes(t21=3, t31=4), k=8)

    assert sizes(blocks) == {"21+31": 7}


def test_nobody_is_no_block() -> None:
    assert partition(TREE, {}, k=8) == []


TREES = st.lists(st.integers(0, 40), min_size=1, max_size=12).map(
    lambda ups: {pk: (up % pk or None) if pk > 1 else None for pk, up in enumerate(ups, start=1)}
)


@settings(deadline=None)
@given(tree=TREES, filled=st.lists(st.integers(0, 20), min_size=12, max_size=12))
def test_everybody_is_in_exactly_one_block_of_at_least_k(tree, filled) -> None:
    people = count(1)
    at_home = {next(people): team for team in tree for _ in range(filled[team - 1])}

    blocks = partition(tree, at_home, k=8)

    counted = [person for block in blocks for person in block.learner_ids]
    assert sorted(counted) == sorted(at_home)
    teams = [team for block in blocks for team in block.team_ids]
    assert sorted(teams) == sorted(set(at_home.values()))
    assert len(blocks) <= 1 or all(len(block.learner_ids) >= 8 for block in blocks)


def after_moves(now, *, before, k=8) -> list[Block]:
    """Partition people's new homes; whoever changed teams since before has moved."""
    old = partition(TREE, before, k=k)
    unit_of = {person: block for block in old for person in block.learner_ids}
    moved = {
        person: unit_of[person].team_ids[0]
        for person, team in now.items()
        if person in unit_of and team not in unit_of[person].team_ids
    }
    return partition_after_moves(
        TREE, now, moved=moved, earlier=[block.learner_ids for block in old], k=k
    )


def test_one_person_who_moved_stays_counted_where_they_were() -> None:
    before = homes(t21=10, t22=12)
    now = {**before, 2101: 22}

    assert sizes(after_moves(now, before=before)) == {"21": 10, "22": 12}


def test_two_people_who_changed_places_stay_counted_where_they_were() -> None:
    before = homes(t21=10, t22=12)
    now = {**before, 2101: 22, 2201: 21}

    assert after_moves(now, before=before) == partition(TREE, before, k=8)


def test_three_people_who_moved_are_counted_where_they_are() -> None:
    before = homes(t21=12, t22=12)
    now = {**before, 2101: 22, 2102: 22, 2103: 22}

    assert sizes(after_moves(now, before=before)) == {"21": 9, "22": 15}


def test_a_move_among_many_joiners_is_no_difference_of_two() -> None:
    before = homes(t21=10, t22=12)
    now = {**before, **homes(t21=14, t22=16), 2101: 22}

    assert sizes(after_moves(now, before=before)) == {"21": 13, "22": 17}


def test_somebody_who_moved_but_is_too_new_to_count_stays_where_they_were() -> None:
    before = homes(t21=10, t22=12)
    now = {person: team for person, team in before.items() if person != 2101}
    old = partition(TREE, before, k=8)

    blocks = partition_after_moves(
        TREE, now, moved={2101: 21}, earlier=[block.learner_ids for block in old], k=8
    )

    assert sizes(blocks) == {"21": 10, "22": 12}


def test_joiners_and_leavers_are_no_moves() -> None:
    before = homes(t21=10, t22=12)
    now = {**homes(t21=9, t22=12), 9999: 22}

    assert sizes(after_moves(now, before=before)) == {"21": 9, "22": 13}


def test_units_that_split_take_nobody_back() -> None:
    before = homes(t21=7, t22=7)
    now = homes(t21=8, t22=8)

    assert sizes(after_moves(now, before=before)) == {"21": 8, "22": 8}
