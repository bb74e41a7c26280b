"""The smallest organisation that can be released: teams, people, a notice, a framework."""

from datetime import date, datetime, timedelta
from itertools import count

from django.contrib.auth import get_user_model

from literacy import mastery
from literacy.calendar import start_of
from literacy.models import (
    Answer,
    Area,
    Attempt,
    Check,
    Competence,
    Learner,
    LedgerEntry,
    Membership,
    Module,
    Notice,
    Objection,
    Role,
    Team,
)

SEASON_ON = date(2026, 9, 7)  # the first day of a season
WEEK = timedelta(weeks=1)
LONG_AGO = SEASON_ON - timedelta(weeks=30)

_number = count(1)


def closing(week_on: date) -> datetime:
    """Return the moment at which a week closes."""
    return start_of(week_on + WEEK) + timedelta(hours=3)


def organisation(*, country: str = "SE") -> Team:
    Notice.objects.create(
        country=country, kind="negotiation", given_on=LONG_AGO, in_force_on=LONG_AGO
    )
    return Team.add_root(name="Nordic Service", country=country)


def team(name: str, parent: Team, **fields: str) -> Team:
    parent.refresh_from_db()
    return parent.add_child(name=name, **fields)


def learner(*, activated_at: datetime | None = None, **fields: object) -> Learner:
    name = f"person-{next(_number)}"
    user = get_user_model().objects.create(username=name, email=f"{name}@example.org")
    return Learner.objects.create(
        user=user, activated_at=activated_at or start_of(LONG_AGO), **fields
    )


def agent(
    home: Team, *, since: date = LONG_AGO, until: date | None = None, **fields: object
) -> Learner:
    person = learner(**fields)
    member(person, home, Role.AGENT, since=since, until=until)
    return person


def agents(home: Team, number: int) -> list[Learner]:
    return [agent(home) for _ in range(number)]


def member(
    person: Learner, team: Team, role: str, *, since: date = LONG_AGO, until: date | None = None
) -> Membership:
    return Membership.objects.create(
        learner=person, team=team, role=role, starts_on=since, ends_on=until
    )


def manager(*teams: Team) -> Learner:
    person = learner()
    for led in teams:
        member(person, led, Role.MANAGER)
    return person


def objection(person: Learner, made_at: datetime, **fields: object) -> Objection:
    return Objection.objects.create(
        learner=person, feature="team_levels", made_at=made_at, **fields
    )


def framework() -> None:
    """Write the five areas, two competences each, and one module."""
    for position, area_id in enumerate(("VA", "DL", "TS", "TK", "CO")):
        area = Area.objects.create(id=area_id, position=position)
        for number in (1, 2):
            Competence.objects.create(id=f"{area_id}{number}", area=area)
    Module.objects.create(id="DL-01", area_id="DL", exercise="read_chart")


def attempt_answer(person: Learner, answered_at: datetime, *, share: float = 1.0) -> Answer:
    attempt, _ = Attempt.objects.get_or_create(
        learner=person,
        module_id="DL-01",
        completed_at=None,
        defaults={"language": "sv", "started_at": answered_at},
    )
    return Answer.objects.create(
        attempt=attempt, key=f"k{next(_number)}", given=[], share=share, answered_at=answered_at
    )


def check(person: Learner, due_on: date, *, completed_at: datetime | None = None) -> Check:
    planned_at = start_of(due_on - WEEK)
    return Check.objects.create(
        learner=person,
        module_id="DL-01",
        due_on=due_on,
        planned_at=planned_at,
        completed_at=completed_at,
    )


def master(person: Learner, competence_id: str, at: datetime) -> None:
    """Let a person's mastery of one competence be beyond doubt."""
    LedgerEntry.objects.create(
        learner=person,
        competence_id=competence_id,
        source_kind="exercise",
        source_key=f"mastered:{competence_id}",
        observation={},
        observed_at=at,
        recorded_at=at,
        skill_delta=6.0,
        general_delta=0.0,
        skill_variance_delta=0.0,
        general_variance_delta=0.0,
    )


def evidence(person: Learner, competence_id: str, at: datetime, *, pct: float = 100.0) -> None:
    """Let a score on one competence become known."""
    mastery.observe(
        person,
        [competence_id],
        mastery.ScoreSeen(score_pct=pct),
        mastery.Source("evaluation", f"evidence:{next(_number)}", observed_at=at, recorded_at=at),
    )
