"""The half year week by week: people learn, platforms are read, lines weighed, weeks closed."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from coaching import evidence, suggestions
from coaching.demo.connections import import_tables, make_connections, map_lines, pull_all
from coaching.demo.learning import School
from coaching.demo.people import make_people
from coaching.demo.world import World
from coaching.models import Run
from coaching.release.close import CLOSES_AFTER, close_week
from literacy.calendar import start_of

WEEKS = 26
PULLED_AFTER = timedelta(hours=2)  # on the Monday that follows a week
SUGGESTED_AFTER = timedelta(hours=4)
IMPORTED_EVERY_WEEKS = 4
RUN_TOOK = timedelta(seconds=40)  # runs themselves note when they end by the clock on the wall


@transaction.atomic
def load(*, until: datetime, weeks: int = WEEKS, scale: float = 1.0) -> None:
    """Write the organisation and its last weeks, the last to have ended included, or nothing."""
    ended_by = timezone.localdate(until - SUGGESTED_AFTER)
    world = World.ending(ended_by, weeks=weeks, scale=scale)
    make_people(world)
    make_connections(world)
    school = School(world, until)
    with _same_luck_each_time(world):
        for week in range(weeks):
            school.hold(week)
            _end_week(world, week)
        suggestions.suggest_all(start_of(world.monday(weeks)) + SUGGESTED_AFTER)
        school.hold(weeks)
    Run.objects.update(finished_at=F("started_at") + RUN_TOOK)


@contextmanager
def _same_luck_each_time(world: World) -> Iterator[None]:
    """Seed the common source of chance, from which reviews spread the days they are due on."""
    before = random.getstate()
    random.seed(world.organisation.name)
    try:
        yield
    finally:
        random.setstate(before)


def _end_week(world: World, week: int) -> None:
    monday_at = start_of(world.monday(week + 1))
    pulled_at = monday_at + PULLED_AFTER
    pull_all(pulled_at)
    map_lines(world, pulled_at)
    if (week + 1) % IMPORTED_EVERY_WEEKS == 0 or week == world.last_week:
        first = week - week % IMPORTED_EVERY_WEEKS
        import_tables(world, range(first, week + 1), pulled_at)
    evidence.weigh_waiting(pulled_at)
    close_week(world.monday(week), monday_at + CLOSES_AFTER)
