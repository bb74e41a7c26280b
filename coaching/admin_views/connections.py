"""The list of platforms, one platform in detail, and what may be done with it at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coaching import integrations, tasks
from coaching.admin_views import overview, pages
from coaching.admin_views.receiving import can_receive
from coaching.intake import lawful, watching
from coaching.models import Connection, Run
from coaching.models.connections import ConnectionState

RUNS_SHOWN = 10
UNKNOWN_VALUES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ResourceLine:
    """One kind of data of a platform: how far it is read, and what the last run found."""

    title: str | Promise
    read_until: datetime | None
    counts: list[int]


def index(request: HttpRequest) -> HttpResponse:
    return pages.page(
        request,
        "index.html",
        title=pages.ROOM,
        rows=overview.rows(),
        worker_is_silent=tasks.worker_is_silent(timezone.now()),
    )


def detail(request: HttpRequest, slug: str) -> HttpResponse:
    found = overview.rows(slug)
    if not found:
        raise Http404
    row = found[0]
    runs = list(row.connection.runs.select_related("connection")[:RUNS_SHOWN])
    return pages.page(
        request,
        "detail.html",
        title=row.connection.name,
        row=row,
        connection=row.connection,
        can_be_read=can_be_read(row.connection),
        can_receive=can_receive(row.connection),
        rests=watching.is_resting(row.connection, timezone.now()),
        failure=pages.failure(runs[0]) if runs and runs[0].error else "",
        **_resources(row.connection, runs),
        unknown_values=_unknown_values(runs),
        runs=[(run, pages.failure(run) if run.error else "") for run in runs],
        lawful=lawful(row.connection, timezone.localdate()),
    )


@require_POST
def sync_now(request: HttpRequest, slug: str) -> HttpResponse:
    connection = pages.connection_of(slug)
    if not can_be_read(connection):
        messages.error(request, _("This platform cannot be read; import files instead."))
    elif connection.state == ConnectionState.PAUSED:
        messages.error(request, _("This platform is paused. Resume it first."))
    elif not lawful(connection, timezone.localdate()).allowed:
        messages.error(request, _("Nothing can be read before the notice is in force."))
    else:
        tasks.sync_connection.delay(connection.pk)
        messages.success(request, _("The sync has been asked for. Its rows appear below."))
    return redirect("connections:detail", slug)


@require_POST
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Pause a connection that works; it stays so until somebody resumes it."""
    connection = pages.connection_of(slug)
    works = Connection.objects.filter(pk=connection.pk, state=ConnectionState.ACTIVE)
    is_paused = works.update(state=ConnectionState.PAUSED)
    if not is_paused and connection.state != ConnectionState.PAUSED:
        messages.error(request, _("Only a platform that works can be paused."))
    return redirect("connections:detail", slug)


@require_POST
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    connection = pages.connection_of(slug)
    paused = Connection.objects.filter(pk=connection.pk, state=ConnectionState.PAUSED)
    paused.update(state=ConnectionState.ACTIVE)
    return redirect("connections:detail", slug)


def can_be_read(connection: Connection) -> bool:
    adapter = integrations.adapters().get(connection.vendor)
    return bool(adapter and adapter.resources)


def _resources(connection: Connection, runs: list[Run]) -> dict[str, Any]:
    """Return the lines of the resources, with the outcomes that any of them had."""
    marks = dict(connection.watermarks.values_list("resource", "reached_at"))
    counts: dict[str, dict[str, int]] = {}
    for run in reversed(runs):
        counts |= run.counts
    words = [word for word in pages.OUTCOMES if any(of.get(word) for of in counts.values())]
    lines = [
        ResourceLine(title, marks.get(key), [counts.get(key, {}).get(word, 0) for word in words])
        for key, title in pages.RESOURCES.items()
        if key in counts or key in marks
    ]
    return {"resources": lines, "outcomes": [pages.OUTCOMES[word] for word in words]}


def _unknown_values(runs: list[Run]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for run in reversed(runs):
        found |= run.unknown_values
    return sorted(found.items(), key=lambda pair: -pair[1])[:UNKNOWN_VALUES_SHOWN]
