"""The team pages: levels and charts for those who lead and for those who are counted, no person."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from coaching.models import ReleaseCell, Suggestion, VendorAgent
from literacy.models import Attempt, Learner, Role
from tests.browser import Visit
from tests.journeys.people import learner_of

REPORTS = ("skills", "uptake")
SIZE_CLASSES = {"8-13", "14-28", "29-58", "59+"}
WEEKS_SHOWN = 26


def test_manager_sees_every_kind_of_unit(visit: Visit) -> None:
    last = last_cells()
    page = visit("manager")
    expect(page).to_have_url(re.compile("/sv/team/$"))

    assert {cell.size_class for cell in last.values()} == SIZE_CLASSES | {""}
    labels = page.locator(".units__link").all_text_contents()
    assert sorted(labels) == sorted(cell.unit_label for cell in shown_units().values())
    for cell in last.values():
        page.goto(unit_address("skills", cell.unit_key))
        expect(page.locator("main .lead")).to_contain_text(cell.unit_label)
        expect(page.locator("table.now")).to_have_count(1 if cell.size_class else 0)


def test_merged_unit_is_reached_by_its_link(visit: Visit) -> None:
    merged = next(cell for key, cell in last_cells().items() if "+" in key)
    page = visit("manager")

    page.locator("details.units").evaluate("details => details.open = true")
    page.locator(".units__link", has_text=merged.unit_label).click()

    expect(page.locator(".units__link[aria-current]")).to_have_text(merged.unit_label)
    expect(page.locator("table.now tbody tr")).to_have_count(5)
    assert len(merged.team_ids) == 2


@pytest.mark.parametrize("report", REPORTS)
def test_report_draws_its_levels_with_and_without_a_library(visit: Visit, report: str) -> None:
    shown = next(cell for cell in last_cells().values() if cell.size_class)
    page = visit("manager")
    page.goto(unit_address(report, shown.unit_key))

    paths = page.locator("#picture .trend__bands")
    assert all(paths.evaluate_all("all => all.map(path => path.getAttribute('d'))"))
    page.locator("[data-open-figure]").click()

    expect(page.locator("#figure .main-svg").first).to_be_visible()
    expect(page.locator("#figure .bars path").first).to_be_visible()
    expect(page.locator("#picture")).to_be_hidden()


def test_nothing_a_manager_can_reach_names_a_person(visit: Visit) -> None:
    people = canaries()
    page = visit("manager")

    bodies = {address: body_of(page, address) for address in manager_addresses()}

    assert len(people) > 800
    assert len(bodies) > 100
    found = {address: sorted(names_in(body, people)) for address, body in bodies.items()}
    assert {address: names for address, names in found.items() if names} == {}


def test_manager_opens_nobodys_data(visit: Visit) -> None:
    attempt = Attempt.objects.filter(learner=learner_of("agent.nb")).earliest("pk")
    suggestion = Suggestion.objects.filter(learner__memberships__role=Role.AGENT).latest("pk")
    page = visit("manager")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    headers = {"X-CSRFToken": token}

    answers = [
        page.request.get("/sv/team/?unit=no-such-unit"),
        page.request.get("/sv/team/nothing/"),
        page.request.get("/api/v1/team/cells/?unit=no-such-unit"),
        page.request.get("/cms/connections/"),
        page.request.post(f"/sv/my/suggestions/{suggestion.pk}/known/", headers=headers),
        page.request.post(f"/api/v1/me/suggestions/{suggestion.pk}/accept/", headers=headers),
        page.request.post(
            f"/api/v1/me/attempts/{attempt.pk}/finish/", headers=headers, data={"take_away": ""}
        ),
    ]

    assert {answer.url: answer.status for answer in answers if answer.status != 404} == {}
    assert page.request.get("/api/v1/connections/").status == 403
    own = page.request.get("/sv/my/data/export/").text()
    assert names_in(own, canaries()) == set()


@pytest.mark.parametrize("path", ["my/", "my/data/", "my/data/export/", "team/", "modules/"])
def test_stranger_is_led_to_the_sign_in(visit: Visit, path: str) -> None:
    page = visit()

    page.goto(f"/sv/{path}")

    expect(page).to_have_url(re.compile(rf"/accounts/login/\?next=/sv/{path}$"))


def test_agent_sees_the_page_that_their_manager_sees(visit: Visit) -> None:
    agent = learner_of("agent.sv")
    theirs, ours = visit("agent.sv"), visit("manager")

    theirs.goto("/sv/team/")
    ours.goto(unit_address("skills", agent.counted_in))

    for part in ("main h1", "main .lead", "#message", "#picture", "table.now", ".weeks table"):
        assert html_of(theirs, part) == html_of(ours, part)
    expect(theirs.locator(".units__link")).to_have_count(0)
    other = next(key for key in last_cells() if key != agent.counted_in)
    assert theirs.request.get(unit_address("skills", other)).status == 404
    cells = theirs.request.get("/api/v1/team/cells/?limit=500").json()["results"]
    assert {cell["unit_key"] for cell in cells} == {agent.counted_in}


# Released rows


def last_cells() -> dict[str, ReleaseCell]:
    """Return a cell of each unit in the last closed week."""
    cells = ReleaseCell.objects.filter(metric="learned")
    return {cell.unit_key: cell for cell in cells.filter(week_on=cells.latest("week_on").week_on)}


def shown_units() -> dict[str, ReleaseCell]:
    cells = ReleaseCell.objects.filter(metric="learned")
    since = cells.latest("week_on").week_on - timedelta(weeks=WEEKS_SHOWN - 1)
    return {cell.unit_key: cell for cell in cells.filter(week_on__gte=since)}


def unit_address(report: str, key: str, language: str = "sv") -> str:
    return f"/{language}/team/{report}/?unit={key.replace('+', '%2B')}"


def manager_addresses() -> Iterator[str]:
    for language in ("sv", "nb", "da"):
        yield from (f"/{language}/my/", f"/{language}/my/data/")
        for report in REPORTS:
            for key in shown_units():
                address = unit_address(report, key, language)
                yield from (address, f"{address}&format=csv")
    yield from (f"/api/v1/team/cells/?limit=500&offset={500 * page}" for page in range(5))
    yield "/sv/team/?unit=no-such-unit"


# People


def canaries() -> set[str]:
    """Return what would give an agent away: name, address, account, ids on the platforms."""
    agents = Learner.objects.filter(memberships__role=Role.AGENT).select_related("user")
    people = [agent.user for agent in agents.distinct()]
    known = VendorAgent.objects.values_list("external_id", flat=True)
    return {
        *(user.get_full_name() for user in people),
        *(f"{user.last_name}, {user.first_name}" for user in people),
        *(user.email for user in people),
        *(user.username for user in people),
        *known,
    }


def names_in(body: str, people: set[str]) -> set[str]:
    return {name for name in people if name in body}


def body_of(page: Page, address: str) -> str:
    answer = page.request.get(address)
    assert answer.status in {200, 404}, address
    return answer.text()


def html_of(page: Page, selector: str) -> str:
    return page.locator(selector).inner_html()
