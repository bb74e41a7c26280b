"""How often readings agree with the labels that people gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from coaching.signals.sentiment.readings import LABELS, Label, Reading


@dataclass(frozen=True, slots=True)
class Agreement:
    """All shares are 0-1. What is not sure still counts by its likeliest label in the first two."""

    texts_count: int
    accuracy: float
    macro_f1: float
    sure_share: float
    accuracy_of_sure: float | None  # None where nothing was sure


def agreement(readings: Sequence[Reading], labels: Sequence[Label]) -> Agreement:
    """Compare readings with the labels of the same texts, at least one."""
    pairs = [(reading, label) for reading, label in zip(readings, labels, strict=True)]
    hits = [reading.likeliest is label for reading, label in pairs]
    sure_hits = [reading.label is label for reading, label in pairs if reading.label in LABELS]
    return Agreement(
        texts_count=len(pairs),
        accuracy=fmean(hits),
        macro_f1=fmean(_f1([(r.likeliest, label) for r, label in pairs], one) for one in LABELS),
        sure_share=len(sure_hits) / len(pairs),
        accuracy_of_sure=fmean(sure_hits) if sure_hits else None,
    )


def _f1(pairs: Sequence[tuple[Label, Label]], one: Label) -> float:
    found = sum(read is one for read, _ in pairs)
    wanted = sum(label is one for _, label in pairs)
    both = sum(read is label is one for read, label in pairs)
    return 2 * both / (found + wanted) if found + wanted else 0.0
