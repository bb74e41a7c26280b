"""A CXone that answers every call of a pull: two pages of contacts, one of them with sound.

Extractions lie at one address, so the answer looks at what was asked.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.coaching.integrations.stub import Answer, StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "nice_cxone"
ACD = "/inContactAPI/services/v33.0"
TOKEN = "/authentication/v1/token/access-key"
JOBS = "/data-extraction/v1/jobs"
PLAYED = "/media-playback/v1"
ANALYSED = "/interaction-analytics-gateway/v2/segments"
ANSWERS = "qm-questions"
STORE = "/store"
CSV = {"Content-Type": "text/csv"}
SOUND = b"ID3 sound"


@dataclass(frozen=True)
class Ordered(Answer):
    """The id of a job is the name of the entity that was ordered."""

    server: Any = None

    def encoded(self) -> bytes:
        asked = self.server.received[-1]
        listed = {"jobs": [{"id": "a", "status": "SUCCEEDED"}]}
        return json.dumps(
            json.loads(asked.body)["entityName"] if asked.method == "POST" else listed
        ).encode()


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def extract(event: str) -> Answer:
    return Answer((PAYLOADS / f"{event}.csv").read_bytes(), headers=CSV)


def serve(server: StubServer) -> dict[str, str]:
    server.answer(TOKEN, {"access_token": "t", "token_type": "bearer", "expires_in": 3600})
    for event in ("agents", "teams", "skills"):
        server.answer(f"{ACD}/{event}", sample(event))
    server.answer(f"{ACD}/contacts/completed", *contact_pages())
    _serve_extractions(server)
    _serve_sound(server)
    _serve_transcripts(server)
    return {
        "area": "eu1",
        "access_key_id": "me",
        "access_key_secret": "hush",
        "acd_version": "33.0",
        "answers_entity": ANSWERS,
        "answers_version": "1",
        "recordings": "yes",
        "transcripts": "yes",
        "customer_key": "key",
        "api_url": server.url,
        "login_url": server.url,
    }


def contact_pages() -> tuple[Any, Any]:
    """Cut the contacts in two, the first page with a link to the second on another host."""
    whole = sample("contacts")
    found, following = whole["completedContacts"], "https://elsewhere.example/contacts?skip=2"
    first = whole | {"completedContacts": found[:2], "_links": {"next": following}}
    return first, whole | {"completedContacts": found[2:]}


def _serve_extractions(server: StubServer) -> None:
    server.answer(JOBS, Ordered(server=server))
    for entity, event in (("qm-workflows", "qm-workflows"), (ANSWERS, "qm-answers")):
        address = f"{STORE}/{entity}.csv"
        made = {"url": f"{server.url}{address}?signature=s"}
        server.answer(
            f"{JOBS}/{entity}",
            {"jobStatus": {"id": entity, "status": "RUNNING"}},
            {"jobStatus": {"id": entity, "status": "SUCCEEDED", "result": made}},
        )
        server.answer(address, extract(event))


def _serve_sound(server: StubServer) -> None:
    found = sample("recordings")
    for interaction in found["interactions"]:
        interaction["data"]["fileToPlayUrl"] = f"{server.url}{STORE}/a.mp3?signature=s"
        for segment in interaction["data"]["segmentsDataList"]:
            played = {"Interactions": [interaction]}
            server.answer(f"{PLAYED}/segments/{segment['segmentId']}", played)
    server.answer(f"{PLAYED}/contacts", found)
    server.answer(f"{STORE}/a.mp3", Answer(SOUND, headers={"Content-Type": "audio/mpeg"}))


def _serve_transcripts(server: StubServer) -> None:
    whole = sample("transcripts")
    said = {name: whole.pop(name) for name in ("language", "transcriptBlocks")}
    second = {**whole, "segmentId": "5e600000-0000-4000-8000-000000000002"}
    for segment in (whole, second):
        server.answer(f"{ANALYSED}/{segment['segmentId']}/analyzed-transcript", said)
    following = f"{server.url}{ANALYSED}/analyzed?cursor=2&pageSize=100"
    server.answer(
        f"{ANALYSED}/analyzed",
        {"totalRecords": 2, "interactions": [whole], "links": {"next": following}},
        {"totalRecords": 2, "interactions": [second], "links": {}},
    )
