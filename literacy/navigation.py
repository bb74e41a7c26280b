"""The main menu: what a person may open, in the same order on every page."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from literacy.models import Role
from literacy.privacy import access


@dataclass(frozen=True)
class Entry:
    title: Any
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    return {
        "navigation": SimpleLazyObject(lambda: _entries(request)),
        "learner": SimpleLazyObject(lambda: access.learner_of(request.user)),
    }


def _entries(request: HttpRequest) -> list[Entry]:
    learner = access.learner_of(request.user)
    if learner is None:
        return []
    roles = learner.role_names()
    wanted = [(_("My day"), "my_day"), (_("Modules"), "modules")]
    if Role.MANAGER in roles or Role.AGENT in roles:
        wanted.append((_("Team"), "team"))
    wanted.append((_("My data"), "my_data"))
    if roles & {Role.AUTHOR, Role.ADMINISTRATOR}:
        wanted.append((_("Manage"), "wagtailadmin_home"))
    return [Entry(title, reverse(name), _is_current(request, name)) for title, name in wanted]


def _is_current(request: HttpRequest, name: str) -> bool:
    return request.path == reverse(name) or (
        name in {"modules", "team"} and request.path.startswith(reverse(name))
    )
