"""Recordings, transcripts and moods, as a pull reads them and as a sound is fetched."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Adapter, Batch, Resource, Unavailable, Unreadable
from coaching.integrations.genesys import Genesys
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import genesys as world

pytestmark = pytest.mark.pure

FETCH_REF = f"{world.CONVERSATION}/{world.RECORDING}"
LAKE_END = datetime(2026, 2, 20, 6, tzinfo=UTC)
MEDIA = (Resource.RECORDINGS, Resource.TRANSCRIPTS, Resource.SENTIMENT)
SINCE = dict.fromkeys(Resource, LAKE_END)


@pytest.fixture
def settings(server: StubServer) -> dict[str, str]:
    return world.serve(server)


@pytest.fixture
def genesys(settings: dict[str, str], http: httpx.Client, sleeps: list[float]) -> Genesys:
    return Genesys(settings, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def found(adapter: Adapter, resource: Resource) -> set[Any]:
    return {record for batch in of(adapter.pull(SINCE), resource) for record in batch.records}


def test_pull_yields_every_resource_in_an_order_intake_can_link(genesys: Genesys) -> None:
    batches = list(genesys.pull({}))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    assert not any(batch.unknown_values for batch in batches)
    order = list(dict.fromkeys(batch.resource for batch in batches if batch.records))
    assert order == list(Genesys.resources)


def test_media_of_each_conversation_are_found(genesys: Genesys) -> None:
    assert len(found(genesys, Resource.RECORDINGS)) == 2
    assert len(found(genesys, Resource.TRANSCRIPTS)) == 2 * 4
    assert len(found(genesys, Resource.SENTIMENT)) == 2 * 2 + 1


def test_nothing_is_asked_of_conversations_until_it_is_wanted(
    server: StubServer, settings: dict[str, str], http: httpx.Client
) -> None:
    off = dict.fromkeys(["recent_contacts", "recordings", "transcripts", "sentiment"], "")
    genesys = Genesys({**settings, **off}, http, clock=lambda: NOW)

    resources = {batch.resource for batch in genesys.pull({})}

    assert resources.isdisjoint(MEDIA)
    assert server.calls(world.DETAILS) == []
    assert len(server.calls(world.JOBS)) == 1


def test_mood_alone_asks_for_no_words(
    server: StubServer, settings: dict[str, str], http: httpx.Client
) -> None:
    off = {"recordings": "no", "transcripts": "no"}
    genesys = Genesys({**settings, **off}, http, clock=lambda: NOW)

    assert [span.scope for span in found(genesys, Resource.SENTIMENT)] == ["conversation"]
    assert server.calls(world.transcript_url(world.CUSTOMERS_LINE)) == []


def test_transcripts_are_asked_for_by_the_customers_line_and_recorded_ones(
    server: StubServer, genesys: Genesys
) -> None:
    list(genesys.pull(SINCE))

    asked = [call.path for call in server.received if call.path.endswith("transcripturl")]
    own = [path.split("/")[-2][-2:] for path in asked if world.CONVERSATION in path]
    assert own[:3] == ["01", "04", "05"]


def test_one_file_for_two_lines_is_read_once(server: StubServer, genesys: Genesys) -> None:
    server.answer("/store/transcript_sentiment", world.sample("transcript"))

    batches = of(genesys.pull(SINCE), Resource.TRANSCRIPTS)

    assert [len(batch.records) for batch in batches if batch.records] == [4]


def test_signed_addresses_get_no_token_of_ours(server: StubServer, genesys: Genesys) -> None:
    list(genesys.pull(SINCE))
    genesys.audio(FETCH_REF)

    stored = [call for call in server.received if call.path.startswith("/store/")]
    assert {call.path for call in stored} >= {"/store/transcript", "/store/sound"}
    assert all("Authorization" not in call.headers for call in stored)
    assert all(call.query == {"signature": ["s"]} for call in stored)


def test_signed_addresses_are_in_no_record(genesys: Genesys) -> None:
    records = [record for batch in genesys.pull(SINCE) for record in batch.records]

    assert "signature" not in repr(records)


def test_media_are_read_a_day_at_a_time_with_a_day_of_overlap(
    server: StubServer, genesys: Genesys
) -> None:
    since = {**SINCE, Resource.TRANSCRIPTS: LAKE_END - timedelta(hours=30)}

    batches = list(genesys.pull(since))

    starts = [json.loads(call.body)["interval"] for call in server.calls(world.JOBS)]
    assert starts[1:] == [
        "2026-02-18T00:00:00.000Z/2026-02-19T00:00:00.000Z",
        "2026-02-19T00:00:00.000Z/2026-02-20T00:00:00.000Z",
        "2026-02-20T00:00:00.000Z/2026-02-20T06:00:00.000Z",
    ]
    for resource in MEDIA:
        marks = [batch.watermark for batch in of(batches, resource) if batch.watermark]
        assert marks == [
            datetime(2026, 2, 19, tzinfo=UTC),
            datetime(2026, 2, 20, tzinfo=UTC),
            LAKE_END,
        ]


def test_recording_that_came_later_is_found_by_the_next_pull(
    server: StubServer, genesys: Genesys
) -> None:
    server.answer(world.METADATA, Answer([]))
    before = found(genesys, Resource.RECORDINGS)

    server.answer(world.METADATA, Answer(world.sample("recordingmetadata")))

    assert (len(before), len(found(genesys, Resource.RECORDINGS))) == (0, 2)


def test_file_that_is_gone_is_kept_aside(server: StubServer, genesys: Genesys) -> None:
    server.answer("/store/transcript", Answer({}, status=404))

    batches = of(genesys.pull(SINCE), Resource.TRANSCRIPTS)

    missed = [it for batch in batches for it in batch.unreadable]
    assert [(it.reference, it.field, it.reason) for it in missed] == [
        (world.CONVERSATION, "/store/transcript", "HTTP 404")
    ]
    assert [batch.watermark for batch in batches if batch.watermark] == [LAKE_END]


@pytest.mark.parametrize("url", [None, "", "transcript", "http://\n"])
def test_address_that_leads_nowhere_is_kept_aside(
    server: StubServer, genesys: Genesys, url: str | None
) -> None:
    server.answer(world.transcript_url(world.CUSTOMERS_LINE), {"url": url})

    batches = of(genesys.pull(SINCE), Resource.TRANSCRIPTS)

    assert {it.field for batch in batches for it in batch.unreadable} == {"url"}


def test_file_that_is_refused_is_tried_later(server: StubServer, genesys: Genesys) -> None:
    server.answer("/store/transcript", Answer({}, status=403))

    with pytest.raises(Unavailable, match="store"):
        list(genesys.pull(SINCE))


def test_refused_conversation_does_not_hide_as_missing(
    server: StubServer, genesys: Genesys
) -> None:
    server.answer(world.METRICS, Answer({}, status=400))

    batches = of(genesys.pull(SINCE), Resource.SENTIMENT)

    assert {it.reason for batch in batches for it in batch.unreadable} == {"HTTP 400"}


def test_conversation_that_cannot_be_read_asks_for_nothing(
    server: StubServer, genesys: Genesys
) -> None:
    server.answer(f"{world.JOBS}/job1/results", {"conversations": [{"conversationId": "c"}]})
    server.answer(world.DETAILS, {"conversations": []})

    assert found(genesys, Resource.RECORDINGS) == set()


def test_sound_is_fetched_in_a_format_that_all_can_play(
    server: StubServer, genesys: Genesys
) -> None:
    assert genesys.audio(FETCH_REF) == b"ID3 sound"

    assert server.calls(world.SOUND)[0].query == {"formatId": ["MP3"]}


def transcoding(estimated_ms: int | None) -> Answer:
    return Answer({"id": "r", "estimatedTranscodeTimeMs": estimated_ms}, status=202)


def test_sound_that_is_soon_transcoded_is_waited_for(
    server: StubServer, genesys: Genesys, sleeps: list[float]
) -> None:
    medium = {"mediaUri": f"{server.url}/store/sound?signature=s"}
    server.answer(world.SOUND, transcoding(2500), transcoding(400), {"mediaUris": {"0": medium}})

    assert genesys.audio(FETCH_REF) == b"ID3 sound"
    assert sleeps == [3, 1]


@pytest.mark.parametrize(
    ("answer", "retry", "slept"),
    [
        (transcoding(90_000), 90, []),
        (transcoding(None), 60, []),
        (Answer(b"", status=202), 60, []),
        (transcoding(2_000), 2, [2, 2, 2]),
        (Answer({"fileState": "UPLOADING"}), 60, []),
    ],
)
def test_sound_that_takes_longer_is_tried_later(
    server: StubServer,
    genesys: Genesys,
    sleeps: list[float],
    answer: Answer,
    retry: int,
    slept: list[float],
) -> None:
    server.answer(world.SOUND, answer)

    with pytest.raises(Unavailable) as unavailable:
        genesys.audio(FETCH_REF)

    assert unavailable.value.retry_after_seconds == retry
    assert sleeps == slept


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"fileState": "ARCHIVED"}, "mediaUris"),
        ({"fileState": "AVAILABLE", "mediaUris": {}}, "mediaUris"),
        ({"mediaUris": {"S": {}}}, "recording"),
    ],
)
def test_sound_that_is_not_there_is_unreadable(
    server: StubServer, genesys: Genesys, body: dict[str, Any], field: str
) -> None:
    server.answer(world.SOUND, body)

    with pytest.raises(Unreadable, match=field):
        genesys.audio(FETCH_REF)


@pytest.mark.parametrize("fetch_ref", ["", "conversation", "../users", "c/../x", "c/.."])
def test_reference_that_is_not_ours_asks_for_nothing(
    server: StubServer, genesys: Genesys, fetch_ref: str
) -> None:
    with pytest.raises(Unreadable, match="id"):
        genesys.audio(fetch_ref)

    assert server.received == []
