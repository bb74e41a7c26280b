"""An Avaya Infinity that answers every call of a pull, with two pages of segments."""

import json
from pathlib import Path
from typing import Any

from tests.coaching.integrations.stub import StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "avaya_infinity"
TOKEN = "/auth/realms/avaya/protocol/openid-connect/token"
DATASETS = "/api/analytics/v2/datasets"
TRANSCRIPTS = "/api/transcripts/v1/transcripts"
FIRST, SECOND, THIRD = (f"004d010319000000000000c00{number}" for number in (1, 2, 3))


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def serve(server: StubServer) -> dict[str, str]:
    server.answer(TOKEN, {"access_token": "t", "token_type": "Bearer", "expires_in": 900})
    server.answer(f"{DATASETS}/agent", sample("agent"))
    server.answer(f"{DATASETS}/queue", sample("queue"))
    server.answer(f"{DATASETS}/interactionSegments", *pages("interaction_segments", rows=3))
    whole = {"messages": sample("transcript")["messages"]}
    server.answer(f"{TRANSCRIPTS}/{FIRST}", whole)
    server.answer(f"{TRANSCRIPTS}/{SECOND}", whole)
    server.answer(f"{TRANSCRIPTS}/{THIRD}", {"messages": []})
    return {
        "customer_id": "vinterfjord",
        "client_id": "me",
        "client_secret": "hush",
        "transcripts": "yes",
        "transcript_client_id": "",
        "transcript_client_secret": "",
        "transcript_scope": "TRANSCRIPT",
        "transcript_time_zone": "UTC",
        "time_unit": "seconds",
        "ignored_statuses": "",
        "event_header": "auth-token",
        "event_token": "shared",
        "event_name_field": "eventType",
        "event_interaction_field": "interactionId",
        "event_agent_field": "userId",
        "event_time_field": "timestamp",
        "customer_key": "key",
        "api_url": server.url,
        "login_url": server.url,
    }


def pages(event: str, *, rows: int) -> tuple[Any, Any]:
    """Cut a table in two, the first with the token of the second."""
    whole = sample(event)
    following = whole["pagination"] | {
        "nextPageToken": "c2Vjb25kIHBhZ2Ugb2YgdGhlIHNhbXBsZSB0YWJsZQ=="
    }
    first = whole | {"records": whole["records"][:rows], "pagination": following}
    return first, whole | {"records": whole["records"][rows:]}
