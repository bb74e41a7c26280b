import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.signals.sentiment.readings import NO_IDEA, Label, Reading, trend

pytestmark = pytest.mark.pure

GOOD, BAD, PLAIN = Reading(0.1, 0.1, 0.8), Reading(0.8, 0.1, 0.1), Reading(0.1, 0.8, 0.1)
UNSURE = Reading(0.45, 0.15, 0.4)


@st.composite
def chances(draw: st.DrawFn) -> Reading:
    parts = [draw(st.floats(0.01, 1)) for _ in range(3)]
    return Reading(*(part / sum(parts) for part in parts))


@pytest.mark.parametrize(
    ("reading", "label"),
    [
        (BAD, Label.NEGATIVE),
        (PLAIN, Label.NEUTRAL),
        (GOOD, Label.POSITIVE),
        (Reading(0.5, 0.3, 0.2), Label.NEGATIVE),
        (Reading(0.499, 0.3, 0.201), Label.UNSURE),
        (NO_IDEA, Label.UNSURE),
    ],
)
def test_reading_has_a_label_from_one_half_on(reading: Reading, label: Label) -> None:
    assert reading.label is label


@given(chances())
def test_score_lies_between_minus_one_and_one(reading: Reading) -> None:
    assert -1 <= reading.score <= 1


def test_trend_compares_the_first_with_the_last_third() -> None:
    found = trend([BAD, BAD, PLAIN, PLAIN, GOOD, GOOD])

    assert found is not None
    assert (found.first, found.last) == pytest.approx((-0.7, 0.7))
    assert found.change == pytest.approx(1.4)


def test_trend_leaves_the_middle_out() -> None:
    assert trend([BAD, BAD, GOOD, GOOD, GOOD, BAD, BAD]) == trend(
        [BAD, BAD, PLAIN, PLAIN, BAD, BAD]
    )


def test_unsure_readings_do_not_count_in_a_trend() -> None:
    assert trend([BAD, UNSURE, PLAIN, PLAIN, UNSURE, GOOD]) == trend(
        [BAD, BAD, PLAIN, PLAIN, GOOD, GOOD]
    )


@pytest.mark.parametrize(
    "readings",
    [[], [BAD] * 5, [UNSURE, UNSURE, GOOD, GOOD, GOOD, GOOD], [NO_IDEA] * 30],
    ids=["nothing", "too short", "an unsure third", "all unsure"],
)
def test_trend_is_unknown_where_too_little_is_sure(readings: list[Reading]) -> None:
    assert trend(readings) is None


@given(st.lists(chances(), max_size=40))
def test_a_contact_backwards_has_the_opposite_trend(readings: list[Reading]) -> None:
    forwards, backwards = trend(readings), trend(readings[::-1])

    assert (forwards is None) == (backwards is None)
    if forwards and backwards:
        assert forwards.change == pytest.approx(-backwards.change)
