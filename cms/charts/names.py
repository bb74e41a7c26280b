"""Put the name of each line beside it, where it covers least."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cms.charts.shapes import GAP, ROW, SAMPLE, WIDTH, Name, Scale, name, width_of

Spot = tuple[float, float]

BOLD = 1.1  # how much wider bold letters are
STEP = 4.0  # units between two looks at a line
OUTSIDE = 25  # what it costs to leave the plot, in covered looks
COVERED_NAME = 50


@dataclass(frozen=True)
class Place:
    """Room for a name, the top left corner given."""

    x: float
    y: float
    width: float

    def covers(self, spot: Spot) -> bool:
        return self.x <= spot[0] <= self.x + self.width and self.y <= spot[1] <= self.y + ROW

    def meets(self, other: "Place") -> bool:
        is_beside = self.x + self.width < other.x or other.x + other.width < self.x
        return not is_beside and abs(self.y - other.y) < ROW


def name_lines(texts: Sequence[str], lines: Sequence[Sequence[Spot]], scale: Scale) -> list[Name]:
    """Name each line close by; the end of a line is preferred to its start."""
    looks = [list(_looks(line)) for line in lines]
    crowd = [spot for line in looks for spot in line]
    taken: list[Place] = []
    for text, line in zip(texts, looks, strict=True):
        options = list(_places(text, line))
        costs = [_cost(each, crowd, taken, scale) for each in options]
        taken.append(options[costs.index(min(costs))])
    return [
        name(number, text, place.x, place.y + ROW - 5)
        for number, (text, place) in enumerate(zip(texts, taken, strict=True), start=1)
    ]


def _looks(line: Sequence[Spot]) -> Iterator[Spot]:
    """Yield the line's spots and enough between them to see what a name would cover."""
    for (x1, y1), (x2, y2) in pairwise(line):
        count = max(1, int((x2 - x1) / STEP))
        for index in range(count):
            yield x1 + (x2 - x1) * index / count, y1 + (y2 - y1) * index / count
    yield line[-1]


def _places(text: str, line: Sequence[Spot]) -> Iterator[Place]:
    """Yield places above and below the line, from its end to its start."""
    width = SAMPLE + GAP + width_of(text) * BOLD
    for end in (WIDTH - GAP, WIDTH * 0.8, WIDTH * 0.6, line[0][0] + width):
        x = max(0.0, end - width)
        ys = [spot[1] for spot in line if x <= spot[0] <= x + width] or [line[-1][1]]
        yield Place(x, min(ys) - ROW - GAP, width)
        yield Place(x, max(ys) + GAP, width)


def _cost(place: Place, crowd: Sequence[Spot], taken: Sequence[Place], scale: Scale) -> int:
    is_outside = place.y < scale.end - GAP or place.y + ROW > scale.start
    return (
        sum(place.covers(spot) for spot in crowd)
        + OUTSIDE * is_outside
        + COVERED_NAME * sum(place.meets(other) for other in taken)
    )
