"""The API: released cells of visible units, three checked filters, pages, nothing else."""

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from rest_framework.authtoken.models import Token

from tests.coaching.release.factories import manager, team
from tests.coaching.reports.factories import WEEK, WEEK_ON, released

ADDRESS = "/api/v1/team/cells/"


def found(get, person, query: str = "") -> list[dict]:
    return get(person, ADDRESS + query, HTTP_ACCEPT_LANGUAGE="sv").json()["results"]


def test_cell_says_level_and_words_and_nothing_more(week, get, settings) -> None:
    settings.LOCALE_PATHS = []

    assert found(get, week.manager, "?metric=learned") == [
        {
            "unit_key": str(week.chat.pk),
            "unit_label": "Chat",
            "week": "2026-11-16",
            "metric": "learned",
            "level": 2,
            "of": 5,
            "words": "about one to two fifths",
            "size_class": "14-28",
        }
    ]


def test_cell_that_is_not_shown_has_neither_level_nor_size(house, get) -> None:
    released(house.chat, level=None)

    cell = found(get, house.manager, "?metric=learned")[0]

    assert (cell["level"], cell["of"], cell["words"], cell["size_class"]) == (None, None, "", "")


def test_cells_are_filtered_by_week_and_unit(house, get) -> None:
    leader = manager(house.root)
    released(house.chat, weeks=3)
    released(house.phone, weeks=3)

    cells = found(get, leader, f"?week={WEEK_ON - WEEK}&unit={house.phone.pk}")

    assert {(cell["week"], cell["unit_label"]) for cell in cells} == {("2026-11-09", "Phone")}


def test_cells_come_by_week_then_place_never_by_level(house, get) -> None:
    leader = manager(house.root)
    released(house.chat, week_on=WEEK_ON - WEEK, level=4)
    released(house.chat, level=0)
    released(house.phone, level=3)

    cells = found(get, leader, "?metric=learned&ordering=level")

    assert [(cell["week"], cell["unit_label"]) for cell in cells] == [
        ("2026-11-16", "Chat"),
        ("2026-11-16", "Phone"),
        ("2026-11-09", "Chat"),
    ]


@pytest.mark.parametrize(
    ("query", "name"),
    [("?week=yesterday", "week"), ("?metric=salary", "metric"), ("?unit=", "unit")],
)
def test_filter_that_makes_no_sense_is_refused_by_name(week, get, query, name) -> None:
    response = get(week.manager, ADDRESS + query)

    assert response.status_code == 400
    assert list(response.json()) == [name]


@pytest.mark.parametrize("query", ["?level=4", "?size_class=8-13", "?team_ids=1", "?learner=1"])
def test_other_parameters_change_nothing(week, get, query) -> None:
    assert found(get, week.manager, query) == found(get, week.manager)


def test_pages_hold_at_most_500_cells(house, get) -> None:
    released(house.chat, weeks=80)

    response = get(house.manager, f"{ADDRESS}?limit=9999").json()

    assert response["count"] == 560
    assert len(response["results"]) == 500


def test_token_opens_the_same_cells_and_keeps_caches_away(week) -> None:
    token = Token.objects.create(user=week.manager.user)

    response = Client().get(ADDRESS, HTTP_AUTHORIZATION=f"Token {token.key}")

    assert {cell["unit_label"] for cell in response.json()["results"]} == {"Chat"}
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("weeks", [10, 150])
@pytest.mark.parametrize("units", [1, 3])
def test_cells_take_the_same_number_of_queries(
    house, django_assert_num_queries, weeks, units
) -> None:
    client = Client()
    client.force_login(manager(house.oslo).user)
    teams = [house.chat, *(team(f"Team {number}", house.oslo) for number in range(units - 1))]
    for each in teams:
        released(each, weeks=weeks)

    with django_assert_num_queries(8):
        client.get(ADDRESS)


@pytest.mark.django_db
def test_schema_names_the_three_filters() -> None:
    schema = SchemaGenerator(urlconf="config.api").get_schema(request=None, public=True)

    parameters = schema["paths"][ADDRESS]["get"]["parameters"]
    assert sorted(parameter["name"] for parameter in parameters) == [
        "limit",
        "metric",
        "offset",
        "unit",
        "week",
    ]
