import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch, Unreadable
from coaching.integrations.normalise import customer_ref
from coaching.integrations.talkdesk import Talkdesk
from coaching.records import (
    AgentRef,
    Channel,
    Direction,
    Interaction,
    Recording,
    RecordingKind,
    SentimentLabel,
    SentimentScope,
    SentimentSpan,
    Speaker,
    TranscriptSegment,
)
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.worlds.talkdesk import CALL, RECORDING, sample

pytestmark = pytest.mark.pure


@pytest.fixture
def talkdesk(http: httpx.Client) -> Talkdesk:
    settings = {"account": "vinterfjord", "client_id": "me", "client_secret": "hush"}
    return Talkdesk({**settings, "customer_key": "key"}, http, clock=lambda: NOW)


def read(talkdesk: Talkdesk, event: str, payload: Any) -> Batch:
    return talkdesk.read(event, json.dumps(payload).encode())


def read_call(talkdesk: Talkdesk, **changes: Any) -> Batch:
    report = sample("calls")
    return read(talkdesk, "calls", report | {"entries": [report["entries"][0] | changes]})


def read_messages(talkdesk: Talkdesk, event: str, **changes: Any) -> Batch:
    page = sample(event)
    conversation = page["_embedded"]["interactions"][0]
    conversation["messages"][1] |= changes
    return read(talkdesk, event, page | {"_embedded": {"interactions": [conversation]}})


def test_user_becomes_an_agent(talkdesk: Talkdesk) -> None:
    batch = read(talkdesk, "users", sample("users"))

    assert batch.records[0] == AgentRef(
        external_id="65a0c0ffee00000000000001",
        email="ylva.sundin@vinterfjord.example",
        display_name="Ylva Sundin",
    )
    assert [getattr(agent, "active", None) for agent in batch.records] == [True, True, False]


def test_call_becomes_a_contact_in_milliseconds(talkdesk: Talkdesk) -> None:
    (contact,) = read_call(talkdesk).records

    assert contact == Interaction(
        external_id=CALL,
        agent_external_id="65a0c0ffee00000000000001",
        queue_external_id="Faktura",
        queue_name="Faktura",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        started_at=datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC),
        ended_at=datetime(2026, 3, 2, 8, 7, 21, tzinfo=UTC),
        queue_ms=42_000,
        ring_ms=6000,
        talk_ms=380_000,
        hold_ms=15_000,
        transfer_count=0,
        disposition_code="Fråga om faktura",
        disposition_label="Fråga om faktura",
        customer_ref=customer_ref("+46701740612", "key"),
        recorded=True,
    )


def test_calls_that_nobody_answered_are_no_contacts(talkdesk: Talkdesk) -> None:
    batch = read(talkdesk, "calls", sample("calls"))

    directions = [getattr(contact, "direction", None) for contact in batch.records]
    assert directions == [Direction.INBOUND, Direction.OUTBOUND, Direction.INBOUND]
    assert batch.unknown_values == Counter()


def test_what_a_call_does_not_say_stays_unsaid(talkdesk: Talkdesk) -> None:
    nothing = dict.fromkeys(
        ("user_id", "talk_time", "hold_time", "is_transfer", "is_external_transfer", "ring_groups")
    )

    (contact,) = read_call(talkdesk, **nothing, recording_url=None).records

    assert isinstance(contact, Interaction)
    assert (contact.agent_external_id, contact.queue_name) == (None, None)
    assert (contact.talk_ms, contact.hold_ms, contact.transfer_count) == (None, None, None)
    assert contact.recorded is False


@pytest.mark.parametrize("field", ["is_transfer", "is_external_transfer"])
def test_transfer_of_either_kind_is_counted(talkdesk: Talkdesk, field: str) -> None:
    (contact,) = read_call(talkdesk, **{field: True}).records

    assert getattr(contact, "transfer_count", None) == 1


def test_offset_times_become_utc(talkdesk: Talkdesk) -> None:
    (contact,) = read_call(talkdesk, start_at="2026-03-02T09:00:01+01:00").records

    assert isinstance(contact, Interaction)
    assert contact.started_at == datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC)
    assert contact.started_at.tzinfo is UTC


def test_unknown_type_of_call_is_counted(talkdesk: Talkdesk) -> None:
    batch = read_call(talkdesk, type="Telepathy")

    assert getattr(batch.records[0], "direction", None) is Direction.UNKNOWN
    assert batch.unknown_values == Counter({"type=Telepathy": 1})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"talk_time": 0.00439}, "talk_time"),  # a fraction of a day: the layout until May 2026
        ({"start_at": "2026-03-02 08:00:01"}, "start_at"),
        ({"call_id": None}, "call_id"),
        ({"end_at": "2026-03-01T00:00:00Z"}, "ended_at"),
    ],
)
def test_line_that_cannot_be_read_is_kept_aside(
    talkdesk: Talkdesk, changes: dict[str, Any], field: str
) -> None:
    report = sample("calls")
    report["entries"][0] |= changes

    batch = read(talkdesk, "calls", report)

    assert [rejected.field for rejected in batch.unreadable] == [field]
    assert len(batch.records) == 2


def test_recording_names_the_side_of_each_channel(talkdesk: Talkdesk) -> None:
    conversation, voicemail = read(talkdesk, "recordings", sample("recordings")).records

    assert conversation == Recording(
        external_id=RECORDING,
        interaction_external_id=CALL,
        duration_ms=380_000,
        channel_speakers=(Speaker.AGENT, Speaker.CUSTOMER),
        fetch_ref=RECORDING,
    )
    assert isinstance(voicemail, Recording)
    assert voicemail.kind is RecordingKind.VOICEMAIL
    assert voicemail.channel_speakers == (Speaker.CUSTOMER, Speaker.UNKNOWN)  # two on one channel


def test_recording_without_sides_claims_none(talkdesk: Talkdesk) -> None:
    page = sample("recordings")
    for recording in page["_embedded"]["recordings"]:
        recording |= {"agents": None, "type": "hologram"}

    batch = read(talkdesk, "recordings", page)

    assert [getattr(it, "channel_speakers", None) for it in batch.records] == [(), ()]
    assert batch.unknown_values == Counter({"recording type=hologram": 2})


def test_message_becomes_a_segment_of_its_call(talkdesk: Talkdesk) -> None:
    segments = read(talkdesk, "conversations", sample("conversations")).records

    assert segments[1] == TranscriptSegment(
        interaction_external_id=CALL,
        utterance_id="a55e0000-0000-4000-8000-000000000002",
        ordinal=1,
        speaker=Speaker.CUSTOMER,
        start_ms=2600,
        end_ms=5000,
        text="Min faktura är fel igen.",
    )
    assert [getattr(it, "speaker", None) for it in segments[3:]] == [
        Speaker.CUSTOMER,
        Speaker.BOT,
        Speaker.CUSTOMER,
    ]


def test_times_are_rounded_and_absent_in_writing(talkdesk: Talkdesk) -> None:
    segments = read(talkdesk, "conversations", sample("conversations")).records

    assert [getattr(it, "end_ms", 0) for it in segments[3:]] == [8805, None, None]


def test_id_that_is_no_uuid_is_left_alone(talkdesk: Talkdesk) -> None:
    page = sample("conversations")
    page["_embedded"]["interactions"][0]["id"] = "chat-17"

    first = read(talkdesk, "conversations", page).records[0]

    assert getattr(first, "interaction_external_id", None) == "chat-17"


def test_sentiment_is_read_of_the_customer_alone(talkdesk: Talkdesk) -> None:
    spans = read(talkdesk, "conversation_sentiment", sample("conversation_sentiment")).records

    assert spans[0] == SentimentSpan(
        interaction_external_id=CALL,
        scope=SentimentScope.SEGMENT,
        utterance_id="a55e0000-0000-4000-8000-000000000002",
        start_ms=2600,
        end_ms=5000,
        score=Decimal(-1),
        label=SentimentLabel.NEGATIVE,
        raw_value="NEGATIVE",
        raw_scale="negative, neutral, positive",
    )
    assert [getattr(span, "score", None) for span in spans] == [-1, 1, 0]


@pytest.mark.parametrize("participant", ["AGENT", "user", "SUPERVISOR", "", None])
def test_mood_of_whoever_is_not_the_customer_is_passed_over(
    talkdesk: Talkdesk, participant: str | None
) -> None:
    batch = read_messages(talkdesk, "conversation_sentiment", participant=participant)

    assert [getattr(span, "score", None) for span in batch.records] == [Decimal(1)]


def test_unknown_mood_has_no_score_and_is_counted(talkdesk: Talkdesk) -> None:
    batch = read_messages(talkdesk, "conversation_sentiment", sentiment="wistful")

    first = batch.records[0]
    assert isinstance(first, SentimentSpan)
    assert (first.label, first.score) == (SentimentLabel.UNKNOWN, None)
    assert first.raw_value == "wistful"
    assert batch.unknown_values == Counter({"sentiment=wistful": 1})


def test_unknown_participant_is_counted_once(talkdesk: Talkdesk) -> None:
    batch = read_messages(talkdesk, "conversations", participant="SUPERVISOR")

    assert getattr(batch.records[1], "speaker", None) is Speaker.UNKNOWN
    assert batch.unknown_values == Counter({"participant=SUPERVISOR": 1})


def test_conversation_that_runs_backwards_keeps_the_rest(talkdesk: Talkdesk) -> None:
    page = sample("conversations")
    page["_embedded"]["interactions"][0]["messages"][1]["end_time"] = 1

    batch = read(talkdesk, "conversations", page)

    assert [(it.field, it.reason) for it in batch.unreadable] == [("end_ms", "reversed")]
    assert len(batch.records) == 2


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("faxes", "{}"),
        ("calls", "{}"),
        ("calls", "[]"),
        ("calls", '{"entries": '),
        ("users", '{"_embedded": null}'),
        ("conversations", '{"_embedded": {"users": []}}'),
    ],
)
def test_payload_of_another_shape_is_unreadable(
    talkdesk: Talkdesk, event: str, payload: str
) -> None:
    with pytest.raises(Unreadable):
        talkdesk.read(event, payload.encode())
