"""The demo's accounts, teams, roles and notices, as the organisation itself would set them up."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from wagtail.users.models import UserProfile

from coaching.demo.organisation import Person, chance
from coaching.demo.world import World
from literacy.calendar import season_start
from literacy.models import Learner, Membership, Role, Team
from literacy.privacy import notices

PASSWORD = "demo-demo-demo"  # noqa: S105 - published on purpose
WAGTAIL_GROUPS = ("Editors", "Moderators")
NEW_LEADER_IN = "Teknik Aarhus"  # eight people: without the one who now leads it is not shown
Users = Sequence[Any]  # rows of the site's own user model


def make_people(world: World) -> None:
    """Make everybody with their place in the organisation, and the notices given to them."""
    people = world.organisation.people
    users = _make_users(world, people)
    learners = _make_learners(world, people, users)
    _give_roles_in_cms(people, users)
    _make_memberships(world, learners, _make_teams(world))
    _record_notices(world)


def _make_users(world: World, people: Iterable[Person]) -> Users:
    demo, none = make_password(PASSWORD), make_password(None)
    joined_at = world.moment("SE", world.monday(-12), 9 * 60)
    user_model = get_user_model()
    users = user_model.objects.bulk_create(
        user_model(
            username=person.email,
            email=person.email,
            first_name=person.first,
            last_name=person.last,
            password=demo if person.can_sign_in else none,
            is_superuser=person.role == Role.ADMINISTRATOR,
            date_joined=joined_at,
        )
        for person in people
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return users


def _make_learners(world: World, people: Iterable[Person], users: Users) -> dict[Person, Learner]:
    learners = Learner.objects.bulk_create(
        Learner(
            user=user,
            language=world.organisation.country(person.country)["language"],
            activated_at=_activated_at(world, person),
            left_on=_left_on(world, person),
        )
        for person, user in zip(people, users, strict=True)
    )
    return dict(zip(people, learners, strict=True))


def _activated_at(world: World, person: Person) -> datetime | None:
    """Return when somebody signed in first; who waits for the notice has not been asked to."""
    first = person.stays[0]
    team = world.organisation.team_named.get(first.team)
    if team and not team.eagerness:
        return None
    week = -8 if first.first_week is None else first.first_week
    luck = chance(person.email, "activated")
    day = world.monday(week) + timedelta(days=luck.randrange(3))
    return world.moment(person.country, day, luck.uniform(9 * 60, 15 * 60))


def _left_on(world: World, person: Person) -> date | None:
    end_week = person.stays[-1].end_week
    return None if end_week is None or end_week > world.weeks else world.monday(end_week)


def _give_roles_in_cms(people: Iterable[Person], users: Users) -> None:
    by_person = dict(zip(people, users, strict=True))
    author = next(user for person, user in by_person.items() if person.role == Role.AUTHOR)
    author.groups.set(Group.objects.filter(name__in=WAGTAIL_GROUPS))
    UserProfile.objects.bulk_create(
        UserProfile(user=user, preferred_language="sv")
        for person, user in by_person.items()
        if person.role in (Role.AUTHOR, Role.STEWARD, Role.ADMINISTRATOR)
    )


def _make_teams(world: World) -> dict[str, Team]:
    root = Team.add_root(name=world.organisation.name)
    made = {root.name: root}
    for team in world.organisation.teams:
        site = made.get(team.site) or root.add_child(name=team.site, country=team.country)
        made[team.site] = site
        made[team.name] = site.add_child(name=team.name, country=team.country)
    return made


def _make_memberships(
    world: World, learners: dict[Person, Learner], teams: dict[str, Team]
) -> None:
    """Write who was where before the demo, and every role; later moves come with the rosters."""
    Membership.objects.bulk_create(
        Membership(
            learner=learner,
            team=teams[person.stays[0].team],
            role=person.role,
            starts_on=_hired_on(world, person),
        )
        for person, learner in learners.items()
        if person.stays[0].first_week is None
    )
    _change_leader(world, learners, teams[NEW_LEADER_IN])


def _hired_on(world: World, person: Person) -> date:
    return world.first_week_on - timedelta(days=chance(person.email, "hired").randrange(60, 2500))


def _change_leader(world: World, learners: dict[Person, Learner], team: Team) -> None:
    """Let one of a team lead it from the second day of the last season on."""
    day = season_start(world.monday(world.last_week)) + timedelta(days=1)
    leaders = Membership.objects.filter(team=team, role=Role.MANAGER)
    leaders.update(ends_on=day)
    new = next(
        learner
        for person, learner in learners.items()
        if person.role == Role.AGENT and person.team_in(0) == team.name
    )
    Membership.objects.create(learner=new, team=team, role=Role.MANAGER, starts_on=day)


def _record_notices(world: World) -> None:
    for notice in world.organisation.facts["notices"]:
        notices.record(
            notice["country"],
            _given_on(world, notice),
            site=notice.get("site", ""),
            reference=notice["reference"],
        )


def _given_on(world: World, notice: dict[str, Any]) -> date:
    if "weeks_before_start" in notice:
        return world.monday(-notice["weeks_before_start"])
    return world.monday(world.weeks) - timedelta(days=notice["days_before_end"])
