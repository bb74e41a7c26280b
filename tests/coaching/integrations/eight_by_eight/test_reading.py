import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch, Unreadable
from coaching.integrations.eight_by_eight import EightByEight
from coaching.integrations.normalise import customer_ref
from coaching.records import (
    AgentRef,
    Answer,
    Channel,
    Direction,
    Evaluation,
    EvaluationStatus,
    EvaluatorKind,
    Interaction,
    LiveEvent,
    LiveKind,
    Recording,
    RecordingState,
    SentimentLabel,
    SentimentScope,
    SentimentSpan,
    Speaker,
    TranscriptSegment,
)
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.worlds.eight_by_eight import sample

pytestmark = pytest.mark.pure

FIRST = "int-19ce3a0b1c2-Kq7sVinterfjordAa01-phone-00-vinterfjord01"


def connect(http: httpx.Client, **settings: str) -> EightByEight:
    known = {"client_id": "me", "client_secret": "hush", "pbx": "pbx", "customer_key": "key"}
    return EightByEight({**known, **settings}, http, clock=lambda: NOW)


@pytest.fixture
def adapter(http: httpx.Client) -> EightByEight:
    return connect(http)


def read(adapter: EightByEight, event: str, payload: Any) -> Batch:
    return adapter.read(event, json.dumps(payload).encode())


def contacts(adapter: EightByEight, rows: Any = None) -> list[Interaction]:
    batch = read(adapter, "contacts", rows or sample("contacts"))
    return [record for record in batch.records if isinstance(record, Interaction)]


def row(number: int = 0, leg: dict[str, Any] | None = None, **cells: Any) -> Any:
    """A row of the report with one assignment, changed; `...` takes a cell away."""
    changed = sample("contacts")[number]
    for cell in changed["items"]:
        if cell["key"] == "participants":
            taken = [it for it in cell["value"] if it.get("participantOfferAction") == "Accepted"]
            cell["value"] = [taken[0] | (leg or {})]
        elif cell["key"] in cells:
            cell["value"] = cells[cell["key"]]
    changed["items"] = [it for it in changed["items"] if it["value"] is not ...]
    return changed


def test_user_becomes_an_agent_by_the_id_that_reports_use(adapter: EightByEight) -> None:
    first, left, evaluator = read(adapter, "users", sample("users")).records

    assert first == AgentRef(
        external_id="agVf01SigneHolm",
        email="signe.holm@vinterfjord.example",
        display_name="Signe Holm",
    )
    assert isinstance(left, AgentRef)
    assert not left.active
    assert evaluator.external_id == "390"


def test_row_becomes_one_contact_per_agent_who_took_it(adapter: EightByEight) -> None:
    legs = [(it.external_id[:17], it.leg_id) for it in contacts(adapter)]

    assert legs == [
        ("int-19ce3a0b1c2-K", "2-agVf01SigneHolm"),
        ("int-19ce3a0b9f0-R", "1-agVf02ArvidEk"),
        ("int-19ce3a0c444-Z", "1-agVf01SigneHolm"),
    ]


def test_contact_keeps_the_retained_fields(adapter: EightByEight) -> None:
    assert contacts(adapter)[0] == Interaction(
        external_id=FIRST,
        leg_id="2-agVf01SigneHolm",
        agent_external_id="agVf01SigneHolm",
        queue_external_id="332",
        queue_name="Faktura dansk",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        language="da-DK",
        started_at=datetime(2026, 3, 18, 8, 0, 0, 250000, tzinfo=UTC),
        ended_at=datetime(2026, 3, 18, 8, 6, tzinfo=UTC),
        queue_ms=19_750,
        ring_ms=7_500,
        talk_ms=302_000,
        hold_ms=30_500,
        acw_ms=40_000,
        handle_ms=372_500,
        hold_count=1,
        transfer_count=1,
        consult_count=2,
        disposition_code="71",
        disposition_label="Spørgsmål om faktura",
        customer_ref=customer_ref("+46701740612", "key"),
    )


def test_durations_are_read_in_every_way_they_are_written(adapter: EightByEight) -> None:
    _, outbound, _ = contacts(adapter)

    found = (outbound.talk_ms, outbound.handle_ms, outbound.acw_ms, outbound.hold_ms)
    assert found == (65_000, 75_000, 10_000, 0)
    assert outbound.ring_ms is None


def test_customer_is_the_other_side_of_each_direction(adapter: EightByEight) -> None:
    _, outbound, chat = contacts(adapter)

    assert outbound.customer_ref == customer_ref("+46701740613", "key")
    assert outbound.root_external_id == FIRST
    assert (chat.customer_ref, chat.channel) == (
        customer_ref("kunde@nabolag.example", "key"),
        Channel.CHAT,
    )


@pytest.mark.parametrize("kind", ["InternalCall", "ConsultationCall"])
def test_call_between_colleagues_has_no_customer(adapter: EightByEight, kind: str) -> None:
    (contact,) = contacts(adapter, [row(interactionType=kind)])

    assert (contact.direction, contact.customer_ref) == (Direction.INTERNAL, None)


def test_callback_is_a_channel_of_its_own(adapter: EightByEight) -> None:
    (contact,) = contacts(adapter, [row(interactionType="Callback")])

    assert contact.channel is Channel.CALLBACK


@pytest.mark.parametrize("action", ["Rejected", "OfferTimeout", "Abandoned", "CustomerHangUp"])
def test_offer_that_nobody_took_is_no_contact(adapter: EightByEight, action: str) -> None:
    assert contacts(adapter, [row(leg={"participantOfferAction": action})]) == []


@pytest.mark.parametrize(
    "finished", [None, ..., {"value": "2026-03-18T09:06:00.000+01:00", "ongoing": True}]
)
def test_contact_that_goes_on_is_left_for_later(adapter: EightByEight, finished: Any) -> None:
    batch = read(adapter, "contacts", [row(finishedTime=finished)])

    assert (batch.records, batch.unreadable) == ((), ())


def test_unknown_words_fall_through_and_are_counted(adapter: EightByEight) -> None:
    leg = {"participantOfferAction": "Dreamt"}
    changed = row(leg=leg, mediaType="Hologram", direction="Sideways")

    batch = read(adapter, "contacts", [changed])

    (contact,) = batch.records
    assert isinstance(contact, Interaction)
    assert (contact.channel, contact.direction) == (Channel.OTHER, Direction.UNKNOWN)
    assert batch.unknown_values == Counter(
        {"mediaType=Hologram": 1, "direction=Sideways": 1, "offer action=Dreamt": 1}
    )


def test_counts_and_durations_that_are_missing_are_not_zero(adapter: EightByEight) -> None:
    bare = {"participantType": "Agent", "participantId": "a", "participantOfferAction": "Accepted"}
    changed = row()
    changed["items"][0]["value"] = [bare]

    (contact,) = contacts(adapter, [changed])

    found = (contact.talk_ms, contact.hold_ms, contact.transfer_count, contact.disposition_code)
    assert found == (None, None, None, None)


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"total": None}, "items"),
        (row(interactionId=None), "interactionId"),
        (row(creationTime="2026-03-18T09:00:00"), "creationTime"),
        (row(leg={"participantHandlingDuration": "soon"}), "participantHandlingDuration"),
    ],
)
def test_broken_row_is_kept_aside_and_the_rest_goes_on(
    adapter: EightByEight, broken: Any, field: str
) -> None:
    batch = read(adapter, "contacts", [broken, row()])

    assert [it.field.rsplit(".", 1)[-1] for it in batch.unreadable] == [field]
    assert len(batch.records) == 1


def read_evaluation(adapter: EightByEight, **changes: Any) -> Evaluation:
    page = sample("evaluations")
    page["content"][0] |= changes
    (record,) = read(adapter, "evaluations", page).records
    assert isinstance(record, Evaluation)
    return record


def test_form_becomes_an_evaluation_that_is_released_on_sight(adapter: EightByEight) -> None:
    evaluation = read_evaluation(adapter)

    made_at = datetime(2026, 3, 19, 14, 5, 6, tzinfo=UTC)
    assert evaluation == Evaluation(
        external_id="4511",
        revision="2026-03-20T07:00:00+00:00",
        interaction_external_id=FIRST,
        agent_external_id="agVf01SigneHolm",
        evaluator_external_id="390",
        evaluator_kind=EvaluatorKind.HUMAN,
        form_external_id="Samtale 2026",
        form_context_id="Samtale 2026",
        form_name="Samtale 2026",
        status=EvaluationStatus.RELEASED,
        score_pct=Decimal("87.500"),
        passed=True,
        created_at=made_at,
        submitted_at=made_at,
        released_at=made_at,
        raw_score="87.5",
        raw_scale="0-100",
        answers=evaluation.answers,
    )


def test_agent_of_a_form_is_named_as_in_the_list_of_users(adapter: EightByEight) -> None:
    read(adapter, "users", sample("users"))

    evaluation = read_evaluation(adapter, agent={"userReference": 302}, evaluator=None)

    assert evaluation.agent_external_id == "agVf02ArvidEk"
    assert evaluation.evaluator_kind is EvaluatorKind.UNKNOWN


def test_answers_are_texts_without_points(adapter: EightByEight) -> None:
    answers = read_evaluation(adapter).answers

    assert answers[0] == Answer(
        question_external_id=answers[0].question_external_id,
        question_context_id=answers[0].question_external_id,
        question_text="Hilste med navn?",
        group_name="Åbning",
        answer_text="Ja",
    )
    texts = [answer.answer_text for answer in answers]
    assert texts == ["Ja", "Venlig; Rolig", None, "3", "Godt forklaret"]
    assert {(answer.points, answer.max_points) for answer in answers} == {(None, None)}


def test_question_is_known_by_its_words_wherever_it_stands(adapter: EightByEight) -> None:
    first = {it.question_text: it.question_context_id for it in read_evaluation(adapter).answers}
    sections = list(reversed(sample("evaluations")["content"][0]["sections"]))

    moved = read_evaluation(adapter, evaluationId=4512, sections=sections).answers

    assert first["Hilste med navn?"] in {it.question_context_id for it in moved}
    assert len({it.question_context_id for it in moved}) == 5


def test_scores_that_are_no_percentages_are_kept_raw(http: httpx.Client) -> None:
    evaluation = read_evaluation(connect(http, scores="no"))

    assert (evaluation.score_pct, evaluation.raw_score) == (None, "87.5")


def test_score_beyond_a_hundred_is_kept_aside(adapter: EightByEight) -> None:
    page = sample("evaluations")
    page["content"].append(page["content"][0] | {"evaluationId": 9, "result": {"score": 120}})

    batch = read(adapter, "evaluations", page)

    assert [(it.reference, it.field) for it in batch.unreadable] == [("9", "score_pct")]
    assert len(batch.records) == 1


def test_stored_object_becomes_a_recording(adapter: EightByEight) -> None:
    first, second = read(adapter, "recordings", sample("recordings")).records

    assert first == Recording(
        external_id="5b1e0000-0000-4000-8000-000000000001",
        interaction_external_id=FIRST,
        started_at=datetime(2026, 3, 18, 8, 0, 27, 500000, tzinfo=UTC),
        duration_ms=340_000,
        mime_type="audio/mpeg",
        size_bytes=998_400,
        fetch_ref="5b1e0000-0000-4000-8000-000000000001",
    )
    assert isinstance(second, Recording)
    assert second.state is RecordingState.PENDING
    assert (second.started_at, second.duration_ms, second.size_bytes) == (None, None, None)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("REVOKED", RecordingState.DELETED),
        ("DELETED", RecordingState.DELETED),
        ("FAILED", RecordingState.ERROR),
        ("MELTED", RecordingState.UNKNOWN),
    ],
)
def test_state_of_a_recording(adapter: EightByEight, word: str, state: RecordingState) -> None:
    page = sample("recordings")
    page["content"] = [page["content"][0] | {"objectState": word}]

    batch = read(adapter, "recordings", page)

    assert [getattr(it, "state", None) for it in batch.records] == [state]
    assert batch.unknown_values == (Counter({"objectState=MELTED": 1}) if word == "MELTED" else {})


def test_recording_of_no_contact_is_kept_aside(adapter: EightByEight) -> None:
    page = sample("recordings")
    page["content"][0]["tags"] = []
    page["content"][1]["tags"].append({"key": "duration", "value": "long"})

    batch = read(adapter, "recordings", page)

    fields = [it.field for it in batch.unreadable]
    assert fields == ["interaction_external_id", "tags.duration"]


def spoken(direction: str) -> Any:
    page = sample("transcriptions")
    page["interaction"]["telephony"]["direction"] = direction
    return page


def test_transcription_becomes_segments(adapter: EightByEight) -> None:
    first, second, last = read(adapter, "transcriptions", spoken("inbound")).records

    assert first == TranscriptSegment(
        interaction_external_id=FIRST,
        utterance_id="0",
        speaker=Speaker.AGENT,
        agent_external_id="agVf01SigneHolm",
        start_ms=400,
        end_ms=2900,
        text="Kundeservice, du taler med Signe.",
        confidence=0.96,
    )
    assert isinstance(second, TranscriptSegment)
    assert (second.speaker, second.agent_external_id) == (Speaker.CUSTOMER, None)
    assert isinstance(last, TranscriptSegment)
    assert (last.ordinal, last.utterance_id) == (3, "3")  # the empty one keeps its place


@pytest.mark.parametrize(
    ("direction", "speakers"),
    [
        ("inbound", [Speaker.AGENT, Speaker.CUSTOMER, Speaker.CUSTOMER]),
        ("Outbound", [Speaker.CUSTOMER, Speaker.AGENT, Speaker.AGENT]),
        ("other", 3 * [Speaker.UNKNOWN]),
    ],
)
def test_who_speaks_follows_from_channel_and_direction(
    adapter: EightByEight, direction: str, speakers: list[Speaker]
) -> None:
    segments = read(adapter, "transcriptions", spoken(direction)).records

    assert [getattr(it, "speaker", None) for it in segments] == speakers


def test_emotion_of_the_customer_alone_is_taken_in(adapter: EightByEight) -> None:
    spans = read(adapter, "emotions", spoken("inbound")).records

    assert spans == (
        SentimentSpan(
            interaction_external_id=FIRST,
            scope=SentimentScope.SEGMENT,
            utterance_id="1",
            start_ms=3000,
            end_ms=6250,
            score=Decimal("-0.5"),
            label=SentimentLabel.NEGATIVE,
            raw_value="Mostly Negative",
            raw_scale="Negative-Positive",
        ),
        SentimentSpan(
            interaction_external_id=FIRST,
            scope=SentimentScope.SEGMENT,
            utterance_id="3",
            start_ms=300_000,
            end_ms=302_000,
            score=Decimal(1),
            label=SentimentLabel.VERY_POSITIVE,
            raw_value="Positive",
            raw_scale="Negative-Positive",
        ),
    )


def test_emotion_of_nobody_we_know_is_dropped(adapter: EightByEight) -> None:
    assert read(adapter, "emotions", spoken("other")).records == ()


def test_unknown_emotion_has_no_score_and_is_counted(adapter: EightByEight) -> None:
    page = spoken("inbound")
    page["transcriptions"] = [page["transcriptions"][1] | {"emotion": "Puzzled"}]

    batch = read(adapter, "emotions", page)

    (span,) = batch.records
    assert isinstance(span, SentimentSpan)
    assert (span.score, span.label) == (None, SentimentLabel.UNKNOWN)
    assert batch.unknown_values == Counter({"emotion=Puzzled": 1})


def test_chat_message_becomes_a_live_event(adapter: EightByEight) -> None:
    (event,) = read(adapter, "chat_event", sample("chat_event")).records

    assert isinstance(event, LiveEvent)
    assert event == LiveEvent(
        event_id=event.event_id,
        kind=LiveKind.FINAL,
        interaction_external_id="Vf-conv-0031",
        agent_external_id="agVf01SigneHolm",
        speaker=Speaker.AGENT,
        occurred_at=datetime(2026, 3, 20, 7, 0, 0, 250000, tzinfo=UTC),
        text="Hej, hvordan kan jeg hjælpe?",
    )


def test_chat_message_of_a_customer_names_nobody(adapter: EightByEight) -> None:
    message = sample("chat_event")
    message["data"]["sender"] = {"id": "kunde@nabolag.example", "type": "user"}

    (event,) = read(adapter, "chat_event", message).records

    assert isinstance(event, LiveEvent)
    assert (event.speaker, event.agent_external_id) == (Speaker.CUSTOMER, None)


def test_transfer_of_a_chat_is_told(adapter: EightByEight) -> None:
    transfer = {"eventType": "TRANSFER", "conversationId": "c", "timestamp": 1773990000250}

    (event,) = read(adapter, "chat_event", transfer).records

    assert isinstance(event, LiveEvent)
    assert (event.kind, event.text) == (LiveKind.TRANSFER, None)


@pytest.mark.parametrize(
    "event",
    [
        {"eventType": "WEB_HOOK_VERIFY", "notificationVersion": "Chat Gateway v1.0"},
        {"eventType": "QUEUED", "conversationId": "c", "timestamp": 1},
        {"eventType": "MESSAGE", "conversationId": "c", "data": {"isEcho": True}},
    ],
)
def test_events_that_are_not_shown_are_nothing(adapter: EightByEight, event: Any) -> None:
    batch = read(adapter, "chat_event", event)

    assert (batch.records, batch.unreadable, batch.unknown_values) == ((), (), Counter())


def test_unknown_kind_of_chat_event_is_counted(adapter: EightByEight) -> None:
    batch = read(adapter, "chat_event", {"eventType": "SINGING", "conversationId": "c"})

    assert (batch.records, batch.unknown_values) == ((), Counter({"eventType=SINGING": 1}))


@pytest.mark.parametrize(
    ("event", "payload", "message"),
    [
        ("topics", {}, "topics"),
        ("users", {"message": "no"}, "content"),
        ("transcriptions", {"interaction": {}}, "content"),
    ],
)
def test_payload_of_another_kind_is_unreadable(
    adapter: EightByEight, event: str, payload: Any, message: str
) -> None:
    with pytest.raises(Unreadable, match=message):
        read(adapter, event, payload)
