"""Amazon Connect as a stub: two agents, two contacts with their files, two evaluations."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.coaching.integrations.stub import Answer, StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "amazon_connect"
INSTANCE = "1a5a0000-0000-4000-8000-000000000001"
BUCKET = "vinterfjord-connect"
USERS = [f"a9e00000-0000-4000-8000-00000000000{number}" for number in (1, 2)]
FORM = "f0a00000-0000-4000-8000-000000000001"
CALL, CHAT = (f"c0a00000-0000-4000-8000-00000000000{number}" for number in (1, 2))
CALL_FILE = f"Analysis/Voice/Redacted/2026/03/18/{CALL}_analysis_redacted_2026-03-18T08:00:50Z.json"
CALL_ORIGINAL = f"Analysis/Voice/2026/03/18/{CALL}_analysis_2026-03-18T08:00:50Z.json"
CHAT_FILE = f"Analysis/Chat/2026/03/18/{CHAT}_analysis_2026-03-18T09:00:40Z.json"
SOUND = f"connect/vinterfjord/CallRecordings/2026/03/18/{CALL}_20260318T08:00_UTC.wav"
REFUSED = Answer(
    b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>",
    status=403,
    headers={"x-amzn-ErrorType": "UnrecognizedClientException"},
)
WHO_AM_I = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    b"<GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult>"
    b"</GetCallerIdentityResponse>"
)


def serve(server: StubServer) -> dict[str, str]:
    _serve_people(server)
    _serve_contacts(server)
    _serve_quality(server)
    _serve_files(server)
    return {
        "api_url": server.url,
        "s3_url": server.url,
        "login_url": server.url,
        "region": "eu-central-1",
        "instance_id": INSTANCE,
        "access_key_id": "AKIAVINTERFJORD",
        "secret_access_key": "hush",
        "role_arn": "",
        "external_id": "",
        "bucket": BUCKET,
        "disposition_attribute": "utfall",
        "evaluation_time_field": "",
        "automatic_evaluations": "no",
        "customer_key": "key",
    }


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def file_path(key: str) -> str:
    """Return where a file is asked for: boto3 escapes the colons in its name."""
    return quote(f"/{BUCKET}/{key}", safe="/~")


def listing(*keys: str, modified: str = "2026-03-19T08:00:00.000Z", more: str = "") -> Answer:
    files = "".join(
        f"<Contents><Key>{key}</Key><LastModified>{modified}</LastModified>"
        "<Size>1</Size></Contents>"
        for key in keys
    )
    rest = f"<NextContinuationToken>{more}</NextContinuationToken>" if more else ""
    cut = "true" if more else "false"
    body = (
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<IsTruncated>{cut}</IsTruncated>{rest}{files}</ListBucketResult>"
    )
    return Answer(body.encode(), headers={"Content-Type": "application/xml"})


def _serve_people(server: StubServer) -> None:
    first = {"Id": USERS[0], "Username": "ingrid.solberg", "LastModifiedTime": 1772434800}
    second = {"Id": USERS[1], "Username": "oskar.nyholm@vinterfjord.example"}
    server.answer(
        f"/users-summary/{INSTANCE}",
        {"UserSummaryList": [first], "NextToken": "second"},
        {"UserSummaryList": [second]},
    )
    names = {"FirstName": "Oskar", "LastName": "Nyholm"}
    server.answer(f"/users/{INSTANCE}/{USERS[0]}", sample("user"))
    server.answer(f"/users/{INSTANCE}/{USERS[1]}", {"User": second | {"IdentityInfo": names}})
    server.answer(f"/user-hierarchy-groups-summary/{INSTANCE}", sample("hierarchy_groups"))
    server.answer("/search-users", sample("users"))
    server.answer(f"/queues-summary/{INSTANCE}", sample("queues"))


def _serve_contacts(server: StubServer) -> None:
    call, chat = (summary(f"contact.{channel}") for channel in ("voice", "chat"))
    abandoned = {"Id": "c0a00000-0000-4000-8000-000000000008", "Channel": "VOICE"}
    server.answer(
        "/search-contacts",
        {"Contacts": [call, abandoned], "NextToken": "second", "TotalCount": 3},
        {"Contacts": [chat], "TotalCount": 3},
    )
    server.answer(f"/contacts/{INSTANCE}/{CALL}", sample("contact.voice"))
    server.answer(f"/contacts/{INSTANCE}/{CHAT}", sample("contact.chat"))


def summary(event: str) -> dict[str, Any]:
    contact = sample(event)["Contact"]
    kept = ("Id", "Channel", "InitiationMethod", "AgentInfo", "DisconnectTimestamp")
    return {name: contact[name] for name in kept}


def hit(event: str) -> dict[str, Any]:
    evaluation = sample(event)["Evaluation"]
    kept = ("EvaluationId", "Status", "CreatedTime", "LastModifiedTime")
    about = {name: evaluation["Metadata"][name] for name in ("ContactId", "EvaluatorArn")}
    return {name: evaluation[name] for name in kept} | {"Metadata": about}


def _serve_quality(server: StubServer) -> None:
    active = {"EvaluationFormId": FORM, "Title": "Samtalekvalitet", "ActiveVersion": 3}
    draft = {"EvaluationFormId": "f0a00000-0000-4000-8000-000000000008", "Title": "Utkast"}
    forms = {"EvaluationFormSummaryList": [active, draft]}
    server.answer(f"/evaluation-forms/{INSTANCE}", forms)
    server.answer(f"/evaluation-forms/{INSTANCE}/{FORM}", sample("evaluation_form"))
    samples = [f"contact_evaluation.{scoring}" for scoring in ("percent", "points")]
    hits = [hit(event) for event in samples]
    server.answer("/search-contact-evaluations", {"EvaluationSearchSummaryList": hits})
    for event, found in zip(samples, hits, strict=True):
        path = f"/contact-evaluations/{INSTANCE}/{found['EvaluationId']}"
        server.answer(path, sample(event))


def _serve_files(server: StubServer) -> None:
    server.answer("/", Answer(WHO_AM_I, headers={"Content-Type": "text/xml"}))
    server.answer(f"/{BUCKET}", listing(CHAT_FILE, CALL_ORIGINAL, CALL_FILE))
    server.answer(file_path(CALL_FILE), sample("analysis_transcript.voice"))
    server.answer(file_path(CHAT_FILE), sample("analysis_transcript.chat"))
    server.answer(file_path(SOUND), Answer(b"RIFF", headers={"Content-Type": "audio/wav"}))
