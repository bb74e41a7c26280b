"""A platform on a local port that answers every call of a sync with our samples."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils import timezone

from coaching.models import Connection
from tests.coaching.integrations.stub import Answer, StubServer
from tests.factories import make_connection

SECRET = "very-secret-indeed"
_PAYLOADS = Path(__file__).parents[2] / "fixtures" / "payloads" / "genesys"
_JOBS = "/api/v2/analytics/conversations/details/jobs"
_LISTS = {
    "/api/v2/users": "users",
    "/api/v2/teams": "teams",
    "/api/v2/routing/queues": "queues",
    "/api/v2/routing/wrapupcodes": "wrapupcodes",
    "/api/v2/routing/languages": "languages",
    f"{_JOBS}/job1/results": "conversation_job_results",
}


@contextmanager
def platform() -> Iterator[StubServer]:
    server = StubServer()
    server.answer("/oauth/token", {"access_token": "t", "expires_in": 86400})
    for path, event in _LISTS.items():
        server.answer(path, _sample(event))
    for team in _sample("teams")["entities"]:
        server.answer(f"/api/v2/teams/{team['id']}/members", {"entities": []})
    server.answer("/api/v2/quality/publishedforms/evaluations", {"entities": []})
    server.answer("/api/v2/quality/evaluations/search", {"results": [], "total": 0})
    server.answer(f"{_JOBS}/availability", {"dataAvailabilityDate": timezone.now().isoformat()})
    server.answer(_JOBS, {"jobId": "job1"})
    server.answer(f"{_JOBS}/job1", {"state": "FULFILLED"})
    with server.running():
        yield server


def make_genesys(server: StubServer, slug: str = "genesys-se", **fields: Any) -> Connection:
    settings = {"login_url": server.url, "api_url": server.url, "client_id": "me"}
    connection = make_connection(slug, settings=settings, **fields)
    connection.secrets = {"client_secret": SECRET}
    connection.save()
    return connection


def refuse_sign_in(server: StubServer) -> None:
    server.answer("/oauth/token", Answer({"error": "invalid_client"}, status=401))


def be_away(server: StubServer) -> None:
    """Ask for a longer wait than a worker sleeps."""
    server.answer("/oauth/token", Answer({}, status=503, headers={"Retry-After": "600"}))


def _sample(event: str) -> Any:
    return json.loads((_PAYLOADS / f"{event}.json").read_text())
