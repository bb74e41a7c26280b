import contextlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import datetime_exists
from hypothesis import assume, given
from hypothesis import strategies as st

from coaching.integrations.csv_file.outcome import CellError, ErrorCode
from coaching.integrations.csv_file.values import (
    DecimalMark,
    parse_count,
    parse_duration_ms,
    parse_flag,
    parse_moment,
    parse_number,
)

pytestmark = pytest.mark.pure

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NBSP, NARROW = "\u00a0", "\u202f"
NUMBERS = st.decimals(-(10**12), 10**12, places=4, allow_nan=False)
GROUPINGS = {",": ["", " ", NBSP, NARROW, "."], ".": ["", " ", NBSP, NARROW, ","]}
YEAR_2000, YEAR_2090 = datetime(2000, 1, 1), datetime(2090, 1, 1)
NOON_IN_UTC = datetime(2026, 3, 12, 13, 30, tzinfo=UTC)


@given(number=NUMBERS, mark=st.sampled_from([",", "."]), data=st.data())
def test_number_survives_being_written(
    number: Decimal, mark: DecimalMark, data: st.DataObject
) -> None:
    grouping = data.draw(st.sampled_from(GROUPINGS[mark]))
    whole, _, rest = f"{number:,.4f}".partition(".")
    text = whole.replace(",", grouping) + mark + rest

    assert parse_number(text, decimal_mark=mark) == number


@given(text=st.text(max_size=12))
def test_any_text_is_a_number_or_not_one_and_nothing_worse(text: str) -> None:
    with contextlib.suppress(CellError):
        assert parse_number(text).is_finite()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("87", "87"),
        ("87,5", "87.5"),
        ("87.5", "87.5"),
        ("87,5 %", "87.5"),
        ("1 234,5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("1234,567", "1234.567"),
        ("\u22123,5", "-3.5"),
        ("007", "7"),
    ],
)
def test_number_is_read_the_nordic_and_the_english_way(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1.234", "1,234", "-12.500"])
def test_number_that_can_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(CellError) as refused:
        parse_number(text)

    assert refused.value.code is ErrorCode.AMBIGUOUS_NUMBER


def test_ambiguous_number_names_both_meanings() -> None:
    with pytest.raises(CellError) as refused:
        parse_number("1.234")

    assert refused.value.params == {"first": "1.234", "second": "1234"}


def test_decimal_mark_decides() -> None:
    assert parse_number("1.234", decimal_mark=",") == 1234
    assert parse_number("1.234", decimal_mark=".") == Decimal("1.234")


@pytest.mark.parametrize("text", ["", "abc", "12 34", "1e5", "5,", ",5", "1.2.3", "9" * 41, "nan"])
def test_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(CellError) as refused:
        parse_number(text)

    assert refused.value.code is ErrorCode.NOT_A_NUMBER


def test_count_is_whole_and_not_negative() -> None:
    assert parse_count("3,0") == 3
    for text in ("2,5", "-1"):
        with pytest.raises(CellError) as refused:
            parse_count(text)
        assert refused.value.code is ErrorCode.NOT_A_COUNT


@pytest.mark.parametrize(
    ("text", "unit", "milliseconds"),
    [
        ("90", "seconds", 90_000),
        ("8,5", "seconds", 8_500),
        ("301000", "milliseconds", 301_000),
        ("4,5", "minutes", 270_000),
        ("05:01", "seconds", 301_000),
        ("75:00", "seconds", 4_500_000),
        ("01:02:03", "seconds", 3_723_000),
        ("26:03:04", "seconds", 93_784_000),
        ("0:00:01,250", "seconds", 1_250),
        ("01:30", "hh:mm", 5_400_000),
        ("01:30:00", "hh:mm", 5_400_000),
    ],
)
def test_duration_becomes_milliseconds(text: str, unit: str, milliseconds: int) -> None:
    assert parse_duration_ms(text, unit=unit) == milliseconds


@given(duration=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_duration_survives_being_written_as_a_clock(duration: timedelta) -> None:
    seconds = duration // timedelta(seconds=1)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"

    assert parse_duration_ms(text) == seconds * 1000


@pytest.mark.parametrize(
    ("text", "unit"), [("1:75", "seconds"), ("-5", "seconds"), ("::", "seconds"), ("5", "hh:mm")]
)
def test_text_that_is_no_duration_is_refused(text: str, unit: str) -> None:
    with pytest.raises(CellError) as refused:
        parse_duration_ms(text, unit=unit)

    assert refused.value.code is ErrorCode.NOT_A_DURATION


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-12 14:30",
        "2026-03-12 14:30:00",
        "2026-03-12T14:30:00.000",
        "2026/3/12 14.30",
        "12.03.2026 14:30",
        "12.3.2026 kl. 14.30",
        "12/3-2026 14:30",
        "12-03-2026, 14:30",
        "12. marts 2026 kl. 14.30",
        "12 mars 2026 14:30",
        "torsdag den 12. mars 2026 klokken 14.30",
        "12. mar. 2026 14:30",
        f"12{NBSP}mars{NBSP}2026{NARROW}14:30",
        "2026-03-12T13:30:00Z",
        "2026-03-12T15:30:00+02:00",
        "2026-03-12 14:30:00 +0100",
    ],
)
def test_moment_is_read_the_nordic_ways(text: str) -> None:
    assert parse_moment(text, zone=COPENHAGEN) == NOON_IN_UTC


@pytest.mark.parametrize(
    ("name", "month"),
    [("maj", 5), ("mai", 5), ("May", 5), ("oktober", 10), ("Oct", 10), ("desember", 12)],
)
def test_months_are_known_in_four_languages(name: str, month: int) -> None:
    assert parse_moment(f"5. {name} 2026 12:00", zone=ZoneInfo("UTC")).month == month


def test_date_alone_is_its_local_midnight() -> None:
    assert parse_moment("2026-07-01", zone=COPENHAGEN) == datetime(2026, 6, 30, 22, tzinfo=UTC)


@given(moment=st.datetimes(YEAR_2000, YEAR_2090, timezones=st.just(COPENHAGEN)))
def test_moment_survives_being_written_with_an_offset(moment: datetime) -> None:
    found = parse_moment(moment.isoformat(), zone=ZoneInfo("UTC"))

    assert found == moment.astimezone(UTC)


@given(moment=st.datetimes(YEAR_2000, YEAR_2090))
def test_moment_survives_being_written_in_local_time(moment: datetime) -> None:
    text = moment.strftime("%d.%m.%Y %H.%M.%S")
    assume(datetime_exists(moment.replace(tzinfo=COPENHAGEN)))

    found = parse_moment(text, zone=COPENHAGEN)

    assert found.astimezone(COPENHAGEN).strftime("%d.%m.%Y %H.%M.%S") == text


def test_time_that_comes_twice_is_the_first_one() -> None:
    assert parse_moment("2026-10-25 02:30", zone=COPENHAGEN) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_time_that_the_clock_skips_is_refused() -> None:
    with pytest.raises(CellError) as refused:
        parse_moment("2026-03-29 02:30", zone=COPENHAGEN)

    assert refused.value.code is ErrorCode.NO_SUCH_TIME
    assert refused.value.params == {"zone": "Europe/Copenhagen"}


@pytest.mark.parametrize(
    "text", ["", "i går", "31.02.2026", "12.03.26", "2026-13-01", "2026-03-12 25:00", "12 foo 2026"]
)
def test_text_that_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(CellError) as refused:
        parse_moment(text, zone=COPENHAGEN)

    assert refused.value.code is ErrorCode.NOT_A_MOMENT


@given(text=st.text(max_size=20))
def test_any_text_is_a_moment_in_utc_or_none_and_nothing_worse(text: str) -> None:
    with contextlib.suppress(CellError):
        assert parse_moment(text, zone=COPENHAGEN).tzinfo is UTC


def test_pattern_reads_what_no_guess_should() -> None:
    assert parse_moment(
        "03/12/2026 02:30 PM", zone=COPENHAGEN, pattern="%m/%d/%Y %I:%M %p"
    ) == datetime(2026, 3, 12, 13, 30, tzinfo=UTC)


def test_pattern_lets_date_cells_of_a_workbook_pass_and_nothing_else() -> None:
    read = parse_moment("2026-03-12 14:30:00", zone=COPENHAGEN, pattern="%m/%d/%Y")

    assert read == NOON_IN_UTC
    with pytest.raises(CellError):
        parse_moment("13/12/2026", zone=COPENHAGEN, pattern="%m/%d/%Y")


def test_flag_reads_yes_and_no() -> None:
    assert [parse_flag(text) for text in ("Ja", "yes", "1", "X")] == [True] * 4
    assert [parse_flag(text) for text in ("Nej", "nei", "0", "false")] == [False] * 4
    with pytest.raises(CellError) as refused:
        parse_flag("kanske")
    assert refused.value.code is ErrorCode.NOT_YES_OR_NO


@pytest.mark.parametrize(
    "text", ["0001-01-01 00:00:00", "0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00"]
)
def test_moment_at_the_end_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(CellError) as refused:
        parse_moment(text, zone=COPENHAGEN)

    assert refused.value.code is ErrorCode.OUT_OF_RANGE


@pytest.mark.parametrize("pattern", ["%Y%Y", "%d.%m.%Y %d", "%Q", "%", "%d("])
def test_moment_of_a_format_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(CellError) as refused:
        parse_moment("12.03.2026", zone=COPENHAGEN, pattern=pattern)

    assert refused.value.code is ErrorCode.NOT_A_MOMENT


@given(text=st.text(max_size=20), pattern=st.text("%YmdHMSyjfzBbp.- (", max_size=10))
def test_any_text_is_a_moment_or_not_one_and_nothing_worse(text: str, pattern: str) -> None:
    with contextlib.suppress(CellError):
        assert parse_moment(text, zone=COPENHAGEN, pattern=pattern).tzinfo is UTC


@given(moment=st.datetimes())
def test_any_moment_of_the_calendar_is_read_or_refused(moment: datetime) -> None:
    with contextlib.suppress(CellError):
        assert parse_moment(moment.isoformat(), zone=COPENHAGEN).tzinfo is UTC
