import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from coaching.integrations.avaya_infinity import AvayaInfinity
from coaching.integrations.base import Batch, Unreadable, Unverified
from coaching.integrations.normalise import customer_ref
from coaching.records import (
    AgentRef,
    Channel,
    Direction,
    Interaction,
    QueueRef,
    Speaker,
    TranscriptSegment,
)
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.worlds.avaya_infinity import FIRST, sample

pytestmark = pytest.mark.pure

YLVA = "002d010319000000000000a001"
SEGMENTS = "interaction_segments"


def make(http: httpx.Client, **settings: str) -> AvayaInfinity:
    known = {"customer_id": "vinterfjord", "client_id": "me", "client_secret": "hush"}
    return AvayaInfinity(known | {"customer_key": "key"} | settings, http, clock=lambda: NOW)


@pytest.fixture
def infinity(http: httpx.Client) -> AvayaInfinity:
    return make(http)


def read(infinity: AvayaInfinity, event: str, payload: Any) -> Batch:
    return infinity.read(event, json.dumps(payload).encode())


def change(table: Any, row: int, **cells: Any) -> None:
    names = [header["name"] for header in table["columnHeaders"]]
    for name, value in cells.items():
        table["records"][row][names.index(name)] = value


def read_segment(infinity: AvayaInfinity, **cells: Any) -> Batch:
    """Read the sample's first segment with an agent, some cells changed."""
    table = sample(SEGMENTS)
    table["records"] = table["records"][1:2]
    change(table, 0, **cells)
    return read(infinity, SEGMENTS, table)


def segment(infinity: AvayaInfinity, **cells: Any) -> Interaction:
    (contact,) = read_segment(infinity, **cells).records
    assert isinstance(contact, Interaction)
    return contact


def read_message(infinity: AvayaInfinity, **changes: Any) -> Batch:
    transcript = sample("transcript")
    transcript["interactionStartedAt"] = "2026-03-19T08:00:00.120Z"
    transcript["messages"] = [transcript["messages"][1] | changes]
    return read(infinity, "transcript", transcript)


def message(infinity: AvayaInfinity, **changes: Any) -> TranscriptSegment:
    (said,) = read_message(infinity, **changes).records
    assert isinstance(said, TranscriptSegment)
    return said


def test_rows_of_an_agent_become_one_agent(infinity: AvayaInfinity) -> None:
    batch = read(infinity, "agent", sample("agent"))

    assert batch.records == (
        AgentRef(
            external_id=YLVA,
            email="ylva.sundin@vinterfjord.example",
            display_name="Ylva Sundin",
        ),
        AgentRef(external_id="002d010319000000000000a002", display_name="Eero Halla"),
    )


def test_rows_of_a_queue_become_one_queue(infinity: AvayaInfinity) -> None:
    batch = read(infinity, "queue", sample("queue"))

    assert batch.records == (
        QueueRef(external_id="003d010319000000000000b001", name="Faktura"),
        QueueRef(external_id="003d010319000000000000b002", name="Kundestøtte"),
    )


def test_segment_of_an_agent_becomes_a_contact(infinity: AvayaInfinity) -> None:
    assert segment(infinity) == Interaction(
        external_id=FIRST,
        leg_id="005d010319000000000000d002",
        agent_external_id=YLVA,
        queue_external_id="003d010319000000000000b001",
        queue_name="Faktura",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        started_at=datetime(2026, 3, 19, 8, 0, 42, 479177, tzinfo=UTC),
        ended_at=datetime(2026, 3, 19, 8, 7, 22, tzinfo=UTC),
        queue_ms=42_000,
        talk_ms=380_000,
        hold_ms=15_000,
        acw_ms=25_000,
        transfer_count=1,
        disposition_code="invoice_question",
        disposition_label="Fråga om faktura",
        customer_ref=customer_ref("+46701740612", "key"),
        recorded=True,
        source_updated_at=datetime(2026, 3, 19, 8, 7, 50, 522931, tzinfo=UTC),
    )


def test_segment_without_an_agent_is_no_contact(infinity: AvayaInfinity) -> None:
    batch = read(infinity, SEGMENTS, sample(SEGMENTS))

    assert len(batch.records) == len(sample(SEGMENTS)["records"]) - 1
    assert read_segment(infinity, USER_ID="null").records == ()


def test_status_that_the_setting_names_is_no_contact(http: httpx.Client) -> None:
    infinity = make(http, ignored_statuses="Missed, Ringing")

    assert read_segment(infinity, STATUS="RINGING").records == ()
    assert segment(infinity, STATUS="connected").leg_id


def test_unit_of_times_is_a_setting(http: httpx.Client) -> None:
    contact = segment(make(http, time_unit="milliseconds"), TIME_INTERACTING="380250")

    assert (contact.talk_ms, contact.hold_ms) == (380_250, 15)


@pytest.mark.parametrize("nothing", [None, "", "null"])
def test_what_a_cell_does_not_say_stays_unsaid(infinity: AvayaInfinity, nothing: Any) -> None:
    names = ("QUEUE_ID", "QUEUE_NAME", "HOLD_TIME", "END_TIME", "COMPLETION_VALUE")
    sides = ("RECORDED_RECEIVE", "RECORDED_TRANSMIT", "RECORDED_BOTH")

    contact = segment(infinity, **dict.fromkeys(names + sides, nothing))

    assert (contact.queue_external_id, contact.queue_name) == (None, None)
    assert (contact.hold_ms, contact.ended_at, contact.disposition_code) == (None, None, None)
    assert contact.recorded is None


def test_zero_is_said(infinity: AvayaInfinity) -> None:
    contact = segment(infinity, HOLD_TIME="0", TRANSFER_RESULT="", RECORDED_BOTH=0)

    assert (contact.hold_ms, contact.transfer_count, contact.recorded) == (0, 0, False)


def test_transfers_are_unknown_without_their_column(infinity: AvayaInfinity) -> None:
    table = sample(SEGMENTS)
    for header in table["columnHeaders"]:
        header["name"] = header["name"].replace("TRANSFER_RESULT", "SOMETHING_ELSE")

    batch = read(infinity, SEGMENTS, table)

    assert {getattr(contact, "transfer_count", 0) for contact in batch.records} == {None}


def test_end_in_the_second_of_the_start_is_not_before_it(infinity: AvayaInfinity) -> None:
    start = datetime(2026, 3, 19, 10, 0, 58, 479177, tzinfo=UTC)

    contact = segment(
        infinity, CREATED_ON="2026-03-19T10:00:58.479177Z", END_TIME="2026-03-19T10:00:58Z"
    )

    assert (contact.started_at, contact.ended_at) == (start, start)


def test_offset_times_become_utc(infinity: AvayaInfinity) -> None:
    contact = segment(infinity, CREATED_ON="2026-03-19T09:00:42+01:00")

    assert contact.started_at == datetime(2026, 3, 19, 8, 0, 42, tzinfo=UTC)
    assert contact.started_at.tzinfo is UTC


def test_source_of_what_goes_out_is_not_the_customer(infinity: AvayaInfinity) -> None:
    contact = segment(infinity, SUB_COMM_TYPE="outbound")

    assert (contact.direction, contact.customer_ref) == (Direction.OUTBOUND, None)


def test_customer_who_writes_is_known_by_address(infinity: AvayaInfinity) -> None:
    contact = segment(infinity, SOURCE_PHONE_NUMBER="null", SOURCE_EMAIL="kund17@brev.example")

    assert contact.customer_ref == customer_ref("kund17@brev.example", "key")


def test_unknown_channel_is_counted_and_a_sub_type_is_not(infinity: AvayaInfinity) -> None:
    batch = read_segment(infinity, COMM_TYPE="Telepathy", SUB_COMM_TYPE="other")

    (contact,) = batch.records
    assert getattr(contact, "channel", None) is Channel.OTHER
    assert getattr(contact, "direction", None) is Direction.UNKNOWN
    assert batch.unknown_values == Counter({"COMM_TYPE=Telepathy": 1})


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"INTERACTION_ID": ""}, "INTERACTION_ID"),
        ({"CREATED_ON": "2026-03-19 08:00:42"}, "CREATED_ON"),
        ({"HOLD_TIME": "00:00:15"}, "HOLD_TIME"),
        ({"WRAP_UP_TIME": "-1"}, "WRAP_UP_TIME"),
        ({"END_TIME": "2026-03-18T00:00:00Z"}, "ended_at"),
    ],
)
def test_row_that_cannot_be_read_is_kept_aside(
    infinity: AvayaInfinity, cells: dict[str, str], field: str
) -> None:
    table = sample(SEGMENTS)
    change(table, 1, **cells)

    batch = read(infinity, SEGMENTS, table)

    assert [(it.field, it.reference) for it in batch.unreadable] == [
        (field, "005d010319000000000000d002")
    ]
    assert len(batch.records) == 3


def test_row_of_another_width_is_kept_aside(infinity: AvayaInfinity) -> None:
    table = sample(SEGMENTS)
    table["records"][1] = table["records"][1][:-1]

    batch = read(infinity, SEGMENTS, table)

    assert len(batch.unreadable) == 1
    assert len(batch.records) == 3


def test_message_becomes_a_segment_of_its_interaction(infinity: AvayaInfinity) -> None:
    said = read(infinity, "transcript", sample("transcript")).records

    assert said[1] == TranscriptSegment(
        interaction_external_id=FIRST,
        utterance_id="049d010319000000000000e002",
        ordinal=1,
        speaker=Speaker.CUSTOMER,
        text="Min faktura är fel igen.",  # said before there was an agent: at no time of theirs
        language="sv-SE",
    )
    assert [getattr(it, "speaker", None) for it in said] == [
        Speaker.BOT,
        Speaker.CUSTOMER,
        Speaker.AGENT,
        Speaker.CUSTOMER,
    ]
    assert [getattr(it, "agent_external_id", None) for it in said] == [None, None, YLVA, None]
    assert getattr(said[3], "language", None) == "nb-NO"


def test_events_and_pictures_are_not_said(infinity: AvayaInfinity) -> None:
    picture = [{"type": "image", "url": "https://elsewhere.example/picture"}]

    assert read_message(infinity, type="event").records == ()
    assert read_message(infinity, message=picture).records == ()
    assert read_message(infinity, message=None).records == ()


def test_parts_of_a_message_become_lines(infinity: AvayaInfinity) -> None:
    parts = [{"type": "text", "text": "Hej"}, {"type": "image"}, {"type": "Text", "text": "då\x00"}]

    assert message(infinity, message=parts).text == "Hej\ndå"


@pytest.mark.parametrize("agents", [[], [YLVA, "002d010319000000000000a002"]])
def test_words_of_a_user_who_cannot_be_told_are_kept_aside(
    infinity: AvayaInfinity, agents: list[str]
) -> None:
    transcript = sample("transcript") | {"agents": agents}
    transcript["messages"][2]["author"] = {"type": "user", "details": {"id": None}}

    batch = read(infinity, "transcript", transcript)

    assert [it.field for it in batch.unreadable] == ["author.details.id"]
    assert len(batch.records) == 3


def test_words_of_a_user_without_an_id_are_those_of_the_only_agent(
    infinity: AvayaInfinity,
) -> None:
    transcript = sample("transcript") | {"agents": [YLVA]}
    transcript["messages"] = [transcript["messages"][2] | {"author": {"type": "user"}}]

    (said,) = read(infinity, "transcript", transcript).records

    assert getattr(said, "agent_external_id", None) == YLVA


def test_zone_of_messages_is_a_setting(http: httpx.Client) -> None:
    infinity = make(http, transcript_time_zone="Europe/Stockholm")

    assert message(infinity, createdAt="2026-03-19 09:00:09.620000").start_ms == 9500


@pytest.mark.parametrize("at", ["2026-03-19 07:59:59.000000", None])
def test_time_that_makes_no_sense_is_unsaid(infinity: AvayaInfinity, at: str | None) -> None:
    assert message(infinity, createdAt=at).start_ms is None


def test_time_with_a_zone_is_believed(infinity: AvayaInfinity) -> None:
    assert message(infinity, createdAt="2026-03-19T09:00:09.620+01:00").start_ms == 9500


def test_address_that_writes_out_is_nobody_we_know(infinity: AvayaInfinity) -> None:
    said = message(infinity, author={"type": "email"}, direction="out")

    assert said.speaker is Speaker.UNKNOWN


@pytest.mark.parametrize("direction", ["in", "out", None])
def test_customer_is_one_whatever_the_direction(
    infinity: AvayaInfinity, direction: str | None
) -> None:
    assert message(infinity, direction=direction).speaker is Speaker.CUSTOMER


def test_unknown_author_and_language_are_counted(infinity: AvayaInfinity) -> None:
    batch = read_message(infinity, author={"type": "oracle"}, languageCode="tlh")

    (said,) = batch.records
    assert getattr(said, "speaker", None) is Speaker.UNKNOWN
    assert batch.unknown_values == Counter({"author=oracle": 1, "languageCode=tlh": 1})


def test_message_that_cannot_be_read_keeps_the_rest(infinity: AvayaInfinity) -> None:
    transcript = sample("transcript")
    transcript["messages"][1]["createdAt"] = "yesterday"
    transcript["messages"][2] = "Hej"

    batch = read(infinity, "transcript", transcript)

    assert [rejected.field for rejected in batch.unreadable] == ["createdAt", "payload"]
    assert len(batch.records) == 2


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("faxes", "{}"),
        ("agent", "{}"),
        ("agent", '{"columnHeaders": [], "records": null}'),
        ("queue", '{"columnHeaders": ["QUEUE_ID"], "records": []}'),
        (SEGMENTS, "[]"),
        (SEGMENTS, '{"records": '),
        ("transcript", '{"messages": {}}'),
    ],
)
def test_payload_of_another_shape_is_unreadable(
    infinity: AvayaInfinity, event: str, payload: str
) -> None:
    with pytest.raises(Unreadable):
        infinity.read(event, payload.encode())


@pytest.mark.parametrize("zone", ["Vinterfjord", "../etc/passwd", "/etc/localtime"])
def test_zone_that_there_is_not_is_unverified(http: httpx.Client, zone: str) -> None:
    with pytest.raises(Unverified, match="time zone"):
        make(http, transcript_time_zone=zone).read("transcript", b"{}")
