"""Four people at every door: page, file and API show a unit to those it belongs to alone."""

import csv
import io
import re

import pytest
from django.test import Client

from tests.coaching.release.factories import manager

PAGE, FILE, API = "/sv/team/", "/sv/team/skills/?format=csv", "/api/v1/team/cells/"
INSIDE = ("agent", "manager")


def units_on_page(response) -> set[str]:
    return {name for name in ("Chat", "Phone") if name in main(response)}


def said(response) -> str:
    return response.content.decode()


def units_in_file(response) -> set[str]:
    return {
        row["unit"] for row in csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    }


def units_in_api(response) -> set[str]:
    return {cell["unit_label"] for cell in response.json()["results"]}


DOORS = [(PAGE, units_on_page), (FILE, units_in_file), (API, units_in_api)]


@pytest.mark.parametrize(("address", "units"), DOORS)
@pytest.mark.parametrize(
    ("who", "expected"),
    [("agent", {"Chat"}), ("manager", {"Chat"}), ("other_manager", {"Phone"})],
)
def test_each_door_shows_a_person_their_own_unit_alone(
    week, get, address, units, who, expected
) -> None:
    response = get(getattr(week, who), address)

    assert response.status_code == 200
    assert units(response) == expected


@pytest.mark.parametrize(("address", "status"), [(PAGE, 404), (FILE, 404), (API, 200)])
def test_each_door_shows_an_outsider_nothing(week, get, address, status) -> None:
    response = get(week.outsider, address)

    assert response.status_code == status
    assert b"Chat" not in response.content
    assert b"Phone" not in response.content


@pytest.mark.parametrize(("address", "status"), [(PAGE, 302), (FILE, 302), (API, 403)])
def test_each_door_asks_strangers_to_sign_in(week, address, status) -> None:
    assert Client().get(address).status_code == status


@pytest.mark.parametrize("door", ["/sv/team/?unit={}", "/sv/team/?format=csv&unit={}"])
@pytest.mark.parametrize("who", ["agent", "manager"])
def test_foreign_unit_looks_exactly_like_one_that_does_not_exist(week, get, door, who) -> None:
    person = getattr(week, who)

    foreign = get(person, door.format(week.phone.pk))
    unknown = get(person, door.format(999_999))
    nameless = get(person, door.format(""))

    assert foreign.status_code == unknown.status_code == nameless.status_code == 404
    assert masked(foreign) == masked(unknown) == masked(nameless)


def masked(response) -> bytes:
    return re.sub(rb"[0-9A-Za-z]{64}", b"a token", response.content)


def test_foreign_unit_of_the_api_looks_exactly_like_one_that_does_not_exist(week, get) -> None:
    foreign = get(week.manager, f"{API}?unit={week.phone.pk}")
    unknown = get(week.manager, f"{API}?unit=999999")

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content


def test_unknown_report_looks_like_an_outsider_s_page(week, get) -> None:
    unknown = get(week.manager, "/sv/team/secrets/")

    assert unknown.status_code == 404
    assert b"Chat" not in unknown.content


@pytest.mark.parametrize(
    "query", ["?learner=1", "?n=1&exact=1", "?week=2026-11-16", "?format=json", "?order=level"]
)
def test_page_ignores_every_other_parameter(week, get, query) -> None:
    assert main(get(week.manager, PAGE + query)) == main(get(week.manager, PAGE))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", [PAGE, API])
def test_every_door_is_for_reading_alone(week, method, address) -> None:
    client = Client()
    client.force_login(week.manager.user)

    assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("address", [PAGE, FILE, API])
def test_nothing_is_kept_by_a_cache(week, get, address) -> None:
    response = get(week.manager, address)

    assert "no-store" in response.headers["Cache-Control"]
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers


def test_somebody_who_leads_the_whole_sees_both_units(week, get) -> None:
    leader = manager(week.root)

    assert units_in_api(get(leader, API)) == {"Chat", "Phone"}


def test_agent_sees_the_very_page_of_their_manager(week, get) -> None:
    assert main(get(week.agent, PAGE)) == main(get(week.manager, PAGE))


def main(response) -> str:
    return said(response).split("<main")[1].split("</main>")[0]
