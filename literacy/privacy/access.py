"""Who may see whose data. Views, API and sockets ask here and never decide themselves."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from literacy.calendar import next_season_start
from literacy.models import Learner, Role, Team

if TYPE_CHECKING:
    User = AbstractBaseUser | AnonymousUser

ELIGIBLE_MIN_AGE_DAYS = 28


class NoLearner(PermissionDenied):
    """Somebody is signed in whose account is nobody's here; they get a page that says so."""


@dataclass(frozen=True)
class TeamScope:
    """The released teams a person may read: those they lead, and the unit that counts them."""

    team_ids: frozenset[int]  # led, with everything below
    own_unit_key: str  # "" while no current cohort holds the person
    counts_from: date | None  # when the next cohort may hold them; None for viewers
    is_manager: bool

    @property
    def may_read(self) -> bool:
        return self.is_manager or self.counts_from is not None or bool(self.own_unit_key)


def learner_of(user: "User") -> Learner | None:
    return getattr(user, "learner", None) if user.is_authenticated else None


def own_learner(user: "User") -> Learner:
    """Return the learner somebody is. Raises: NoLearner."""
    learner = learner_of(user)
    if learner is None:
        raise NoLearner(
            _("Your account is not set up as a person here yet; ask your administrator.")
        )
    return learner


def has_role(user: "User", role: Role) -> bool:
    learner = learner_of(user)
    return learner is not None and role in learner.role_names()


def is_administrator(user: "User") -> bool:
    return has_role(user, Role.ADMINISTRATOR)


def team_scope(user: "User") -> TeamScope:
    """Return what a person may read of the teams. Raises: NoLearner."""
    learner = own_learner(user)
    roles = learner.current_roles
    led = _team_ids_below([path for role, _, path in roles if role == Role.MANAGER])
    home_since = next((since for role, since, _ in roles if role == Role.AGENT), None)
    return TeamScope(led, learner.counted_in, _counts_from(home_since), bool(led))


def _team_ids_below(paths: list[str]) -> frozenset[int]:
    """Return the teams at some places of the tree and all below them."""
    if not paths:
        return frozenset()
    below = reduce(or_, (Q(path__startswith=path) for path in paths))
    return frozenset(Team.objects.filter(below).order_by().values_list("pk", flat=True))


def _counts_from(home_since: date | None) -> date | None:
    """Return the first season start at which somebody may be counted, from today on."""
    if home_since is None:
        return None
    old_enough_on = home_since + timedelta(days=ELIGIBLE_MIN_AGE_DAYS)
    return next_season_start(max(old_enough_on, timezone.localdate()))
