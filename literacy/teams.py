"""The tree of teams: the organisation, its sites, and the teams below them."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from literacy.models import Notice, Team


class Refused(Exception):
    """What was asked cannot be done; the text says why, in the reader's language."""


def organisation() -> Team:
    """Return the root of the tree; it is made when the first person or team needs it."""
    root: Team | None = Team.get_first_root_node()
    return root or Team.add_root(name=settings.ORGANISATION_NAME or "Dagskurs")


@transaction.atomic
def add_team(name: str, parent: Team, country: str = "") -> Team:
    """Add a team below another. Raises: Refused when it stands there already."""
    below = Team.objects.select_for_update().get(pk=parent.pk)
    _refuse_twins(name, list(below.get_children()))
    team: Team = below.add_child(name=name, country=country)
    return team


@transaction.atomic
def change_team(team: Team, name: str, country: str) -> None:
    """Rename a team or set its country; notices of a site go with its new name.

    Raises: Refused when a team beside it has the name.
    """
    _refuse_twins(name, [other for other in team.get_siblings() if other.pk != team.pk])
    before = team.name
    Team.objects.filter(pk=team.pk).update(name=name, country=country)
    if not is_name_used(before):
        Notice.objects.filter(site=before).update(site=name)


def is_name_used(name: str) -> bool:
    return Team.objects.filter(name=name).exists()


def _refuse_twins(name: str, beside: list[Team]) -> None:
    if name.casefold() in {team.name.casefold() for team in beside}:
        raise Refused(_("There is a team called %(name)s in this place.") % {"name": name})
