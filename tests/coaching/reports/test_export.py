"""Files: the report's table, and no text that a spreadsheet would run."""

import csv
import io

import pytest

from coaching.reports.export import safe_cell
from coaching.reports.report import COLUMNS
from literacy.models import Team
from tests.coaching.reports.factories import WEEK, WEEK_ON, released


def rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_file_holds_every_metric_and_week_of_the_report(house, get, settings) -> None:
    settings.LOCALE_PATHS = []
    released(house.chat, week_on=WEEK_ON - WEEK, level=None)
    released(house.chat, level=2)

    response = get(house.manager, "/sv/team/uptake/?format=csv")

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="uptake.csv"'
    assert [tuple(row.values()) for row in rows(response)[:2]] == [
        (
            *("Chat", "2026-W46", "2026-11-09", "2026-11-02"),
            *("learned", "Learned something this week", "", "", "", ""),
        ),
        (
            *("Chat", "2026-W47", "2026-11-16", "2026-11-02", "learned"),
            *("Learned something this week", "3", "5", "about two to three fifths", "14-28"),
        ),
    ]
    assert tuple(rows(response)[0]) == COLUMNS
    assert len(rows(response)) == 4


def test_file_in_another_unit_s_name_runs_no_formula(house, get) -> None:
    Team.objects.filter(pk=house.chat.pk).update(name='=HYPERLINK("http://x.example")')
    house.chat.refresh_from_db()
    released(house.chat)

    found = rows(get(house.manager, "/sv/team/?format=csv"))

    assert {row["unit"] for row in found} == {'\'=HYPERLINK("http://x.example")'}


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " ="]
)
def test_text_that_begins_like_a_formula_is_quoted(start) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("value", ["Chat", "14-28", "", "a=b", 3, -3, None])
def test_other_values_stay_as_they_are(value) -> None:
    assert safe_cell(value) == value
