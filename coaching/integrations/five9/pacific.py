"""Five9's clock: reports tell the time of the United States' Pacific coast, without an offset.

In autumn an hour comes twice there. We ask for each of the two by itself, with offsets, and so
know from what we asked which of them a row belongs to.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from coaching.integrations.base import Unreadable, windows

ZONE = ZoneInfo("America/Los_Angeles")
_HOUR = timedelta(hours=1)


def clear_windows(
    start: datetime, end: datetime, *, size: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Cut a stretch of time so that no local time comes twice in a window."""
    for begin, stop in windows(start, end, size=size):
        change = _clock_change(begin, stop)
        if change:
            yield begin, change
        yield change or begin, stop


def utc(text: str, *, not_before: datetime) -> datetime:
    """Read a local time such as `Thu, 27 Oct 2016 14:51:34`, in a window that begins then.

    Of a time that comes twice, the first is meant unless it lies before the window.
    """
    try:
        local = parsedate_to_datetime(text)
    except ValueError as error:
        raise Unreadable("TIMESTAMP", "is not a time") from error
    first, second = (local.replace(tzinfo=ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if first < not_before else first


def _clock_change(begin: datetime, stop: datetime) -> datetime | None:
    """Return when the clock is put forward or back between two moments, on the hour."""
    hour = begin.replace(minute=0, second=0, microsecond=0) + _HOUR
    while hour < stop:
        if _offset(hour) != _offset(hour - _HOUR):
            return hour
        hour += _HOUR
    return None


def _offset(moment: datetime) -> timedelta | None:
    return moment.astimezone(ZONE).utcoffset()
