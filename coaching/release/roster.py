"""The roster of a day: the tree of teams, whose home is where, and who sees whom as a viewer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from literacy.calendar import start_of
from literacy.models import Membership, Notice, Objection, Role, Team

SEES_EVERYWHERE = (Role.STEWARD, Role.ADMINISTRATOR)


class Home(NamedTuple):
    team_id: int
    since: date


class Tree:
    """The tree of teams, read once."""

    def __init__(self) -> None:
        rows = list(Team.objects.values_list("pk", "path", "name", "country"))
        by_path = {path: pk for pk, path, _, _ in rows}
        self.parents = {pk: by_path.get(path[: -Team.steplen]) for pk, path, _, _ in rows}
        self.names = {pk: name for pk, _, name, _ in rows}
        self._countries = {pk: country for pk, _, _, country in rows}

    def line(self, team_id: int) -> list[int]:
        """Return a team's ancestors from the top, and the team itself."""
        parent_id = self.parents[team_id]
        return [*(self.line(parent_id) if parent_id else ()), team_id]

    def country(self, team_id: int) -> str:
        return next(filter(None, map(self._countries.get, reversed(self.line(team_id)))), "")

    def common(self, team_ids: Iterable[int]) -> list[int]:
        """Return the line down to the lowest team that has all of these in or below it."""
        levels = zip(*map(self.line, team_ids), strict=False)
        return [level[0] for level in levels if len(set(level)) == 1]


@dataclass(frozen=True)
class Viewers:
    """Who sees levels by a role: everywhere, or for the teams they lead and all below."""

    everywhere: frozenset[int]
    led: dict[int, frozenset[int]]

    def of(self, learner_ids: Iterable[int], team_ids: Iterable[int]) -> set[int]:
        """Return which of these people see a block of these teams."""
        teams = set(team_ids)
        return {
            learner_id
            for learner_id in learner_ids
            if learner_id in self.everywhere
            or not teams.isdisjoint(self.led.get(learner_id, frozenset()))
        }


def viewers(day: date, tree: Tree) -> Viewers:
    everywhere, heads = set(), defaultdict(set)
    roles = Membership.objects.on(day).filter(role__in=[Role.MANAGER, *SEES_EVERYWHERE])
    for learner_id, team_id, role in roles.values_list("learner_id", "team_id", "role"):
        if role == Role.MANAGER:
            heads[learner_id].add(team_id)
        else:
            everywhere.add(learner_id)
    led = {
        learner_id: frozenset(pk for pk in tree.parents if not teams.isdisjoint(tree.line(pk)))
        for learner_id, teams in heads.items()
    }
    return Viewers(frozenset(everywhere), led)


def homes(day: date, now: datetime, tree: Tree) -> dict[int, Home]:
    """Return the home team of each person who may be counted, new in it or not.

    What people do in the product plays no part: only an account that was opened once, a notice
    in force, and no objection.
    """
    agents = (
        Membership.objects.on(day)
        .filter(Q(learner__left_on=None) | Q(learner__left_on__gt=day))
        .filter(role=Role.AGENT, learner__activated_at__lt=start_of(day))
        .exclude(learner__in=objections(now).values("learner"))
        .order_by("-starts_on", "-pk")  # the oldest membership is read last and stays
    )
    lawful = _lawful_teams(day, tree)
    rows = agents.values_list("learner_id", "team_id", "starts_on")
    return {
        learner_id: Home(team_id, since) for learner_id, team_id, since in rows if team_id in lawful
    }


def objections(now: datetime) -> QuerySet[Objection]:
    """Return the objections to team levels that stand at a moment."""
    made = Objection.objects.filter(feature="team_levels", made_at__lte=now)
    return made.exclude(withdrawn_at__lte=now)


def _lawful_teams(day: date, tree: Tree) -> set[int]:
    """Return the teams in whose country, or at whose site, a notice is in force."""
    notices = set(Notice.objects.filter(in_force_on__lte=day).values_list("country", "site"))
    return {
        team_id
        for team_id in tree.parents
        for site in ("", *(tree.names[pk] for pk in tree.line(team_id)))
        if (tree.country(team_id), site) in notices
    }
