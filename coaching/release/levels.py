"""From a sum of scores to a level: two verified tables, and no other way.

Published is which of a few levels a sum lies in. Each level spans at least three head-counts,
so with one person of noise five sums fit it (four at an end), and nobody's own part follows
even for two colleagues who compare notes.
"""

from bisect import bisect_right
from fractions import Fraction
from itertools import pairwise
from math import floor

# K -> (people from, levels). Neighbouring choices give somebody away: never tune them.
TABLES = {
    8: ((8, 3), (14, 5), (29, 10), (59, 20)),
    5: ((5, 2), (12, 3), (15, 5), (29, 10), (59, 20)),
}
LEAST_SPAN = 3  # head-counts
VERIFIED_UP_TO = 400  # people; beyond, spans only grow

# The same two tables as the policy has them: K -> (people from, to, levels).
DEMANDED = {
    8: ((8, 13, 3), (14, 28, 5), (29, 58, 10), (59, VERIFIED_UP_TO, 20)),
    5: ((5, 11, 2), (12, 14, 3), (15, 28, 5), (29, 58, 10), (59, VERIFIED_UP_TO, 20)),
}


def level_count(people: int, *, k: int) -> int:
    """Return how many levels a group of this size has; a group below K has none."""
    return max(levels for least, levels in TABLES[k] if people >= least)


def first_counts(people: int, *, k: int) -> list[int]:
    """Return the head-count each level begins with, and what follows the last level."""
    levels = level_count(people, k=k)
    return [round(level * (people + 1) / levels) for level in range(levels + 1)]


def level_of(score_sum: float, people: int, *, k: int) -> int:
    """Return the level, 0 the lowest, that holds a sum of scores between 0 and 1."""
    if not 0 <= score_sum <= people:
        raise ValueError("A sum of scores lies between nobody and everybody.")
    return bisect_right(first_counts(people, k=k), floor(score_sum + 0.5)) - 1


def size_class(people: int, *, k: int) -> str:
    """Return the range of group sizes that share a number of levels, e.g. "14-28"."""
    levels = level_count(people, k=k)
    for (least, here), (following, _) in pairwise(TABLES[k]):
        if here == levels:
            return f"{least}-{following - 1}"
    return f"{TABLES[k][-1][0]}+"


def verify_tables(k: int) -> None:
    """Compute every level again as the policy demands; refuse another K, table or rule."""
    if k not in DEMANDED:
        raise ValueError(f"K is {k}, but levels are verified for {sorted(DEMANDED)} alone.")
    for people in range(k, VERIFIED_UP_TO + 1):
        demanded = _demanded_counts(people, k)
        if first_counts(people, k=k) != demanded or min(_spans(demanded)) < LEAST_SPAN:
            raise ValueError(f"The levels of {people} people are not those of the policy.")
        if size_class(people, k=k) != _demanded_size_class(people, k):
            raise ValueError(f"The size class of {people} people is not that of the policy.")


def _demanded_counts(people: int, k: int) -> list[int]:
    [levels] = [levels for least, most, levels in DEMANDED[k] if least <= people <= most]
    return [round(Fraction(level * (people + 1), levels)) for level in range(levels + 1)]


def _demanded_size_class(people: int, k: int) -> str:
    [(least, most)] = [row[:2] for row in DEMANDED[k] if row[0] <= people <= row[1]]
    return f"{least}+" if most == VERIFIED_UP_TO else f"{least}-{most}"


def _spans(counts: list[int]) -> list[int]:
    return [following - first for first, following in pairwise(counts)]
