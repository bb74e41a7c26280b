"""The demo organisation served as `make run` serves it, and browsers in front of it."""

import os
import shutil
from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests import servers

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread

PASSWORD = "demo-demo-demo"
PHONE_HEIGHT = 740
PATIENCE = 15_000  # milliseconds
EXPECTED_REFUSALS = ("status of 400", "status of 404")
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE)


class Visit(Protocol):
    """Open a browser of somebody's own: a demo account, any other account, or nobody's.

    Demo accounts sign in with their password; `who` of other people is their user row.
    """

    def __call__(self, who: Any = None, *, width: int = 1100, **options: Any) -> Page: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server_environment() -> Iterator[dict[str, str]]:
    found = servers.environment(servers.free_port())
    yield found
    shutil.rmtree(found["VAR_DIR"], ignore_errors=True)


@pytest.fixture(scope="session")
def site(server_environment: dict[str, str]) -> Iterator[str]:
    with servers.web(server_environment) as address, servers.worker(server_environment):
        yield address


@pytest.fixture(autouse=True)
def _rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let tests read and write the very rows that the server uses."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """What the browsers of the demo accounts remember, so that each signs in once."""
    return {}


@pytest.fixture
def visit(chromium: Browser, site: str, signed_in: dict[str, Any]) -> Iterator[Visit]:
    """Give out browsers; an error on a page or in its console fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error":
            errors.append(said.text)

    def open_page(who: Any = None, *, width: int = 1100, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=site,
            **{
                "locale": "sv-SE",
                "viewport": {"width": width, "height": PHONE_HEIGHT if width < 600 else 900},
                "storage_state": signed_in.get(who) if isinstance(who, str) else None,
                **options,
            },
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda raised: errors.append(str(raised.error)))
        context.on("console", note)
        page = context.new_page()
        if isinstance(who, str) and who not in signed_in:
            sign_in(page, f"{who}@demo.example")
            signed_in[who] = context.storage_state()
        elif who and not isinstance(who, str):
            context.add_cookies([_session_of(who, site)])
        if who:
            page.goto("/start/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [error for error in errors if not any(each in error for each in EXPECTED_REFUSALS)] == []


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the form; where that leads is for the caller to see."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")


def _session_of(user: Any, site: str) -> Any:
    # Plugins are imported before Django is set up.
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": site}
