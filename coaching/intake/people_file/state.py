"""How things stand when a file of people is read: who is known, where they are, which teams."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from literacy import people
from literacy.models import Country, Learner, Membership, Role, Team

LANGUAGE_IN = {Country.SE: "sv", Country.NO: "nb", Country.DK: "da"}
_LEVELS = re.compile(r"\s*[/>]\s*")


@dataclass
class State:
    """Read in a fixed number of queries; `note` adds what the lines before would change."""

    learners: dict[str, Learner]  # by address
    accounts: set[str]  # addresses that sign in, of people or not
    ambiguous: set[str]
    roles: dict[int, list[Membership]]  # by learner: what holds today or begins later
    teams: list[Team]
    planned: dict[str, dict[tuple[str, int | None], int]] = field(default_factory=dict)

    @classmethod
    def of(cls, emails: Iterable[str]) -> "State":
        asked = {people.plain_address(email) for email in emails}
        users = (
            get_user_model()
            .objects.annotate(address=Lower("email"), name=Lower("username"))
            .filter(Q(address__in=asked) | Q(name__in=asked))
        )
        times: Counter[str] = Counter()
        for address, name in users.values_list("address", "name"):
            times.update({address, name} & asked)
        learners = {
            learner.user.email.lower(): learner
            for learner in Learner.objects.select_related("user").filter(user__in=users)
        }
        roles: dict[int, list[Membership]] = defaultdict(list)
        today = timezone.localdate()
        open_ones = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today))
        for membership in open_ones.select_related("team").order_by("starts_on"):
            roles[membership.learner_id].append(membership)
        ambiguous = {address for address, count in times.items() if count > 1}
        return cls(learners, set(times), ambiguous, roles, list(Team.objects.order_by("path")))

    def note(self, number: int, email: str, role: str, team: Team | None) -> None:
        """Remember what a line gives; another home team of the same person contradicts it."""
        place = team.pk if team and role != Role.AGENT else None
        self.planned.setdefault(email, {})[(role, place)] = number

    def teams_called(self, text: str) -> list[Team]:
        """Return the teams of a name, or of a name with those above it: Site / Team."""
        named = [team for team in self.teams if _same(team.name, text)]
        if named:
            return named
        wanted = _LEVELS.split(text)
        return [
            team
            for team in self.teams
            if len(line := self.line(team)) >= len(wanted) > 1
            and all(map(_same, [above.name for above in line[-len(wanted) :]], wanted))
        ]

    def line(self, team: Team) -> list[Team]:
        return [above for above in self.teams if team.path.startswith(above.path)]

    def language_of(self, team: Team | None) -> str:
        countries = [above.country for above in self.line(team)] if team else []
        country = next(filter(None, reversed(countries)), "")
        return LANGUAGE_IN.get(Country(country), "sv") if country else settings.SITE_LANGUAGE

    def home_of(self, email: str) -> Membership | None:
        """Return the home somebody has for good: today's, or the one that is planned."""
        homes = [it for it in self._roles_of(email) if it.role == Role.AGENT]
        return homes[-1] if homes else None

    def holds(self, email: str, role: str, team: Team | None, day: date) -> bool:
        """Tell whether somebody has a role for good, today or from a day on."""
        latest = max(day, timezone.localdate())
        return any(
            it.role == role
            and it.ends_on is None
            and it.starts_on <= latest
            and (team is None or it.team_id == team.pk)
            for it in self._roles_of(email)
        )

    def _roles_of(self, email: str) -> list[Membership]:
        learner = self.learners.get(email)
        return self.roles.get(learner.pk, []) if learner else []


def _same(name: str, other: str) -> bool:
    return " ".join(name.split()).casefold() == " ".join(other.split()).casefold()
