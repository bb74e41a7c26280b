import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Resource, Unreadable
from coaching.integrations.genesys import Genesys
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import StubServer
from tests.coaching.integrations.worlds import genesys as world

pytestmark = pytest.mark.pure


@pytest.fixture
def genesys(server: StubServer, http: httpx.Client) -> Genesys:
    return Genesys(world.serve(server), http, clock=lambda: NOW)


def searches(server: StubServer) -> list[Any]:
    return [json.loads(call.body) for call in server.calls(world.SEARCH)]


def test_existing_evaluations_are_those_still_in_force(
    server: StubServer, genesys: Genesys
) -> None:
    hit = world.sample("search")["results"][0]
    retracted = hit | {"id": "retracted", "status": "RETRACTED"}
    automatic = hit | {"id": "automatic"}
    server.answer(world.SEARCH, {"results": [hit, retracted]}, {"results": [automatic]})

    found = genesys.existing(Resource.EVALUATIONS, NOW - timedelta(days=80))

    assert found == {hit["id"], "automatic"}
    asked = searches(server)
    assert [body["systemSubmitted"] for body in asked] == [False, True]
    assert asked[0]["query"][0]["startValue"] == "2025-12-30T12:00:00.000Z"


def test_existing_evaluations_of_a_long_time_are_searched_in_parts(
    server: StubServer, genesys: Genesys
) -> None:
    genesys.existing(Resource.EVALUATIONS, NOW - timedelta(days=90))

    starts = {body["query"][0]["startValue"][:10] for body in searches(server)}
    assert starts == {"2025-12-20", "2026-03-14"}


@pytest.mark.parametrize("page", [{}, {"results": [{"conversation": {"id": "c"}}]}])
def test_search_that_cannot_be_read_calls_nothing_gone(
    server: StubServer, genesys: Genesys, page: dict[str, Any]
) -> None:
    server.answer(world.SEARCH, page)

    with pytest.raises(Unreadable, match="results"):
        genesys.existing(Resource.EVALUATIONS, NOW - timedelta(days=7))


def test_only_evaluations_can_be_compared(genesys: Genesys) -> None:
    assert genesys.existing(Resource.INTERACTIONS, NOW) is None
