import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch, Unreadable
from coaching.integrations.normalise import customer_ref
from coaching.integrations.twilio import Twilio
from coaching.records import (
    AgentRef,
    Channel,
    Direction,
    Evaluation,
    EvaluationForm,
    EvaluationStatus,
    EvaluatorKind,
    Interaction,
    QuestionKind,
    Recording,
    RecordingState,
    SentimentLabel,
    SentimentScope,
    SentimentSpan,
    Speaker,
    TranscriptSegment,
)
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.worlds.twilio import sample

pytestmark = pytest.mark.pure

SETTINGS = {
    "account_sid": "AC1",
    "key_sid": "SK1",
    "key_secret": "hush",
    "workspace_sid": "WS1",
    "customer_key": "key",
}


def sid(kind: str, number: int) -> str:
    return f"{kind}{number:032d}"


@pytest.fixture
def twilio(http: httpx.Client) -> Twilio:
    return connect(http)


def connect(http: httpx.Client, **settings: str) -> Twilio:
    return Twilio(SETTINGS | settings, http, clock=lambda: NOW)


def read(twilio: Twilio, event: str, payload: Any) -> Batch:
    return twilio.read(event, json.dumps(payload).encode())


def contacts(twilio: Twilio, *before: str) -> list[Interaction]:
    for event in before:
        read(twilio, event, sample(event))
    batch = read(twilio, "events", sample("events"))
    found = [one for one in batch.records if isinstance(one, Interaction)]
    return sorted(found, key=lambda contact: contact.external_id)


def changed_events(number: int, **data: Any) -> dict[str, Any]:
    """The events of one task, each with these data."""
    page = sample("events")
    ours = [one for one in page["events"] if one["event_data"].get("task_sid") == sid("WT", number)]
    for event in ours:
        event["event_data"] |= data
    return page | {"events": ours}


def test_worker_becomes_an_agent(twilio: Twilio) -> None:
    batch = read(twilio, "workers", sample("workers"))

    assert batch.records == (
        AgentRef(
            external_id=sid("WK", 1),
            email="sanna.lindqvist@vinterfjord.example",
            display_name="Sanna Lindqvist",
            language_codes=("sv-SE", "en"),
        ),
        AgentRef(
            external_id=sid("WK", 2),
            email="eirik.solheim@vinterfjord.example",
            display_name="Eirik Solheim",
            language_codes=("nb-NO",),
        ),
        AgentRef(external_id=sid("WK", 3), display_name="mette_kjaer"),
    )


@pytest.mark.parametrize("attributes", [None, "", "{}", '{"email": 7, "languages": "sv"}'])
def test_worker_with_other_attributes_is_still_an_agent(
    twilio: Twilio, attributes: str | None
) -> None:
    page = sample("workers")
    page["workers"][0]["attributes"] = attributes

    batch = read(twilio, "workers", page)

    assert batch.records[0] == AgentRef(external_id=sid("WK", 1), display_name="sanna_lindqvist")


def test_worker_that_cannot_be_read_is_kept_aside(twilio: Twilio) -> None:
    page = sample("workers")
    page["workers"][1]["attributes"] = "{broken"

    batch = read(twilio, "workers", page)

    assert len(batch.records) == 2
    assert [(one.reference, one.field) for one in batch.unreadable] == [
        (sid("WK", 2), "attributes")
    ]


def test_reservation_becomes_a_contact(twilio: Twilio) -> None:
    first = contacts(twilio, "calls")[0]

    assert first == Interaction(
        external_id=sid("WT", 1),
        leg_id=sid("WR", 1),
        root_external_id=sid("CA", 1),
        agent_external_id=sid("WK", 1),
        queue_external_id=sid("WQ", 1),
        queue_name="Faktura Malmö",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        language="sv-SE",
        started_at=datetime(2026, 3, 19, 8, 0, 9, 250000, tzinfo=UTC),
        ended_at=datetime(2026, 3, 19, 8, 5, 55, 250000, tzinfo=UTC),
        queue_ms=5_250,
        ring_ms=4_000,
        talk_ms=301_000,
        acw_ms=45_000,
        handle_ms=346_000,
        disposition_code="Fråga om faktura",
        disposition_label="Fråga om faktura",
        customer_ref=customer_ref("+46701740605", "key"),
        source_updated_at=datetime(2026, 3, 19, 8, 5, 55, 250000, tzinfo=UTC),
    )


def test_only_what_an_agent_took_and_ended_is_a_contact(twilio: Twilio) -> None:
    found = contacts(twilio)

    legs = [(contact.external_id, contact.leg_id) for contact in found]
    assert legs == [
        (sid("WT", 1), sid("WR", 1)),
        (sid("WT", 2), sid("WR", 3)),  # WR 2 was rejected
        (sid("WT", 3), sid("WR", 4)),
    ]


def test_contact_without_wrap_up_had_none(twilio: Twilio) -> None:
    chat = contacts(twilio)[1]

    assert (chat.talk_ms, chat.acw_ms, chat.handle_ms) == (720_000, 0, 720_000)
    assert (chat.channel, chat.language) == (Channel.CHAT, "nb-NO")
    assert chat.disposition_label == "Løst"
    assert chat.root_external_id == sid("CH", 1)


def test_contact_that_never_queued_says_nothing_about_a_wait(twilio: Twilio) -> None:
    outbound = contacts(twilio)[2]

    assert (outbound.queue_ms, outbound.hold_ms, outbound.transfer_count) == (None, None, None)


def test_attributes_tell_the_customer_where_no_call_does(twilio: Twilio) -> None:
    inbound, chat, outbound = contacts(twilio)

    assert inbound.customer_ref == customer_ref("+46701740605", "key")
    assert chat.customer_ref == customer_ref("kunde@oslokunde.example", "key")
    assert outbound.customer_ref == customer_ref("+46701740606", "key")
    assert outbound.direction is Direction.OUTBOUND


def test_call_is_trusted_more_than_attributes(twilio: Twilio) -> None:
    read(twilio, "calls", sample("calls"))
    attributes = json.dumps({"call_sid": sid("CA", 3), "direction": "inbound", "from": "x"})

    (contact,) = read(twilio, "events", changed_events(3, task_attributes=attributes)).records

    assert isinstance(contact, Interaction)
    assert contact.direction is Direction.OUTBOUND
    assert contact.customer_ref == customer_ref("+46701740606", "key")


def test_events_come_in_any_order_and_more_than_once(twilio: Twilio) -> None:
    page = sample("events")
    page["events"] = [*reversed(page["events"]), *page["events"]]

    batch = read(twilio, "events", page)

    assert sorted(batch.records, key=lambda one: one.natural_key) == contacts(twilio)


def test_events_without_attributes_still_make_a_contact(twilio: Twilio) -> None:
    (contact,) = read(twilio, "events", changed_events(1, task_attributes="")).records

    assert isinstance(contact, Interaction)
    assert (contact.root_external_id, contact.customer_ref) == (None, None)
    assert (contact.direction, contact.talk_ms) == (Direction.UNKNOWN, 301_000)


def test_queue_name_comes_from_the_list_where_events_have_none(twilio: Twilio) -> None:
    read(twilio, "task_queues", sample("task_queues"))

    (contact,) = read(twilio, "events", changed_events(1, task_queue_name=None)).records

    assert getattr(contact, "queue_name", "") == "Faktura Malmö"


def test_unknown_words_fall_through_and_are_counted(twilio: Twilio) -> None:
    attributes = json.dumps({"direction": "sideways", "language": "Klingon"})
    page = changed_events(1, task_attributes=attributes, task_channel_unique_name="hologram")
    page["events"][0] |= {"sid": sid("EV", 99)}
    page["events"].append(page["events"][0] | {"event_type": "reservation.teleported"})

    batch = read(twilio, "events", page)

    (contact,) = batch.records
    assert isinstance(contact, Interaction)
    assert (contact.channel, contact.direction) == (Channel.OTHER, Direction.UNKNOWN)
    assert batch.unknown_values == Counter(
        {
            "task_channel_unique_name=hologram": 1,
            "direction=sideways": 1,
            "language=Klingon": 1,
            "event_type=reservation.teleported": 1,
        }
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"event_date_ms": "yesterday"}, "event_date_ms"),
        ({"event_date_ms": 10**30}, "event_date_ms"),
        ({"event_data": {}}, "event_data.reservation_sid"),
        ({"event_type": None}, "event_type"),
    ],
)
def test_event_that_cannot_be_read_is_kept_aside(
    twilio: Twilio, changes: dict[str, Any], field: str
) -> None:
    page = sample("events")
    broken = page["events"][-2] | changes | {"sid": "EVbroken"}
    page["events"].append(broken)

    batch = read(twilio, "events", page)

    assert len(batch.records) == 3
    assert [(one.reference, one.field) for one in batch.unreadable] == [("EVbroken", field)]


def test_contact_whose_beginning_is_lost_is_kept_aside(twilio: Twilio) -> None:
    page = changed_events(1)
    page["events"] = [one for one in page["events"] if "accepted" not in one["event_type"]]

    batch = read(twilio, "events", page)

    assert batch.records == ()
    assert [one.reference for one in batch.unreadable] == [sid("WR", 1)]


def test_questionnaire_becomes_a_form(twilio: Twilio) -> None:
    read(twilio, "answer_sets", sample("answer_sets"))

    (form,) = read(twilio, "questionnaires", sample("questionnaires")).records

    assert isinstance(form, EvaluationForm)
    assert (form.external_id, form.name) == (sid("GM", 1), "Kvalitet samtal")
    assert [(group.name, len(group.questions)) for group in form.groups] == [
        ("Bemötande", 2),
        ("Lösning", 2),
    ]
    stars = form.groups[0].questions[1]
    assert (stars.text, stars.kind, stars.max_points) == (
        "Lyssnar aktivt",
        QuestionKind.SINGLE,
        Decimal(100),
    )
    assert [option.points for option in stars.options] == [20, 40, 60, 80, 100]
    assert [question.na_allowed for question in form.groups[1].questions] == [False, True]


def assessment(twilio: Twilio, page: Any) -> Evaluation:
    for event in ("workers", "answer_sets"):
        read(twilio, event, sample(event))
    (record,) = read(twilio, "assessments", page).records
    assert isinstance(record, Evaluation)
    return record


def test_answered_questions_become_one_evaluation(twilio: Twilio) -> None:
    found = assessment(twilio, sample("assessments"))

    assert (found.interaction_external_id, found.agent_external_id) == (sid("WT", 1), sid("WK", 1))
    assert (found.form_external_id, found.form_name) == (sid("GM", 1), "Kvalitet samtal")
    assert found.evaluator_kind is EvaluatorKind.HUMAN
    assert found.score_pct == Decimal("65.000")  # (100 + 2 x 80 + 0) of (100 + 2 x 100 + 100)
    assert (found.earned_points, found.max_points) == (260, 400)
    assert found.comments == "Fin öppning, sammanfatta på slutet."
    saved_at = datetime(2026, 3, 20, 8, 0, 3, 250000, tzinfo=UTC)
    assert (found.status, found.released_at) == (EvaluationStatus.RELEASED, saved_at)
    assert found.revision == "1773993603250"


def test_evaluation_id_tells_nobodys_address(twilio: Twilio) -> None:
    found = assessment(twilio, sample("assessments"))

    assert found.external_id.startswith("5e600000-0000-4000-8000-000000000001:GM0")
    assert "liv" not in found.external_id.casefold()


def test_answers_can_be_read_without_their_form(twilio: Twilio) -> None:
    stars, skipped = assessment(twilio, sample("assessments")).answers[1::2]

    assert (stars.question_text, stars.group_name) == ("Lyssnar aktivt", "Bemötande")
    assert (stars.answer_text, stars.points, stars.max_points) == ("4", 80, 100)
    assert (stars.weight, stars.not_applicable) == (2, False)
    assert (skipped.not_applicable, skipped.points, skipped.max_points) == (True, None, None)


def test_question_answered_again_counts_once_with_its_last_answer(twilio: Twilio) -> None:
    page = sample("assessments")
    yes, _, no, _ = page["assessments"]
    again = no | {"answer_id": yes["answer_id"], "answer_text": "Ja", "timestamp": "1773997200000"}
    page["assessments"].append(again)

    found = assessment(twilio, page)

    assert found.score_pct == Decimal("90.000")
    assert len(found.answers) == 4
    assert found.revision == "1773997200000"


def test_assessors_of_one_contact_have_an_evaluation_each(twilio: Twilio) -> None:
    page = sample("assessments")
    page["assessments"][0]["user_email"] = "jens.holm@vinterfjord.example"

    batch = read(twilio, "assessments", page)

    sizes = [len(one.answers) for one in batch.records if isinstance(one, Evaluation)]
    comments = [one.comments for one in batch.records if isinstance(one, Evaluation)]
    assert sizes == [1, 3]
    assert comments == [None, "Fin öppning, sammanfatta på slutet."]


def test_assessment_outside_the_report_is_not_released(twilio: Twilio) -> None:
    page = sample("assessments")
    page["assessments"][2]["report"] = False

    found = assessment(twilio, page)

    assert (found.status, found.released_at) == (EvaluationStatus.SUBMITTED, None)


def test_answers_nobody_can_score_give_no_score(twilio: Twilio) -> None:
    (found,) = read(twilio, "assessments", sample("assessments")).records  # no answer sets read

    assert isinstance(found, Evaluation)
    assert (found.score_pct, found.earned_points, found.raw_score) == (None, None, "")


def test_row_that_cannot_be_read_keeps_its_assessment_aside(twilio: Twilio) -> None:
    page = sample("assessments")
    page["assessments"].append({"segment_id": "s", "timestamp": "soon"})

    batch = read(twilio, "assessments", page)

    assert (len(batch.records), len(batch.unreadable)) == (1, 1)


def test_recording_keeps_no_address(twilio: Twilio) -> None:
    first, second, _ = read(twilio, "recordings", sample("recordings")).records

    assert first == Recording(
        external_id=sid("RE", 1),
        interaction_external_id=sid("CA", 2),
        state=RecordingState.AVAILABLE,
        started_at=datetime(2026, 3, 19, 8, 0, 9, tzinfo=UTC),  # it said 09:00:09 +0100
        duration_ms=346_000,
        mime_type="audio/wav",
        fetch_ref=sid("RE", 1),
    )
    assert isinstance(second, Recording)
    assert (second.state, second.duration_ms) == (RecordingState.PENDING, None)


@pytest.mark.parametrize(
    ("channel", "speakers"),
    [
        ("unknown", ()),
        ("1", (Speaker.CUSTOMER, Speaker.AGENT)),
        ("2", (Speaker.AGENT, Speaker.CUSTOMER)),
    ],
)
def test_setting_tells_who_is_on_which_channel(
    http: httpx.Client, channel: str, speakers: tuple[Speaker, ...]
) -> None:
    twilio = connect(http, customer_channel=channel)

    stereo, mono, _ = read(twilio, "recordings", sample("recordings")).records

    assert getattr(stereo, "channel_speakers", None) == speakers
    assert getattr(mono, "channel_speakers", None) == ()


def test_recording_of_nothing_is_kept_aside(twilio: Twilio) -> None:
    page = sample("recordings")
    page["recordings"][0] |= {"call_sid": None, "status": "melted"}
    page["recordings"][2]["status"] = "melted"

    batch = read(twilio, "recordings", page)

    assert [(one.reference, one.field) for one in batch.unreadable] == [(sid("RE", 1), "call_sid")]
    assert batch.unknown_values == Counter({"status=melted": 1})


def test_sentence_becomes_a_segment(twilio: Twilio) -> None:
    batch = read(twilio, "sentences", sample("sentences"))

    assert batch.records[1] == TranscriptSegment(
        interaction_external_id=sid("RE", 1),
        communication_id=sid("GT", 1),
        utterance_id=sid("GX", 2),
        ordinal=1,
        speaker=Speaker.CUSTOMER,
        start_ms=3_205,
        end_ms=5_800,
        text="Hej, jag har fått fel faktura igen.",
        language="sv-SE",
        confidence=0.9312,
        redacted=True,
    )
    speakers = [getattr(one, "speaker", None) for one in batch.records]
    assert speakers == [Speaker.AGENT, Speaker.CUSTOMER, Speaker.CUSTOMER]
    assert getattr(batch.records[2], "start_ms", 0) is None


@pytest.mark.parametrize(
    ("channel", "speakers"),
    [
        ("unknown", [Speaker.UNKNOWN, Speaker.UNKNOWN]),
        ("1", [Speaker.AGENT, Speaker.CUSTOMER]),
        ("2", [Speaker.CUSTOMER, Speaker.AGENT]),
    ],
)
def test_setting_tells_who_speaks_where_the_transcript_does_not(
    http: httpx.Client, channel: str, speakers: list[Speaker]
) -> None:
    page = sample("sentences")
    page["transcript"]["channel"]["participants"] = [{"channel_participant": 1}]

    batch = read(connect(http, customer_channel=channel), "sentences", page)

    assert [getattr(one, "speaker", None) for one in batch.records[:2]] == speakers


def test_customer_key_names_the_task(twilio: Twilio) -> None:
    page = sample("sentences")
    page["transcript"]["customer_key"] = sid("WT", 1)

    batch = read(twilio, "sentences", page)

    assert getattr(batch.records[0], "interaction_external_id", "") == sid("WT", 1)


def test_silence_is_no_segment(twilio: Twilio) -> None:
    page = sample("sentences")
    page["sentences"][0]["transcript"] = " "

    batch = read(twilio, "sentences", page)

    assert (len(batch.records), batch.unreadable) == (2, ())


def test_sentence_that_cannot_be_read_keeps_the_rest(twilio: Twilio) -> None:
    page = sample("sentences")
    page["sentences"][0]["end_time"] = "soon"
    page["sentences"].append("broken")

    batch = read(twilio, "sentences", page)

    assert [len(batch.records), len(batch.unreadable)] == [2, 2]


def test_sentences_without_a_recording_are_kept_aside(twilio: Twilio) -> None:
    page = sample("sentences")
    page["transcript"]["channel"] = None

    batch = read(twilio, "sentences", page)

    assert {one.field for one in batch.unreadable} == {"channel"}


@pytest.mark.parametrize(
    ("value", "score", "label"),
    [
        ("positive", 1, SentimentLabel.POSITIVE),
        ("Neutral", 0, SentimentLabel.NEUTRAL),
        ("negative", -1, SentimentLabel.NEGATIVE),
        ("mixed", 0, SentimentLabel.MIXED),
        ("furious", None, SentimentLabel.UNKNOWN),
    ],
)
def test_sentiment_operator_is_read_of_the_whole_conversation(
    twilio: Twilio, value: str, score: int | None, label: SentimentLabel
) -> None:
    page = sample("operator_results")
    page["operator_results"][0]["predicted_label"] = value

    batch = read(twilio, "operator_results", page)

    assert batch.records == (
        SentimentSpan(
            interaction_external_id=sid("RE", 1),
            scope=SentimentScope.CONVERSATION,
            communication_id=sid("GT", 1),
            speaker=Speaker.UNKNOWN,
            score=None if score is None else Decimal(score),
            label=label,
            raw_value=value,
            raw_scale="positive, neutral, negative, mixed",
            model="Sentiment Analysis",
        ),
    )
    assert sum(batch.unknown_values.values()) == (label is SentimentLabel.UNKNOWN)


def test_operator_without_an_answer_tells_no_sentiment(twilio: Twilio) -> None:
    page = sample("operator_results")
    page["operator_results"][0]["predicted_label"] = None

    assert read(twilio, "operator_results", page).records == ()


def test_other_operators_name_is_a_setting(http: httpx.Client) -> None:
    page = sample("operator_results")
    page["operator_results"][0]["name"] = "Stämning"

    batch = read(connect(http, sentiment_operator="stämning"), "operator_results", page)

    assert len(batch.records) == 1


def test_unknown_event_is_unreadable(twilio: Twilio) -> None:
    with pytest.raises(Unreadable, match="task_created"):
        twilio.read("task_created", b"{}")


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b"{}"])
def test_payload_that_is_no_list_is_unreadable(twilio: Twilio, payload: bytes) -> None:
    with pytest.raises(Unreadable):
        twilio.read("workers", payload)
