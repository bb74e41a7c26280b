"""Draw a chart on the server: numbers come in, places and table rows for the templates come out."""

from collections.abc import Mapping
from typing import Any

from cms.charts.lying import lying
from cms.charts.numbers import spoken
from cms.charts.shapes import Drawing, unit_of
from cms.charts.standing import columns_fit, standing


def is_complete(chart: Mapping[str, Any]) -> bool:
    """Tell whether a chart can be drawn; a draft in the editor's preview may lack numbers."""
    count = len(chart["categories"])
    return bool(count and _columns(chart)) and all(
        len(values) == count and None not in values for values in _columns(chart)
    )


def draw(chart: Mapping[str, Any], *, highlight: str = "") -> Drawing:
    """Lay out a chart (`ChartFields` in plain form), one category set off where asked.

    Bars lie down where their labels would not fit side by side on a phone.
    """
    keys = [category["key"] for category in chart["categories"]]
    index = keys.index(highlight) if highlight in keys else None
    if chart["kind"] == "line" or columns_fit(chart):
        return standing(chart, index)
    return lying(chart, index)


def table_rows(chart: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the table beside a chart, row by row: a label and its numbers as text."""
    return [
        {
            "label": category["label"],
            "numbers": [spoken(values[index], unit_of(chart)) for values in _columns(chart)],
        }
        for index, category in enumerate(chart["categories"])
    ]


def _columns(chart: Mapping[str, Any]) -> list[list[float]]:
    return [series["values"] for series in chart["series"]]
