"""Zendesk QA on a good day: two workspaces, three reviews on two pages."""

import json
from pathlib import Path
from typing import Any

from tests.coaching.integrations.stub import StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "zendesk_qa"


def serve(server: StubServer) -> dict[str, str]:
    """Let the server answer a whole pull and return the settings to pull it with."""
    server.answer("/api/export/users", sample("users"))
    server.answer("/api/export/workspaces", sample("workspaces"))
    for workspace in ("7001", "7002"):
        path = f"/api/export/workspace/{workspace}"
        server.answer(f"{path}/users", {"users": sample("users")["users"][1:3]})
        server.answer(f"{path}/scorecards", sample("scorecards"))
        server.answer(f"{path}/disputes", {"disputes": [], "pagination": {"page": 1}})
    server.answer("/api/export/workspace/7001/users", {"users": sample("workspace_users")["users"]})
    server.answer("/api/export/workspace/7001/disputes", sample("disputes"))
    first, second = sample("reviews")["conversations"]
    server.answer("/api/export/reviews", page(1, first), page(2, second), page(3))
    return {
        "subdomain": "vinterfjord",
        "token": "hush",
        "teams": "workspaces",
        "released": "received",
        "category_scores": "percent",
        "api_url": server.url,
        "login_url": server.url,
        "customer_key": "key",
    }


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def page(number: int, *conversations: Any) -> dict[str, Any]:
    return {
        "conversations": list(conversations),
        "pagination": {"page": number, "pageSize": 100, "total": 3},
    }
