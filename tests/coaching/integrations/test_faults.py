"""What goes wrong on the way to every platform changes nothing of what is read in the end."""

import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from coaching.integrations import adapters
from coaching.integrations.base import Adapter, Batch, Unavailable, Unverified
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, Fault, StubServer
from tests.coaching.integrations.worlds import SIGN_IN_IS_FINAL

pytestmark = pytest.mark.pure

PULLING = [slug for slug, kind in adapters().items() if kind.resources]
FAULTS: tuple[Fault, ...] = (
    lambda it: Answer({}, status=429, headers={"Retry-After": "3"}),
    lambda it: Answer({}, status=500),
    lambda it: Answer({}, status=503, headers={"Retry-After": "Fri, 20 Mar 2026 12:00:05 GMT"}),
    lambda it: replace(it, missing_bytes=7),
)
REFUSED = Answer({}, status=401)
PATIENCE_SECONDS = 0.5


class World:
    """A platform on a local port; with a fault, each path answers badly before it answers well."""

    def __init__(self, slug: str, server: StubServer) -> None:
        self.slug, self.server = slug, server
        module = importlib.import_module(f"{__package__}.worlds.{slug}")
        self.settings = module.serve(server)
        self.refused = getattr(module, "REFUSED", REFUSED)
        self.sleeps: list[float] = []

    def pull(self, since: Any = None) -> list[Batch]:
        kind = adapters()[self.slug]
        with httpx.Client(timeout=PATIENCE_SECONDS) as http:
            adapter: Adapter = kind(
                self.settings, http, clock=lambda: NOW, sleep=self.sleeps.append
            )
            return list(adapter.pull(since or {}))


def read(batches: list[Batch]) -> Counter[tuple[str, Any]]:
    """Return what was read and how often, whatever batches it came in."""
    return Counter((batch.resource.value, record) for batch in batches for record in batch.records)


@pytest.fixture
def worlds() -> Iterator[Callable[[str], World]]:
    running = []

    def make(slug: str) -> World:
        context = StubServer().running()
        running.append(context)
        return World(slug, context.__enter__())

    yield make
    for context in running:
        context.__exit__(None, None, None)


@pytest.mark.parametrize("slug", PULLING)
def test_pull_reads_what_the_adapter_promises_and_nothing_unreadable(slug: str, worlds) -> None:
    batches = worlds(slug).pull()

    assert {batch.resource for batch in batches if batch.records} == set(adapters()[slug].resources)
    assert [batch.unreadable for batch in batches if batch.unreadable] == []


@pytest.mark.parametrize("slug", PULLING)
def test_faults_on_every_path_lose_nothing(slug: str, worlds) -> None:
    wanted = read(worlds(slug).pull())
    world = worlds(slug)
    world.server.fail_first(*FAULTS)

    assert read(world.pull()) == wanted
    assert 3 in world.sleeps  # the wait that the platform asked for


@pytest.mark.parametrize("slug", PULLING)
def test_slow_answer_is_asked_for_again(slug: str, worlds) -> None:
    wanted = read(worlds(slug).pull())
    world = worlds(slug)
    world.server.fail_once(lambda it: replace(it, seconds=1.5 * PATIENCE_SECONDS))

    assert read(world.pull()) == wanted


@pytest.mark.parametrize("slug", PULLING)
def test_refused_token_is_renewed_once(slug: str, worlds) -> None:
    wanted = read(worlds(slug).pull())
    world = worlds(slug)
    world.server.fail_first(lambda it: REFUSED, spare=SIGN_IN_IS_FINAL)

    assert read(world.pull()) == wanted


@pytest.mark.parametrize("slug", PULLING)
def test_platform_that_refuses_us_stops_the_pull(slug: str, worlds) -> None:
    world = worlds(slug)
    world.server.fail_always(lambda it: world.refused)

    with pytest.raises(Unverified):
        world.pull()


@pytest.mark.parametrize("slug", PULLING)
def test_platform_that_is_away_is_tried_again_later(slug: str, worlds) -> None:
    world = worlds(slug)
    world.server.fail_always(lambda it: Answer({}, status=503, headers={"Retry-After": "600"}))

    with pytest.raises(Unavailable) as away:
        world.pull()

    assert away.value.retry_after_seconds == 600


@pytest.mark.parametrize("slug", PULLING)
def test_page_that_comes_twice_adds_nothing_new(slug: str, worlds) -> None:
    wanted = read(worlds(slug).pull())
    world = worlds(slug)
    world.server.repeat_first()

    assert set(read(world.pull())) == set(wanted)
