"""What every page of the room has in common: its frame, its path, and the tree of teams."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from coaching.admin_views import pages
from coaching.admin_views.pages import Text
from literacy.models import Team

ROOM = gettext_lazy("People and teams")
INDENT = "\u2003"


class TeamField(forms.ModelChoiceField):
    """A team of the tree, each level a step to the right."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Team.objects.all(), **options)

    def label_from_instance(self, team: Team) -> str:
        return INDENT * (team.depth - 1) + team.name


def page(
    request: HttpRequest,
    template: str,
    *,
    title: Text,
    path: Sequence[tuple[Text, str]] = (),
    **context: Any,
) -> HttpResponse:
    """Render a page of the room; `path` leads from the list of people to this page."""
    door = (ROOM, reverse("people:index"))
    return pages.framed(
        request, f"people/{template}", title=title, path=[door, *path], icon="group", **context
    )


def day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)
