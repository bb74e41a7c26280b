"""Days, ISO weeks and seasons in the organisation's time zone: one definition for everybody."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

FIRST_SEASON_ON = date(2024, 1, 1)  # a Monday
SEASON_WEEKS = 4


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def start_of(day: date) -> datetime:
    """Return the first moment of a day, as an aware datetime."""
    return timezone.make_aware(datetime.combine(day, time.min))


def season_start(day: date) -> date:
    """Return the Monday on which the season of a day began."""
    weeks = (monday(day) - FIRST_SEASON_ON).days // 7
    return FIRST_SEASON_ON + timedelta(weeks=weeks - weeks % SEASON_WEEKS)


def next_season_start(day: date) -> date:
    """Return the first season start on or after a day."""
    start = season_start(day)
    return start if start == day else start + timedelta(weeks=SEASON_WEEKS)


def week_label(week_on: date) -> str:
    year, week, _ = week_on.isocalendar()
    return f"{year}-W{week:02}"
