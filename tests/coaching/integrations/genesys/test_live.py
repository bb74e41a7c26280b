import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch
from coaching.integrations.genesys import Genesys
from coaching.records import LiveEvent, LiveKind, Speaker
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.worlds.genesys import sample

pytestmark = pytest.mark.pure

CONVERSATION = "c0de0000-0000-4000-8000-000000000006"
LINE = "5e550000-0000-4000-8000-000000000021"
UTTERANCE = "07e40000-0000-4000-8000-000000000001"


@pytest.fixture
def genesys(http: httpx.Client) -> Genesys:
    return Genesys({"client_id": "me", "client_secret": "hush"}, http, clock=lambda: NOW)


def read(genesys: Genesys, event: str, message: Any) -> Batch:
    return genesys.read(event, json.dumps(message).encode())


def events(genesys: Genesys, event: str, message: Any) -> list[LiveEvent]:
    batch = read(genesys, event, message)
    assert batch.unreadable == ()
    return [it for it in batch.records if isinstance(it, LiveEvent)]


def transcription(**changes: Any) -> Any:
    message = sample("transcription")
    message["eventBody"] |= changes
    return message


def test_final_utterance_becomes_a_live_event(genesys: Genesys) -> None:
    assert events(genesys, "transcription", transcription())[0] == LiveEvent(
        event_id=f"{LINE}:{UTTERANCE}:final",
        kind=LiveKind.FINAL,
        interaction_external_id=CONVERSATION,
        communication_id=LINE,
        speaker=Speaker.CUSTOMER,
        occurred_at=datetime(2026, 3, 20, 11, 59, 58, 400_000, tzinfo=UTC),
        offset_ms=41_200,
        duration_ms=2300,
        text="Jag vill säga upp avtalet.",
        confidence=0.91,
        language="sv-SE",
    )


def test_utterance_that_goes_on_is_partial_and_the_agents(genesys: Genesys) -> None:
    found = events(genesys, "transcription", transcription())

    assert [(it.kind.value, it.speaker.value) for it in found] == [
        ("final", "customer"),
        ("partial", "agent"),
    ]


def test_body_without_its_envelope_is_read_alike(genesys: Genesys) -> None:
    message = transcription()

    bare = events(genesys, "transcription", message["eventBody"])

    assert bare == events(genesys, "transcription", message)


@pytest.mark.parametrize(
    ("channel", "speaker", "unknown"),
    [
        ("BOTH", Speaker.UNKNOWN, Counter()),
        ("UNKNOWN", Speaker.UNKNOWN, Counter()),
        ("external", Speaker.CUSTOMER, Counter()),
        ("SIDEWAYS", Speaker.UNKNOWN, Counter({"channel=SIDEWAYS": 1})),
    ],
)
def test_speaker_is_told_by_the_channel(
    genesys: Genesys, channel: str, speaker: Speaker, unknown: Counter[str]
) -> None:
    utterance = {"utteranceId": "u", "isFinal": True, "channel": channel}

    batch = read(genesys, "transcription", transcription(transcripts=[utterance]))

    assert [getattr(it, "speaker", None) for it in batch.records] == [speaker]
    assert batch.unknown_values == unknown


def test_keep_alive_tells_the_start_the_same_each_time(genesys: Genesys) -> None:
    first = sample("transcription.started")
    later = sample("transcription.started")
    later["eventBody"] |= {"eventTime": "2026-03-20T12:05:00Z"}

    (begun,), (again,) = (events(genesys, "transcription", it) for it in (first, later))

    assert begun == again
    assert (begun.event_id, begun.kind) == (f"{LINE}:session_started", LiveKind.SESSION_STARTED)
    assert begun.occurred_at == datetime(2026, 3, 20, 11, 59, tzinfo=UTC)


def test_end_of_a_session_comes_after_its_last_words(genesys: Genesys) -> None:
    message = transcription(status={"status": "SESSION_ENDED"})

    kinds = [it.kind for it in events(genesys, "transcription", message)]

    assert kinds == [LiveKind.FINAL, LiveKind.PARTIAL, LiveKind.SESSION_ENDED]


def test_unknown_status_is_counted(genesys: Genesys) -> None:
    message = transcription(status={"status": "SESSION_FROZEN"}, transcripts=None)

    batch = read(genesys, "transcription", message)

    assert [getattr(it, "kind", None) for it in batch.records] == [LiveKind.UNKNOWN]
    assert batch.unknown_values == Counter({"status=SESSION_FROZEN": 1})


def test_message_without_a_time_came_now(genesys: Genesys) -> None:
    found = events(genesys, "transcription", transcription(eventTime=None))

    assert {it.occurred_at for it in found} == {NOW}


def test_message_without_a_conversation_is_kept_aside(genesys: Genesys) -> None:
    batch = read(genesys, "transcription", transcription(conversationId=None))

    assert [it.field for it in batch.unreadable] == ["conversationId"]


@pytest.mark.parametrize("body", [None, "keep-alive", []])
def test_envelope_without_a_body_is_kept_aside(genesys: Genesys, body: Any) -> None:
    batch = read(genesys, "transcription", {"topicName": "channel.metadata", "eventBody": body})

    assert (batch.records, len(batch.unreadable)) == ((), 1)


def test_mood_so_far_is_the_customers(genesys: Genesys) -> None:
    assert events(genesys, "sentiment", sample("sentiment")) == [
        LiveEvent(
            event_id=f"{CONVERSATION}:sentiment:{round(NOW.timestamp() * 1000)}",
            kind=LiveKind.SENTIMENT,
            interaction_external_id=CONVERSATION,
            speaker=Speaker.CUSTOMER,
            occurred_at=NOW,
            score=Decimal("-0.35"),
        )
    ]


def test_mood_that_is_not_known_yet_is_no_event(genesys: Genesys) -> None:
    assert events(genesys, "sentiment", {"conversationId": CONVERSATION}) == []
