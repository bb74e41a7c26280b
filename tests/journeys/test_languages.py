"""Three languages: the page stays, the choice is remembered, nothing is shown in another's."""

import re

import pytest
from playwright.sync_api import Page, expect

from literacy.models import ModulePage
from tests.browser import Visit, sign_in
from tests.journeys.people import new_agent

PAGES = (
    "/sv/",
    "/sv/my/",
    "/sv/my/data/",
    "/sv/my/data/erase/",
    "/sv/modules/",
    "/sv/modules/dl-01/",
    "/sv/modules/dl-01/?again=exercise",
    "/sv/modules/dl-01/check/",
    "/sv/team/",
    "/sv/team/uptake/",
    "/sv/nothing-here/",
    "/sv/team/nothing-here/",
)


def test_switch_keeps_the_page(visit: Visit) -> None:
    page = visit(new_agent("vide", "vide-has-a-long-one").user)

    for address in PAGES:
        page.goto(address)
        switch_to(page, "da")
        expect(page).to_have_url(re.compile(re.escape(address.replace("/sv/", "/da/")) + "$"))
        expect(page.locator("html")).to_have_attribute("lang", "da")


def test_choice_is_remembered_in_the_next_browser(visit: Visit) -> None:
    agent = new_agent("vera", "vera-has-a-long-one")
    page = visit(agent.user)
    switch_to(page, "nb")
    expect(page).to_have_url(re.compile("/nb/my/$"))

    other = visit(locale="en-GB")
    sign_in(other, agent.user.email, "vera-has-a-long-one")

    expect(other).to_have_url(re.compile("/nb/my/$"))
    expect(other.locator("html")).to_have_attribute("lang", "nb")


@pytest.mark.parametrize(
    ("locale", "asked", "shown"),
    [
        ("nn-NO", "/", "/nb/"),
        ("da-DK", "/", "/da/"),
        ("fi-FI", "/", "/sv/"),
        ("da-DK", "/no/modules/dl-01/?a=1", "/accounts/login/?next=/nb/modules/dl-01/%3Fa%3D1"),
        ("da-DK", "/no/", "/nb/"),
        ("da-DK", "/en/", "/da/"),
    ],
)
def test_address_and_browser_lead_to_a_language(
    visit: Visit, locale: str, asked: str, shown: str
) -> None:
    page = visit(locale=locale)

    page.goto(asked)

    expect(page).to_have_url(re.compile(re.escape(shown) + "$"))
    expect(page.locator("html")).to_have_attribute("lang", re.compile("sv|nb|da"))


def test_missing_translation_is_a_page_of_its_own(visit: Visit) -> None:
    lesson = ModulePage.objects.live().get(module="TK-04", locale__language_code="nb")
    others = ModulePage.objects.live().filter(module="TK-04").exclude(pk=lesson.pk)
    page = visit(new_agent("ville", "ville-has-a-long-one").user)
    lesson.unpublish()
    try:
        answer = page.goto("/nb/modules/tk-04/")
    finally:
        lesson.save_revision().publish()

    assert answer
    assert answer.status == 404
    for other in others:
        address = f"/{other.locale.language_code}/modules/tk-04/"
        expect(page.locator(f"main a[href='{address}']")).to_be_visible()
        expect(page.locator("main")).not_to_contain_text(other.title)
    page.goto("/nb/modules/tk-04/")
    expect(page.locator(".lesson__title")).to_have_text(lesson.title)


def switch_to(page: Page, language: str) -> None:
    page.locator(f".languages [name=language][value={language}]").click()
    expect(page.locator(f".languages [value={language}]")).to_have_attribute("aria-current", "true")
