"""Measuring on a machine that is never quiet: rounds take turns, and the median counts."""

import gc
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

Work = Callable[[], Any]
Timed = Callable[[], float]


@dataclass(frozen=True)
class Row:
    """One figure. The ratio is what the bar is about; a bare value has none."""

    name: str
    value: float
    unit: str
    baseline: str
    ratio: float | None
    bar: str
    holds: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def at_least(name: str, value: float, unit: str, *, baseline: str, ratio: float, bar: float) -> Row:
    return Row(name, value, unit, baseline, ratio, f">= {bar} x", ratio >= bar)


def at_most(name: str, value: float, unit: str, *, baseline: str, ratio: float, bar: float) -> Row:
    return Row(name, value, unit, baseline, ratio, f"<= {bar} x", ratio <= bar)


def limit(name: str, value: float, unit: str, *, bar: float) -> Row:
    return Row(name, value, unit, "", None, f"<= {bar:g} {unit}", value <= bar)


def taking_turns(*timed: Timed, rounds: int) -> list[float]:
    """Return the median seconds of each, after a first round that counts for nothing."""
    for each in timed:
        each()
    found = [[each() for each in timed] for _ in range(rounds)]
    return [median(seconds) for seconds in zip(*found, strict=True)]


def cpu_seconds(work: Work, times: int = 1) -> float:
    gc.collect()
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def wall_seconds(work: Work) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
