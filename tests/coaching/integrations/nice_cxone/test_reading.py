import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch, Unreadable
from coaching.integrations.nice_cxone import NiceCxone
from coaching.integrations.normalise import customer_ref
from coaching.records import (
    AgentRef,
    Channel,
    Direction,
    Evaluation,
    EvaluationKind,
    EvaluationStatus,
    EvaluatorKind,
    Interaction,
    Recording,
    RosterEntry,
    SentimentLabel,
    SentimentScope,
    SentimentSpan,
    Speaker,
    TranscriptSegment,
)
from tests.coaching.integrations.conftest import NOW

pytestmark = pytest.mark.pure

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "nice_cxone"
ALVA = "11ed0000-0000-4000-8000-000000000001"
FIRST_SEGMENT = "5e600000-0000-4000-8000-000000000001"


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


def sample_csv() -> str:
    return (PAYLOADS / "qm-workflows.csv").read_text()


@pytest.fixture
def nice(http: httpx.Client) -> NiceCxone:
    settings = {"access_key_id": "me", "access_key_secret": "hush", "customer_key": "key"}
    return NiceCxone(settings, http, clock=lambda: NOW)


def read(nice: NiceCxone, event: str, payload: Any) -> Batch:
    return nice.read(event, json.dumps(payload).encode())


def changed_contact(**changes: Any) -> dict[str, Any]:
    first = sample("contacts")["completedContacts"][0]
    return {"completedContacts": [first | changes]}


def read_contact(nice: NiceCxone, **changes: Any) -> Interaction:
    (record,) = read(nice, "contacts", changed_contact(**changes)).records
    assert isinstance(record, Interaction)
    return record


def evaluations(nice: NiceCxone, text: str) -> list[Evaluation]:
    batch = nice.read("qm-workflows", text.encode())
    assert batch.unreadable == ()
    return [record for record in batch.records if isinstance(record, Evaluation)]


def test_agent_has_an_address_in_lower_case_and_a_team(nice: NiceCxone) -> None:
    batch = read(nice, "agents", sample("agents"))

    assert batch.records[0] == AgentRef(
        external_id="7001",
        email="alva.stensson@vinterfjord.example",
        display_name="Alva Stensson",
        group_external_ids=("501",),
    )
    active = [record.active for record in batch.records if isinstance(record, AgentRef)]
    assert active == [True, True, False]


def test_roster_holds_active_agents_with_a_team(nice: NiceCxone) -> None:
    page = sample("roster")
    page["agents"][1]["teamId"] = None

    batch = read(nice, "roster", page)

    assert batch.records == (
        RosterEntry(
            agent_external_id="7001",
            team_external_id="501",
            team_name="Faktura Sundsvall",
            valid_from=date(2026, 3, 20),
        ),
    )


def test_contact_keeps_the_retained_fields(nice: NiceCxone) -> None:
    assert read_contact(nice) == Interaction(
        external_id="900001",
        leg_id="900001",
        agent_external_id="7001",
        queue_external_id="301",
        queue_name="Faktura",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        started_at=datetime(2026, 3, 18, 8, 0, 1, 123000, tzinfo=UTC),
        ended_at=datetime(2026, 3, 18, 8, 7, 6, 623000, tzinfo=UTC),
        queue_ms=20_500,
        talk_ms=324_750,
        hold_ms=30_000,
        acw_ms=45_250,
        handle_ms=400_000,
        hold_count=1,
        transfer_count=1,
        consult_count=0,
        disposition_code="93",
        customer_ref=customer_ref("+46701740601", "key"),
        source_updated_at=datetime(2026, 3, 18, 8, 8, tzinfo=UTC),
    )


def test_contact_belongs_to_its_master_and_is_one_per_agent(nice: NiceCxone) -> None:
    found = read(nice, "contacts", sample("contacts")).records

    keys = [record.natural_key for record in found]
    assert keys == [
        ("900001", "900001"),
        ("900001", "900002"),
        ("900010", "900010"),
        ("900012", "900012"),
    ]


def test_older_names_and_texts_for_numbers_are_read(nice: NiceCxone) -> None:
    mail = read(nice, "contacts", sample("contacts")).records[-1]

    assert isinstance(mail, Interaction)
    assert (mail.channel, mail.direction) == (Channel.EMAIL, Direction.OUTBOUND)
    assert (mail.talk_ms, mail.acw_ms, mail.hold_ms) == (585_000, 15_000, None)
    assert (mail.transfer_count, mail.consult_count) == (0, 1)
    assert mail.customer_ref == customer_ref("kund@example.se", "key")


@pytest.mark.parametrize("nobody", [0, None])
def test_contact_without_an_agent_is_left_out(nice: NiceCxone, nobody: Any) -> None:
    batch = read(nice, "contacts", changed_contact(agentId=nobody))

    assert (batch.records, batch.unreadable) == ((), ())


def test_unknown_words_fall_through_and_are_counted(nice: NiceCxone) -> None:
    page = changed_contact(mediaTypeName="Hologram", transferIndicatorName="ReThink")

    batch = read(nice, "contacts", page)

    (contact,) = batch.records
    assert isinstance(contact, Interaction)
    assert (contact.channel, contact.transfer_count) == (Channel.OTHER, None)
    assert batch.unknown_values == Counter(
        {"mediaTypeName=Hologram": 1, "transferIndicatorName=ReThink": 1}
    )


def test_talk_that_hold_and_after_work_do_not_fit_into_is_not_told(nice: NiceCxone) -> None:
    contact = read_contact(nice, agentSeconds=40)

    assert (contact.talk_ms, contact.handle_ms) == (None, 40_000)


def test_contact_that_says_little_says_nothing_of_the_rest(nice: NiceCxone) -> None:
    names = ("isOutbound", "agentSeconds", "holdSeconds", "acwSeconds", "totalDurationSeconds")

    contact = read_contact(nice, **dict.fromkeys(names))

    assert (contact.direction, contact.customer_ref) == (Direction.UNKNOWN, None)
    assert (contact.ended_at, contact.talk_ms, contact.acw_ms) == (None, None, None)


def test_time_with_an_offset_becomes_utc(nice: NiceCxone) -> None:
    contact = read_contact(nice, contactStartDate="2026-03-18T10:00:00+02:00")

    assert contact.started_at == datetime(2026, 3, 18, 8, tzinfo=UTC)
    assert contact.started_at.tzinfo is UTC


def test_unreadable_contact_keeps_the_rest(nice: NiceCxone) -> None:
    page = sample("contacts")
    page["completedContacts"][0]["contactStartDate"] = "yesterday"

    batch = read(nice, "contacts", page)

    assert len(batch.records) == 3
    (rejected,) = batch.unreadable
    assert (rejected.reference, rejected.field) == ("900001", "contactStartDate")
    assert "+46701740601" not in rejected.reason


def test_evaluation_keeps_the_retained_fields(nice: NiceCxone) -> None:
    read(nice, "agents", sample("agents"))

    first = evaluations(nice, sample_csv())[0]

    assert first == Evaluation(
        external_id="3f100000-0000-4000-8000-000000000001",
        revision="2026-03-19T07:15:00+00:00",
        interaction_external_id="900001",
        agent_external_id="7001",
        evaluator_kind=EvaluatorKind.HUMAN,
        form_name="Kvalitet samtal",
        channel=Channel.VOICE,
        kind=EvaluationKind.STANDARD,
        status=EvaluationStatus.RELEASED,
        score_pct=Decimal("86.670"),
        earned_points=Decimal(26),
        max_points=Decimal(30),
        agent_comments="Tack, det var\nlärorikt.",
        interaction_at=datetime(2026, 3, 18, 8, 0, 1, tzinfo=UTC),
        created_at=datetime(2026, 3, 18, 12, tzinfo=UTC),
        submitted_at=datetime(2026, 3, 18, 12, 30, 0, 500000, tzinfo=UTC),
        released_at=datetime(2026, 3, 19, 7, 15, tzinfo=UTC),
        raw_score="86.67",
        raw_scale="0-100",
    )


def test_score_without_a_percentage_is_what_was_obtained_of_the_most(nice: NiceCxone) -> None:
    second = evaluations(nice, sample_csv())[1]

    assert (second.score_pct, second.raw_score) == (Decimal("75.000"), "")
    assert second.status is EvaluationStatus.SUBMITTED
    assert second.released_at is None


def test_calibration_is_left_out_and_self_assessment_told_apart(nice: NiceCxone) -> None:
    found = evaluations(nice, sample_csv())

    assert [it.kind for it in found] == [
        EvaluationKind.STANDARD,
        EvaluationKind.STANDARD,
        EvaluationKind.SELF_ASSESSMENT,
    ]
    assert found[2].evaluator_kind is EvaluatorKind.SELF
    assert found[2].created_at == datetime(2026, 3, 19, 8, tzinfo=UTC)  # no offset means UTC


def test_evaluation_of_one_agents_part_is_of_the_whole_contact(nice: NiceCxone) -> None:
    read(nice, "contacts", sample("contacts"))

    first = evaluations(nice, sample_csv().replace('"900001"', '"900002"'))[0]

    assert first.interaction_external_id == "900001"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("New", EvaluationStatus.PENDING),
        ("Awaiting Submission", EvaluationStatus.PENDING),
        ("Claimed", EvaluationStatus.IN_PROGRESS),
        ("Draft", EvaluationStatus.IN_PROGRESS),
        ("SENT_TO_AGENT", EvaluationStatus.SUBMITTED),
        ("Completed Self Assessment", EvaluationStatus.SUBMITTED),
        ("Completed", EvaluationStatus.RELEASED),
        ("Dispute", EvaluationStatus.DISPUTED),
        ("In Review", EvaluationStatus.DISPUTED),
        ("Deleted - Expired", EvaluationStatus.RETRACTED),
        ("Replaced", EvaluationStatus.RETRACTED),
    ],
)
def test_only_a_completed_evaluation_is_released(
    nice: NiceCxone, word: str, status: EvaluationStatus
) -> None:
    first = evaluations(nice, sample_csv().replace("Completed", word, 1))[0]

    assert first.status is status
    assert (first.released_at is not None) == (status is EvaluationStatus.RELEASED)


def test_unknown_status_is_counted_and_never_released(nice: NiceCxone) -> None:
    batch = nice.read("qm-workflows", sample_csv().replace("Completed", "Archived", 1).encode())

    assert batch.unknown_values == Counter({"workflowStatus=Archived": 1})
    assert getattr(batch.records[0], "status", None) is EvaluationStatus.UNKNOWN


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"86.67"', '"good"', "scorePercentage"),
        ('"86.67"', '"186.67"', "score_pct"),
        ('"2026-03-18T12:30:00.5Z","2026-03-19T07:15:00Z"', '"",""', "lastUpdated"),
        ('"2026-03-19T07:15:00Z"', '"19.3.2026"', "lastupdated"),
    ],
)
def test_evaluation_we_cannot_read_is_kept_aside(
    nice: NiceCxone, old: str, new: str, field: str
) -> None:
    batch = nice.read("qm-workflows", sample_csv().replace(old, new).encode())

    assert len(batch.records) == 2
    assert [(it.reference[-1], it.field) for it in batch.unreadable] == [("1", field)]


def test_columns_are_known_by_their_letters(nice: NiceCxone) -> None:
    text = "\ufeffWorkflow ID,Agent-ID,WORKFLOW STATUS,Type\nw1,7001,New,Evaluation\n"

    assert [it.external_id for it in evaluations(nice, text)] == ["w1"]


def test_file_without_a_column_we_need_is_unreadable(nice: NiceCxone) -> None:
    with pytest.raises(Unreadable, match="workflowid"):
        nice.read("qm-workflows", b"agentId,workflowStatus\n7001,New\n")


@pytest.mark.parametrize("broken", [b'workflowId,agentId,workflowStatus\n"w1', b"\xff\xfe\x00"])
def test_file_that_is_not_csv_is_unreadable(nice: NiceCxone, broken: bytes) -> None:
    with pytest.raises(Unreadable, match="file"):
        nice.read("qm-workflows", broken)


def test_recording_is_one_per_segment_and_names_who_is_on_which_channel(nice: NiceCxone) -> None:
    first, second = read(nice, "recordings", sample("recordings")).records

    assert first == Recording(
        external_id=FIRST_SEGMENT,
        interaction_external_id="900001",
        started_at=datetime(2026, 3, 18, 8, 0, 26, tzinfo=UTC),
        duration_ms=400_500,
        channel_speakers=(Speaker.AGENT, Speaker.CUSTOMER),
        fetch_ref=FIRST_SEGMENT,
    )
    assert isinstance(second, Recording)
    assert second.duration_ms == 179_400


def test_channels_that_are_not_all_told_are_not_told(nice: NiceCxone) -> None:
    page = sample("recordings")
    page["interactions"][0]["data"]["participantDataList"] = [
        {"participantType": "CUSTOMER", "channel": 1}
    ]

    found = read(nice, "recordings", page).records

    assert [getattr(it, "channel_speakers", None) for it in found] == [(), ()]


def test_what_is_not_heard_is_no_recording(nice: NiceCxone) -> None:
    page = sample("recordings")
    page["interactions"][0]["mediaType"] = "chat"

    assert read(nice, "recordings", page).records == ()


def test_mood_is_taken_from_the_customers_channel_alone(nice: NiceCxone) -> None:
    first, second = read(nice, "sentiments", sample("sentiments")).records

    assert first == SentimentSpan(
        interaction_external_id="900001",
        scope=SentimentScope.PARTICIPANT,
        communication_id=FIRST_SEGMENT,
        start_ms=0,
        score=Decimal(-1),
        label=SentimentLabel.NEGATIVE,
        raw_value="NEGATIVE",
        raw_scale="NEGATIVE-POSITIVE",
    )
    assert isinstance(second, SentimentSpan)
    assert (second.score, second.label) == (Decimal(0), SentimentLabel.MIXED)
    assert second.start_ms == 400_600


def test_mood_on_a_channel_of_nobody_is_dropped(nice: NiceCxone) -> None:
    page = sample("sentiments")
    del page["interactions"][0]["data"]["participantDataList"][2]

    assert read(nice, "sentiments", page).records == ()


def test_unknown_mood_is_counted(nice: NiceCxone) -> None:
    page = sample("sentiments")
    page["interactions"][0]["data"]["sentiments"] = [
        {"overallSentiment": "BAFFLED", "channel": 1, "segmentStartTime": None}
    ]

    batch = read(nice, "sentiments", page)

    (span,) = batch.records
    assert isinstance(span, SentimentSpan)
    assert (span.score, span.label, span.start_ms) == (None, SentimentLabel.UNKNOWN, None)
    assert batch.unknown_values == Counter({"overallSentiment=BAFFLED": 1})


def said(nice: NiceCxone, **changes: Any) -> list[TranscriptSegment]:
    batch = read(nice, "transcripts", sample("transcripts") | changes)
    return [record for record in batch.records if isinstance(record, TranscriptSegment)]


def test_block_becomes_what_was_said(nice: NiceCxone) -> None:
    read(nice, "agents", sample("agents"))

    first, second, _ = said(nice)

    assert first == TranscriptSegment(
        interaction_external_id="900001",
        communication_id=FIRST_SEGMENT,
        utterance_id="0",
        ordinal=0,
        speaker=Speaker.AGENT,
        agent_external_id="7001",
        start_ms=400,
        end_ms=2750,
        text="Hej, du har kommit till Vinterfjord.",
        language="sv-SE",
        confidence=0.94,
    )
    assert (second.speaker, second.agent_external_id) == (Speaker.CUSTOMER, None)


def test_times_in_milliseconds_are_told_by_the_segments_length(nice: NiceCxone) -> None:
    blocks = sample("transcripts")["transcriptBlocks"]
    for block in blocks:
        block["voiceMetadata"] = {
            "startTime": block["voiceMetadata"]["startTime"] * 1000,
            "endTime": block["voiceMetadata"]["endTime"] * 1000,
        }

    found = said(nice, transcriptBlocks=blocks)

    assert [(it.start_ms, it.end_ms) for it in found[:2]] == [(400, 2750), (3100, 6000)]


def test_times_without_the_segments_length_say_nothing(nice: NiceCxone) -> None:
    assert {(it.start_ms, it.end_ms) for it in said(nice, endTime=None)} == {(None, None)}


def test_block_without_words_leaves_the_others_their_places(nice: NiceCxone) -> None:
    blocks = sample("transcripts")["transcriptBlocks"]
    blocks[0]["text"] = " "

    assert [it.utterance_id for it in said(nice, transcriptBlocks=blocks)] == ["1", "2"]


def test_speaker_without_a_type_is_known_by_the_channel(nice: NiceCxone) -> None:
    blocks = [{"text": "Hej", "channelName": "Customer", "voiceMetadata": {"confidence": 94}}]

    (found,) = said(nice, transcriptBlocks=blocks)

    assert (found.speaker, found.confidence) == (Speaker.CUSTOMER, None)


def test_unknown_event_is_unreadable(nice: NiceCxone) -> None:
    with pytest.raises(Unreadable, match="event"):
        read(nice, "surveys", {})


def test_page_without_its_list_is_unreadable(nice: NiceCxone) -> None:
    with pytest.raises(Unreadable, match="agents"):
        read(nice, "agents", {"totalRecords": 0})
