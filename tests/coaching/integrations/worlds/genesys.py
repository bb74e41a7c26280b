"""A Genesys that answers every call of one full pull, built from the sample payloads.

The last page of contacts is the answer to every later job, so it holds the one conversation that
was recorded and transcribed. The data lake ends a few hours after a first pull begins.
"""

import json
from pathlib import Path
from typing import Any

from tests.coaching.integrations.stub import Answer, StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "genesys"
JOBS = "/api/v2/analytics/conversations/details/jobs"
DETAILS = "/api/v2/analytics/conversations/details/query"
SEARCH = "/api/v2/quality/evaluations/search"
ANALYTICS = "/api/v2/speechandtextanalytics"
TEAMS = [f"7ea30000-0000-4000-8000-00000000000{number}" for number in (1, 2)]
FORM = "f0430000-0000-4000-8000-000000000001"
EVALUATION = "e7a10000-0000-4000-8000-000000000001"
CONVERSATION = "c0de0000-0000-4000-8000-000000000001"
CUSTOMERS_LINE = "5e550000-0000-4000-8000-000000000001"
AGENTS_LINE = "5e550000-0000-4000-8000-000000000005"
RECORDING = "5ec00000-0000-4000-8000-000000000001"
METADATA = f"/api/v2/conversations/{CONVERSATION}/recordingmetadata"
SOUND = f"/api/v2/conversations/{CONVERSATION}/recordings/{RECORDING}"
METRICS = f"{ANALYTICS}/conversations/{CONVERSATION}"


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def transcript_url(line: str) -> str:
    return f"{METRICS}/communications/{line}/transcripturl"


def serve(server: StubServer) -> dict[str, str]:
    """Fill the server with happy answers and return the settings that lead to it."""
    server.answer("/oauth/token", {"access_token": "t", "expires_in": 86400})
    _serve_lists(server)
    _serve_contacts(server)
    _serve_quality(server)
    _serve_media(server)
    return {
        "region": "eu-central-1",
        "client_id": "me",
        "client_secret": "hush",
        "automatic_evaluations": "no",
        "recent_contacts": "yes",
        "recordings": "yes",
        "transcripts": "yes",
        "sentiment": "yes",
        "sentiment_scale": "auto",
        "writeback": "yes",
        "customer_key": "key",
        "api_url": server.url,
        "login_url": server.url,
    }


def _serve_lists(server: StubServer) -> None:
    users = sample("users")
    following = {"nextUri": "/api/v2/users?pageNumber=2"}
    first = users | following | {"entities": users["entities"][:3]}
    server.answer("/api/v2/users", first, users | {"entities": users["entities"][3:]})
    server.answer("/api/v2/teams", sample("teams"))
    server.answer(f"/api/v2/teams/{TEAMS[0]}/members", sample("team_members"))
    server.answer(f"/api/v2/teams/{TEAMS[1]}/members", {"entities": []})
    for event in ("queues", "wrapupcodes", "languages"):
        server.answer(f"/api/v2/routing/{event}", sample(event))


def _serve_contacts(server: StubServer) -> None:
    found = sample("conversation_job_results")["conversations"]
    pages = ({"conversations": found[1:], "cursor": "next=="}, {"conversations": found[:1]})
    server.answer(f"{JOBS}/availability", {"dataAvailabilityDate": "2026-02-20T06:00:00.000Z"})
    server.answer(JOBS, {"jobId": "job1"})
    server.answer(f"{JOBS}/job1", {"state": "FULFILLED"})
    server.answer(f"{JOBS}/job1/results", *pages)
    server.answer(DETAILS, sample("conversation_details"))


def _serve_quality(server: StubServer) -> None:
    published = {"entities": [{"id": FORM, "name": "Kvalitet samtal"}], "total": 1}
    server.answer("/api/v2/quality/publishedforms/evaluations", published)
    server.answer(f"/api/v2/quality/forms/evaluations/{FORM}", sample("form"))
    server.answer(SEARCH, sample("search"))
    path = f"/api/v2/quality/conversations/{CONVERSATION}/evaluations/{EVALUATION}"
    server.answer(path, sample("evaluation"))


def _serve_media(server: StubServer) -> None:
    server.answer(METADATA, Answer(sample("recordingmetadata")))
    server.answer(METRICS, sample("conversation_metrics"))
    files = {CUSTOMERS_LINE: "transcript", AGENTS_LINE: "transcript_sentiment"}
    for line, event in files.items():
        server.answer(transcript_url(line), {"url": f"{server.url}/store/{event}?signature=s"})
        server.answer(f"/store/{event}", sample(event))
    medium = {"mediaUri": f"{server.url}/store/sound?signature=s"}
    server.answer(SOUND, {"id": RECORDING, "fileState": "AVAILABLE", "mediaUris": {"S": medium}})
    server.answer("/store/sound", Answer(b"ID3 sound", headers={"Content-Type": "audio/mpeg"}))
    entities = {"entities": ["sv-SE", "en-US"]}
    server.answer(f"{ANALYTICS}/sentiment/dialects", entities)
    engines = [{"engine": "Genesys", "dialects": ["sv-SE", "da-DK"]}, {"engine": "Other"}]
    dialects = f"{ANALYTICS}/programs/transcriptionengines/dialects"
    server.answer(dialects, {"entities": engines})
