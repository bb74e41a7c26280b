"""What every report keeps to: released metrics, declared columns, nothing hidden in a figure."""

import json
import re
from datetime import date

import pytest

from coaching.release.catalogue import METRICS
from coaching.reports.cells import Cell
from coaching.reports.picture import HEIGHT, WEEK, Picture, picture
from coaching.reports.registry import REPORTS
from coaching.reports.report import COLUMNS, points

pytestmark = pytest.mark.pure

ALLOWED_IN_BANDS = {"type", "x", "base", "y", "width", "hovertext", "hoverinfo", "marker", "yaxis"}
SEASONS = (date(2026, 10, 5), date(2026, 11, 2))


def cells(report, *, levels=(0, 1, 1, None, 4), of=5) -> list[Cell]:
    """Return the last weeks of a season and the first of the next, a level for each."""
    weeks = [date.fromordinal(SEASONS[0].toordinal() + 7 * week) for week in range(len(levels))]
    return [
        Cell(
            unit_key="7",
            unit_label="Chat",
            season_on=max(season for season in SEASONS if season <= week_on),
            week_on=week_on,
            metric=metric,
            level=level,
            of=None if level is None else of,
            size_class="" if level is None else "14-28",
        )
        for week_on, level in zip(weeks, levels, strict=True)
        for metric in reversed(report.metrics)
    ]


def drawn(report, **values) -> Picture:
    return picture(list(points(report.frame(cells(report, **values))).values()))


@pytest.fixture(params=REPORTS.values(), ids=REPORTS)
def report(request):
    return request.param


def test_report_asks_a_question_of_released_metrics(report) -> None:
    assert str(report.question).endswith("?")
    assert str(report.title)
    assert set(report.metrics) <= METRICS.keys()


def test_every_metric_is_in_some_report() -> None:
    assert {metric for report in REPORTS.values() for metric in report.metrics} == set(METRICS)


def test_frame_has_the_declared_columns_and_a_row_for_each_cell(report) -> None:
    frame = report.frame(cells(report))

    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == 5 * len(report.metrics)
    assert frame["metric"].drop_duplicates().tolist() == list(report.metrics)


def test_frame_of_no_cells_has_the_columns_too(report) -> None:
    assert tuple(report.frame([]).columns) == COLUMNS


def test_frame_counts_levels_from_one_and_leaves_open_what_is_not_shown(report) -> None:
    rows = report.frame(cells(report)).head(5)

    assert rows["level"].tolist() == [1, 2, 2, None, 5]
    assert rows["words"].tolist()[3:] == ["", "about four fifths or more"]
    assert rows["week"].tolist()[0] == "2026-W41"


def test_what_is_not_shown_stands_for_no_share(report) -> None:
    first = next(iter(points(report.frame(cells(report))).values()))

    assert [point.shares for point in first][2:] == [(0.2, 0.4), (0.0, 0.0), (0.8, 1.0)]
    assert [point.said for point in first][2:] == ["2 of 5", "", "5 of 5"]


def test_figure_is_plain_and_holds_levels_and_words_alone(report) -> None:
    figure = report.figure(report.frame(cells(report)))

    assert json.loads(json.dumps(figure)) == figure
    assert figure["layout"]["template"] == {}
    assert all(bands.keys() == ALLOWED_IN_BANDS for bands in figure["data"])


def test_figure_draws_a_band_as_wide_as_its_level(report) -> None:
    bands = report.figure(report.frame(cells(report)))["data"][0]

    assert bands["x"] == ["2026-W41", "2026-W42", "2026-W43", "2026-W45"]
    assert bands["base"] == pytest.approx([0, 0.2, 0.2, 0.8])
    assert bands["y"] == [0.2, 0.2, 0.2, 0.2]


def test_figure_marks_where_a_new_group_begins(report) -> None:
    layout = report.figure(report.frame(cells(report)))["layout"]

    assert [line["x0"] for line in layout["shapes"]] == [3.5]
    assert layout["xaxis"]["tickvals"] == ["2026-W41", "2026-W45"]


def test_figure_names_each_row_beside_it(report) -> None:
    layout = report.figure(report.frame(cells(report)))["layout"]

    titles = [str(METRICS[metric].title) for metric in report.metrics]
    assert [note["text"] for note in layout["annotations"]] == titles


def test_picture_shows_the_same_bands_as_the_figure(report) -> None:
    frame = report.frame(cells(report))
    bands = report.figure(frame)["data"]

    for strip, row in zip(drawn(report).strips, bands, strict=True):
        found = re.findall(r"M([\d.]+) ([\d.]+)h[\d.]+v([\d.]+)", strip.bands)
        assert [int(float(left)) // WEEK for left, _, _ in found] == [0, 1, 2, 4]
        for (_, top, height), base, band in zip(found, row["base"], row["y"], strict=True):
            assert float(height) == pytest.approx(band * HEIGHT)
            assert float(top) + float(height) == pytest.approx((1 - base) * HEIGHT)


def test_picture_has_a_line_between_seasons_and_an_end_for_every_level(report) -> None:
    strip = drawn(report).strips[0]

    assert strip.seasons == f"M{4 * WEEK} 0v{HEIGHT}"
    assert strip.edges.count("M") == 6 + 2 + 6


def test_picture_is_told_in_a_sentence(report) -> None:
    strip = drawn(report).strips[0]
    hidden = drawn(report, levels=(None,)).strips[0]

    assert strip.summary == "Level 1 of 5 in week 41, level 5 of 5 in week 45."
    assert hidden.summary == "Not shown, to protect individuals."
    assert (strip.now, hidden.now) == ("5 of 5", "")


def test_picture_of_many_levels_stays_readable(report) -> None:
    strip = drawn(report, levels=(3, 19), of=20).strips[0]

    assert strip.edges.count("M") == 11
    assert drawn(report, levels=(3, 4)).has_gaps is False
