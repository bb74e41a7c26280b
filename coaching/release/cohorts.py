"""Who is counted, and with whom: the roster of a season's first day, frozen for the season.

People join a cohort only when a season starts. They leave it early for one of three reasons:
they were erased, they object, or they now see it as a viewer.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from coaching.models.cohorts import Cohort, CohortMember, ReportUnit
from coaching.release.partition import Block, partition_after_moves
from coaching.release.roster import Home, Tree, homes, objections, viewers
from literacy.calendar import SEASON_WEEKS
from literacy.models import Learner
from literacy.privacy.access import ELIGIBLE_MIN_AGE_DAYS

SEASONS_REMEMBERED = 4
LABEL_LENGTH = 300


def freeze(season_on: date, now: datetime) -> None:
    """Write the units and cohorts of a season."""
    tree = Tree()
    blocks = _blocks(season_on, now, tree)
    units = _write_units(blocks, tree)
    cohorts = Cohort.objects.bulk_create(
        Cohort(
            unit=units[block.key],
            season_on=season_on,
            reported=len(block.learner_ids) >= settings.RELEASE_K,
        )
        for block in blocks
    )
    CohortMember.objects.bulk_create(
        CohortMember(cohort=cohort, learner_id=learner_id)
        for cohort, block in zip(cohorts, blocks, strict=True)
        for learner_id in sorted(block.learner_ids)
    )


def thin(season_on: date, day: date, now: datetime) -> None:
    """Take out who objects or sees their own cohort; stop reporting what falls below K."""
    seeing = viewers(day, Tree())
    objecting = set(objections(now).values_list("learner_id", flat=True))
    gone, small = set(), []
    for cohort, learner_ids in members_of(season_on).items():
        leaving = learner_ids & objecting | seeing.of(learner_ids, cohort.unit.team_ids)
        gone |= leaving
        if len(learner_ids - leaving) < settings.RELEASE_K:
            small.append(cohort.pk)
    CohortMember.objects.filter(cohort__season_on=season_on, learner_id__in=gone).delete()
    Cohort.objects.filter(pk__in=small).update(reported=False)


def members_of(season_on: date) -> dict[Cohort, set[int]]:
    """Return each cohort of a season with the people it still holds."""
    members = _members(season_on, season_on)
    cohorts = Cohort.objects.filter(season_on=season_on).select_related("unit").order_by("pk")
    return {cohort: members[cohort.pk] for cohort in cohorts}


def write_counted_in(season_on: date) -> None:
    """Tell every learner which unit counts them now, if any."""
    held = CohortMember.objects.filter(learner=OuterRef("pk"), cohort__season_on=season_on)
    unit_key = Subquery(held.values("cohort__unit__key")[:1])
    Learner.objects.update(counted_in=Coalesce(unit_key, Value("")))


def _blocks(season_on: date, now: datetime, tree: Tree) -> list[Block]:
    """Return the partition in which nobody is counted where they see as a viewer."""
    people = homes(season_on, now, tree)
    seeing = viewers(season_on, tree)
    moved = _moved(season_on, people, tree)
    first_season_on = season_on - timedelta(weeks=SEASON_WEEKS * SEASONS_REMEMBERED)
    last_day = season_on - timedelta(days=1)
    earlier = [frozenset(ids) for ids in _members(first_season_on, last_day).values()]
    oldest = season_on - timedelta(days=ELIGIBLE_MIN_AGE_DAYS)
    counted = {person: home.team_id for person, home in people.items() if home.since <= oldest}
    while True:
        blocks = partition_after_moves(
            tree.parents, counted, moved=moved, earlier=earlier, k=settings.RELEASE_K
        )
        outside = {
            person for block in blocks for person in seeing.of(block.learner_ids, block.team_ids)
        }
        if not outside:
            return blocks
        counted = {person: team for person, team in counted.items() if person not in outside}
        moved = {person: team for person, team in moved.items() if person not in outside}


def _moved(season_on: date, people: Mapping[int, Home], tree: Tree) -> dict[int, int]:
    """Return who left the teams of last season's unit, and a team of it that still stands."""
    last_season_on = season_on - timedelta(weeks=SEASON_WEEKS)
    counted = CohortMember.objects.filter(cohort__season_on=last_season_on)
    moved = {}
    for person, team_ids in counted.values_list("learner_id", "cohort__unit__team_ids"):
        standing = [team_id for team_id in team_ids if team_id in tree.parents]
        if person in people and people[person].team_id not in team_ids and standing:
            moved[person] = standing[0]
    return moved


def _members(first_season_on: date, last_season_on: date) -> dict[int, set[int]]:
    """Return the people of each cohort in a range of seasons."""
    members = defaultdict(set)
    rows = CohortMember.objects.filter(cohort__season_on__range=(first_season_on, last_season_on))
    for cohort_id, learner_id in rows.values_list("cohort_id", "learner_id"):
        members[cohort_id].add(learner_id)
    return members


def _write_units(blocks: list[Block], tree: Tree) -> dict[str, ReportUnit]:
    """Write the units of these blocks, or renew their names, and return them by key."""
    units = [
        ReportUnit(
            key=block.key,
            label=" + ".join(tree.names[pk] for pk in block.team_ids)[:LABEL_LENGTH],
            team_ids=list(block.team_ids),
            path=[[pk, tree.names[pk]] for pk in tree.common(block.team_ids)],
        )
        for block in blocks
    ]
    ReportUnit.objects.bulk_create(
        units,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["label", "team_ids", "path"],
    )
    return ReportUnit.objects.in_bulk([unit.key for unit in units], field_name="key")
