"""A Talkdesk that answers every call of a pull, with two pages of all that comes in pages.

Each report is a job of its own: the second one is the answer to every later order.
"""

import json
from pathlib import Path
from typing import Any

from tests.coaching.integrations.stub import Answer, StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "talkdesk"
CALL = "c0a1" + "1".zfill(28)
LATER_CALL = "c0a1" + "4".zfill(28)
RECORDING = "5ec0" + "1".zfill(28)
SIGNED = "/store/recording.mp3"
SOUND = b"ID3 sound"


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def serve(server: StubServer) -> dict[str, str]:
    server.answer("/oauth/token", {"access_token": "t", "token_type": "Bearer", "expires_in": 600})
    server.answer("/users", *pages("users", "users", "/users?page=2"))
    _serve_reports(server)
    _serve_recordings(server)
    path = "https://conversations.talkdesk.example/interactions?cursor=second=="
    server.answer("/conversations/interactions", *pages("conversations", "interactions", path))
    return {
        "region": "eu",
        "account": "vinterfjord",
        "client_id": "me",
        "client_secret": "hush",
        "recordings": "yes",
        "transcripts": "yes",
        "period_start_parameter": "from",
        "period_end_parameter": "to",
        "customer_key": "key",
        "api_url": server.url,
        "login_url": server.url,
    }


def pages(event: str, name: str, following: str) -> tuple[Any, Any]:
    """Cut a sample in two, the first with a link to the second."""
    whole = sample(event)
    found = whole["_embedded"][name]
    first = whole | {"_embedded": {name: found[:1]}, "_links": {"next": {"href": following}}}
    return first, whole | {"_embedded": {name: found[1:]}, "_links": {}}


def _serve_reports(server: StubServer) -> None:
    report = sample("calls")
    halves = {"first": report["entries"][:2], "second": report["entries"][2:]}
    orders = [{"job": {"id": job, "status": "created"}} for job in halves]
    server.answer("/data/reports/calls/jobs", *orders)
    for job, entries in halves.items():
        file, store = f"/data/reports/calls/files/{job}", f"/store/{job}.json"
        server.answer(f"/data/reports/calls/jobs/{job}", redirect(file))
        server.answer(file, redirect(f"{server.url}{store}?signature=s"))
        server.answer(store, report | {"entries": entries, "total": len(entries)})


def _serve_recordings(server: StubServer) -> None:
    found = sample("recordings")
    server.answer(f"/calls/{CALL}/recordings", found)
    later = [
        one | {"id": f"{one['id'][:-1]}9", "call_id": LATER_CALL} for one in _recordings(found)
    ]
    server.answer(f"/calls/{LATER_CALL}/recordings", found | {"_embedded": {"recordings": later}})
    server.answer(f"/recordings/{RECORDING}/media", redirect(f"{server.url}{SIGNED}?signature=s"))
    server.answer(SIGNED, Answer(SOUND, headers={"Content-Type": "audio/mpeg"}))


def _recordings(page: Any) -> list[Any]:
    return list(page["_embedded"]["recordings"][:1])


def redirect(address: str) -> Answer:
    return Answer({}, status=303, headers={"Location": address})
