"""Released cells, written as the weekly close writes them, and the people who read them."""

from datetime import date, timedelta

from coaching.models.cells import ReleaseCell
from coaching.release.catalogue import METRICS
from literacy.calendar import season_start
from literacy.models import Learner, Team

WEEK_ON = date(2026, 11, 16)  # the third week of its season
WEEK = timedelta(weeks=1)


def released(
    *teams: Team,
    week_on: date = WEEK_ON,
    weeks: int = 1,
    level: int | None = 1,
    of: int = 5,
    size_class: str = "14-28",
    metrics: dict[str, int | None] | None = None,
) -> str:
    """Release the weeks up to one of a unit, all metrics on a level or as given; return its key."""
    key = "+".join(str(team.pk) for team in teams)
    path = path_of(teams[0]) if len(teams) == 1 else path_of(teams[0])[:-1]
    levels = dict.fromkeys(METRICS, level) | (metrics or {})
    ReleaseCell.objects.bulk_create(
        ReleaseCell(
            unit_key=key,
            unit_label=" + ".join(team.name for team in teams),
            team_ids=[team.pk for team in teams],
            path=path,
            season_on=season_start(day),
            week_on=day,
            metric=metric,
            level=here,
            of=None if here is None else of,
            size_class="" if here is None else size_class,
            policy_version="1-k8",
        )
        for day in [week_on - number * WEEK for number in range(weeks)]
        for metric, here in levels.items()
    )
    return key


def path_of(team: Team) -> list[list]:
    return [[above.pk, above.name] for above in [*team.get_ancestors(), team]]


def counted_in(person: Learner, key: str) -> Learner:
    Learner.objects.filter(pk=person.pk).update(counted_in=key)
    person.refresh_from_db()
    return person
