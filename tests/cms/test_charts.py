"""Charts: the numbers, the drawing on a phone, the table beside it."""

from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.utils import translation

from cms.charts import draw, is_complete, table_rows
from cms.charts.numbers import spoken, ticks_between
from cms.charts.shapes import WIDTH

NARROW = ["31", "32", "33"]
WIDE = ["Internationalisation", "Invoices and payment", "Delivery"]


def chart(
    kind: str, *rows: list[float], labels: list[str] = NARROW, **fields: Any
) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": "Contacts",
        "alt": "They fall.",
        "x_label": "week",
        "y_label": "contacts",
        "unit": "",
        "y_min": None,
        "note": "",
        "categories": [{"key": f"c{index}", "label": text} for index, text in enumerate(labels)],
        "series": [
            {"key": f"s{index}", "name": f"row {index}", "values": values}
            for index, values in enumerate(rows)
        ],
        **fields,
    }


CHARTS = {
    "bars": chart("bar", [71, 72.5, 78], unit="%"),
    "cut bars": chart("bar", [71, 72.5, 78], y_min=70),
    "bars below zero": chart("bar", [-5, 3, 8]),
    "lying bars": chart("bar", [1240, 830, 12.5], labels=WIDE),
    "lying groups": chart("grouped_bar", [1, 2, 3], [3, 2, 1], labels=WIDE),
    "groups": chart("grouped_bar", [120, 90, 70], [20, 70, 90], [60, 50, 40]),
    "line": chart("line", [4.1, 4.2, 3.9]),
    "lines": chart("line", [700, 680, 420], [150, 220, 470], [50, 40, 45], [5, 9, 120]),
    "nothing but zeros": chart("bar", [0, 0, 0]),
    "one point": chart("line", [3], labels=["31"]),
    "no words around": chart("bar", [1, 2, 3], x_label=None, y_label=None, unit=None, note=None),
    "long year": chart("line", list(range(12)), labels=["september"] * 12),
}
every_chart = pytest.mark.parametrize("name", CHARTS)


def html_of(fields: dict[str, Any], highlight: str = "") -> str:
    template = Template("{% load lesson %}{% chart fields 'fig' highlight %}")
    return template.render(Context({"fields": fields, "highlight": highlight}))


def svg_of(fields: dict[str, Any], highlight: str = "") -> ElementTree.Element:
    html = html_of(fields, highlight)
    return ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])  # noqa: S314


@every_chart
@pytest.mark.parametrize("language", ["en", "sv", "nb", "da"])
def test_drawing_is_sound_svg_inside_its_frame(name: str, language: str) -> None:
    with translation.override(language):
        svg = svg_of(CHARTS[name], "c0")

    _x, _y, width, height = map(float, svg.attrib["viewBox"].split())
    assert width == WIDTH
    spots = [(e.attrib["x"], e.attrib["y"]) for e in svg.iter() if "x" in e.attrib]
    spots += [
        (e.attrib["cx"], e.attrib["cy"]) for e in svg.iter("circle") if e.attrib["r"] == "2.6"
    ]
    assert spots
    assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in spots)
    assert all(float(e.attrib["height"]) >= 0 for e in svg.iter("rect"))


@every_chart
def test_texts_of_a_drawing_do_not_lie_on_each_other(name: str) -> None:
    drawing = draw(CHARTS[name])

    spots = [(each.x, each.y) for each in (*drawing.labels, *(n.label for n in drawing.names))]

    assert len(spots) == len(set(spots))


@every_chart
def test_every_number_stands_in_the_table(name: str) -> None:
    fields = CHARTS[name]
    soup = BeautifulSoup(html_of(fields), "html.parser")

    body = [[cell.get_text() for cell in row.select("th, td")] for row in soup.select("tbody tr")]

    assert body == [[row["label"], *row["numbers"]] for row in table_rows(fields)]
    assert [cell["scope"] for cell in soup.select("th")] == ["col"] * (
        1 + len(fields["series"])
    ) + ["row"] * len(fields["categories"])
    assert soup.caption.get_text().startswith("Contacts")
    assert "None" not in soup.get_text()


def test_bars_are_as_high_as_their_values() -> None:
    (mark,) = draw(chart("bar", [10, 20, 40])).marks

    heights = [float(bar.height) for bar in mark.bars]

    assert heights == [heights[2] / 4, heights[2] / 2, heights[2]]
    assert heights[2] == 180.0


def test_axis_that_is_cut_on_purpose_is_drawn_cut() -> None:
    whole, cut = draw(CHARTS["bars"]), draw(CHARTS["cut bars"])

    assert "0\u00a0%" in {label.text for label in whole.labels}
    assert "70" in {label.text for label in cut.labels}
    assert "0" not in {label.text for label in cut.labels}


def test_bars_lie_down_where_their_labels_have_no_room() -> None:
    standing, lying = draw(CHARTS["bars"]), draw(CHARTS["lying bars"])

    assert len({bar.x for bar in standing.marks[0].bars}) == 3
    assert {bar.x for bar in lying.marks[0].bars} == {"0.0"}


def test_lines_carry_their_names_and_grouped_bars_name_theirs_on_top() -> None:
    lines, groups = draw(CHARTS["lines"]), draw(CHARTS["groups"])

    assert [name.label.text for name in lines.names] == ["row 0", "row 1", "row 2", "row 3"]
    highest_bar = min(float(bar.y) for mark in groups.marks for bar in mark.bars)
    assert all(float(name.label.y) < highest_bar for name in groups.names)


def test_series_differ_in_pattern_not_in_colour_alone() -> None:
    svg = svg_of(CHARTS["groups"])

    patterns = list(svg.iter("pattern"))
    fills = {
        bar.attrib["fill"] for bar in svg.iter("rect") if bar.attrib.get("class") == "chart__bar"
    }

    assert fills == {f"url(#{pattern.attrib['id']})" for pattern in patterns}
    shapes = [[shape.attrib["class"] for shape in pattern] for pattern in patterns]
    assert shapes == [
        ["chart__ground"],
        ["chart__ground", "chart__hatch"],
        ["chart__ground", "chart__dot"],
    ]


def test_category_of_the_answer_is_set_off() -> None:
    assert draw(CHARTS["bars"]).highlight is None
    assert draw(CHARTS["bars"], highlight="nowhere").highlight is None
    band = draw(CHARTS["bars"], highlight="c1").highlight

    bar = draw(CHARTS["bars"]).marks[0].bars[1]
    assert band
    assert float(band.x) < float(bar.x) < float(band.x) + float(band.width)


def test_first_and_last_category_of_a_long_line_are_labelled() -> None:
    labels = [f"week {index}" for index in range(16)]

    drawing = draw(chart("line", list(range(16)), labels=labels))

    shown = [label.text for label in drawing.labels if label.text in labels]
    assert shown[0] == "week 0"
    assert shown[-1] == "week 15"
    assert 3 <= len(shown) < 8


@pytest.mark.parametrize(
    ("language", "value", "unit", "text"),
    [
        ("sv", 1250, "", "1\u00a0250"),
        ("nb", 1250, "", "1\u00a0250"),
        ("da", 1250, "", "1.250"),
        ("sv", 12.5, "%", "12,5\u00a0%"),
        ("en", 0.1 + 0.2, "", "0.3"),
        ("da", 700.0, "", "700"),
        ("sv", -3, "", "-3"),
    ],
)
def test_numbers_are_written_as_people_write_them(
    language: str, value: float, unit: str, text: str
) -> None:
    with translation.override(language):
        assert spoken(value, unit) == text


@pytest.mark.parametrize(
    ("values", "start", "ticks"),
    [
        ([700, 420], None, [0, 200, 400, 600, 800]),
        ([71, 78], 70, [70, 72, 74, 76, 78]),
        ([71, 78], 69.8, [69.8, 72.5, 75, 77.5, 80]),
        ([-5, 8], None, [-5, 0, 5, 10]),
        ([0, 0], None, [0, 1]),
        ([70], 70, [70, 71]),
        ([0.2, 0.9], None, [0, 0.25, 0.5, 0.75, 1.0]),
    ],
)
def test_axis_has_round_numbers(
    values: list[float], start: float | None, ticks: list[float]
) -> None:
    assert ticks_between(values, start) == ticks


@pytest.mark.parametrize(
    "fields",
    [
        chart("bar"),
        chart("bar", [], labels=[]),
        chart("bar", [1, 2]),
        chart("bar", [1, None, 2]),  # type: ignore[list-item]
    ],
)
def test_half_done_chart_says_what_it_waits_for(fields: dict[str, Any]) -> None:
    assert not is_complete(fields)
    assert "appears when" in html_of(fields)
