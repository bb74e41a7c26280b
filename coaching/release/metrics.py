"""How each metric scores a person for a week: from 0 to 1, one vote each, unknown is 0.

A function scores everybody at once, in a fixed number of queries.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from math import fsum
from typing import NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from literacy.calendar import start_of
from literacy.mastery import mastery_by_learner
from literacy.models import Answer, Check, Competence

CHECK_WEEKS = 4
LEARNERS_AT_ONCE = 1000

Scores = dict[int, float]


@dataclass(frozen=True)
class Week:
    """A closed week, the people to score, and what several metrics read of them."""

    week_on: date
    learner_ids: Sequence[int]

    @property
    def starts_at(self) -> datetime:
        return start_of(self.week_on)

    @property
    def ends_at(self) -> datetime:
        return start_of(self.week_on + timedelta(weeks=1))

    @cached_property
    def mastery(self) -> dict[str, Scores]:
        """The mean share of each area's competences, by area; without evidence a share is 0."""
        areas = defaultdict(list)
        for competence_id, area_id in Competence.objects.values_list("pk", "area_id"):
            areas[area_id].append(competence_id)
        means: dict[str, Scores] = {area_id: {} for area_id in areas}
        for start in range(0, len(self.learner_ids), LEARNERS_AT_ONCE):  # keeps memory flat
            some = self.learner_ids[start : start + LEARNERS_AT_ONCE]
            for learner_id, shares in mastery_by_learner(some, before=self.ends_at).items():
                for area_id, asked in areas.items():
                    known = fsum(shares[each] for each in asked if each in shares)
                    means[area_id][learner_id] = known / len(asked)
        return means


class Scoring(NamedTuple):
    scores: Callable[[Week], Scores]
    is_count: bool  # every score is 0 or 1


def area_mastery(week: Week, *, area_id: str) -> Scores:
    """Score the mean share of an area's competences."""
    return week.mastery.get(area_id, {})


def learned(week: Week) -> Scores:
    """Score 1 for anybody who answered an exercise or a check during the week."""
    answers = Answer.objects.filter(answered_at__gte=week.starts_at, answered_at__lt=week.ends_at)
    learner = Coalesce("attempt__learner_id", "check_taken__learner_id")
    active = set(answers.values_list(learner, flat=True).distinct())
    return {learner_id: float(learner_id in active) for learner_id in week.learner_ids}


def checks_kept(week: Week) -> Scores:
    """Score the share of the checks due in the last four weeks that were taken; none due is 1."""
    last_on = week.week_on + timedelta(days=6)
    first_on = last_on - timedelta(weeks=CHECK_WEEKS, days=-1)
    kept = Count("pk", filter=Q(completed_at__lt=week.ends_at))
    due = Check.objects.filter(due_on__range=(first_on, last_on), planned_at__lt=week.ends_at)
    counts = due.values("learner_id").annotate(due=Count("pk"), kept=kept)
    shares = {row["learner_id"]: row["kept"] / row["due"] for row in counts}
    return {learner_id: shares.get(learner_id, 1.0) for learner_id in week.learner_ids}


SCORINGS = {
    "mastery_va": Scoring(partial(area_mastery, area_id="VA"), is_count=False),
    "mastery_dl": Scoring(partial(area_mastery, area_id="DL"), is_count=False),
    "mastery_ts": Scoring(partial(area_mastery, area_id="TS"), is_count=False),
    "mastery_tk": Scoring(partial(area_mastery, area_id="TK"), is_count=False),
    "mastery_co": Scoring(partial(area_mastery, area_id="CO"), is_count=False),
    "learned": Scoring(learned, is_count=True),
    "checks_kept": Scoring(checks_kept, is_count=False),
}
