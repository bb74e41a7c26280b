"""The tree of teams: the organisation, its sites, the teams below; added, renamed."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.admin_views.people import room
from coaching.models import Connection
from literacy.models import Country, Team
from literacy.teams import Refused, add_team, change_team, is_name_used, organisation

COUNTRIES = [("", gettext_lazy("As the team above")), *Country.choices]
NAME_MAX_LENGTH = 120


class TeamForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_MAX_LENGTH)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=COUNTRIES,
        required=False,
        help_text=gettext_lazy("It decides which notice must be in force."),
    )


class NewTeamForm(TeamForm):
    parent = room.TeamField(
        label=gettext_lazy("Below"),
        empty_label=None,
        help_text=gettext_lazy("Right below the organisation it is a site."),
    )
    field_order = ["name", "parent", "country"]


@dataclass(frozen=True, slots=True)
class Row:
    team: Team
    indent: str
    level: str
    country: str
    is_inherited: bool


def index(request: HttpRequest) -> HttpResponse:
    """Show the tree, and add a team; the first visit makes the organisation itself."""
    root = organisation()
    form = NewTeamForm(request.POST or None, initial={"parent": root})
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            team = add_team(found["name"], found["parent"], found["country"])
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("The team %(name)s is added.") % {"name": team})
            return redirect("people:teams")
    return room.page(request, "teams.html", title=_("Teams"), form=form, rows=_rows())


def change(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    kept = {"name": team.name, "country": team.country}
    form = TeamForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            _change(team, form.cleaned_data)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("people:teams")
    path = [(_("Teams"), reverse("people:teams"))]
    return room.page(request, "team.html", title=team.name, path=path, form=form, team=team)


@transaction.atomic
def _change(team: Team, found: dict[str, Any]) -> None:
    """Rename a team; connections of a site keep to it under its new name."""
    change_team(team, found["name"], found["country"])
    if not is_name_used(team.name):
        Connection.objects.filter(site=team.name).update(site=found["name"])


def _rows() -> list[Row]:
    rows: list[Row] = []
    above: list[str] = []  # the country of each level on the way down
    for team in Team.objects.order_by("path"):
        above = [*above[: team.depth - 1], team.country]
        country = next(filter(None, reversed(above)), "")
        label = str(Country(country).label) if country else ""
        indent = room.INDENT * (team.depth - 1)
        rows.append(Row(team, indent, _level(team), label, not team.country))
    return rows


def _level(team: Team) -> str:
    levels = {1: _("Organisation"), 2: _("Site")}
    return levels.get(team.depth, _("Team"))
