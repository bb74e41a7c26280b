"""Signing in and out: the right people get in, and guessing is slowed down."""

import re

from playwright.sync_api import Page, expect

from tests.browser import Visit, sign_in
from tests.journeys.people import new_agent

TRIES = 10  # in five minutes, for one account


def test_wrong_password_says_so_and_keeps_the_address(visit: Visit) -> None:
    agent = new_agent("signe", "signe-has-a-long-one")
    page = visit()

    sign_in(page, agent.user.email, "not-the-right-one")

    expect(page.locator(".problem[role=alert]")).not_to_be_empty()
    expect(page.locator("[name=login]")).to_have_value(agent.user.email)
    expect(page.locator("[name=password]")).to_have_value("")


def test_unknown_address_and_wrong_password_read_the_same(visit: Visit) -> None:
    agent = new_agent("sune", "sune-has-a-long-one")
    page = visit()

    sign_in(page, agent.user.email, "not-the-right-one")
    wrong = page.locator(".problem[role=alert]").inner_text()
    sign_in(page, "nobody@demo.example", "not-the-right-one")

    assert page.locator(".problem[role=alert]").inner_text() == wrong


def test_many_wrong_passwords_lock_the_account_for_a_while(visit: Visit) -> None:
    agent = new_agent("sixten", "sixten-has-a-long-one")
    page = visit()

    sign_in(page, agent.user.email, "not-the-right-one")
    wrong = page.locator(".problem[role=alert]").inner_text()
    for _number in range(TRIES - 1):
        send_form(page, login=agent.user.email, password="not-the-right-one")
    sign_in(page, agent.user.email, "sixten-has-a-long-one")

    expect(page).to_have_url(re.compile("/accounts/login/"))
    expect(page.locator(".problem[role=alert]")).not_to_have_text(wrong)


def send_form(page: Page, **fields: str) -> None:
    """Send the form on the page again without drawing what comes back."""
    token = page.locator("main [name=csrfmiddlewaretoken]").input_value()
    page.request.post("/accounts/login/", form={"csrfmiddlewaretoken": token, **fields})


def test_sign_out_ends_the_visit(visit: Visit) -> None:
    agent = new_agent("saga", "saga-has-a-long-one")
    page = visit()
    sign_in(page, agent.user.email, "saga-has-a-long-one")
    expect(page).to_have_url(re.compile("/sv/my/$"))

    page.locator("form[action='/accounts/logout/'] button").click()
    expect(page).not_to_have_url(re.compile("/my/"))
    page.goto("/sv/my/")

    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/sv/my/$"))
