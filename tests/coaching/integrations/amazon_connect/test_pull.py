import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from coaching.integrations.amazon_connect import AmazonConnect
from coaching.integrations.base import (
    Batch,
    Forbidden,
    Resource,
    Unavailable,
    Unreadable,
    Unverified,
)
from coaching.records import LiveEvent, RosterEntry, TranscriptSegment
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds.amazon_connect import (
    BUCKET,
    CALL,
    CALL_FILE,
    CALL_ORIGINAL,
    CHAT,
    CHAT_FILE,
    FORM,
    INSTANCE,
    SOUND,
    USERS,
    file_path,
    hit,
    listing,
    sample,
    serve,
    summary,
)

pytest.importorskip("boto3")
pytestmark = pytest.mark.pure

SEARCH = "/search-contacts"
EVALUATIONS = "/search-contact-evaluations"
LIVE = "/realtime-contact-analysis/analysis-segments"
LISTING = f"/{BUCKET}"
SINCE = {
    Resource.AGENTS: NOW - timedelta(days=1),
    Resource.INTERACTIONS: NOW - timedelta(hours=6),
    Resource.EVALUATIONS: NOW - timedelta(days=1),
    Resource.TRANSCRIPTS: NOW - timedelta(days=1),
}
ASSUMED = (
    b'<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>'
    b"<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
    b"<SessionToken>passing</SessionToken><Expiration>2026-03-20T13:00:00Z</Expiration>"
    b"</Credentials></AssumeRoleResult></AssumeRoleResponse>"
)


def refused(code: str, status: int = 403) -> Answer:
    return Answer({"message": "no"}, status=status, headers={"x-amzn-ErrorType": code})


@pytest.fixture
def settings(server: StubServer) -> dict[str, str]:
    return serve(server)


@pytest.fixture
def connect(settings: dict[str, str], http: httpx.Client, sleeps: list[float]) -> AmazonConnect:
    return AmazonConnect(settings, http, clock=lambda: NOW, sleep=sleeps.append)


def with_settings(
    settings: dict[str, str], http: httpx.Client, sleeps: list[float], **changes: str
) -> AmazonConnect:
    return AmazonConnect(settings | changes, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def bodies(server: StubServer, path: str) -> list[Any]:
    return [json.loads(call.body) for call in server.calls(path)]


def test_pull_yields_every_resource_in_an_order_intake_can_link(connect: AmazonConnect) -> None:
    batches = list(connect.pull({Resource.INTERACTIONS: NOW}))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    assert [(batch.resource.value, len(batch.records)) for batch in batches] == [
        ("agents", 1),
        ("agents", 1),
        ("agents", 0),  # the watermark
        ("teams", 2),
        ("roster", 2),
        ("queues", 2),
        ("forms", 1),
        ("interactions", 1),
        ("recordings", 1),
        ("interactions", 1),
        ("recordings", 0),  # a chat's transcript is none
        ("interactions", 0),
        ("forms", 1),  # one that is no longer active
        ("evaluations", 2),
        ("evaluations", 0),
        ("transcripts", 7),
        ("sentiment", 10),
        ("transcripts", 0),
        ("sentiment", 0),
    ]


def test_agents_are_asked_for_one_by_one_when_they_were_changed(
    server: StubServer, connect: AmazonConnect
) -> None:
    batches = of(connect.pull(SINCE), Resource.AGENTS)

    assert server.calls(f"/users/{INSTANCE}/{USERS[0]}") == []
    assert [len(batch.records) for batch in batches] == [0, 1, 0]
    assert [batch.watermark for batch in batches] == [None, None, NOW]


def test_pages_follow_the_token_to_the_end(server: StubServer, connect: AmazonConnect) -> None:
    list(connect.pull(SINCE))

    queries = [call.query for call in server.calls(f"/users-summary/{INSTANCE}")]
    assert queries == [
        {"maxResults": ["100"]},
        {"maxResults": ["100"], "nextToken": ["second"]},
    ]


def test_page_that_comes_again_is_asked_for_once_more(
    server: StubServer, connect: AmazonConnect
) -> None:
    page = sample("queues") | {"NextToken": "second"}
    server.answer(f"/queues-summary/{INSTANCE}", page, page, sample("queues"))

    batches = of(connect.pull(SINCE), Resource.QUEUES)

    assert len(batches) == 2


def test_page_that_never_ends_is_unreadable(server: StubServer, connect: AmazonConnect) -> None:
    server.answer(f"/queues-summary/{INSTANCE}", sample("queues") | {"NextToken": "again"})

    with pytest.raises(Unreadable, match="NextToken"):
        list(connect.pull(SINCE))


def test_roster_is_one_snapshot_of_all_who_are_in_a_team(
    server: StubServer, connect: AmazonConnect
) -> None:
    page = sample("users")
    first = {"Users": page["Users"][:1], "NextToken": "second"}
    server.answer("/search-users", first, {"Users": page["Users"][1:]})

    (roster,) = of(connect.pull(SINCE), Resource.ROSTER)

    entries = [entry for entry in roster.records if isinstance(entry, RosterEntry)]
    assert [entry.team_name for entry in entries] == ["Faktura Bergen", "Teknik Umeå"]
    assert (roster.total, roster.watermark) == (2, NOW)


def test_contacts_are_asked_for_by_their_end_a_day_at_a_time(
    server: StubServer, connect: AmazonConnect
) -> None:
    batches = of(connect.pull(SINCE), Resource.INTERACTIONS)

    asked = bodies(server, SEARCH)
    ranges = [(it["TimeRange"]["StartTime"], it["TimeRange"]["EndTime"]) for it in asked]
    first, second = NOW - timedelta(hours=30), NOW - timedelta(hours=6)
    assert ranges == [
        (first.timestamp(), second.timestamp()),
        (first.timestamp(), second.timestamp()),
        (second.timestamp(), NOW.timestamp()),
    ]
    assert {it["TimeRange"]["Type"] for it in asked} == {"DISCONNECT_TIMESTAMP"}
    assert asked[1]["NextToken"] == "second"
    assert [batch.watermark for batch in batches if batch.watermark] == [second, NOW]


def test_first_pull_reads_four_weeks(server: StubServer, connect: AmazonConnect) -> None:
    list(connect.pull({}))

    start = datetime.fromtimestamp(bodies(server, SEARCH)[0]["TimeRange"]["StartTime"], UTC)
    assert start == datetime(2026, 2, 19, 12, tzinfo=UTC)
    assert server.calls(LISTING)[0].query["start-after"] == ["Analysis/Voice/Redacted/2026/02/12"]


@pytest.mark.parametrize(
    "changes",
    [{"AgentInfo": None}, {"DisconnectTimestamp": None}, {"InitiationMethod": "MONITOR"}],
)
def test_contact_nobody_handled_is_not_fetched(
    server: StubServer, connect: AmazonConnect, changes: dict[str, Any]
) -> None:
    given = {**summary("contact.voice"), **changes}
    kept = {name: value for name, value in given.items() if value is not None}
    server.answer(SEARCH, {"Contacts": [kept]})

    list(connect.pull(SINCE))

    assert server.calls(f"/contacts/{INSTANCE}/{CALL}") == []


def test_contact_that_is_gone_keeps_the_rest(server: StubServer, connect: AmazonConnect) -> None:
    server.answer(f"/contacts/{INSTANCE}/{CALL}", refused("ResourceNotFoundException", 404))
    both = [summary("contact.voice"), summary("contact.chat")]
    server.answer(SEARCH, {"Contacts": both})

    batch = of(connect.pull(SINCE), Resource.INTERACTIONS)[0]

    assert [getattr(it, "external_id", "") for it in batch.records] == [CHAT]
    assert [(it.reference, it.reason) for it in batch.unreadable] == [
        (CALL, "ResourceNotFoundException")
    ]


def test_ids_from_the_platform_cannot_change_the_address(
    server: StubServer, connect: AmazonConnect
) -> None:
    server.answer(SEARCH, {"Contacts": [summary("contact.voice") | {"Id": "../../users"}]})

    batch = of(connect.pull(SINCE), Resource.INTERACTIONS)[0]

    assert [(it.reference, it.field) for it in batch.unreadable] == [("../../users", "Id")]


def test_only_active_forms_are_fetched_and_each_version_once(
    server: StubServer, connect: AmazonConnect
) -> None:
    batches = of(connect.pull(SINCE), Resource.FORMS)

    (call,) = server.calls(f"/evaluation-forms/{INSTANCE}/{FORM}")
    assert call.query == {"version": ["3"]}
    ids = [getattr(form, "external_id", "") for batch in batches for form in batch.records]
    assert ids == [f"{FORM}:3", "f0a00000-0000-4000-8000-000000000002:1"]


def test_evaluations_changed_since_are_fetched_with_three_days_of_overlap(
    server: StubServer, connect: AmazonConnect
) -> None:
    recent, old = hit("contact_evaluation.percent"), hit("contact_evaluation.points")
    recent["LastModifiedTime"] = (NOW - timedelta(days=4)).timestamp()
    old["LastModifiedTime"] = (NOW - timedelta(days=4, seconds=1)).timestamp()
    server.answer(EVALUATIONS, {"EvaluationSearchSummaryList": [recent, old]})

    batches = of(connect.pull(SINCE), Resource.EVALUATIONS)

    fetched = [getattr(it, "external_id", "") for batch in batches for it in batch.records]
    assert fetched == [recent["EvaluationId"]]
    assert [batch.watermark for batch in batches] == [None, NOW]
    assert bodies(server, EVALUATIONS) == [{"InstanceId": INSTANCE, "MaxResults": 100}]


def test_evaluations_are_searched_by_time_when_the_field_is_known(
    server: StubServer, settings: dict[str, str], http: httpx.Client, sleeps: list[float]
) -> None:
    connect = with_settings(settings, http, sleeps, evaluation_time_field="changed")

    list(connect.pull(SINCE))

    (body,) = bodies(server, EVALUATIONS)
    assert body["SearchCriteria"]["DateTimeCondition"] == {
        "FieldName": "changed",
        "MinValue": "2026-03-16T12:00:00.000Z",
        "ComparisonType": "GREATER_THAN_OR_EQUAL_TO",
    }


@pytest.mark.parametrize(("setting", "count"), [("no", 0), ("yes", 1)])
def test_evaluations_connect_filled_in_are_fetched_when_wanted(
    server: StubServer,
    settings: dict[str, str],
    http: httpx.Client,
    sleeps: list[float],
    setting: str,
    count: int,
) -> None:
    found = hit("contact_evaluation.percent")
    about = {"AutoEvaluationEnabled": True, "EvaluatorArn": "arn:aws:connect:eu-central-1:1:x"}
    found["Metadata"] |= about
    server.answer(EVALUATIONS, {"EvaluationSearchSummaryList": [found]})
    connect = with_settings(settings, http, sleeps, automatic_evaluations=setting)

    batches = of(connect.pull(SINCE), Resource.EVALUATIONS)

    assert sum(len(batch.records) for batch in batches) == count


def test_evaluation_that_is_gone_keeps_the_rest(server: StubServer, connect: AmazonConnect) -> None:
    gone = hit("contact_evaluation.percent") | {"EvaluationId": "gone"}
    hits = [gone, hit("contact_evaluation.percent")]
    server.answer(EVALUATIONS, {"EvaluationSearchSummaryList": hits})

    batch = of(connect.pull(SINCE), Resource.EVALUATIONS)[0]

    assert len(batch.records) == 1
    assert [it.reference for it in batch.unreadable] == ["gone"]


def test_existing_names_what_the_search_and_the_list_still_name(connect: AmazonConnect) -> None:
    evaluations = connect.existing(Resource.EVALUATIONS, NOW - timedelta(days=90))

    assert evaluations == {f"e7a00000-0000-4000-8000-00000000000{number}" for number in (1, 2)}
    assert connect.existing(Resource.AGENTS, NOW) == set(USERS)
    assert connect.existing(Resource.INTERACTIONS, NOW) is None


def test_redacted_file_is_preferred_to_the_original(
    server: StubServer, connect: AmazonConnect
) -> None:
    batches = of(connect.pull(SINCE), Resource.TRANSCRIPTS)

    assert len(server.calls(file_path(CALL_FILE))) == 1
    assert server.calls(file_path(CALL_ORIGINAL)) == []
    segments = [it for batch in batches for it in batch.records]
    assert all(getattr(segment, "redacted", False) for segment in segments)


def test_original_is_read_where_nothing_is_redacted(
    server: StubServer, connect: AmazonConnect
) -> None:
    server.answer(LISTING, listing(CALL_ORIGINAL))
    server.answer(file_path(CALL_ORIGINAL), sample("analysis_sentiment.voice"))

    (batch, mark) = of(connect.pull(SINCE), Resource.TRANSCRIPTS)

    redacted = [it.redacted for it in batch.records if isinstance(it, TranscriptSegment)]
    assert redacted == [False, False, False]
    assert mark.watermark == NOW


def test_newest_file_of_a_contact_is_read(server: StubServer, connect: AmazonConnect) -> None:
    later = CALL_FILE.replace("08:00:50Z", "11:00:00Z")
    old = listing(CALL_FILE, modified="2026-03-19T08:00:00.000Z").body
    new = listing(later, modified="2026-03-20T08:00:00.000Z").body
    both = old.replace(b"</ListBucketResult>", b"") + new[new.index(b"<Contents>") :]
    server.answer(LISTING, Answer(both, headers={"Content-Type": "application/xml"}))
    server.answer(file_path(later), sample("analysis_transcript.voice"))

    list(connect.pull(SINCE))

    assert server.calls(file_path(CALL_FILE)) == []
    assert len(server.calls(file_path(later))) == 1


def test_file_that_came_before_the_overlap_is_not_read_again(
    server: StubServer, connect: AmazonConnect
) -> None:
    server.answer(LISTING, listing(CALL_FILE, modified="2026-03-18T11:59:59.000Z"))

    list(connect.pull(SINCE))

    assert server.calls(file_path(CALL_FILE)) == []


def test_files_are_listed_from_the_longest_chat_on_to_the_last_page(
    server: StubServer, connect: AmazonConnect
) -> None:
    server.answer(LISTING, listing(CHAT_FILE, more="second"), listing(CALL_FILE))

    batches = of(connect.pull(SINCE), Resource.TRANSCRIPTS)

    asked = [call.query for call in server.calls(LISTING)]
    assert [query["prefix"] for query in asked[1:]] == [
        ["Analysis/Voice/Redacted/2"],
        ["Analysis/Voice/2"],
        ["Analysis/Chat/Redacted/2"],
        ["Analysis/Chat/2"],
    ]
    assert asked[0]["start-after"] == ["Analysis/Voice/Redacted/2026/03/11"]
    assert asked[1]["continuation-token"] == ["second"]
    assert sum(len(batch.records) for batch in batches) == 3


def test_broken_file_is_kept_aside_and_the_rest_goes_on(
    server: StubServer, connect: AmazonConnect
) -> None:
    server.answer(file_path(CALL_FILE), Answer(b'{"Transcript": ['))

    batch = of(connect.pull(SINCE), Resource.TRANSCRIPTS)[0]

    assert len(batch.records) == 4
    assert [(it.reference, it.reason) for it in batch.unreadable] == [(CALL, "is not JSON")]


def test_without_a_bucket_there_are_no_transcripts(
    server: StubServer, settings: dict[str, str], http: httpx.Client, sleeps: list[float]
) -> None:
    connect = with_settings(settings, http, sleeps, bucket="")

    batches = list(connect.pull(SINCE))

    assert of(batches, Resource.TRANSCRIPTS) + of(batches, Resource.SENTIMENT) == []
    assert server.calls(LISTING) == []


def test_sound_is_fetched_from_where_the_recording_lies(connect: AmazonConnect) -> None:
    assert connect.audio(f"{BUCKET}/{SOUND}") == b"RIFF"


@pytest.mark.parametrize("reference", ["", "bucket", "bucket/", "/key"])
def test_sound_without_a_place_is_unreadable(connect: AmazonConnect, reference: str) -> None:
    with pytest.raises(Unreadable, match="fetch_ref"):
        connect.audio(reference)


def test_sound_in_an_archive_is_unreadable(server: StubServer, connect: AmazonConnect) -> None:
    body = b"<Error><Code>InvalidObjectState</Code><Message>no</Message></Error>"
    server.answer(file_path(SOUND), Answer(body, status=403))

    with pytest.raises(Unreadable, match="archive"):
        connect.audio(f"{BUCKET}/{SOUND}")


def test_live_reads_all_that_was_said_so_far(server: StubServer, connect: AmazonConnect) -> None:
    first, second, categories = sample("realtime_segments")["Segments"]
    server.answer(
        LIVE, {"Segments": [first], "NextToken": "second"}, {"Segments": [second, categories]}
    )

    batch = connect.live(CALL)

    events = [event for event in batch.records if isinstance(event, LiveEvent)]
    assert batch.resource is Resource.LIVE
    assert [(event.kind.value, event.interaction_external_id) for event in events] == [
        ("final", CALL),
        ("final", CALL),
        ("operator_result", CALL),
    ]
    assert [body["ContactId"] for body in bodies(server, LIVE)] == [CALL, CALL]


def test_throttling_waits_as_long_as_asked_and_goes_on(
    server: StubServer, connect: AmazonConnect, sleeps: list[float]
) -> None:
    busy = refused("ThrottlingException", 429)
    server.answer("/search-users", Answer(busy.body, 429, {"Retry-After": "11"}), sample("users"))

    (roster,) = of(connect.pull(SINCE), Resource.ROSTER)

    assert len(roster.records) == 2
    assert sleeps == [11]


@pytest.mark.parametrize(
    "fault",
    [
        refused("ThrottlingException", 400),
        Answer({"message": "down"}, status=500),
        Answer(b'{"Users": [{"Id": '),
        Answer(b""),
        Answer({"Users": []}, missing_bytes=7),
    ],
)
def test_fault_in_passing_is_tried_again(
    server: StubServer, connect: AmazonConnect, sleeps: list[float], fault: Answer
) -> None:
    server.answer("/search-users", fault, sample("users"))

    (roster,) = of(connect.pull(SINCE), Resource.ROSTER)

    assert len(roster.records) == 2
    assert len(sleeps) == 1


def test_list_of_files_that_came_empty_is_asked_for_again(
    server: StubServer, connect: AmazonConnect, sleeps: list[float]
) -> None:
    server.answer(LISTING, Answer(b""), listing(CALL_FILE))

    batches = of(connect.pull(SINCE), Resource.TRANSCRIPTS)

    assert sum(len(batch.records) for batch in batches) == 3
    assert len(sleeps) == 1


def test_file_that_was_cut_off_is_fetched_again(server: StubServer, connect: AmazonConnect) -> None:
    whole = sample("analysis_transcript.voice")
    server.answer(file_path(CALL_FILE), Answer(whole, missing_bytes=7), whole)

    batch = of(connect.pull(SINCE), Resource.TRANSCRIPTS)[0]

    assert (len(batch.records), batch.unreadable) == (7, ())


def test_platform_that_stays_down_is_unavailable(
    server: StubServer, connect: AmazonConnect, sleeps: list[float]
) -> None:
    server.answer("/search-users", Answer({}, status=503))

    with pytest.raises(Unavailable) as unavailable:
        list(connect.pull(SINCE))

    assert len(sleeps) == 5
    assert unavailable.value.retry_after_seconds == 60


def test_wait_longer_than_a_worker_sleeps_is_unavailable(
    server: StubServer, connect: AmazonConnect, sleeps: list[float]
) -> None:
    server.answer("/search-users", Answer({}, status=429, headers={"Retry-After": "900"}))

    with pytest.raises(Unavailable) as unavailable:
        list(connect.pull(SINCE))

    assert (sleeps, unavailable.value.retry_after_seconds) == ([], 900)


def test_missing_permission_stops_the_pull_after_what_was_read(
    server: StubServer, connect: AmazonConnect
) -> None:
    server.answer(SEARCH, refused("AccessDeniedException"))
    found = []

    with pytest.raises(Forbidden):
        found += (batch.resource for batch in connect.pull(SINCE))  # keeps what came before

    assert found[-1] is Resource.FORMS


@pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
def test_keys_refused_twice_are_unverified(
    server: StubServer, connect: AmazonConnect, code: str
) -> None:
    server.answer(f"/users-summary/{INSTANCE}", refused(code))

    with pytest.raises(Unverified, match=code):
        list(connect.pull(SINCE))

    assert len(server.calls(f"/users-summary/{INSTANCE}")) == 2


def test_role_is_taken_on_once_and_renewed_when_it_expires(
    server: StubServer, settings: dict[str, str], http: httpx.Client, sleeps: list[float]
) -> None:
    server.answer("/", Answer(ASSUMED, headers={"Content-Type": "text/xml"}))
    server.answer("/search-users", refused("ExpiredTokenException"), sample("users"))
    role = {"role_arn": "arn:aws:iam::111122223333:role/dagskurs", "external_id": "vinter"}
    connect = with_settings(settings, http, sleeps, **role)

    (roster,) = of(connect.pull(SINCE), Resource.ROSTER)

    assert len(roster.records) == 2
    asked = server.calls("/")
    assert len(asked) == 2
    assert b"ExternalId=vinter" in asked[0].body
    tokens = {call.headers.get("X-Amz-Security-Token") for call in server.calls("/search-users")}
    assert tokens == {"passing"}


def test_check_tells_what_it_found(connect: AmazonConnect) -> None:
    report = connect.check()

    assert report.passed
    assert [finding.subject for finding in report.findings] == [
        "Sign-in",
        "Agents",
        "Team members",
        "Teams",
        "Queues",
        "Quality forms",
        "Evaluations",
        "Contacts",
        "Transcripts",
    ]


def test_check_names_each_missing_permission(server: StubServer, connect: AmazonConnect) -> None:
    server.answer(SEARCH, refused("AccessDeniedException"))
    server.answer(EVALUATIONS, refused("AccessDeniedException"))
    server.answer(LISTING, Answer(b"<Error><Code>AccessDenied</Code></Error>", status=403))

    report = connect.check()

    assert [(it.subject, it.detail) for it in report.findings if not it.passed] == [
        ("Evaluations", "connect:SearchContactEvaluations"),
        ("Contacts", "connect:SearchContacts"),
        ("Transcripts", "s3:ListBucket"),
    ]


def test_check_tells_that_the_instance_is_not_there(
    server: StubServer, connect: AmazonConnect
) -> None:
    server.answer(f"/queues-summary/{INSTANCE}", refused("ResourceNotFoundException", 404))

    failed = [finding for finding in connect.check().findings if not finding.passed]

    assert [(it.subject, it.detail) for it in failed] == [
        ("Queues", "list_queues: ResourceNotFoundException")
    ]


def test_check_stops_at_a_refused_sign_in(server: StubServer, connect: AmazonConnect) -> None:
    body = b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>"
    server.answer("/", Answer(body, status=403))

    report = connect.check()

    assert [(it.subject, it.passed, it.detail) for it in report.findings] == [
        ("Sign-in", False, "sign-in refused (InvalidClientTokenId)")
    ]


def test_missing_package_is_told_and_the_adapter_still_reads(
    monkeypatch: pytest.MonkeyPatch, connect: AmazonConnect
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    for module in ("aws", "feed"):
        monkeypatch.delitem(sys.modules, f"{AmazonConnect.__module__}.{module}", raising=False)
    monkeypatch.delattr(sys.modules[AmazonConnect.__module__], "feed", raising=False)

    report = connect.check()

    assert [(it.subject, it.passed) for it in report.findings] == [("Sign-in", False)]
    assert report.findings[0].detail.startswith("the package boto3 is not installed")
    assert len(connect.read("queues", json.dumps(sample("queues")).encode()).records) == 2
