"""Recordings' metadata, transcripts and moods, as single payloads."""

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Batch, Unreadable
from coaching.integrations.genesys import Genesys
from coaching.records import (
    Recording,
    RecordingKind,
    RecordingState,
    SentimentLabel,
    SentimentScope,
    SentimentSpan,
    Speaker,
    TranscriptSegment,
)
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.worlds.genesys import CONVERSATION, CUSTOMERS_LINE, sample

pytestmark = pytest.mark.pure

AGENT = "7f1c0000-0000-4000-8000-000000000001"
COLLEAGUE = "7f1c0000-0000-4000-8000-000000000002"
TRANSCRIPT = "7a450000-0000-4000-8000-000000000001"
START_MS = 1772438401123  # when the sample's conversation began


def make(http: httpx.Client, **settings: str) -> Genesys:
    known = {"client_id": "me", "client_secret": "hush"}
    return Genesys({**known, **settings}, http, clock=lambda: NOW)


@pytest.fixture
def genesys(http: httpx.Client) -> Genesys:
    return make(http)


def read(genesys: Genesys, event: str, payload: Any) -> Batch:
    return genesys.read(event, json.dumps(payload).encode())


def recording(genesys: Genesys, **changes: Any) -> Recording:
    (found,) = read(
        genesys, "recordingmetadata", [sample("recordingmetadata")[0] | changes]
    ).records
    assert isinstance(found, Recording)
    return found


def phrases(genesys: Genesys, file: Any) -> list[TranscriptSegment]:
    batch = read(genesys, "transcript", file)
    assert batch.unreadable == ()
    return [it for it in batch.records if isinstance(it, TranscriptSegment)]


def metrics(genesys: Genesys, score: Any) -> SentimentSpan:
    payload = sample("conversation_metrics") | {"sentimentScore": score}
    (found,) = read(genesys, "conversation_metrics", payload).records
    assert isinstance(found, SentimentSpan)
    return found


def test_metadata_become_a_recording(genesys: Genesys) -> None:
    assert recording(genesys) == Recording(
        external_id="5ec00000-0000-4000-8000-000000000001",
        interaction_external_id=CONVERSATION,
        kind=RecordingKind.AUDIO,
        state=RecordingState.AVAILABLE,
        started_at=datetime(2026, 3, 2, 8, 1, 26, tzinfo=UTC),
        duration_ms=824_500,
        fetch_ref=f"{CONVERSATION}/5ec00000-0000-4000-8000-000000000001",
        expires_at=datetime(2026, 9, 2, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"media": "audio", "mediaSubtype": "Screen"}, RecordingKind.SCREEN),
        ({"media": "screen", "mediaSubtype": None}, RecordingKind.SCREEN),
        ({"media": "email", "mediaSubtype": None}, RecordingKind.OTHER),
    ],
)
def test_recording_is_of_the_kind_its_subtype_or_media_tells(
    genesys: Genesys, changes: dict[str, Any], kind: RecordingKind
) -> None:
    assert recording(genesys, **changes).kind is kind


@pytest.mark.parametrize(
    ("file_state", "state"),
    [
        ("RESTORED", RecordingState.AVAILABLE),
        ("UPLOADING", RecordingState.PENDING),
        ("RESTORING", RecordingState.PENDING),
        ("ARCHIVED", RecordingState.ARCHIVED),
        ("DELETED", RecordingState.DELETED),
        ("ERROR", RecordingState.ERROR),
    ],
)
def test_recording_is_in_the_state_of_its_file(
    genesys: Genesys, file_state: str, state: RecordingState
) -> None:
    assert recording(genesys, fileState=file_state).state is state


def test_recording_without_times_has_no_length(genesys: Genesys) -> None:
    found = recording(genesys, startTime=None)

    assert (found.started_at, found.duration_ms) == (None, None)


def test_unknown_words_of_a_recording_are_counted(genesys: Genesys) -> None:
    strange = sample("recordingmetadata")[0] | {"media": "hologram", "fileState": "MELTED"}

    batch = read(genesys, "recordingmetadata", [strange])

    (found,) = batch.records
    assert isinstance(found, Recording)
    assert (found.kind, found.state) == (RecordingKind.OTHER, RecordingState.UNKNOWN)
    assert batch.unknown_values == Counter({"media=hologram": 1, "fileState=MELTED": 1})


def test_recording_that_cannot_be_read_keeps_the_rest(genesys: Genesys) -> None:
    first, second = sample("recordingmetadata")
    reversed_times = first | {"endTime": "2026-03-02T08:00:00Z"}

    batch = read(genesys, "recordingmetadata", [reversed_times, {"id": "r"}, second])

    assert len(batch.records) == 1
    assert [it.field for it in batch.unreadable] == ["duration_ms", "conversationId"]


def test_list_that_is_cut_off_is_unreadable(genesys: Genesys) -> None:
    with pytest.raises(Unreadable, match="JSON"):
        genesys.read("recordingmetadata", b'[{"id": "r"')


def test_phrase_becomes_a_segment(genesys: Genesys) -> None:
    assert phrases(genesys, sample("transcript"))[1] == TranscriptSegment(
        interaction_external_id=CONVERSATION,
        communication_id=CUSTOMERS_LINE,
        utterance_id=f"{TRANSCRIPT}:1",
        ordinal=1,
        speaker=Speaker.AGENT,
        agent_external_id=AGENT,
        start_ms=92_000,
        text="Hej, det är Sanna.",
        confidence=0.94,
    )


def test_speakers_are_told_by_side_and_by_who_was_there(genesys: Genesys) -> None:
    found = phrases(genesys, sample("transcript"))

    assert [(it.speaker.value, it.agent_external_id) for it in found] == [
        ("ivr", None),
        ("agent", AGENT),
        ("customer", None),
        ("customer", None),
    ]


def test_text_without_decoration_is_taken_as_it_is(genesys: Genesys) -> None:
    assert phrases(genesys, sample("transcript"))[0].text == "välkommen till vinterfjord"


def test_times_are_moments_or_count_from_the_start(genesys: Genesys) -> None:
    moments, offsets = sample("transcript"), sample("transcript_sentiment")

    starts = [[it.start_ms for it in phrases(genesys, file)] for file in (moments, offsets)]

    assert starts == [[4000, 92_000, 95_500, 310_000]] * 2


@pytest.mark.parametrize(
    ("started_ms", "said_ms", "start_ms"),
    [
        (None, START_MS, None),
        (START_MS, START_MS - 20, 0),  # two clocks
        (START_MS, None, None),
        (None, 4000, 4000),
        (START_MS, 0, 0),
    ],
)
def test_time_that_is_not_told_is_not_made_up(
    genesys: Genesys, started_ms: int | None, said_ms: int | None, start_ms: int | None
) -> None:
    file = sample("transcript") | {"conversationStartTime": started_ms}
    file["transcripts"][0]["phrases"][0]["startTimeMs"] = said_ms

    assert phrases(genesys, file)[0].start_ms == start_ms


def test_agent_of_whom_nobody_knows_which_is_left_open(genesys: Genesys) -> None:
    file = sample("transcript")
    colleague = file["participants"][1] | {"userId": COLLEAGUE}
    file["participants"].append(colleague)

    found = phrases(genesys, file)[1]

    assert (found.speaker, found.agent_external_id) == (Speaker.AGENT, None)


@pytest.mark.parametrize("times", [{}, {"startTimeMs": 0, "endTimeMs": 0}])
def test_only_agent_is_known_without_times(genesys: Genesys, times: dict[str, int]) -> None:
    file = sample("transcript")
    file["participants"] = [{"participantPurpose": "agent", "userId": AGENT, **times}]

    assert phrases(genesys, file)[1].agent_external_id == AGENT


def test_phrases_without_numbers_are_numbered_by_their_place(genesys: Genesys) -> None:
    file = sample("transcript")
    for phrase in file["transcripts"][0]["phrases"]:
        del phrase["phraseIndex"]

    found = phrases(genesys, file)

    assert [it.utterance_id for it in found] == [f"{TRANSCRIPT}:{number}" for number in range(4)]


def test_phrase_without_words_is_passed_over(genesys: Genesys) -> None:
    file = sample("transcript")
    file["transcripts"][0]["phrases"][0]["text"] = " \x00"

    assert [it.ordinal for it in phrases(genesys, file)] == [1, 2, 3]


def test_unknown_purpose_is_counted(genesys: Genesys) -> None:
    file = sample("transcript")
    file["transcripts"][0]["phrases"][0]["participantPurpose"] = "ghost"

    batch = read(genesys, "transcript", file)

    assert batch.unknown_values == Counter({"participantPurpose=ghost": 1})
    assert getattr(batch.records[0], "speaker", "") == "unknown"


def test_file_without_a_conversation_is_kept_aside(genesys: Genesys) -> None:
    batch = read(genesys, "transcript", sample("transcript") | {"conversationId": None})

    assert [(it.reference, it.field) for it in batch.unreadable] == [
        (CUSTOMERS_LINE, "conversationId")
    ]


def test_mood_of_a_phrase_is_the_customers_alone(genesys: Genesys) -> None:
    batch = read(genesys, "transcript_sentiment", sample("transcript"))

    assert batch.records[0] == SentimentSpan(
        interaction_external_id=CONVERSATION,
        scope=SentimentScope.SEGMENT,
        communication_id=CUSTOMERS_LINE,
        utterance_id=f"{TRANSCRIPT}:2",
        start_ms=95_500,
        score=Decimal(-1),
        label=SentimentLabel.NEGATIVE,
        raw_value="-1",
        raw_scale="-1/0/1",
    )
    assert [getattr(it, "utterance_id", "")[-1] for it in batch.records] == ["2", "3"]


def test_mood_without_a_participant_is_that_of_its_phrase(genesys: Genesys) -> None:
    file = sample("transcript")
    for found in file["transcripts"][0]["analytics"]["sentiment"]:
        del found["participant"]

    batch = read(genesys, "transcript_sentiment", file)

    assert [getattr(it, "utterance_id", "")[-1] for it in batch.records] == ["2", "3"]


def test_mood_of_a_conversation_is_its_customers(genesys: Genesys) -> None:
    batch = read(genesys, "conversation_metrics", sample("conversation_metrics"))

    assert batch.records == (
        SentimentSpan(
            interaction_external_id=CONVERSATION,
            scope=SentimentScope.CONVERSATION,
            score=Decimal("0.428"),
            label=SentimentLabel.POSITIVE,
            raw_value="0.4275",
            raw_scale="-1..1",
        ),
    )


def test_empathy_of_an_agent_is_in_no_record(genesys: Genesys) -> None:
    batch = read(genesys, "conversation_metrics", sample("conversation_metrics"))

    assert AGENT not in repr(batch.records)
    assert "62.5" not in repr(batch.records)


@pytest.mark.parametrize(
    ("setting", "value", "score", "scale"),
    [
        ("auto", 1, "1", "-1..1"),
        ("auto", -35, "-0.35", "-100..100"),
        ("", 42.5, "0.425", "-100..100"),
        ("100", 1, "0.01", "-100..100"),
        ("1", 0.19, "0.19", "-1..1"),
    ],
)
def test_score_is_read_on_the_scale_of_the_setting(
    http: httpx.Client, setting: str, value: float, score: str, scale: str
) -> None:
    found = metrics(make(http, sentiment_scale=setting), value)

    assert (found.score, found.raw_scale) == (Decimal(score), scale)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (0.2, SentimentLabel.POSITIVE),
        (0.19, SentimentLabel.NEUTRAL),
        (-0.19, SentimentLabel.NEUTRAL),
        (-0.2, SentimentLabel.NEGATIVE),
    ],
)
def test_label_follows_the_score(genesys: Genesys, value: float, label: SentimentLabel) -> None:
    assert metrics(genesys, value).label is label


def test_conversation_without_a_score_has_no_mood(genesys: Genesys) -> None:
    payload = sample("conversation_metrics") | {"sentimentScore": None}

    assert read(genesys, "conversation_metrics", payload).records == ()


def test_score_beyond_its_scale_is_kept_aside(http: httpx.Client) -> None:
    payload = sample("conversation_metrics") | {"sentimentScore": 35}

    batch = read(make(http, sentiment_scale="1"), "conversation_metrics", payload)

    assert [it.field for it in batch.unreadable] == ["score"]
