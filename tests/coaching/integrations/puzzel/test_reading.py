from collections import Counter
from datetime import UTC, date, datetime

import httpx
import pytest

from coaching.integrations.base import Batch, Unreadable, Unverified
from coaching.integrations.normalise import customer_ref
from coaching.integrations.puzzel import Puzzel
from coaching.records import (
    AgentRef,
    Channel,
    Direction,
    Interaction,
    QueueRef,
    RosterEntry,
    TeamRef,
)
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.worlds.puzzel import sample

pytestmark = pytest.mark.pure

HEADER = "rec_id;call_id;event_type;dte_start;duration_tot_sec;duration_speak_sec;agent_id"


@pytest.fixture
def puzzel(http: httpx.Client) -> Puzzel:
    return connect(http)


def connect(http: httpx.Client, **settings: str) -> Puzzel:
    known = {"extract_url": "https://extracts.example", "customer_key": "key"}
    return Puzzel({**known, **settings}, http, clock=lambda: NOW)


def contacts(puzzel: Puzzel, content: bytes | None = None) -> list[Interaction]:
    puzzel.read("queues", sample("queues"))
    batch = puzzel.read("call_events", content or sample("call_events"))
    assert batch.unreadable == ()
    return [record for record in batch.records if isinstance(record, Interaction)]


def changed(old: str, new: str) -> bytes:
    text = sample("call_events").decode()
    assert old in text
    return text.replace(old, new).encode()


def small(*lines: str) -> bytes:
    return "\n".join((HEADER, *lines)).encode()


def test_agent_has_an_address_in_lower_case_and_a_group(puzzel: Puzzel) -> None:
    batch = puzzel.read("agents", sample("agents"))

    assert batch.records[0] == AgentRef(
        external_id="4101",
        email="tuva.skogheim@vinterfjord.example",
        display_name="Tuva Skogheim",
        group_external_ids=("11",),
    )


def test_guest_of_another_customer_is_nameless_and_inactive(puzzel: Puzzel) -> None:
    guest = puzzel.read("agents", sample("agents")).records[-1]

    assert guest == AgentRef(external_id="4104", active=False)


def test_group_is_one_team_however_many_agents_it_has(puzzel: Puzzel) -> None:
    assert puzzel.read("teams", sample("teams")).records == (
        TeamRef(external_id="11", name="Kundesenter Bodø"),
        TeamRef(external_id="12", name="Teknik Aalborg"),
    )


def test_roster_holds_the_agents_of_today(puzzel: Puzzel) -> None:
    batch = puzzel.read("roster", sample("roster"))

    assert len(batch.records) == 3
    assert batch.records[2] == RosterEntry(
        agent_external_id="4103",
        team_external_id="12",
        team_name="Teknik Aalborg",
        valid_from=date(2026, 3, 20),
    )


def test_queue_of_several_numbers_is_one(puzzel: Puzzel) -> None:
    assert puzzel.read("queues", sample("queues")).records == (
        QueueRef(external_id="q_faktura", name="Faktura"),
        QueueRef(external_id="__Callout_standard", name="Utgående anrop"),
    )


def test_contact_keeps_the_retained_fields(puzzel: Puzzel) -> None:
    assert contacts(puzzel)[0] == Interaction(
        external_id="7000000000000000001",
        leg_id="505",
        agent_external_id="4101",
        queue_external_id="q_faktura",
        queue_name="Faktura",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        started_at=datetime(2026, 3, 18, 8, 2, 0, 500000, tzinfo=UTC),
        ended_at=datetime(2026, 3, 18, 8, 7, 8, 500000, tzinfo=UTC),
        queue_ms=95_000,
        ring_ms=6200,
        talk_ms=300_000,
        hold_ms=42_000,
        acw_ms=35_000,
        hold_count=1,
        transfer_count=1,
        consult_count=1,
        customer_ref=customer_ref("+46701740631", "key"),
        source_updated_at=datetime(2026, 3, 18, 8, 12, tzinfo=UTC),
    )


def test_contact_is_one_per_agent_who_answered(puzzel: Puzzel) -> None:
    legs = [(it.external_id[-1], it.leg_id, it.agent_external_id) for it in contacts(puzzel)]

    assert legs == [("1", "505", "4101"), ("1", "506", "4103"), ("2", "513", "4101")]


def test_transferred_contact_waited_in_no_queue(puzzel: Puzzel) -> None:
    transferred = contacts(puzzel)[1]

    assert (transferred.queue_external_id, transferred.queue_ms) == (None, None)
    assert transferred.customer_ref == customer_ref("+46701740631", "key")


def test_call_out_is_outbound_and_its_customer_the_called(puzzel: Puzzel) -> None:
    called = contacts(puzzel)[2]

    assert (called.direction, called.queue_ms) == (Direction.OUTBOUND, None)
    assert called.customer_ref == customer_ref("+46701740632", "key")


def test_events_are_put_together_whatever_their_order(puzzel: Puzzel) -> None:
    header, *lines = sample("call_events").decode().splitlines()

    found = contacts(puzzel, "\n".join((header, *reversed(lines))).encode())

    assert found[::-1] == contacts(puzzel)


def test_customer_may_stand_in_the_file_of_the_day_before(puzzel: Puzzel) -> None:
    header, first, *rest = sample("call_events").decode().splitlines()
    puzzel.read("call_events", f"{header}\n{first}".encode())

    late = contacts(puzzel, "\n".join((header, *rest)).encode())

    assert late[0].customer_ref == customer_ref("+46701740631", "key")


def test_contact_is_answered_by_its_speech_where_no_column_says_so(puzzel: Puzzel) -> None:
    content = small("1;7;c;2026-03-18 09:00:00;20;0;4101", "2;7;c;2026-03-18 09:01:00;20;12;4101")

    (contact,) = contacts(puzzel, content)

    assert contact.leg_id == "2"
    assert (contact.acw_ms, contact.hold_ms, contact.transfer_count) == (None, None, None)
    assert (contact.channel, contact.customer_ref) == (Channel.OTHER, None)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-01-15 09:00:00", datetime(2026, 1, 15, 8, tzinfo=UTC)),  # winter
        ("2026-07-15 09:00:00", datetime(2026, 7, 15, 7, tzinfo=UTC)),  # summer
        ("2026-10-25 02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        ("2026-03-18T23:30:00.997", datetime(2026, 3, 18, 22, 30, 0, 997000, tzinfo=UTC)),
    ],
)
def test_local_time_becomes_utc(puzzel: Puzzel, local: str, utc: datetime) -> None:
    (contact,) = contacts(puzzel, small(f"1;7;c;{local};3600;12;4101"))

    assert contact.started_at == utc
    assert contact.started_at.tzinfo is UTC


def test_zone_is_that_of_the_connection(http: httpx.Client) -> None:
    puzzel = connect(http, time_zone="Europe/Helsinki")

    assert contacts(puzzel)[0].started_at == datetime(2026, 3, 18, 7, 2, 0, 500000, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Nowhere/City", "../etc"])
def test_zone_that_is_none_is_unverified(http: httpx.Client, zone: str) -> None:
    with pytest.raises(Unverified, match="time zone"):
        connect(http, time_zone=zone).read("call_events", sample("call_events"))


def test_media_types_are_what_the_customer_says(http: httpx.Client) -> None:
    puzzel = connect(http, media_types="1=Phone, 2 = e-mail")

    found = contacts(puzzel, changed("6;1;2026-03-18 09:07:09", "6;2;2026-03-18 09:07:09"))

    assert [it.channel for it in found] == [Channel.VOICE, Channel.EMAIL, Channel.VOICE]


def test_media_type_that_is_no_word_of_ours_is_unverified(http: httpx.Client) -> None:
    with pytest.raises(Unverified, match="hologram"):
        connect(http, media_types="1=hologram").read("call_events", sample("call_events"))


def test_unknown_numbers_and_kinds_are_counted(puzzel: Puzzel) -> None:
    content = changed("6;1;2026-03-18 09:07:09", "6;9;2026-03-18 09:07:09").replace(
        b";m;k;", b";z;k;"
    )

    batch = puzzel.read("call_events", content)

    assert batch.unknown_values == Counter({"media_type_id=9": 1, "event_type=z": 1})
    assert getattr(batch.records[1], "channel", None) is Channel.OTHER


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("2026-03-18 09:02:00.500", "18.03.2026 09:02", "dte_start"),
        ("2026-03-18 09:02:00.500", "2026-03-18 09:02:00+01:00", "dte_start"),
        (";308;300;", ";long;300;", "duration_tot_sec"),
        (";308;300;", ";308;-1;", "talk_ms"),
    ],
)
def test_event_we_cannot_read_keeps_the_rest(
    puzzel: Puzzel, old: str, new: str, field: str
) -> None:
    batch = puzzel.read("call_events", changed(old, new))

    assert [(it.reference, it.field) for it in batch.unreadable] == [("505", field)]
    assert len(batch.records) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_table_is_read_whatever_wrote_it(puzzel: Puzzel, encoding: str, delimiter: str) -> None:
    text = sample("agents").decode().replace(";", delimiter).replace("\n", "\r\n")

    batch = puzzel.read("teams", text.encode(encoding))

    assert batch.records[0] == TeamRef(external_id="11", name="Kundesenter Bodø")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"agent_id;full_name\n1;Tuva", "usergroup_id, usergroup_name"),
        (b"<html>Sign in</html>", "lacks the columns"),
        (b"", "lacks the columns"),
        (b'agent_id;full_name;usergroup_id;usergroup_name\n1;"Tuva', "is not CSV"),
    ],
)
def test_file_that_is_no_such_table_is_unreadable(
    puzzel: Puzzel, content: bytes, reason: str
) -> None:
    with pytest.raises(Unreadable, match=reason):
        puzzel.read("agents", content)


def test_unknown_event_is_unreadable(puzzel: Puzzel) -> None:
    with pytest.raises(Unreadable, match="event"):
        puzzel.read("agent_events", b"")


def test_numbers_of_customers_stay_out_of_reasons(puzzel: Puzzel) -> None:
    batch: Batch = puzzel.read("call_events", changed(";308;300;", ";long;300;"))

    assert "+46701740631" not in batch.unreadable[0].reason
