from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from coaching.integrations.base import Batch, Resource, Unavailable, Unreadable, Unverified
from coaching.integrations.twilio import Twilio
from coaching.records import AgentRef, Evaluation, Interaction, Recording, TranscriptSegment
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds.twilio import (
    QUALITY,
    RECORDING,
    ROUTER,
    TRANSCRIPT,
    VOICE,
    event_pages,
    sample,
    serve,
)

pytestmark = pytest.mark.pure

LINKED = (Resource.INTERACTIONS, Resource.RECORDINGS, Resource.TRANSCRIPTS, Resource.SENTIMENT)
SINCE = dict.fromkeys(LINKED, NOW - timedelta(hours=12))
TASK = "WT00000000000000000000000000000001"


def connect(server: StubServer, http: httpx.Client, **settings: str) -> Twilio:
    return Twilio(serve(server) | settings, http, clock=lambda: NOW, sleep=lambda _: None)


@pytest.fixture
def twilio(server: StubServer, http: httpx.Client) -> Twilio:
    """Without Flex Insights, which makes a pull longer."""
    return connect(server, http, insights_authorization="")


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def test_pull_yields_every_resource_in_an_order_intake_can_link(
    server: StubServer, http: httpx.Client
) -> None:
    batches = list(connect(server, http, assessment_days="3").pull(SINCE))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    found = [batch.resource for batch in batches if batch.records]
    assert list(dict.fromkeys(found)) == list(Twilio.resources)


def test_contacts_come_by_day_and_each_day_closes(server: StubServer, twilio: Twilio) -> None:
    batches = of(twilio.pull(SINCE), Resource.INTERACTIONS)

    marks = [batch.watermark for batch in batches if batch.watermark]
    assert marks == [NOW - timedelta(hours=12), NOW]
    asked = [call.query for call in server.calls(f"{ROUTER}/Events")]
    assert asked == [
        {
            "PageSize": ["1000"],
            "StartDate": ["2026-03-19T00:00:00Z"],
            "EndDate": ["2026-03-20T00:00:00Z"],
        },
        {"PageSize": ["1000"], "PageToken": ["PT1"]},
        {
            "PageSize": ["1000"],
            "StartDate": ["2026-03-20T00:00:00Z"],
            "EndDate": ["2026-03-20T12:00:00Z"],
        },
    ]


def test_calls_are_asked_for_by_whole_days(server: StubServer, twilio: Twilio) -> None:
    list(twilio.pull(SINCE))

    first = server.calls(f"{VOICE}/Calls.json")[0]
    assert first.query["StartTime>"] == ["2026-03-19"]
    assert first.query["StartTime<"] == ["2026-03-21"]


def test_first_pull_reads_four_weeks_and_a_day(server: StubServer, twilio: Twilio) -> None:
    list(twilio.pull({}))

    first = server.calls(f"{ROUTER}/Events")[0]
    assert first.query["StartDate"] == ["2026-02-19T12:00:00Z"]


def test_oldest_watermark_decides_so_that_all_can_be_linked(
    server: StubServer, twilio: Twilio
) -> None:
    late = SINCE | {Resource.RECORDINGS: NOW - timedelta(days=5)}

    list(twilio.pull(late))

    assert server.calls(f"{ROUTER}/Events")[0].query["StartDate"] == ["2026-03-14T12:00:00Z"]


def test_assessments_make_the_pull_go_back_further(server: StubServer, http: httpx.Client) -> None:
    list(connect(server, http, assessment_days="7").pull(SINCE))

    assert server.calls(f"{ROUTER}/Events")[0].query["StartDate"] == ["2026-03-13T12:00:00Z"]


def test_contact_takes_customer_and_direction_from_its_call(twilio: Twilio) -> None:
    batches = of(twilio.pull(SINCE), Resource.INTERACTIONS)

    found = {
        one.external_id[-2:]: one
        for batch in batches
        for one in batch.records
        if isinstance(one, Interaction)
    }
    assert {key: one.direction.value for key, one in found.items()} == {
        "01": "inbound",
        "02": "inbound",
        "03": "outbound",
    }
    assert found["01"].customer_ref != found["03"].customer_ref


def test_contact_that_began_before_the_window_is_completed(
    server: StubServer, twilio: Twilio
) -> None:
    whole, rest = event_pages()
    ended = [one for one in whole["events"] if one["event_type"] == "reservation.completed"]
    quiet = rest | {"events": []}
    server.answer(f"{ROUTER}/Events", rest | {"events": ended}, rest | whole | {"meta": {}}, quiet)

    batches = of(twilio.pull(SINCE), Resource.INTERACTIONS)

    (contact,) = [one for batch in batches for one in batch.records]
    assert isinstance(contact, Interaction)
    assert contact.started_at == datetime(2026, 3, 19, 8, 0, 9, 250000, tzinfo=UTC)
    asked = server.calls(f"{ROUTER}/Events")[1].query
    assert asked["ReservationSid"] == ["WR00000000000000000000000000000001"]
    assert asked["StartDate"] == ["2026-02-18T00:00:00Z"]


def test_contact_that_goes_on_is_read_when_it_ends(server: StubServer, twilio: Twilio) -> None:
    whole, rest = event_pages()
    done = [one for one in whole["events"] if one["event_type"] == "reservation.completed"]
    begun = [one for one in whole["events"] if one not in done]
    server.answer(f"{ROUTER}/Events", rest | {"events": begun}, rest | {"events": done})

    closing = [it for it in of(twilio.pull(SINCE), Resource.INTERACTIONS) if it.watermark]

    assert [len(batch.records) for batch in closing] == [0, 1]


def test_recording_of_an_agents_leg_belongs_to_the_contact(twilio: Twilio) -> None:
    batches = of(twilio.pull(SINCE), Resource.RECORDINGS)

    found = [one for batch in batches for one in batch.records if isinstance(one, Recording)]
    assert [one.interaction_external_id for one in found] == [
        TASK,  # through the parent of its call
        TASK,  # through its conference
        "CA00000000000000000000000000000009",  # no task is known
    ]
    assert [batch.watermark for batch in batches] == [None, NOW]


def test_transcript_belongs_to_the_contact_of_its_recording(
    server: StubServer, twilio: Twilio
) -> None:
    batches = of(twilio.pull(SINCE), Resource.TRANSCRIPTS)

    said = [one for batch in batches for one in batch.records]
    assert {getattr(one, "interaction_external_id", "") for one in said} == {TASK}
    assert [batch.watermark for batch in batches] == [None, NOW]
    (asked,) = server.calls("/v2/Transcripts")
    assert asked.query["AfterDateCreated"] == ["2026-03-19T00:00:00Z"]


def test_transcript_that_is_not_ready_is_left_for_later(server: StubServer, twilio: Twilio) -> None:
    waiting = sample("sentences")["transcript"] | {"status": "in-progress"}
    server.answer("/v2/Transcripts", {"transcripts": [waiting], "meta": {}})

    batches = of(twilio.pull(SINCE), Resource.TRANSCRIPTS)

    assert [batch.records for batch in batches] == [()]


def test_transcript_that_is_gone_keeps_the_rest(server: StubServer, twilio: Twilio) -> None:
    whole = sample("sentences")["transcript"]
    gone = whole | {"sid": "GTgone"}
    server.answer("/v2/Transcripts", {"transcripts": [gone, whole], "meta": {}})

    batches = of(twilio.pull(SINCE), Resource.TRANSCRIPTS)

    said = [one for batch in batches for one in batch.records]
    assert len([one for one in said if isinstance(one, TranscriptSegment)]) == 3
    kept = [(one.reference, one.reason) for batch in batches for one in batch.unreadable]
    assert kept == [("GTgone", "HTTP 404")]


def test_redacted_sentences_are_what_twilio_sends_unasked(
    server: StubServer, twilio: Twilio
) -> None:
    list(twilio.pull(SINCE))

    (asked,) = server.calls(f"/v2/Transcripts/{TRANSCRIPT}/Sentences")
    assert asked.query == {"PageSize": ["1000"]}


def test_assessment_belongs_to_the_contact_it_was_asked_for(
    server: StubServer, http: httpx.Client
) -> None:
    one_day = event_pages()[0] | {"meta": {}}
    twilio = connect(server, http)
    server.answer(f"{ROUTER}/Events", one_day)

    batches = of(twilio.pull(SINCE), Resource.EVALUATIONS)

    (found,) = [one for batch in batches for one in batch.records]
    assert isinstance(found, Evaluation)
    assert found.interaction_external_id == TASK
    assert found.agent_external_id == "WK00000000000000000000000000000001"
    assert batches[-1].watermark == NOW
    (asked,) = server.calls("/v1/Insights/Segments")
    assert asked.query["ReservationId"] == ["WR00000000000000000000000000000001"]
    assert asked.headers["Authorization"] == "Bearer session"


def test_without_a_session_insights_is_not_asked(server: StubServer, twilio: Twilio) -> None:
    batches = list(twilio.pull(SINCE))

    assert of(batches, Resource.EVALUATIONS) == []
    assert server.calls("/v1/Insights/Segments") == []


def test_ended_session_is_told_and_the_rest_goes_on(server: StubServer, http: httpx.Client) -> None:
    twilio = connect(server, http)
    server.answer("/v1/Insights/Segments", Answer({}, status=401))

    batches = list(twilio.pull(SINCE))

    (evaluations,) = of(batches, Resource.EVALUATIONS)
    assert [one.field for one in evaluations.unreadable] == ["insights_authorization"]
    assert evaluations.watermark is None
    assert of(batches, Resource.SENTIMENT)[-1].watermark == NOW


def test_refused_segment_keeps_the_rest(server: StubServer, http: httpx.Client) -> None:
    twilio = connect(server, http)
    server.answer("/v1/Insights/Segments", Answer({}, status=404))

    batches = of(twilio.pull(SINCE), Resource.EVALUATIONS)

    assert [len(batch.unreadable) for batch in batches] == [1, 1, 1, 0]
    assert batches[-1].watermark == NOW


def test_worker_without_attributes_in_the_list_is_fetched(
    server: StubServer, twilio: Twilio
) -> None:
    page = sample("workers")
    whole = page["workers"][0]
    gone = whole | {"sid": "WKgone", "attributes": None}
    page["workers"] = [whole | {"attributes": None}, gone]
    server.answer(f"{ROUTER}/Workers", page)
    server.answer(f"{ROUTER}/Workers/{whole['sid']}", whole)

    (batch,) = of(twilio.pull(SINCE), Resource.AGENTS)

    emails = [one.email for one in batch.records if isinstance(one, AgentRef)]
    assert emails == ["sanna.lindqvist@vinterfjord.example", None]


def test_calls_are_signed_with_the_key(server: StubServer, twilio: Twilio) -> None:
    list(twilio.pull(SINCE))

    signed = {call.headers["Authorization"] for call in server.received}
    name = "U0swMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTpodXNo"
    assert signed == {f"Basic {name}"}


@pytest.mark.parametrize(
    "link", ["https://taskrouter.twilio.com/v1/Workspaces/WSother/Events?Page=1", "/elsewhere"]
)
def test_next_page_that_leads_out_of_the_list_is_unreadable(
    server: StubServer, twilio: Twilio, link: str
) -> None:
    server.answer(f"{ROUTER}/Events", sample("events") | {"meta": {"next_page_url": link}})

    with pytest.raises(Unreadable, match="next page"):
        list(twilio.pull(SINCE))


def test_page_that_comes_twice_is_read_on(server: StubServer, twilio: Twilio) -> None:
    first, last = event_pages()
    server.answer(f"{ROUTER}/Events", first, first, last)

    batches = of(twilio.pull(SINCE), Resource.INTERACTIONS)

    closing = next(batch for batch in batches if batch.watermark)
    assert len(closing.records) == 3


def test_pages_that_lead_round_are_unreadable(server: StubServer, twilio: Twilio) -> None:
    server.answer(f"{ROUTER}/Events", event_pages()[0])

    with pytest.raises(Unreadable, match="already read"):
        list(twilio.pull(SINCE))


def test_page_without_its_list_is_unreadable(server: StubServer, twilio: Twilio) -> None:
    server.answer(f"{ROUTER}/Events", {"meta": {}})

    with pytest.raises(Unreadable, match="events"):
        list(twilio.pull(SINCE))


def test_older_lists_page_by_a_link_without_a_host(server: StubServer, twilio: Twilio) -> None:
    page = sample("recordings")
    following = f"{VOICE}/Recordings.json?PageSize=1000&Page=1&PageToken=PARE1"
    server.answer(f"{VOICE}/Recordings.json", page | {"next_page_uri": following}, page)

    batches = of(twilio.pull(SINCE), Resource.RECORDINGS)

    assert [len(batch.records) for batch in batches] == [3, 3, 0]
    assert server.calls(f"{VOICE}/Recordings.json")[1].query["PageToken"] == ["PARE1"]


def test_one_refusal_is_asked_again(server: StubServer, twilio: Twilio) -> None:
    server.answer(f"{ROUTER}/Workers", Answer({}, status=401), sample("workers"))

    (batch,) = of(twilio.pull(SINCE), Resource.AGENTS)

    assert len(batch.records) == 3


def test_second_refusal_stops_the_pull(server: StubServer, twilio: Twilio) -> None:
    server.answer(f"{ROUTER}/Workers", Answer({}, status=401))

    with pytest.raises(Unverified):
        list(twilio.pull(SINCE))

    assert len(server.calls(f"{ROUTER}/Workers")) == 2


def test_existing_recordings_are_listed(twilio: Twilio) -> None:
    since = NOW - timedelta(days=90)

    found = twilio.existing(Resource.RECORDINGS, since)

    assert found == {one["sid"] for one in sample("recordings")["recordings"]}
    assert twilio.existing(Resource.INTERACTIONS, since) is None


def test_audio_is_fetched_with_both_channels(server: StubServer, twilio: Twilio) -> None:
    assert twilio.audio(RECORDING) == b"RIFF\x00sound"

    (asked,) = server.calls(f"{VOICE}/Recordings/{RECORDING}.wav")
    assert asked.query == {"RequestedChannels": ["2"]}


def test_audio_of_one_channel_asks_for_no_more(server: StubServer, twilio: Twilio) -> None:
    mono = sample("recordings")["recordings"][0] | {"channels": 1}
    server.answer(f"{VOICE}/Recordings/{RECORDING}.json", mono)

    twilio.audio(RECORDING)

    (asked,) = server.calls(f"{VOICE}/Recordings/{RECORDING}.wav")
    assert asked.query == {}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"status": "processing"}, Unavailable),
        ({"status": "absent"}, Unreadable),
        ({"status": "deleted"}, Unreadable),
        ({"sid": None}, Unreadable),
    ],
)
def test_audio_that_cannot_be_had_says_why(
    server: StubServer, twilio: Twilio, changes: dict[str, str], error: type[Exception]
) -> None:
    answer = sample("recordings")["recordings"][0] | changes
    server.answer(f"{VOICE}/Recordings/{RECORDING}.json", answer)

    with pytest.raises(error):
        twilio.audio(RECORDING)


def test_reference_cannot_change_the_address(twilio: Twilio) -> None:
    with pytest.raises(Unreadable, match="sid"):
        twilio.audio("../Calls")


def test_check_tells_what_it_found(server: StubServer, http: httpx.Client) -> None:
    report = connect(server, http).check()

    assert report.passed
    assert [one.subject for one in report.findings] == [
        "Sign-in",
        "Agents",
        "Queues",
        "Contacts",
        "Calls",
        "Recordings",
        "Transcripts",
        "Quality assessments",
    ]


def test_check_names_each_missing_permission(server: StubServer, http: httpx.Client) -> None:
    twilio = connect(server, http)
    server.answer(f"{VOICE}/Recordings.json", Answer({}, status=403))
    server.answer(f"{QUALITY}/Settings/AnswerSets", Answer({}, status=401))

    report = twilio.check()

    failed = [(one.subject, one.detail) for one in report.findings if not one.passed]
    assert failed == [
        ("Recordings", f"{VOICE}/Recordings.json: a permission is missing"),
        ("Quality assessments", f"{QUALITY}/Settings/AnswerSets: refused twice"),
    ]


@pytest.mark.parametrize("status", [401, 404])
def test_check_stops_at_a_refused_sign_in(server: StubServer, twilio: Twilio, status: int) -> None:
    server.answer(ROUTER, Answer({}, status=status))

    report = twilio.check()

    assert [(one.subject, one.passed) for one in report.findings] == [("Sign-in", False)]


def test_region_decides_the_hosts() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.host))
        return httpx.Response(200, json={})

    settings = {"account_sid": "AC1", "key_sid": "SK1", "key_secret": "x", "workspace_sid": "WS1"}
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        Twilio(settings | {"region": "dublin.ie1"}, http).check()
        Twilio(settings, http).check()

    assert sorted(set(asked)) == [
        "api.dublin.ie1.twilio.com",
        "api.twilio.com",
        "intelligence.dublin.ie1.twilio.com",
        "intelligence.twilio.com",
        "taskrouter.dublin.ie1.twilio.com",
        "taskrouter.twilio.com",
    ]


def test_region_cannot_lead_to_another_host(server: StubServer, http: httpx.Client) -> None:
    twilio = connect(server, http, region="evil.example/x")

    with pytest.raises(Unverified, match="region"):
        list(twilio.pull({}))
