"""What a released level can tell about one person: tried out for every small group."""

from itertools import pairwise, product

import pytest

from coaching.release import levels

pytestmark = pytest.mark.pure

KS = sorted(levels.TABLES)
UP_TO = 60  # people


def counts_that_fit(level: int, people: int, *, k: int, noise: int = 1) -> tuple[int, int]:
    """Return the least and most head-counts that may have been shown as this level."""
    first = levels.first_counts(people, k=k)
    lowest = first[level] - noise if level else 0
    highest = first[level + 1] - 1 + noise if first[level + 1] <= people else people
    return max(lowest, 0), min(highest, people)


def all_levels(people: int, *, k: int) -> range:
    return range(levels.level_count(people, k=k))


@pytest.mark.parametrize(
    ("people", "k", "expected"),
    [(8, 8, 3), (13, 8, 3), (14, 8, 5), (28, 8, 5), (29, 8, 10), (58, 8, 10), (59, 8, 20)]
    + [(5, 5, 2), (11, 5, 2), (12, 5, 3), (14, 5, 3), (15, 5, 5), (29, 5, 10), (59, 5, 20)],
)
def test_level_count_follows_the_table(people, k, expected) -> None:
    assert levels.level_count(people, k=k) == expected


@pytest.mark.parametrize("k", KS)
def test_level_count_has_no_answer_below_k(k) -> None:
    with pytest.raises(ValueError, match="empty"):
        levels.level_count(k - 1, k=k)


def test_first_counts_of_ten_people_are_those_of_the_policy() -> None:
    assert levels.first_counts(10, k=8) == [0, 4, 7, 11]


@pytest.mark.parametrize(
    ("score_sum", "expected"),
    [(0, 0), (3, 0), (3.49, 0), (3.5, 1), (4, 1), (6.49, 1), (6.5, 2), (7, 2), (10, 2)],
)
def test_level_of_holds_the_nearest_head_count(score_sum, expected) -> None:
    assert levels.level_of(score_sum, 10, k=8) == expected


@pytest.mark.parametrize("score_sum", [-0.1, 10.1, float("nan")])
def test_level_of_refuses_what_no_group_can_score(score_sum) -> None:
    with pytest.raises(ValueError, match="between nobody and everybody"):
        levels.level_of(score_sum, 10, k=8)


@pytest.mark.parametrize(
    ("people", "k", "expected"),
    [(8, 8, "8-13"), (13, 8, "8-13"), (14, 8, "14-28"), (58, 8, "29-58"), (59, 8, "59+")]
    + [(500, 8, "59+"), (5, 5, "5-11"), (12, 5, "12-14"), (15, 5, "15-28")],
)
def test_size_class_is_the_range_of_one_level_count(people, k, expected) -> None:
    assert levels.size_class(people, k=k) == expected


@pytest.mark.parametrize("k", KS)
def test_every_head_count_has_exactly_one_level(k) -> None:
    for people in range(k, 200):
        found = [levels.level_of(count, people, k=k) for count in range(people + 1)]

        assert found == sorted(found)
        assert set(found) == set(all_levels(people, k=k))


@pytest.mark.parametrize("k", KS)
def test_levels_span_three_counts_or_more_and_hardly_differ(k) -> None:
    for people in range(k, 200):
        counts = levels.first_counts(people, k=k)
        spans = [following - first for first, following in pairwise(counts)]

        assert min(spans) >= 3
        assert max(spans) - min(spans) <= 1


@pytest.mark.parametrize("k", KS)
def test_level_fits_five_head_counts_and_four_at_the_ends(k) -> None:
    for people in range(k, UP_TO + 1):
        for level in all_levels(people, k=k):
            lowest, highest = counts_that_fit(level, people, k=k)
            is_end = level in (0, levels.level_count(people, k=k) - 1)

            assert highest - lowest + 1 >= (4 if is_end else 5)


@pytest.mark.parametrize("k", KS)
def test_level_leaves_everybody_open_even_to_two_insiders(k) -> None:
    for people in range(k, UP_TO + 1):
        for level, insiders in product(all_levels(people, k=k), (0, 1, 2)):
            lowest, highest = counts_that_fit(level, people, k=k)
            others = people - insiders - 1
            for known in range(insiders + 1):
                possible = {
                    score
                    for score in (0, 1)
                    if max(lowest - known - score, 0) <= min(highest - known - score, others)
                }
                assert possible in ({0, 1}, set())


def left_open(kind, before, after, *, insiders, known, may_grow) -> set[tuple[int, int]]:
    """Return the scores (of who leaves, of who joins) that fit two levels in a row."""
    (low_1, high_1), (low_2, high_2), stay = before, after, insiders
    leaving = (0,) if kind == "join" else (0, 1)
    joining = (0,) if kind == "leave" else (0, 1)
    fits = set()
    for leaver, joiner in product(leaving, joining):
        first = max(low_1 - leaver - known, 0), min(high_1 - leaver - known, stay)
        second = max(low_2 - joiner - known, 0), min(high_2 - joiner - known, stay)
        if first[0] > first[1] or second[0] > second[1]:
            continue
        if (
            second[1] >= first[0]
            if may_grow
            else max(first[0], second[0]) <= min(first[1], second[1])
        ):
            fits.add((leaver, joiner))
    return fits


def changes(k: int, up_to: int):
    """Yield each change of one member: kind, sizes, who stays, what insiders know, may grow."""
    for people, kind in product(range(k, up_to), ("join", "leave", "swap")):
        before, after = {"join": (0, 1), "leave": (1, 0), "swap": (0, 0)}[kind]
        stay = people + before - (kind != "join")
        for insiders, may_grow in product((0, 1), (False, True)):
            for known in range(insiders + 1):
                yield kind, people + before, people + after, stay - insiders, known, may_grow


def given_away(k: int, *, noise: int, up_to: int = UP_TO) -> int:
    """Count the pairs of levels after which the leaver or the joiner is known for sure."""
    count = 0
    for kind, before, after, others, known, may_grow in changes(k, up_to):
        for level_1, level_2 in product(all_levels(before, k=k), all_levels(after, k=k)):
            fits = left_open(
                kind,
                counts_that_fit(level_1, before, k=k, noise=noise),
                counts_that_fit(level_2, after, k=k, noise=noise),
                insiders=others,
                known=known,
                may_grow=may_grow,
            )
            leavers, joiners = {leaver for leaver, _ in fits}, {joiner for _, joiner in fits}
            is_known = len(leavers) == 1 and kind != "join" or len(joiners) == 1 and kind != "leave"
            count += is_known
    return count


@pytest.mark.parametrize("k", KS)
def test_one_change_of_members_gives_nobody_away(k) -> None:
    assert given_away(k, noise=1) == 0


def test_one_change_of_members_would_give_people_away_without_noise() -> None:
    assert given_away(8, noise=0, up_to=16) > 0


@pytest.mark.parametrize("fewest_for_three", [9, 10, 11])
def test_a_neighbouring_table_would_give_people_away(monkeypatch, fewest_for_three) -> None:
    tuned = ((5, 2), (fewest_for_three, 3), (15, 5), (29, 10), (59, 20))
    monkeypatch.setitem(levels.TABLES, 5, tuned)

    assert given_away(5, noise=1, up_to=14) > 0


@pytest.mark.parametrize("k", KS)
def test_verify_tables_accepts_the_two_tables(k) -> None:
    levels.verify_tables(k)


@pytest.mark.parametrize("k", [0, 4, 6, 7, 9])
def test_verify_tables_refuses_any_other_k(k) -> None:
    with pytest.raises(ValueError, match="verified for"):
        levels.verify_tables(k)


@pytest.mark.parametrize(
    "table",
    [
        ((8, 2), (14, 4), (29, 9), (59, 19)),
        ((8, 2), (14, 5), (29, 10), (59, 20)),
        ((8, 1),),
        ((8, 3), (14, 5), (29, 10)),
        ((8, 3), (15, 5), (29, 10), (59, 20)),
        ((8, 3), (14, 5), (29, 10), (60, 20)),
        ((8, 3), (14, 5), (29, 10), (59, 19)),
        ((8, 4), (14, 5)),
        ((8, 3), (13, 5)),
        ((8, 3), (28, 10)),
        ((8, 3), (40, 20)),
    ],
)
def test_verify_tables_refuses_every_table_but_the_policy_s(monkeypatch, table) -> None:
    monkeypatch.setitem(levels.TABLES, 8, table)

    with pytest.raises(ValueError, match="of the policy"):
        levels.verify_tables(8)


def test_verify_tables_refuses_a_rule_with_narrow_levels(monkeypatch) -> None:
    monkeypatch.setattr(levels, "first_counts", lambda people, k: [0, 2, people - 2, people + 1])

    with pytest.raises(ValueError, match="of the policy"):
        levels.verify_tables(8)


def test_verify_tables_refuses_levels_narrower_than_three_counts(monkeypatch) -> None:
    narrow = ((8, 4), (14, 5), (29, 10), (59, 20))
    monkeypatch.setitem(levels.TABLES, 8, narrow)
    monkeypatch.setitem(
        levels.DEMANDED, 8, ((8, 13, 4), (14, 28, 5), (29, 58, 10), (59, levels.VERIFIED_UP_TO, 20))
    )

    with pytest.raises(ValueError, match="of the policy"):
        levels.verify_tables(8)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (8, "000111222"),
        (9, "0001111222"),
        (10, "00001112222"),
        (11, "000011112222"),
        (12, "0000111112222"),
        (13, "00000111122222"),
        (14, "000111222333444"),
    ],
)
def test_levels_of_small_groups_are_those_of_the_policy(people, expected) -> None:
    found = [levels.level_of(count, people, k=8) for count in range(people + 1)]

    assert "".join(map(str, found)) == expected
