"""A Twilio that answers every call of one full pull, built from the sample payloads."""

import json
from pathlib import Path
from typing import Any

from tests.coaching.integrations.stub import Answer, StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "twilio"
ACCOUNT = "AC00000000000000000000000000000001"
WORKSPACE = "WS00000000000000000000000000000001"
TRANSCRIPT = "GT00000000000000000000000000000001"
RECORDING = "RE00000000000000000000000000000001"
SEGMENT = "5e600000-0000-4000-8000-000000000001"
ROUTER = f"/v1/Workspaces/{WORKSPACE}"
VOICE = f"/2010-04-01/Accounts/{ACCOUNT}"
QUALITY = "/v1/Insights/QualityManagement"
FIRST_TASK = "WT00000000000000000000000000000001"


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def serve(server: StubServer) -> dict[str, str]:
    """Fill the server with happy answers and return the settings that lead to it."""
    server.answer(ROUTER, {"sid": WORKSPACE, "friendly_name": "Vinterfjord"})
    server.answer(f"{ROUTER}/Workers", sample("workers"))
    server.answer(f"{ROUTER}/TaskQueues", sample("task_queues"))
    server.answer(f"{ROUTER}/Events", *event_pages())
    server.answer(f"{VOICE}/Calls.json", sample("calls"))
    server.answer(f"{VOICE}/Recordings.json", sample("recordings"))
    server.answer(f"{VOICE}/Recordings/{RECORDING}.json", sample("recordings")["recordings"][0])
    sound = Answer(b"RIFF\x00sound", headers={"Content-Type": "audio/wav"})
    server.answer(f"{VOICE}/Recordings/{RECORDING}.wav", sound)
    transcripts = {"transcripts": [sample("sentences")["transcript"]], "meta": {}}
    server.answer("/v2/Transcripts", transcripts)
    server.answer(f"/v2/Transcripts/{TRANSCRIPT}/Sentences", _without("sentences", "transcript"))
    results = _without("operator_results", "transcript")
    server.answer(f"/v2/Transcripts/{TRANSCRIPT}/OperatorResults", results)
    server.answer(f"{QUALITY}/Settings/AnswerSets", sample("answer_sets"))
    server.answer(f"{QUALITY}/Questionnaires", sample("questionnaires"))
    server.answer("/v1/Insights/Segments", {"segments": [{"segment_id": SEGMENT}], "meta": {}})
    server.answer(f"{QUALITY}/Assessments", _without("assessments", "contact", "comments"))
    comments = {"comments": sample("assessments")["comments"], "meta": {}}
    server.answer(f"{QUALITY}/Assessments/Comments", comments)
    return {
        "account_sid": ACCOUNT,
        "key_sid": "SK00000000000000000000000000000001",
        "key_secret": "hush",
        "workspace_sid": WORKSPACE,
        "region": "",
        "auth_token": "token",
        "former_auth_token": "",
        "customer_channel": "1",
        "inbound_speaker": "customer",
        "sentiment_operator": "Sentiment Analysis",
        "insights_authorization": "Bearer session",
        "assessment_days": "14",
        "customer_key": "key",
        "api_url": server.url,
        "login_url": server.url,
    }


def event_pages() -> tuple[dict[str, Any], dict[str, Any]]:
    """Split the events by task: the last page is answered again for later days."""
    page = sample("events")
    belongs = [one["event_data"].get("task_sid") == FIRST_TASK for one in page["events"]]
    first = [one for one, ours in zip(page["events"], belongs, strict=True) if ours]
    rest = [one for one, ours in zip(page["events"], belongs, strict=True) if not ours]
    following = f"https://taskrouter.twilio.com{ROUTER}/Events?PageSize=1000&PageToken=PT1"
    meta = page["meta"] | {"next_page_url": following}
    return {"events": first, "meta": meta}, page | {"events": rest}


def _without(event: str, *ours: str) -> dict[str, Any]:
    """Return a sample without what only our pull puts into it."""
    return {key: value for key, value in sample(event).items() if key not in ours}
