from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from coaching.integrations.base import Batch, Unreadable
from coaching.integrations.five9 import Five9
from coaching.integrations.five9.pacific import clear_windows, utc
from coaching.integrations.normalise import customer_ref
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
from tests.coaching.integrations.worlds.five9 import (
    csv_of,
    envelope,
    returned,
    sample,
    sample_rows,
)

pytestmark = pytest.mark.pure

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
SETTINGS = {"username": "me", "password": "hush", "customer_key": "key"}


@pytest.fixture
def five9(http: httpx.Client) -> Five9:
    return Five9(SETTINGS, http, clock=lambda: NOW)


def read_report(five9: Five9, report: str) -> Batch:
    return five9.read("call_log", envelope("getReportResultCsv", returned(report)))


def read_row(five9: Five9, **changes: str) -> Batch:
    """Read the first row of the sample with other cells, named by their column."""
    columns = csv_of([]).split(",")
    cells = [cell.strip('"') for cell in sample_rows()[0].replace("Mon, ", "").split(",")]
    row = dict(zip(columns, cells[:11] + cells[12:], strict=True))  # a comma in a disposition
    row |= {"TIMESTAMP": "Mon, 02 Mar 2026 00:00:01", "DISPOSITION": "Fråga"}
    row |= {name.replace("_", " ").upper(): value for name, value in changes.items()}
    line = ",".join(f'"{value}"' for value in row.values())
    return read_report(five9, ",".join(row) + "\n" + line)


def test_user_becomes_an_agent_known_by_user_name(five9: Five9) -> None:
    batch = five9.read("users", sample("users"))

    assert batch.records == (
        AgentRef(
            external_id="tuva@vinterfjord.example",
            email="tuva.ekdahl@vinterfjord.example",
            display_name="Tuva Ekdahl",
        ),
        AgentRef(
            external_id="lars@vinterfjord.example",
            email="lars.bo@vinterfjord.example",
            display_name="Lars Bo Skov",
        ),
        AgentRef(external_id="siri@vinterfjord.example", display_name="Siri Nygård", active=False),
    )


def test_group_becomes_a_team_and_a_roster_of_today(five9: Five9) -> None:
    teams = five9.read("agent_groups", sample("agent_groups")).records
    roster = five9.read("agent_group_members", sample("agent_group_members")).records

    assert teams[0] == TeamRef(external_id="901", name="Faktura Malmö")
    assert len(teams) == 3
    assert roster[0] == RosterEntry(
        agent_external_id="tuva@vinterfjord.example",
        team_external_id="901",
        team_name="Faktura Malmö",
        valid_from=date(2026, 3, 20),
    )
    assert len(roster) == 3


@pytest.mark.parametrize(("event", "name"), [("campaigns", "Faktura"), ("skills", "Teknik Dansk")])
def test_queue_is_known_by_its_name(five9: Five9, event: str, name: str) -> None:
    assert QueueRef(external_id=name, name=name) in five9.read(event, sample(event)).records


def test_row_becomes_a_contact_in_utc_and_milliseconds(five9: Five9) -> None:
    first = five9.read("call_log", sample("call_log")).records[0]

    assert first == Interaction(
        external_id="300000000000101",
        agent_external_id="tuva@vinterfjord.example",
        queue_external_id="Faktura",
        queue_name="Faktura",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        language="sv-SE",
        started_at=datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC),
        ended_at=datetime(2026, 3, 2, 8, 7, 21, tzinfo=UTC),
        queue_ms=42_000,
        ring_ms=6000,
        talk_ms=312_000,
        hold_ms=15_000,
        acw_ms=45_000,
        hold_count=2,
        transfer_count=1,
        disposition_code="Fråga, faktura",
        disposition_label="Fråga, faktura",
        customer_ref=customer_ref("+46701740631", "key"),
        recorded=True,
    )


def test_calls_without_an_agent_are_no_contacts(five9: Five9) -> None:
    batch = five9.read("call_log", sample("call_log"))

    assert [record.natural_key[0][-1:] for record in batch.records] == ["1", "2", "4"]


def test_customer_is_the_other_side_of_each_direction(five9: Five9) -> None:
    _, outbound, internal = five9.read("call_log", sample("call_log")).records

    assert isinstance(outbound, Interaction)
    assert isinstance(internal, Interaction)
    assert outbound.customer_ref == customer_ref("+4532123477", "key")
    assert (internal.direction, internal.customer_ref) == (Direction.INTERNAL, None)


def test_names_in_brackets_and_empty_cells_say_nothing(five9: Five9) -> None:
    internal = five9.read("call_log", sample("call_log")).records[-1]

    assert isinstance(internal, Interaction)
    assert (internal.queue_name, internal.disposition_code) == (None, None)
    assert (internal.hold_ms, internal.transfer_count, internal.recorded) == (None, None, None)


def test_skill_can_be_the_queue(http: httpx.Client) -> None:
    by_skill = Five9(SETTINGS | {"queue_column": "SKILL"}, http, clock=lambda: NOW)

    first = by_skill.read("call_log", sample("call_log")).records[0]

    assert getattr(first, "queue_external_id", None) == "Faktura Svenska"


@pytest.mark.parametrize(
    ("word", "direction"),
    [
        ("INBOUND_VOICEMAIL", Direction.INBOUND),
        ("Outbound Preview", Direction.OUTBOUND),
        ("autodial", Direction.OUTBOUND),
        ("Internal", Direction.INTERNAL),
    ],
)
def test_type_of_call_is_read_as_the_api_and_as_reports_write_it(
    five9: Five9, word: str, direction: Direction
) -> None:
    batch = read_row(five9, call_type=word)

    assert getattr(batch.records[0], "direction", None) is direction
    assert batch.unknown_values == Counter()


def test_unknown_type_of_call_is_counted(five9: Five9) -> None:
    batch = read_row(five9, call_type="Telepathy")

    assert getattr(batch.records[0], "direction", None) is Direction.UNKNOWN
    assert batch.unknown_values == Counter({"CALL TYPE=Telepathy": 1})


def test_test_call_is_no_contact(five9: Five9) -> None:
    assert read_row(five9, call_type="Test").records == ()


@pytest.mark.parametrize(
    ("text", "duration_ms"), [("00:00:00", 0), ("27:00:01", 97_201_000), ("", None)]
)
def test_duration_may_be_longer_than_a_day(
    five9: Five9, text: str, duration_ms: int | None
) -> None:
    (contact,) = read_row(five9, talk_time=text).records

    assert getattr(contact, "talk_ms", 0) == duration_ms


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"talk_time": "5 minutes"}, "TALK TIME"),
        ({"talk_time": "00:61:00"}, "TALK TIME"),
        ({"timestamp": "yesterday"}, "TIMESTAMP"),
        ({"call_id": ""}, "CALL ID"),
        ({"transfers": "many"}, "TRANSFERS"),
    ],
)
def test_row_that_cannot_be_read_is_kept_aside(
    five9: Five9, changes: dict[str, str], field: str
) -> None:
    batch = read_row(five9, **changes)

    assert [rejected.field for rejected in batch.unreadable] == [field]


def test_report_without_a_column_we_need_is_unreadable(five9: Five9) -> None:
    with pytest.raises(Unreadable, match="CALL TYPE, AGENT"):
        read_report(five9, "CALL ID,TIMESTAMP\n1,2")


@pytest.mark.parametrize("report", ["", csv_of([])])
def test_report_without_rows_is_an_empty_batch(five9: Five9, report: str) -> None:
    assert read_report(five9, report).records == ()


def test_group_that_cannot_be_read_keeps_the_rest(five9: Five9) -> None:
    broken = sample("agent_groups").replace(b"<id>902</id>", b"")

    batch = five9.read("agent_groups", broken)

    assert len(batch.records) == 2
    assert [rejected.field for rejected in batch.unreadable] == ["id"]


def test_what_is_kept_aside_of_a_user_holds_no_password(five9: Five9) -> None:
    nameless = sample("users").replace(b"<userName>tuva@vinterfjord.example</userName>", b"")
    login = b"<osLogin></osLogin>"
    secret = nameless.replace(login, login + b"<password>hush</password>")

    (rejected,) = five9.read("users", secret).unreadable

    assert rejected.field == "userName"
    assert b"hush" not in rejected.payload_bytes


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"not xml",
        sample("users")[:-40],
        sample("campaigns"),
        sample("users").replace(b"<userName>", b"<nickname/><userName>"),
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + sample("users").split(b"\n", 1)[1],
    ],
)
def test_answer_of_another_shape_is_unreadable(five9: Five9, payload: bytes) -> None:
    with pytest.raises(Unreadable) as unreadable:
        five9.read("users", payload)

    assert "vinterfjord" not in str(unreadable.value)
    assert unreadable.value.__cause__ is None


def test_unknown_event_is_unreadable(five9: Five9) -> None:
    with pytest.raises(Unreadable, match="event"):
        five9.read("faxes", b"")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thu, 15 Jan 2026 12:00:00", datetime(2026, 1, 15, 20, 0, tzinfo=UTC)),
        ("Wed, 15 Jul 2026 12:00:00", datetime(2026, 7, 15, 19, 0, tzinfo=UTC)),
    ],
)
def test_pacific_time_becomes_utc_in_winter_and_summer(text: str, moment: datetime) -> None:
    assert utc(text, not_before=LONG_AGO) == moment


def test_hour_that_comes_twice_is_told_apart_by_its_window() -> None:
    night = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)

    before, after = clear_windows(night, night + timedelta(days=1), size=timedelta(days=1))

    assert before == (night, datetime(2026, 11, 1, 9, 0, tzinfo=UTC))
    assert after == (datetime(2026, 11, 1, 9, 0, tzinfo=UTC), night + timedelta(days=1))
    half_past_one = "Sun, 01 Nov 2026 01:30:00"
    assert utc(half_past_one, not_before=before[0]) == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert utc(half_past_one, not_before=after[0]) == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("minute", [0, 20, 59])
def test_windows_that_begin_in_the_second_hour_mean_the_second(minute: int) -> None:
    begin = datetime(2026, 11, 1, 9, minute, tzinfo=UTC)

    found = utc("Sun, 01 Nov 2026 01:59:59", not_before=begin)

    assert found == datetime(2026, 11, 1, 9, 59, 59, tzinfo=UTC)


def test_windows_of_a_whole_year_hold_no_local_time_twice() -> None:
    year = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))

    found = list(clear_windows(*year, size=timedelta(days=1)))

    assert len(found) == 365 + 2
    assert [stop for _, stop in found[:-1]] == [begin for begin, _ in found[1:]]
    assert sum(((stop - begin) / timedelta(days=1) for begin, stop in found)) == Decimal(365)
