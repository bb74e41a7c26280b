"""What every page of the room has in common: Wagtail's frame, its path, and our words."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.models import Connection, Run
from coaching.redaction import without_secrets

Text = str | Promise
ROOM = gettext_lazy("Connections")
RESOURCES = {
    "agents": gettext_lazy("Agents"),
    "teams": gettext_lazy("Teams"),
    "roster": gettext_lazy("Who is in which team"),
    "queues": gettext_lazy("Queues"),
    "forms": gettext_lazy("Quality forms"),
    "interactions": gettext_lazy("Contacts"),
    "evaluations": gettext_lazy("Evaluations"),
    "recordings": gettext_lazy("Recordings"),
    "transcripts": gettext_lazy("Transcripts"),
    "sentiment": gettext_lazy("Customer sentiment"),
}
OUTCOMES = {
    "read": gettext_lazy("Read"),
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "same": gettext_lazy("As before"),
    "unknown_agent": gettext_lazy("Agent not mapped"),
    "not_released": gettext_lazy("Not released yet"),
    "not_lawful": gettext_lazy("Without its basis"),
    "without_contact": gettext_lazy("Contact not known"),
    "too_old": gettext_lazy("Older than what is kept"),
    "unreadable": gettext_lazy("Not readable"),
}
_FAILURES = {
    "Unverified": gettext_lazy("The platform refuses us. Check the settings and the secrets."),
    "Forbidden": gettext_lazy("A permission is missing on the platform."),
    "Unavailable": gettext_lazy("The platform did not answer. It is tried again by itself."),
    "Unreadable": gettext_lazy("What came could not be read."),
}
_REFUSALS = {
    "NotLawful": gettext_lazy("The notice is not in force yet, so nothing was stored."),
    "RowErrors": gettext_lazy("Rows could not be read, so nothing was imported."),
    "Busy": gettext_lazy("Another job was at this connection."),
    "The worker stopped.": gettext_lazy("The worker stopped before it was done."),
}


def page(
    request: HttpRequest,
    template: str,
    *,
    title: Text,
    path: Sequence[tuple[Text, str]] = (),
    **context: Any,
) -> HttpResponse:
    """Render a page of the room; `path` leads from the list of connections to this page."""
    door = (ROOM, reverse("connections:index"))
    return framed(request, template, title=title, path=[door, *path], icon="link", **context)


def framed(
    request: HttpRequest,
    template: str,
    *,
    title: Text,
    path: Sequence[tuple[Text, str]],
    icon: str,
    **context: Any,
) -> HttpResponse:
    """Render a page of a room in Wagtail's frame; `path` begins with the room's own door."""
    crumbs = [(_("Home"), reverse("wagtailadmin_home")), *path]
    if title != path[-1][0]:
        crumbs.append((title, ""))
    furniture = {
        "header_title": title,
        "header_icon": icon,
        "breadcrumbs_items": [{"label": label, "url": url} for label, url in crumbs],
    }
    return render(request, f"coaching/admin/{template}", {**furniture, **context})


def connection_page(
    request: HttpRequest, template: str, connection: Connection, *, title: Text, **context: Any
) -> HttpResponse:
    path = [(connection.name, reverse("connections:detail", args=[connection.slug]))]
    return page(request, template, title=title, path=path, connection=connection, **context)


def connection_of(slug: str) -> Connection:
    return get_object_or_404(Connection, slug=slug)


def failure(run: Run) -> str:
    """Say in words why a run failed. What a bug said stays in the log: it may name people."""
    kind, _colon, detail = run.error.partition(": ")
    if kind in _FAILURES:
        return f"{_FAILURES[kind]} ({without_secrets(run.connection, detail)})"
    if kind in _REFUSALS:
        return str(_REFUSALS[kind])
    return _("Something went wrong that we did not foresee. The log has the details.")
