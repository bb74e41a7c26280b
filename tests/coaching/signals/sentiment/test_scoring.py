import pytest

from coaching.signals.sentiment.readings import Label, Reading
from coaching.signals.sentiment.scoring import agreement

pytestmark = pytest.mark.pure

GOOD, BAD, PLAIN = Reading(0.1, 0.1, 0.8), Reading(0.8, 0.1, 0.1), Reading(0.1, 0.8, 0.1)
RATHER_GOOD = Reading(0.3, 0.25, 0.45)


def test_agreement_counts_as_by_hand() -> None:
    readings = [GOOD, RATHER_GOOD, BAD, PLAIN]
    labels = [Label.POSITIVE, Label.POSITIVE, Label.NEGATIVE, Label.NEGATIVE]

    found = agreement(readings, labels)

    assert (found.texts_count, found.accuracy) == (4, 0.75)
    assert found.macro_f1 == pytest.approx((2 / 3 + 0 + 1) / 3)  # negative, neutral, positive
    assert found.sure_share == 0.75
    assert found.accuracy_of_sure == pytest.approx(2 / 3)


def test_agreement_of_the_unsure_is_unknown() -> None:
    assert agreement([RATHER_GOOD], [Label.NEGATIVE]).accuracy_of_sure is None


def test_agreement_wants_a_label_for_each_reading() -> None:
    with pytest.raises(ValueError, match="shorter"):
        agreement([GOOD, GOOD], [Label.POSITIVE])
