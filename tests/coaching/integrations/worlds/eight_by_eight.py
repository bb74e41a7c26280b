"""8x8 on a good day: contacts on two pages of a report, two conversations written down."""

import json
from pathlib import Path
from typing import Any

from tests.coaching.integrations.stub import Answer, StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "eight_by_eight"
QUALITY = "/qm/uk/v1"
REPORTS = "/eu/analytics/cc/v8/historical-metrics"
DATA = f"{REPORTS}/detailed-reports/901/data"
OBJECTS = "/storage/uk/v3/objects"
SOUND = Answer(b"ID3 sound", headers={"Content-Type": "audio/mpeg"})
KEYS = "/vcc/eu/chat/v2/jwk"


def serve(server: StubServer) -> dict[str, str]:
    """Let the server answer a whole pull and return the settings to pull it with."""
    server.answer("/oauth/v2/token", {"access_token": "t", "expires_in": "1799"})
    server.answer(f"{QUALITY}/users", sample("users"))
    _serve_contacts(server)
    _serve_evaluations(server)
    _serve_speech(server)
    recordings = sample("recordings")
    server.answer(OBJECTS, recordings)
    for stored in recordings["content"]:
        server.answer(f"{OBJECTS}/{stored['id']}/content", SOUND)
    return {
        "client_id": "me",
        "client_secret": "hush",
        "region": "eu",
        "data_region": "uk",
        "pbx": "vinterfjord",
        "tenant": "vinterfjord01",
        "scores": "percent",
        "api_url": server.url,
        "login_url": server.url,
        "customer_key": "key",
    }


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def _serve_contacts(server: StubServer) -> None:
    first, *rest = sample("contacts")
    server.answer(f"{REPORTS}/detailed-reports", {"id": 901, "status": "DONE"})
    server.answer(DATA, Answer([first], headers={"Last-Document-Id": "doc-1"}), Answer(rest))
    server.answer(f"{REPORTS}/report-types/detailed-reports-interaction-details", {"type": "x"})


def _serve_evaluations(server: StubServer) -> None:
    page = sample("evaluations")
    for line in page["content"]:
        details = {"evaluationId": line["evaluationId"], "sections": line.pop("sections")}
        server.answer(f"{QUALITY}/evaluations/{line['evaluationId']}/details", details)
    server.answer(f"{QUALITY}/evaluations", page)


def _serve_speech(server: StubServer) -> None:
    spoken = sample("transcriptions")
    first = spoken["interaction"]
    second = {
        **first,
        "interactionGuid": "int-19ce3a0b9f0-Rt2pVinterfjordAa02-phone-00-vinterfjord01",
    }
    for interaction in (first, second):
        path = f"{QUALITY}/interactions/{interaction['interactionGuid']}/transcriptions"
        server.answer(path, Answer(spoken["transcriptions"]))
    following = [{"rel": "nextUrl", "href": f"{server.url}{QUALITY}/interactions?page=1&size=100"}]
    server.answer(
        f"{QUALITY}/interactions",
        {"pageNumber": 0, "content": [first], "links": following},
        {"pageNumber": 1, "content": [second], "links": []},
    )
