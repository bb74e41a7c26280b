"""Numbers of a chart: how they are written here, and where the axis has its lines."""

import math
from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import number_format

NO_BREAK_SPACE = "\u00a0"
STEPS = (1, 2, 2.5, 5, 10)
INTERVALS = 4


def spoken(value: float, unit: str = "") -> str:
    """Return a number as people of the active language write it: 1 250 or 12,5 %."""
    number = Decimal(str(round(value, 6))).normalize()
    decimals = max(0, -int(number.as_tuple().exponent))
    text = number_format(number, decimal_pos=decimals, force_grouping=True)
    return f"{text}{NO_BREAK_SPACE}{unit}" if unit else text


def ticks_between(values: Iterable[float], start: float | None) -> list[float]:
    """Return the lines of an axis over these values: round numbers, from 0 unless told else."""
    values = list(values)
    low = min(0.0, *values) if start is None else start
    step = _round_step((max(low, *values) - low) / INTERVALS)
    if start is None:
        low = math.floor(low / step) * step
    first = (math.floor(low / step) + 1) * step
    if first - low < step / 2:  # a crooked start would have its neighbour on top of it
        first += step
    count = max(1, math.ceil(round((max(values) - first) / step, 6)) + 1)
    return [low, *(round(first + step * index, 6) for index in range(count))]


def _round_step(least: float) -> float:
    if least <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(least))
    return next(size * step for step in STEPS if size * step >= least * (1 - 1e-9))
