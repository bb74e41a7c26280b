"""Close ended weeks, oldest first: one row per week and, with it, every cell of that week.

Nothing that was released is computed again. Whatever goes wrong leaves no cell and no closed
week, so the next run starts where this one did.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from math import fsum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from coaching.models.cells import ReleaseCell
from coaching.models.cohorts import Cohort, WeekClose
from coaching.release import cohorts
from coaching.release.catalogue import METRICS
from coaching.release.levels import level_count, level_of, size_class
from coaching.release.metrics import SCORINGS, Scores, Week
from coaching.release.noise import noise
from literacy.calendar import monday, season_start, start_of
from literacy.models import Learner

ONE_WEEK = timedelta(weeks=1)
CLOSES_AFTER = timedelta(hours=3)  # on the Monday that follows


class Refused(Exception):
    """A week that has not ended, or is not the next one to close."""


def close_missing(now: datetime, *, until: date | None = None) -> list[date]:
    """Close every ended week that is still open, oldest first, and return the new ones."""
    return [week_on for week_on in _missing(now, until) if close_week(week_on, now)]


def close_week(week_on: date, now: datetime) -> bool:
    """Release a week's cells for good; return False if somebody did so before.

    Raises: Refused, when the week has not ended or weeks would be closed out of order.
    """
    with transaction.atomic():
        # The row comes first: of two workers one waits here, and finds the week closed.
        _, is_ours = WeekClose.objects.get_or_create(week_on=week_on, defaults={"closed_at": now})
        if is_ours:
            _refuse_unless_next(week_on, now)
            _release(week_on, now)
    return is_ours


def _missing(now: datetime, until: date | None) -> Iterator[date]:
    """Yield open weeks from the last closed one, or from the first account that was opened."""
    last = WeekClose.objects.order_by("week_on").last()
    first_at = Learner.objects.aggregate(first=Min("activated_at"))["first"]
    if last is None and first_at is None:
        return
    week_on = last.week_on + ONE_WEEK if last else monday(timezone.localdate(first_at))
    while _has_ended(week_on, now) and (until is None or week_on <= until):
        yield week_on
        week_on += ONE_WEEK


def _has_ended(week_on: date, now: datetime) -> bool:
    return now >= start_of(week_on + ONE_WEEK) + CLOSES_AFTER


def _refuse_unless_next(week_on: date, now: datetime) -> None:
    last = WeekClose.objects.exclude(week_on=week_on).order_by("week_on").last()
    if week_on != monday(week_on) or (last and week_on != last.week_on + ONE_WEEK):
        raise Refused(f"{week_on} is not the week to close next.")
    if not _has_ended(week_on, now):
        raise Refused(f"The week of {week_on} has not ended.")


def _release(week_on: date, now: datetime) -> None:
    season_on = season_start(week_on)
    if not WeekClose.objects.filter(week_on__gte=season_on, week_on__lt=week_on).exists():
        cohorts.freeze(season_on, now)
    cohorts.thin(season_on, week_on + ONE_WEEK, now)
    cohorts.write_counted_in(season_on)
    ReleaseCell.objects.bulk_create(_cells(week_on, cohorts.members_of(season_on)))


def _cells(week_on: date, members: Mapping[Cohort, set[int]]) -> Iterator[ReleaseCell]:
    reported = [ids for cohort, ids in members.items() if cohort.reported]
    week = Week(week_on, sorted(set().union(*reported)))
    for metric in METRICS:
        scores = _scores(metric, week)
        for cohort, learner_ids in members.items():
            unit = cohort.unit
            yield ReleaseCell(
                unit_key=unit.key,
                unit_label=unit.label,
                team_ids=unit.team_ids,
                path=unit.path,
                season_on=cohort.season_on,
                week_on=week_on,
                metric=metric,
                policy_version=f"1-k{settings.RELEASE_K}",
                **(_shown(cohort, metric, learner_ids, scores) if cohort.reported else {}),
            )


def _scores(metric: str, week: Week) -> Scores:
    """Return everybody's score, or stop: a score missing or out of range releases nothing."""
    scores = SCORINGS[metric].scores(week)
    if scores.keys() != set(week.learner_ids):
        raise ValueError(f"{metric} does not score exactly the people who are counted.")
    if not all(0 <= score <= 1 for score in scores.values()):
        raise ValueError(f"{metric} scores somebody outside 0 to 1.")
    return scores


def _shown(
    cohort: Cohort, metric: str, learner_ids: Collection[int], scores: Scores
) -> dict[str, Any]:
    people = len(learner_ids)
    k = settings.RELEASE_K
    shift = noise(
        settings.NOISE_SECRET,
        learner_ids,
        unit_key=cohort.unit.key,
        metric=metric,
        is_count=SCORINGS[metric].is_count,
    )
    score_sum = min(max(fsum(scores[person] for person in learner_ids) + shift, 0), people)
    return {
        "level": level_of(score_sum, people, k=k),
        "of": level_count(people, k=k),
        "size_class": size_class(people, k=k),
    }
