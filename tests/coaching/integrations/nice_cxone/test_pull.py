import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from coaching.integrations.base import (
    Batch,
    Forbidden,
    Resource,
    Unavailable,
    Unreadable,
    Unverified,
)
from coaching.integrations.nice_cxone import NiceCxone
from coaching.records import Evaluation
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds.nice_cxone import (
    ACD,
    ANALYSED,
    ANSWERS,
    JOBS,
    PLAYED,
    SOUND,
    STORE,
    TOKEN,
    contact_pages,
    sample,
    serve,
)

pytestmark = pytest.mark.pure

CONTACTS = f"{ACD}/contacts/completed"
SEGMENT = "5e600000-0000-4000-8000-000000000001"
SINCE = {
    Resource.INTERACTIONS: NOW - timedelta(days=2),
    Resource.EVALUATIONS: NOW - timedelta(days=1),
    Resource.RECORDINGS: NOW - timedelta(days=2),
    Resource.TRANSCRIPTS: NOW - timedelta(days=2),
}


@pytest.fixture
def nice(server: StubServer, http: httpx.Client, sleeps: list[float]) -> NiceCxone:
    return connect(server, http, sleeps)


def connect(
    server: StubServer, http: httpx.Client, sleeps: list[float], **settings: str
) -> NiceCxone:
    known = serve(server) | settings
    return NiceCxone(known, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def ordered(server: StubServer) -> list[Any]:
    return [json.loads(call.body) for call in server.calls(JOBS) if call.method == "POST"]


def job(status: str, **result: str) -> dict[str, Any]:
    return {"jobStatus": {"id": "qm-workflows", "status": status, "result": result}}


def test_pull_yields_every_resource_in_an_order_intake_can_link(nice: NiceCxone) -> None:
    batches = list(nice.pull(SINCE))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    assert [(batch.resource.value, len(batch.records)) for batch in batches] == [
        ("agents", 3),
        ("teams", 2),
        ("roster", 2),
        ("queues", 2),
        ("interactions", 2),
        ("interactions", 2),
        ("interactions", 0),  # the watermark
        ("evaluations", 3),
        ("recordings", 2),
        ("sentiment", 2),
        ("recordings", 0),
        ("transcripts", 3),
        ("transcripts", 3),
        ("transcripts", 0),
    ]
    marks = [(batch.resource.value, batch.watermark) for batch in batches if batch.watermark]
    kinds = ("roster", "interactions", "evaluations", "recordings", "transcripts")
    assert marks == [(kind, NOW) for kind in kinds]


def test_access_key_is_sent_once_for_all_hosts(server: StubServer, nice: NiceCxone) -> None:
    list(nice.pull(SINCE))

    (call,) = server.calls(TOKEN)
    assert json.loads(call.body) == {"accessKeyId": "me", "accessKeySecret": "hush"}
    assert server.calls(JOBS)[0].headers["Authorization"] == "Bearer t"


def test_contacts_are_asked_for_by_change_with_a_day_of_overlap(
    server: StubServer, nice: NiceCxone
) -> None:
    list(nice.pull(SINCE))

    first, second = server.calls(CONTACTS)
    assert first.query == {
        "updatedSince": ["2026-03-17T12:00:00.000Z"],
        "orderBy": ["lastUpdateTime asc"],
        "top": ["1000"],
        "skip": ["0"],
    }
    assert second.query["skip"] == ["2"]


def test_contacts_go_back_to_what_recordings_still_lack(
    server: StubServer, nice: NiceCxone
) -> None:
    list(nice.pull(SINCE | {Resource.RECORDINGS: NOW - timedelta(days=9)}))

    assert server.calls(CONTACTS)[0].query["updatedSince"] == ["2026-03-10T12:00:00.000Z"]


def test_first_pull_reads_four_weeks(server: StubServer, nice: NiceCxone) -> None:
    list(nice.pull({}))

    assert server.calls(CONTACTS)[0].query["updatedSince"] == ["2026-02-19T12:00:00.000Z"]
    assert ordered(server)[0]["startDate"] == "2026-02-07"


def test_contact_changed_late_replaces_what_was_read(server: StubServer, nice: NiceCxone) -> None:
    _, second = contact_pages()
    late = second["completedContacts"][0] | {"acwSeconds": 30, "lastUpdateTime": "2026-03-19"}

    before = of(nice.pull(SINCE), Resource.INTERACTIONS)[1].records[0]
    server.answer(CONTACTS, {"totalRecords": 1, "completedContacts": [late]})
    after = of(nice.pull(SINCE), Resource.INTERACTIONS)[0].records[0]

    assert before.natural_key == after.natural_key
    assert getattr(before, "version", NOW) < getattr(after, "version", NOW)


@pytest.mark.parametrize(
    "nothing", [Answer(b"", status=204), Answer({"completedContacts": [], "totalRecords": 0})]
)
def test_no_contacts_close_the_time_as_well(
    server: StubServer, nice: NiceCxone, nothing: Answer
) -> None:
    server.answer(CONTACTS, nothing)

    (batch,) = of(nice.pull(SINCE), Resource.INTERACTIONS)

    assert (batch.records, batch.watermark) == ((), NOW)


def test_page_that_promises_more_and_adds_nothing_is_unreadable(
    server: StubServer, nice: NiceCxone
) -> None:
    first, _ = contact_pages()
    server.answer(CONTACTS, first)

    with pytest.raises(Unreadable, match="adds nothing"):
        list(nice.pull(SINCE))


def test_extractions_are_half_a_minute_apart(
    server: StubServer, nice: NiceCxone, sleeps: list[float]
) -> None:
    list(nice.pull(SINCE))

    calls = [call for call in server.received if call.path.startswith(JOBS)]
    assert len(calls) == 6  # ordered, still running, made; for answers and evaluations
    assert sleeps == [30] * 5


def test_extraction_waits_only_for_what_is_left_of_the_half_minute(
    server: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    moments = iter(NOW + timedelta(seconds=20 * nth) for nth in range(1000))
    settings = serve(server) | {"recordings": "no", "transcripts": "no", "answers_entity": ""}
    nice = NiceCxone(settings, http, clock=lambda: next(moments), sleep=sleeps.append)

    list(nice.pull(SINCE))

    assert sleeps
    assert max(sleeps) <= 10


def test_evaluations_are_submitted_in_two_weeks_at_most(
    server: StubServer, nice: NiceCxone
) -> None:
    list(nice.pull(SINCE))

    period = {"startDate": "2026-03-06", "endDate": "2026-03-20"}
    assert ordered(server) == [
        {"entityName": ANSWERS, "version": "1", **period},
        {"entityName": "qm-workflows", "version": "4", **period},
    ]


def test_long_time_is_extracted_in_fortnights(server: StubServer, nice: NiceCxone) -> None:
    since = SINCE | {Resource.EVALUATIONS: NOW - timedelta(days=10)}

    batches = of(nice.pull(since), Resource.EVALUATIONS)

    periods = [(body["startDate"], body["endDate"]) for body in ordered(server)[1::2]]
    assert periods == [("2026-02-25", "2026-03-11"), ("2026-03-11", "2026-03-20")]
    assert [batch.watermark for batch in batches] == [datetime(2026, 3, 11, 12, tzinfo=UTC), NOW]


def test_answers_are_put_into_their_evaluation(nice: NiceCxone) -> None:
    first, second, _ = of(nice.pull(SINCE), Resource.EVALUATIONS)[0].records

    assert isinstance(first, Evaluation)
    assert [(it.question_external_id, it.points, it.max_points) for it in first.answers] == [
        ("q-11", Decimal(10), Decimal(10)),
        ("q-12", Decimal(6), Decimal(10)),
        ("q-21", Decimal(10), Decimal(10)),
        ("q-22", None, Decimal(5)),
        ("q-23", None, None),
    ]
    assert first.answers[0].question_text == "Lyssnade agenten klart, utan att avbryta?"
    assert first.answers[0].group_name == "Bemötande"
    assert first.answers[1].answer_text == "Lösningen; Nästa steg"
    assert [it.is_critical for it in first.answers] == [False, False, True, False, False]
    assert [it.not_applicable for it in first.answers] == [False, False, False, True, False]
    assert getattr(second, "answers", None) == ()


def test_without_an_entity_evaluations_come_without_answers(
    server: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    nice = connect(server, http, sleeps, answers_entity="")

    (batch,) = of(nice.pull(SINCE), Resource.EVALUATIONS)

    assert [body["entityName"] for body in ordered(server)] == ["qm-workflows"]
    assert [getattr(it, "answers", None) for it in batch.records] == [(), (), ()]


@pytest.mark.parametrize("body", [{"jobId": "qm-workflows"}, Answer(b"qm-workflows")])
def test_job_is_named_in_an_object_or_as_a_bare_text(
    server: StubServer, http: httpx.Client, sleeps: list[float], body: Any
) -> None:
    nice = connect(server, http, sleeps, answers_entity="")
    made = body if isinstance(body, dict) else Answer(body.body, headers={"Content-Type": "text"})
    server.answer(JOBS, made)

    (batch,) = of(nice.pull(SINCE), Resource.EVALUATIONS)

    assert len(batch.records) == 3


def test_job_that_never_ends_is_unavailable(
    server: StubServer, nice: NiceCxone, sleeps: list[float]
) -> None:
    server.answer(f"{JOBS}/qm-workflows", job("RUNNING"))

    with pytest.raises(Unavailable) as unavailable:
        list(nice.pull(SINCE))

    assert unavailable.value.retry_after_seconds == 600


@pytest.mark.parametrize("status", ["FAILED", "Canceled", "EXPIRED"])
def test_job_that_failed_is_unavailable(server: StubServer, nice: NiceCxone, status: str) -> None:
    server.answer(f"{JOBS}/qm-workflows", job(status))

    with pytest.raises(Unavailable, match=status.lower()):
        list(nice.pull(SINCE))


@pytest.mark.parametrize(
    ("state", "reason"), [(job("SUCCEEDED"), "url"), (Answer([]), "not a JSON object")]
)
def test_job_that_says_nothing_we_can_use_is_unreadable(
    server: StubServer, nice: NiceCxone, state: Any, reason: str
) -> None:
    server.answer(f"{JOBS}/qm-workflows", state)

    with pytest.raises(Unreadable, match=reason):
        list(nice.pull(SINCE))


def test_extract_that_stays_empty_closes_the_time(server: StubServer, nice: NiceCxone) -> None:
    server.answer(f"{STORE}/qm-workflows.csv", Answer(b"", headers={"Content-Type": "text/csv"}))

    (batch,) = of(nice.pull(SINCE), Resource.EVALUATIONS)

    assert (batch.total, batch.watermark) == (0, NOW)
    assert len(server.calls(f"{STORE}/qm-workflows.csv")) == 2


def test_list_under_another_name_is_unreadable(server: StubServer, nice: NiceCxone) -> None:
    server.answer(f"{ACD}/skills", {"totalRecords": 2, "abilities": []})

    with pytest.raises(Unreadable, match="skills"):
        list(nice.pull(SINCE))


def test_address_that_has_ended_is_asked_for_anew(server: StubServer, nice: NiceCxone) -> None:
    ended, holds = (job("SUCCEEDED", url=f"{server.url}{STORE}/{name}") for name in ("old", "new"))
    server.answer(f"{STORE}/old", Answer(b"<Error/>", status=403))
    server.answer(f"{STORE}/new", Answer(b"workflowId,workflowStatus,agentId\n"))
    server.answer(f"{JOBS}/qm-workflows", ended, holds)

    (batch,) = of(nice.pull(SINCE), Resource.EVALUATIONS)

    assert (batch.total, batch.watermark) == (0, NOW)


def test_our_token_does_not_leave_the_platform(server: StubServer, nice: NiceCxone) -> None:
    list(nice.pull(SINCE))

    (call,) = server.calls(f"{STORE}/qm-workflows.csv")
    assert "Authorization" not in call.headers


@pytest.mark.parametrize("key", ["../agents", ""])
def test_ids_from_the_platform_cannot_change_the_address(
    server: StubServer, nice: NiceCxone, key: str
) -> None:
    server.answer(JOBS, {"jobId": key})

    with pytest.raises(Unreadable, match="jobId"):
        list(nice.pull(SINCE))


def test_sound_is_asked_for_once_for_a_whole_spoken_contact(
    server: StubServer, nice: NiceCxone
) -> None:
    list(nice.pull(SINCE))

    (call,) = server.calls(f"{PLAYED}/contacts")
    assert call.query["acd-call-id"] == ["900001"]


def test_contact_that_was_not_recorded_is_no_failure(server: StubServer, nice: NiceCxone) -> None:
    server.answer(f"{PLAYED}/contacts", Answer({"message": "none"}, status=404))

    found = of(nice.pull(SINCE), Resource.RECORDINGS)

    assert [(batch.records, batch.unreadable) for batch in found] == [((), ())] * 2


def test_contact_whose_sound_cannot_be_asked_for_keeps_the_rest(
    server: StubServer, nice: NiceCxone
) -> None:
    server.answer(f"{PLAYED}/contacts", Answer({}, status=400))

    first, last = of(nice.pull(SINCE), Resource.RECORDINGS)

    assert [(it.reference, it.reason) for it in first.unreadable] == [("900001", "HTTP 400")]
    assert last.watermark == NOW


def test_signed_address_is_in_no_record_and_no_quarantine(
    server: StubServer, nice: NiceCxone
) -> None:
    found = sample("recordings")
    found["interactions"][0]["data"]["fileToPlayUrl"] = "https://signed.example/a?signature=s"
    found["interactions"][0]["data"]["segmentsDataList"][0]["startTime"] = "soon"
    server.answer(f"{PLAYED}/contacts", found)

    batches = list(nice.pull(SINCE))

    kept = [it.payload_bytes for batch in batches for it in batch.unreadable]
    assert len(kept) == 2  # for its recordings and for its moods
    assert "signature" not in repr((batches, kept))


def test_recordings_and_transcripts_are_left_out_unless_wanted(
    server: StubServer, http: httpx.Client, sleeps: list[float]
) -> None:
    nice = connect(server, http, sleeps, recordings="no", transcripts="no")

    batches = list(nice.pull(SINCE))

    assert {batch.resource for batch in batches}.isdisjoint(
        {Resource.RECORDINGS, Resource.SENTIMENT, Resource.TRANSCRIPTS}
    )
    assert server.calls(f"{PLAYED}/contacts") == server.calls(f"{ANALYSED}/analyzed") == []


def test_sound_is_fetched_by_its_segment(nice: NiceCxone) -> None:
    assert nice.audio(SEGMENT) == SOUND


def test_sound_is_fetched_by_an_id_alone(nice: NiceCxone) -> None:
    with pytest.raises(Unreadable, match="id"):
        nice.audio("../contacts")


def test_sound_whose_address_has_ended_is_tried_later(server: StubServer, nice: NiceCxone) -> None:
    server.answer(f"{STORE}/a.mp3", Answer(b"", status=403))

    with pytest.raises(Unavailable):
        nice.audio(SEGMENT)


def test_segment_without_sound_is_unreadable(server: StubServer, nice: NiceCxone) -> None:
    server.answer(f"{PLAYED}/segments/{SEGMENT}", {"interactions": []})

    with pytest.raises(Unreadable, match="fileToPlayUrl"):
        nice.audio(SEGMENT)


def test_segments_are_followed_by_their_cursor(server: StubServer, nice: NiceCxone) -> None:
    list(nice.pull(SINCE))

    first, second = (call.query for call in server.calls(f"{ANALYSED}/analyzed"))
    assert first == {
        "dateField": ["firstAnnotatedAt"],
        "beginningDate": ["2026-03-17T12:00:00.000Z"],
        "endingDate": ["2026-03-20T12:00:00.000Z"],
        "pageSize": ["100"],
    }
    assert second == first | {"cursor": ["2"]}


def test_transcript_that_is_gone_keeps_the_rest(server: StubServer, nice: NiceCxone) -> None:
    server.answer(f"{ANALYSED}/{SEGMENT}/analyzed-transcript", Answer({}, status=404))

    first, second, _ = of(nice.pull(SINCE), Resource.TRANSCRIPTS)

    assert [it.reference for it in first.unreadable] == [SEGMENT]
    assert len(second.records) == 3


def test_missing_permission_stops_the_pull_after_what_was_read(
    server: StubServer, nice: NiceCxone
) -> None:
    server.answer(JOBS, Answer({}, status=403))
    found = []

    with pytest.raises(Forbidden):
        found += (batch.resource for batch in nice.pull(SINCE))  # keeps what came before

    assert found[-1] is Resource.INTERACTIONS


def test_check_tells_what_it_found(nice: NiceCxone) -> None:
    report = nice.check()

    assert report.passed
    assert [it.subject for it in report.findings] == [
        "Sign-in",
        "Agents",
        "Teams",
        "Queues",
        "Contacts",
        "Evaluations",
        "Recordings",
        "Transcripts",
    ]


def test_check_names_each_missing_permission(server: StubServer, nice: NiceCxone) -> None:
    for path in (f"{ACD}/teams", JOBS, f"{ANALYSED}/analyzed"):
        server.answer(path, Answer({}, status=403))
    server.answer(f"{ACD}/skills", Answer({}, status=404))

    failed = [(it.subject, it.detail) for it in nice.check().findings if not it.passed]

    assert failed == [
        ("Teams", "Admin API"),
        ("Queues", f"{ACD}/skills: HTTP 404"),
        ("Evaluations", "QM Tools > Data Extraction APIs > QM Workflow API"),
        ("Transcripts", "Interaction Analytics API"),
    ]


def test_check_stops_at_a_refused_sign_in(server: StubServer, nice: NiceCxone) -> None:
    server.answer(TOKEN, Answer({}, status=401))

    assert [(it.subject, it.passed) for it in nice.check().findings] == [("Sign-in", False)]


@pytest.mark.parametrize("area", ["evil.example/", "EU1", "a b"])
def test_area_that_is_no_part_of_an_address_is_unverified(http: httpx.Client, area: str) -> None:
    settings = {"access_key_id": "me", "access_key_secret": "x", "area": area}

    with pytest.raises(Unverified, match="area"):
        list(NiceCxone(settings, http).pull({}))


def test_area_decides_the_hosts(sleeps: list[float]) -> None:
    asked: set[str] = set()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.add(request.url.host)
        return httpx.Response(200, json={"access_token": "t", "jobs": []})

    settings = {"access_key_id": "me", "access_key_secret": "x", "area": "uk1"}
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        NiceCxone(settings, http, sleep=sleeps.append).check()

    assert asked == {"uk1.nice-incontact.com", "api-uk1.niceincontact.com"}
