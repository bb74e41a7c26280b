"""How a customer's words were read: three chances, and no verdict where none is likely."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

SURE = 0.5  # below this chance nobody is told a label
MIN_TEXTS = 6  # two for each third


class Label(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    UNSURE = "unsure"


LABELS = (Label.NEGATIVE, Label.NEUTRAL, Label.POSITIVE)  # the order of all numbers of a reading


@dataclass(frozen=True, slots=True)
class Reading:
    """The chances, 0-1 and 1 in sum, that a text is negative, neutral, positive."""

    negative: float
    neutral: float
    positive: float

    @property
    def probability(self) -> float:
        return max(self.negative, self.neutral, self.positive)

    @property
    def label(self) -> Label:
        return self.likeliest if self.probability >= SURE else Label.UNSURE

    @property
    def likeliest(self) -> Label:
        chances = (self.negative, self.neutral, self.positive)
        return LABELS[chances.index(max(chances))]

    @property
    def score(self) -> float:
        """Return what to expect between -1 (negative) and 1 (positive)."""
        return self.positive - self.negative


NO_IDEA = Reading(1 / 3, 1 / 3, 1 / 3)


@dataclass(frozen=True, slots=True)
class Trend:
    """The mean score, -1 to 1, of a contact's first and last third."""

    first: float
    last: float

    @property
    def change(self) -> float:
        return self.last - self.first


def trend(readings: Sequence[Reading]) -> Trend | None:
    """Return how a contact went for its customer, or None where too little is sure.

    Shape: all readings of one contact, in the order of its texts; unsure ones keep their place
    in the order but count nowhere.
    """
    third = len(readings) // 3
    first, last = _sure_scores(readings[:third]), _sure_scores(readings[-third:])
    if len(readings) < MIN_TEXTS or not first or not last:
        return None
    return Trend(fmean(first), fmean(last))


def _sure_scores(readings: Sequence[Reading]) -> list[float]:
    return [reading.score for reading in readings if reading.label is not Label.UNSURE]
