"""An Avaya Experience Platform that answers a whole pull: two pages of contacts, of messages."""

import json
from pathlib import Path
from typing import Any

from tests.coaching.integrations.stub import StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "avaya_experience"
ACCOUNT = "VINTER"
TOKEN = f"/api/auth/v1/{ACCOUNT}/protocol/openid-connect/token"
HISTORY = f"/api/analytics/historical/v2/accounts/{ACCOUNT}"
REPORT = f"{HISTORY}/reports/EngagementDetail"
ENGAGEMENTS = f"/api/digital/transcript/v1/accounts/{ACCOUNT}/engagements"
CHAT, CALL, MAIL = (f"e9e17000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
SECOND = "5ec0d000-0000-4000-8000-000000000002"


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def messages_of(engagement: str) -> str:
    return f"{ENGAGEMENTS}/{engagement}/messages"


def serve(server: StubServer) -> dict[str, str]:
    server.answer(TOKEN, {"access_token": "t", "expires_in": 900, "refresh_token": "r"})
    server.answer(f"{HISTORY}/dimensions/agents", sample("agents"))
    server.answer(f"{HISTORY}/dimensions/queues", sample("queues"))
    server.answer(REPORT, *tables("engagements", rows=2))
    for engagement in (CHAT, MAIL):
        server.answer(messages_of(engagement), *pages(engagement, messages=3))
    return {
        "host": "vinterfjord-eu",
        "account_id": ACCOUNT,
        "app_key": "open sesame",
        "client_id": "me",
        "client_secret": "hush",
        "transcripts": "yes",
        "time_unit": "milliseconds",
        "columns": "",
        "customer_key": "key",
        "api_url": server.url,
        "login_url": server.url,
    }


def tables(event: str, *, rows: int) -> tuple[Any, Any]:
    """Cut a table in two, the first with the token of the second."""
    whole = sample(event)
    following = whole["pagination"] | {"nextPageToken": SECOND}
    first = whole | {"records": whole["records"][:rows], "pagination": following}
    return first, whole | {"records": whole["records"][rows:]}


def pages(engagement: str, *, messages: int) -> tuple[Any, Any]:
    """Cut an engagement's messages in two, the first with a link to the second."""
    whole = sample("messages")
    found = [one | {"engagementId": engagement} for one in whole["messages"]]
    following = {"prev": "", "next": f"{messages_of(engagement)}?pageNumber=2&pageSize=50"}
    first = {"messages": found[:messages], "links": following}
    return first, {"messages": found[messages:], "links": whole["links"]}
