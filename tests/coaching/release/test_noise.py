"""The draw: the same for the same people, evenly spread, unknowable without the secret."""

from collections import Counter

import pytest

from coaching.release.noise import noise

pytestmark = pytest.mark.pure

SECRET = "a secret of the tests"


def draw(learner_ids, *, secret=SECRET, unit_key="7", metric="learned", is_count=True) -> float:
    return noise(secret, learner_ids, unit_key=unit_key, metric=metric, is_count=is_count)


def draws(*, is_count: bool) -> list[float]:
    return [draw([person, person + 1], is_count=is_count) for person in range(6000)]


def test_noise_is_the_same_for_the_same_people_in_any_order() -> None:
    people = list(range(40, 60))

    assert draw(people, is_count=False) == draw(reversed(people), is_count=False)


@pytest.mark.parametrize(
    "other", [{"unit_key": "8"}, {"metric": "checks_kept"}, {"secret": "another secret"}]
)
def test_noise_differs_for_another_unit_metric_or_secret(other) -> None:
    people = [1, 2, 3]

    assert draw(people, is_count=False) != draw(people, is_count=False, **other)


def test_noise_is_drawn_anew_when_somebody_leaves() -> None:
    assert draw(range(10), is_count=False) != draw(range(9), is_count=False)


def test_noise_of_a_count_is_minus_one_none_or_one_equally_often() -> None:
    found = Counter(draws(is_count=True))

    assert set(found) == {-1, 0, 1}
    assert all(1850 < times < 2150 for times in found.values())


def test_noise_of_a_mean_is_spread_evenly_from_minus_one_to_one() -> None:
    found = draws(is_count=False)

    assert -1 <= min(found) < -0.99
    assert 0.99 < max(found) < 1
    assert abs(sum(found)) / len(found) < 0.03
    assert all(500 < sum(low <= 5 * one < low + 1 for one in found) < 700 for low in range(-5, 5))


def test_noise_has_one_fixed_value_across_versions_of_the_product() -> None:
    assert [draw(range(first, first + 8)) for first in range(6)] == [1, 0, 1, 0, -1, 1]


def test_noise_refuses_to_work_without_a_secret() -> None:
    with pytest.raises(ValueError, match="no noise secret"):
        draw([1, 2, 3], secret="")
