"""The text of a cell -> a number, a moment, a duration, a yes or no; the Nordic way of writing."""

import contextlib
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from coaching.integrations.csv_file.outcome import CellError, ErrorCode

DecimalMark = Literal[",", "."]

_YES = {"ja", "j", "yes", "y", "sant", "sand", "true", "1", "x"}
_NO = {"nej", "nei", "n", "no", "falskt", "usann", "falsk", "false", "0"}

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_GROUPED = (
    r"(?P<sign>[+-]?)(?P<whole>\d+|[1-9]\d{{0,2}}(?P<mark>[ {group}])\d{{3}}(?:(?P=mark)\d{{3}})*)"
)
_NUMBERS = {
    ",": re.compile(_GROUPED.format(group=r".") + r"(?:,(?P<rest>\d+))?"),
    ".": re.compile(_GROUPED.format(group=r",") + r"(?:\.(?P<rest>\d+))?"),
}

_UNITS_MS = {"milliseconds": 1, "seconds": 1000, "minutes": 60_000}
_CLOCK = re.compile(r"(\d{1,5}):([0-5]?\d)(?::([0-5]?\d(?:[.,]\d{1,6})?))?")

_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_MONTH_OF = {name: number for number, name in enumerate(_MONTHS, start=1)}
_MONTH_OF |= {"mai": 5, "may": 5, "oct": 10, "des": 12}
_ZONE = r"(?:\s*(?P<zone>z|[+-]\d{2}:?\d{2}))?"
_TIME = (
    r"(?:(?:\s*t|\s*,)?\s*(?:kl\.?|klokken|klokka|klockan)?\s*"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    + _ZONE
    + r")?"
)
_YEAR_FIRST = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST_NUMBER = 40
_WEEKDAY = r"(?:[a-zæøåäö]+\.?,?\s+){0,2}"
_MOMENTS = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        r"(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[-./](?P<month>\d{1,2})[-./](?P<year>\d{4})",
        _WEEKDAY + r"(?P<day>\d{1,2})\.?\s*(?P<word>[a-z]{3})[a-z]*\.?,?\s*(?P<year>\d{4})",
    )
)


def parse_number(text: str, *, decimal_mark: DecimalMark | None = None) -> Decimal:
    """Read `1 234,5`, `1.234,5`, `1,234.5`, `87 %`; refuse `1.234` while the mark is not known."""
    if text.isdecimal() and text.isascii() and len(text) <= _LONGEST_NUMBER:
        return Decimal(text)
    tidy = _SPACES.sub(" ", text.replace("\u2212", "-")).strip().removesuffix("%").rstrip()
    marks = (decimal_mark,) if decimal_mark else _NUMBERS
    matches = (_NUMBERS[mark].fullmatch(tidy) for mark in marks)
    found = {_number(match) for match in matches if match}
    if not found or len(tidy) > _LONGEST_NUMBER:
        raise CellError(ErrorCode.NOT_A_NUMBER)
    if len(found) > 1:
        first, second = sorted(found)
        raise CellError(ErrorCode.AMBIGUOUS_NUMBER, first=str(first), second=str(second))
    return found.pop()


def _number(match: re.Match[str]) -> Decimal:
    whole = re.sub(r"\D", "", match["whole"])
    return Decimal(f"{match['sign']}{whole}.{match['rest'] or '0'}").normalize() + 0


def parse_count(text: str, *, decimal_mark: DecimalMark | None = None) -> int:
    number = parse_number(text, decimal_mark=decimal_mark)
    if number < 0 or number != int(number):
        raise CellError(ErrorCode.NOT_A_COUNT)
    return int(number)


def parse_duration_ms(
    text: str, *, unit: str = "seconds", decimal_mark: DecimalMark | None = None
) -> int:
    """Read `mm:ss`, `hh:mm:ss`, with the unit `hh:mm` that too, or a number of the unit."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock:
        return _clock_ms(clock, hours_first=unit == "hh:mm")
    if unit not in _UNITS_MS or ":" in text:
        raise CellError(ErrorCode.NOT_A_DURATION)
    number = parse_number(text, decimal_mark=decimal_mark) * _UNITS_MS[unit]
    if number < 0:
        raise CellError(ErrorCode.NOT_A_DURATION)
    return int(number.to_integral_value(ROUND_HALF_UP))


def _clock_ms(clock: re.Match[str], *, hours_first: bool) -> int:
    first, second, third = clock.groups()
    if third is None and not hours_first:
        first, second, third = "0", first, second
    seconds = Decimal((third or "0").replace(",", "."))
    return int((int(first) * 3600 + int(second) * 60 + seconds) * 1000)


def parse_flag(text: str) -> bool:
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise CellError(ErrorCode.NOT_YES_OR_NO)
    return word in _YES


def parse_moment(text: str, *, zone: ZoneInfo, pattern: str | None = None) -> datetime:
    """Read a date with or without a time; without an offset it is local time in the zone.

    A local time that happens twice is the first of the two; one that the clock skips is refused.
    """
    moment = _by_pattern(text, pattern) if pattern else _written(text)
    try:
        return _in_utc(moment, zone)
    except OverflowError as error:  # the first or the last day that there is
        raise CellError(ErrorCode.OUT_OF_RANGE) from error


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    in_utc = moment.replace(tzinfo=zone).astimezone(UTC)
    if in_utc.astimezone(zone).replace(tzinfo=None) != moment:
        raise CellError(ErrorCode.NO_SUCH_TIME, zone=zone.key)
    return in_utc


def _by_pattern(text: str, pattern: str) -> datetime:
    try:
        return datetime.strptime(text.strip(), pattern)
    except (ValueError, re.error) as error:  # the latter of a pattern that names a part twice
        if _YEAR_FIRST.match(text):  # how a workbook's date cells arrive
            return _written(text)
        raise CellError(ErrorCode.NOT_A_MOMENT) from error


def _written(text: str) -> datetime:
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(text.strip())  # most exports, and much faster
    tidy = _SPACES.sub(" ", text).strip().casefold()
    match = next(filter(None, (pattern.fullmatch(tidy) for pattern in _MOMENTS)), None)
    if match is None:
        raise CellError(ErrorCode.NOT_A_MOMENT)
    part = {key: value or "0" for key, value in match.groupdict().items()}
    month = int(part["month"]) if "month" in part else _MONTH_OF.get(part["word"], 0)
    moment = (
        f"{part['year']}-{month:02}-{int(part['day']):02}"
        f"T{int(part['hour']):02}:{part['minute']:0>2}:{part['second']:0>2}"
        f".{part['fraction'][:6]:0<6}{(match['zone'] or '').upper()}"
    )
    try:
        return datetime.fromisoformat(moment)
    except ValueError as error:
        raise CellError(ErrorCode.NOT_A_MOMENT) from error
