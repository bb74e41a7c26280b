import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from coaching.integrations.amazon_connect import AmazonConnect
from coaching.integrations.base import Batch, Unreadable
from coaching.integrations.normalise import customer_ref
from coaching.records import (
    AgentRef,
    Channel,
    Direction,
    Evaluation,
    EvaluationForm,
    EvaluationKind,
    EvaluationStatus,
    EvaluatorKind,
    Interaction,
    LiveEvent,
    LiveKind,
    QuestionKind,
    Recording,
    RecordingKind,
    RecordingState,
    RosterEntry,
    ScoringMode,
    SentimentLabel,
    SentimentScope,
    SentimentSpan,
    Speaker,
    TranscriptSegment,
)
from tests.coaching.integrations.conftest import NOW

pytestmark = pytest.mark.pure

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "amazon_connect"
CALL = "c0a00000-0000-4000-8000-000000000001"


def sample(event: str) -> Any:
    return json.loads((PAYLOADS / f"{event}.json").read_text())


@pytest.fixture
def connect(http: httpx.Client) -> AmazonConnect:
    settings = {
        "instance_id": "i",
        "access_key_id": "me",
        "secret_access_key": "hush",
        "disposition_attribute": "utfall",
        "customer_key": "key",
    }
    return AmazonConnect(settings, http, clock=lambda: NOW)


def read(connect: AmazonConnect, event: str, payload: Any) -> Batch:
    return connect.read(event, json.dumps(payload).encode())


def read_user(connect: AmazonConnect, **changes: Any) -> AgentRef:
    (record,) = read(connect, "user", {"User": sample("user")["User"] | changes}).records
    assert isinstance(record, AgentRef)
    return record


def contact_batch(connect: AmazonConnect, event: str = "contact.voice", **changes: Any) -> Batch:
    return read(connect, "contact", {"Contact": sample(event)["Contact"] | changes})


def read_contact(
    connect: AmazonConnect, event: str = "contact.voice", **changes: Any
) -> Interaction:
    (record,) = contact_batch(connect, event, **changes).records
    assert isinstance(record, Interaction)
    return record


def evaluation_batch(
    connect: AmazonConnect, event: str = "contact_evaluation.percent", **changes: Any
) -> Batch:
    whole = sample(event)
    about = changes.pop("Metadata", {})
    evaluation = whole["Evaluation"] | changes
    evaluation["Metadata"] = evaluation["Metadata"] | about
    return read(connect, "contact_evaluation", whole | {"Evaluation": evaluation})


def read_evaluation(
    connect: AmazonConnect, event: str = "contact_evaluation.percent", **changes: Any
) -> Evaluation:
    (record,) = evaluation_batch(connect, event, **changes).records
    assert isinstance(record, Evaluation)
    return record


def segments(connect: AmazonConnect, payload: Any) -> list[TranscriptSegment]:
    found = read(connect, "analysis_transcript", payload).records
    return [record for record in found if isinstance(record, TranscriptSegment)]


def spans(connect: AmazonConnect, payload: Any) -> list[SentimentSpan]:
    found = read(connect, "analysis_sentiment", payload).records
    return [record for record in found if isinstance(record, SentimentSpan)]


def events(connect: AmazonConnect, payload: Any) -> list[LiveEvent]:
    found = read(connect, "realtime_segments", payload).records
    return [record for record in found if isinstance(record, LiveEvent)]


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*")), ids=lambda path: path.name)
def test_sample_is_read_without_loss(connect: AmazonConnect, path: Path) -> None:
    batch = connect.read(path.name.split(".")[0], path.read_bytes())

    assert batch.records
    assert (batch.unreadable, batch.unknown_values) == ((), Counter())


def test_user_becomes_an_agent(connect: AmazonConnect) -> None:
    assert read_user(connect) == AgentRef(
        external_id="a9e00000-0000-4000-8000-000000000001",
        email="ingrid.solberg@vinterfjord.example",
        display_name="Ingrid Solberg",
        group_external_ids=("9e0a0000-0000-4000-8000-000000000001",),
    )


@pytest.mark.parametrize(
    ("username", "identity", "email"),
    [
        ("Oskar@vinterfjord.example", {}, "oskar@vinterfjord.example"),
        ("oskar", {"SecondaryEmail": "o@vinterfjord.example"}, "o@vinterfjord.example"),
        ("oskar", {}, None),
    ],
)
def test_email_of_an_agent_may_be_the_user_name(
    connect: AmazonConnect, username: str, identity: dict[str, str], email: str | None
) -> None:
    assert read_user(connect, Username=username, IdentityInfo=identity).email == email


def test_user_without_a_name_is_called_by_the_user_name(connect: AmazonConnect) -> None:
    agent = read_user(connect, IdentityInfo=None, HierarchyGroupId=None)

    assert (agent.display_name, agent.group_external_ids) == ("ingrid.solberg", ())


def test_user_in_a_group_becomes_a_roster_entry_of_today(connect: AmazonConnect) -> None:
    read(connect, "hierarchy_groups", sample("hierarchy_groups"))

    batch = read(connect, "users", sample("users"))

    assert len(batch.records) == 2
    assert batch.records[0] == RosterEntry(
        agent_external_id="a9e00000-0000-4000-8000-000000000001",
        team_external_id="9e0a0000-0000-4000-8000-000000000001",
        team_name="Faktura Bergen",
        valid_from=date(2026, 3, 20),
    )


def test_contact_keeps_the_retained_fields(connect: AmazonConnect) -> None:
    read(connect, "queues", sample("queues"))

    assert read_contact(connect) == Interaction(
        external_id=CALL,
        root_external_id="c0a00000-0000-4000-8000-000000000009",
        agent_external_id="a9e00000-0000-4000-8000-000000000001",
        queue_external_id="90e00000-0000-4000-8000-000000000001",
        queue_name="Faktura norsk",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        language="nb-NO",
        started_at=datetime(2026, 3, 18, 8, 0, 0, 125000, tzinfo=UTC),
        ended_at=datetime(2026, 3, 18, 8, 6, 50, 500000, tzinfo=UTC),
        queue_ms=30_250,
        talk_ms=318_250,
        hold_ms=42_000,
        acw_ms=35_000,
        handle_ms=395_250,
        disposition_code="Faktura forklart",
        disposition_label="Faktura forklart",
        customer_ref=customer_ref("+46701740621", "key"),
        recorded=True,
        source_updated_at=datetime(2026, 3, 18, 8, 9, tzinfo=UTC),
    )


def test_times_with_an_offset_become_utc(connect: AmazonConnect) -> None:
    contact = read_contact(connect, InitiationTimestamp="2026-03-18T09:00:00+01:00")

    assert contact.started_at == datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
    assert contact.started_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("changes", "direction"),
    [
        ({"InitiationMethod": "OUTBOUND"}, Direction.OUTBOUND),
        ({"InitiationMethod": "CALLBACK"}, Direction.OUTBOUND),
        ({"InitiationMethod": "TRANSFER"}, Direction.UNKNOWN),
        ({"InitiationMethod": "API"}, Direction.OUTBOUND),
        ({"InitiationMethod": "API", "Channel": "CHAT"}, Direction.INBOUND),
        ({"InitiationMethod": "API", "Channel": "TASK"}, Direction.UNKNOWN),
    ],
)
def test_direction_is_told_by_how_a_contact_began(
    connect: AmazonConnect, changes: dict[str, str], direction: Direction
) -> None:
    batch = contact_batch(connect, **changes)

    assert [getattr(it, "direction", None) for it in batch.records] == [direction]
    assert not batch.unknown_values


def test_unknown_words_fall_through_and_are_counted(connect: AmazonConnect) -> None:
    batch = contact_batch(connect, Channel="HOLOGRAM", InitiationMethod="DREAM")

    (contact,) = batch.records
    assert isinstance(contact, Interaction)
    assert (contact.channel, contact.direction) == (Channel.OTHER, Direction.UNKNOWN)
    assert batch.unknown_values == Counter({"Channel=HOLOGRAM": 1, "InitiationMethod=DREAM": 1})


def test_contact_without_measures_says_nothing_about_durations(connect: AmazonConnect) -> None:
    contact = read_contact(connect, AgentInfo={"Id": "a"}, QueueInfo=None, Recordings=None)

    measures = (contact.queue_ms, contact.talk_ms, contact.hold_ms, contact.acw_ms)
    assert measures == (None, None, None, None)
    assert (contact.handle_ms, contact.recorded, contact.queue_external_id) == (None, None, None)


def test_call_without_a_hold_time_has_no_talk_time(connect: AmazonConnect) -> None:
    agent = sample("contact.voice")["Contact"]["AgentInfo"] | {"AgentInitiatedHoldDuration": None}

    contact = read_contact(connect, AgentInfo=agent)

    assert (contact.talk_ms, contact.handle_ms) == (None, 395_250)


def test_chat_has_no_hold_and_its_transcript_is_no_recording(connect: AmazonConnect) -> None:
    chat = read_contact(connect, "contact.chat")

    assert (chat.channel, chat.talk_ms, chat.hold_ms) == (Channel.CHAT, 600_000, None)
    assert chat.recorded is False
    assert read(connect, "contact_recordings", sample("contact.chat")).records == ()


def test_pauses_of_a_task_are_not_handling(connect: AmazonConnect) -> None:
    agent = sample("contact.voice")["Contact"]["AgentInfo"] | {"AgentPauseDurationInSeconds": 60}

    contact = read_contact(connect, Channel="TASK", AgentInfo=agent)

    assert (contact.talk_ms, contact.handle_ms) == (None, 335_250)


@pytest.mark.parametrize("field", ["AgentInfo", "DisconnectTimestamp"])
def test_contact_that_goes_on_or_met_nobody_is_left_out(connect: AmazonConnect, field: str) -> None:
    batch = contact_batch(connect, **{field: None})

    assert (batch.records, batch.unreadable) == ((), ())


def test_contact_that_ends_before_it_starts_is_kept_aside(connect: AmazonConnect) -> None:
    batch = contact_batch(connect, DisconnectTimestamp=1)

    assert [(it.reference, it.field, it.reason) for it in batch.unreadable] == [
        (CALL, "ended_at", "reversed")
    ]


def test_contact_without_a_start_is_kept_aside_without_its_values(connect: AmazonConnect) -> None:
    batch = contact_batch(connect, InitiationTimestamp=None)

    (rejected,) = batch.unreadable
    assert (rejected.reference, rejected.field) == (CALL, "InitiationTimestamp")
    assert "+46701740621" not in rejected.reason


def test_recordings_keep_their_place_and_no_address(connect: AmazonConnect) -> None:
    sound, screen = read(connect, "contact_recordings", sample("contact_recordings")).records

    assert sound == Recording(
        external_id=f"{CALL}_20260318T08:00_UTC.wav",
        interaction_external_id=CALL,
        kind=RecordingKind.AUDIO,
        state=RecordingState.AVAILABLE,
        started_at=datetime(2026, 3, 18, 8, 0, 50, 300000, tzinfo=UTC),
        duration_ms=360_200,
        channel_speakers=(Speaker.CUSTOMER, Speaker.AGENT),
        mime_type="audio/wav",
        fetch_ref=(
            "vinterfjord-connect/connect/vinterfjord/CallRecordings/2026/03/18/"
            f"{CALL}_20260318T08:00_UTC.wav"
        ),
    )
    assert isinstance(screen, Recording)
    assert (screen.kind, screen.state) == (RecordingKind.SCREEN, RecordingState.DELETED)
    assert (screen.channel_speakers, screen.mime_type) == ((), "video/mp4")


def test_form_keeps_sections_questions_and_options(connect: AmazonConnect) -> None:
    (form,) = read(connect, "evaluation_form", sample("evaluation_form")).records

    assert isinstance(form, EvaluationForm)
    assert (form.external_id, form.version) == (f"{form.context_id}:3", "3")
    assert (form.language, form.scoring_mode) == ("nb-NO", ScoringMode.WEIGHTED_PERCENT)
    assert [(group.name, group.weight) for group in form.groups] == [
        ("Møtet med kunden", Decimal(60)),
        ("Møtet med kunden / Løsning", Decimal(20)),
        ("Regler", Decimal(40)),
    ]
    questions = [question for group in form.groups for question in group.questions]
    assert [(it.external_id, it.kind, it.max_points) for it in questions] == [
        ("q1", QuestionKind.SINGLE, Decimal(10)),
        ("q2", QuestionKind.MULTI, Decimal(10)),
        ("q3", QuestionKind.SINGLE, Decimal(10)),
        ("q4", QuestionKind.NUMERIC, Decimal(10)),
        ("q5", QuestionKind.TEXT, None),
    ]
    assert [it.is_fatal for it in questions] == [False, False, True, False, False]
    assert questions[0].weight == Decimal(40)
    assert questions[0].na_allowed
    failing = [(option.text, option.points, option.auto_fail) for option in questions[2].options]
    assert failing == [("Ja", Decimal(10), False), ("Nei", Decimal(0), True)]


@pytest.mark.parametrize(
    ("strategy", "mode"),
    [
        ({"Mode": "POINTS_BASED", "Status": "ENABLED"}, ScoringMode.POINTS),
        ({"Mode": "SECTION_ONLY", "Status": "ENABLED"}, ScoringMode.WEIGHTED_PERCENT),
        ({"Mode": "SECTION_ONLY", "Status": "DISABLED"}, ScoringMode.NONE),
        (None, ScoringMode.UNKNOWN),
    ],
)
def test_scoring_mode_of_a_form(
    connect: AmazonConnect, strategy: dict[str, str] | None, mode: ScoringMode
) -> None:
    form = sample("evaluation_form")["EvaluationForm"] | {"ScoringStrategy": strategy}

    (record,) = read(connect, "evaluation_form", {"EvaluationForm": form}).records

    assert getattr(record, "scoring_mode", None) is mode


def test_evaluation_keeps_the_retained_fields(connect: AmazonConnect) -> None:
    found = read_evaluation(connect)

    assert found.external_id == "e7a00000-0000-4000-8000-000000000001"
    assert found.revision == "2026-03-18T13:20:00.500+00:00"
    assert found.interaction_external_id == CALL
    assert found.agent_external_id == "a9e00000-0000-4000-8000-000000000001"
    assert found.evaluator_external_id == "a9e00000-0000-4000-8000-000000000009"
    assert found.evaluator_kind is EvaluatorKind.HUMAN
    assert found.form_external_id == f"{found.form_context_id}:3"
    assert found.form_name == "Samtalekvalitet"
    assert (found.kind, found.status) == (EvaluationKind.STANDARD, EvaluationStatus.RELEASED)
    assert (found.score_pct, found.raw_scale) == (Decimal("86.667"), "0-100")
    assert found.fatal_failed is False
    assert found.comments == "Møtet med kunden: Varm åpning."
    assert found.agent_comments == "Takk, jeg øver på oppsummeringen."
    assert found.released_at == datetime(2026, 3, 18, 13, 20, 0, 500000, tzinfo=UTC)
    assert found.acknowledged_at == datetime(2026, 3, 19, 7, 30, tzinfo=UTC)


def test_answers_can_be_read_without_the_form(connect: AmazonConnect) -> None:
    answers = read_evaluation(connect).answers

    assert [(it.question_external_id, it.answer_text, it.points) for it in answers] == [
        ("q1", "Ja", Decimal(100)),
        ("q2", "Saken; Neste steg", Decimal(60)),
        ("q3", None, None),
        ("q4", "2", Decimal(100)),
        ("q5", "Rolig tempo", None),
    ]
    assert [it.max_points for it in answers] == [100, 100, None, 100, None]
    assert [it.not_applicable for it in answers] == [False, False, True, False, False]
    assert [it.failed_fatal for it in answers] == [None, None, False, None, None]
    assert answers[0].question_text == "Lyttet agenten ferdig?"
    assert answers[0].answer_option_external_id == "o1"
    assert answers[0].comment == "Tydelig bekreftelse til kunden."
    assert answers[1].group_name == "Møtet med kunden / Løsning"
    assert answers[4].answer_option_external_id is None


def test_points_are_kept_where_a_form_gives_points(connect: AmazonConnect) -> None:
    found = read_evaluation(connect, "contact_evaluation.points")

    assert (found.status, found.released_at) == (EvaluationStatus.DISPUTED, None)
    assert (found.earned_points, found.max_points) == (Decimal(0), Decimal(20))
    assert found.fatal_failed is True
    fatal, dated = found.answers
    assert (fatal.points, fatal.max_points, fatal.failed_fatal) == (Decimal(0), Decimal(20), True)
    assert (fatal.group_name, dated.group_name) == ("", "Avslut")
    assert dated.answer_text == "2026-03-20T08:00:00Z"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("DRAFT", EvaluationStatus.IN_PROGRESS),
        ("SUBMITTED", EvaluationStatus.RELEASED),
        ("REVIEW_REQUESTED", EvaluationStatus.DISPUTED),
        ("UNDER_REVIEW", EvaluationStatus.DISPUTED),
        ("SHELVED", EvaluationStatus.UNKNOWN),
    ],
)
def test_only_a_submitted_evaluation_is_released(
    connect: AmazonConnect, word: str, status: EvaluationStatus
) -> None:
    found = read_evaluation(connect, Status=word)

    assert found.status is status
    assert (found.released_at is not None) == (status is EvaluationStatus.RELEASED)


def test_acknowledgement_before_the_last_change_tells_the_release(connect: AmazonConnect) -> None:
    found = read_evaluation(connect, LastModifiedTime="2026-03-19T07:30:05Z")

    assert found.released_at == datetime(2026, 3, 19, 7, 30, tzinfo=UTC)


def test_evaluation_nobody_touched_is_automatic(connect: AmazonConnect) -> None:
    about = {"AutoEvaluation": {"AutoEvaluationEnabled": True}, "EvaluatorArn": "arn:aws:x"}

    found = read_evaluation(connect, Metadata=about)

    assert found.evaluator_kind is EvaluatorKind.AUTOMATIC
    assert found.evaluator_external_id is None


def test_calibration_is_told_apart(connect: AmazonConnect) -> None:
    by_session = read_evaluation(connect, Metadata={"CalibrationSessionId": "k"})
    by_type = read_evaluation(connect, EvaluationType="CALIBRATION")

    assert by_session.kind is by_type.kind is EvaluationKind.CALIBRATION


def test_score_that_is_not_applicable_is_none(connect: AmazonConnect) -> None:
    found = read_evaluation(connect, Metadata={"Score": {"Percentage": 0, "NotApplicable": True}})

    assert (found.score_pct, found.raw_score) == (None, "")


def test_evaluation_of_a_bot_is_left_out(connect: AmazonConnect) -> None:
    about = {"ContactParticipant": {"ContactParticipantRole": "CUSTOM_BOT"}}

    batch = evaluation_batch(connect, Metadata=about)

    assert (batch.records, batch.unreadable) == ((), ())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"Answers": {"q99": {"Value": {}}}}, "Answers"),
        ({"LastModifiedTime": "2026-03-04T09:30:00"}, "LastModifiedTime"),
        ({"Metadata": {"Score": {"Percentage": 140.0}}}, "score_pct"),
        ({"Metadata": {"ContactId": None}}, "Metadata.ContactId"),
    ],
)
def test_evaluation_we_cannot_read_is_kept_aside(
    connect: AmazonConnect, changes: dict[str, Any], field: str
) -> None:
    batch = evaluation_batch(connect, **changes)

    assert batch.records == ()
    assert [(it.reference, it.field) for it in batch.unreadable] == [
        ("e7a00000-0000-4000-8000-000000000001", field)
    ]


def test_call_is_transcribed_turn_by_turn(connect: AmazonConnect) -> None:
    said = segments(connect, sample("analysis_transcript.voice"))

    assert said[1] == TranscriptSegment(
        interaction_external_id=CALL,
        utterance_id="7a000000-0000-4000-8000-000000000002",
        ordinal=1,
        speaker=Speaker.CUSTOMER,
        start_ms=2600,
        end_ms=7900,
        text="Hei, jeg heter [PII], og fakturaen er feil igjen.",
        language="nb-NO",
        redacted=True,
    )
    assert [it.speaker for it in said] == [Speaker.AGENT, Speaker.CUSTOMER, Speaker.CUSTOMER]


def test_roles_are_found_by_participant(connect: AmazonConnect) -> None:
    payload = sample("analysis_transcript.voice")
    payload["Participants"] = [{"ParticipantId": "p1", "ParticipantRole": "AGENT"}]
    payload["Transcript"][0]["ParticipantId"] = "p1"
    payload["Transcript"][1]["ParticipantId"] = "ghost"

    batch = read(connect, "analysis_transcript", payload)

    speakers = [it.speaker for it in batch.records if isinstance(it, TranscriptSegment)]
    assert speakers == [Speaker.AGENT, Speaker.UNKNOWN, Speaker.CUSTOMER]
    assert batch.unknown_values == Counter({"ParticipantRole=ghost": 1})


def test_chat_is_timed_from_its_first_line_and_events_are_left_out(
    connect: AmazonConnect,
) -> None:
    written = segments(connect, sample("analysis_transcript.chat"))

    assert [(it.speaker, it.start_ms, it.ordinal) for it in written] == [
        (Speaker.SYSTEM, 1000, 1),
        (Speaker.AGENT, 45_250, 2),
        (Speaker.CUSTOMER, 80_000, 3),
        (Speaker.CUSTOMER, 100_000, 4),
    ]
    assert {it.language for it in written} == {"sv-SE"}


def test_call_has_sentiment_of_the_customer_alone(connect: AmazonConnect) -> None:
    found = spans(connect, sample("analysis_sentiment.voice"))

    assert [(it.scope, it.score, it.label, it.raw_value, it.raw_scale) for it in found] == [
        (SentimentScope.CONVERSATION, Decimal("-0.5"), SentimentLabel.NEGATIVE, "-2.5", "-5..5"),
        (SentimentScope.PERIOD, Decimal(-1), SentimentLabel.NEGATIVE, "-5", "-5..5"),
        (SentimentScope.PERIOD, Decimal(0), SentimentLabel.NEUTRAL, "0", "-5..5"),
        (
            SentimentScope.SEGMENT,
            Decimal(-1),
            SentimentLabel.NEGATIVE,
            "NEGATIVE",
            "NEGATIVE/NEUTRAL/POSITIVE",
        ),
        (
            SentimentScope.SEGMENT,
            Decimal(0),
            SentimentLabel.NEUTRAL,
            "NEUTRAL",
            "NEGATIVE/NEUTRAL/POSITIVE",
        ),
    ]
    assert [(it.start_ms, it.end_ms) for it in found[1:3]] == [(0, 4000), (4000, 8000)]
    assert found[3].utterance_id == "7a000000-0000-4000-8000-000000000012"
    assert {it.speaker for it in found} == {Speaker.CUSTOMER}


def test_chat_has_sentiment_beside_its_lines(connect: AmazonConnect) -> None:
    found = spans(connect, sample("analysis_transcript.chat"))

    assert [(it.scope, it.score, it.utterance_id[-2:]) for it in found] == [
        (SentimentScope.CONVERSATION, Decimal("-0.75"), ""),
        (SentimentScope.SEGMENT, Decimal(-1), "04"),
        (SentimentScope.SEGMENT, Decimal(-1), "05"),
    ]


def test_unknown_sentiment_is_counted_and_has_no_score(connect: AmazonConnect) -> None:
    payload = sample("analysis_sentiment.voice")
    payload["Transcript"][1]["Sentiment"] = "PUZZLED"

    batch = read(connect, "analysis_sentiment", payload)

    assert batch.unknown_values == Counter({"Sentiment=PUZZLED": 1})
    puzzled = [it for it in batch.records if getattr(it, "raw_value", "") == "PUZZLED"]
    assert [(getattr(it, "score", 0), getattr(it, "label", "")) for it in puzzled] == [
        (None, SentimentLabel.UNKNOWN)
    ]


def test_score_off_the_scale_is_kept_aside(connect: AmazonConnect) -> None:
    payload = sample("analysis_sentiment.voice") | {"ContactId": CALL}
    overall = {"OverallSentiment": {"CUSTOMER": 7}}
    payload["ConversationCharacteristics"]["Sentiment"] = overall

    batch = read(connect, "analysis_sentiment", payload)

    assert [(it.reference, it.field) for it in batch.unreadable] == [(CALL, "score")]


def test_live_turns_become_events_and_only_the_customer_has_a_score(
    connect: AmazonConnect,
) -> None:
    agent, customer, matched = events(connect, sample("realtime_segments"))

    assert (agent.speaker, agent.score) == (Speaker.AGENT, None)
    assert customer == LiveEvent(
        event_id="7c000000-0000-4000-8000-000000000002",
        kind=LiveKind.FINAL,
        interaction_external_id="c0a00000-0000-4000-8000-000000000005",
        speaker=Speaker.CUSTOMER,
        occurred_at=NOW,
        offset_ms=3000,
        duration_ms=2250,
        text="Jag vill säga upp avtalet.",
        language="sv-SE",
        score=Decimal(-1),
    )
    assert (matched.kind, matched.label) == (LiveKind.OPERATOR_RESULT, "Uppsägning")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("STARTED", LiveKind.SESSION_STARTED),
        ("COMPLETED", LiveKind.SESSION_ENDED),
        ("FAILED", LiveKind.ERROR),
        ("PAUSED", LiveKind.UNKNOWN),
    ],
)
def test_live_session_tells_its_state(connect: AmazonConnect, word: str, kind: LiveKind) -> None:
    (event,) = events(connect, {"ContactId": CALL, "EventType": word})

    assert (event.kind, event.event_id) == (kind, f"{CALL}:{word}")


def test_unknown_event_is_unreadable(connect: AmazonConnect) -> None:
    with pytest.raises(Unreadable, match="event"):
        read(connect, "surveys", {})


@pytest.mark.parametrize(
    ("event", "payload", "field"),
    [("user", {}, "User"), ("queues", {"QueueSummaryList": {}}, "QueueSummaryList")],
)
def test_answer_of_another_shape_is_unreadable(
    connect: AmazonConnect, event: str, payload: Any, field: str
) -> None:
    with pytest.raises(Unreadable, match=field):
        read(connect, event, payload)
