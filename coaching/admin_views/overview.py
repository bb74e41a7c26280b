"""How each connection stands, in a fixed number of queries however many there are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coaching import integrations
from coaching.models import (
    Connection,
    FormLine,
    QuarantinedPayload,
    Run,
    VendorAgent,
    Watermark,
)
from coaching.models.connections import ConnectionState, QuarantineReason, RunState
from literacy.models import Notice


@dataclass(frozen=True, slots=True)
class Standing:
    """A state as a word, and as a mark that does not need its colour."""

    word: str | Promise
    icon: str
    tone: str  # good, waiting, bad, quiet
    repair: str | Promise = ""  # what a person does about it
    repair_page: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that only a person can do."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    connection: Connection
    platform: str
    standing: Standing
    read_until: datetime | None  # the resource that is furthest behind
    last_run: Run | None
    tasks: list[Task]


WORKS = Standing(_("Works"), "check", "good")
FAILED = Standing(_("The last run failed"), "warning", "bad", _("See what failed"), "detail")
WAITS = Standing(_("Waits for the notice"), "time", "waiting", _("Record the notice"), "start")
PAUSED = Standing(_("Paused"), "minus", "quiet")
DRAFT = Standing(_("Set-up not finished"), "edit", "waiting", _("Finish the set-up"), "test")
BROKEN = Standing(_("Broken"), "cross", "bad", _("Check the connection"), "test")
OF_STATE: dict[str, Standing] = {
    ConnectionState.DRAFT: DRAFT,
    ConnectionState.PAUSED: PAUSED,
    ConnectionState.BROKEN: BROKEN,
}


def rows(slug: str | None = None) -> list[Row]:
    connections: list[Any] = list(_annotated(timezone.localdate(), slug))
    runs = Run.objects.in_bulk([found.last_run_id for found in connections if found.last_run_id])
    return [_row(found, runs.get(found.last_run_id)) for found in connections]


def platform_of(connection: Connection) -> str:
    adapter = integrations.adapters().get(connection.vendor)
    return str(_(adapter.label)) if adapter else connection.vendor


def _row(connection: Any, last_run: Run | None) -> Row:
    standing = _standing(connection, last_run)
    return Row(
        connection,
        platform_of(connection),
        standing,
        connection.read_until,
        last_run,
        [*_repairs(connection, standing), *_tasks(connection)],
    )


def _standing(connection: Any, last_run: Run | None) -> Standing:
    if connection.state in OF_STATE:
        return OF_STATE[connection.state]
    if not connection.is_lawful:
        return WAITS
    return FAILED if last_run and last_run.state == RunState.FAILED else WORKS


def _repairs(connection: Any, standing: Standing) -> list[Task]:
    """Return what has to be done before the connection works; a notice in waiting is done."""
    if not standing.repair_page or (standing is WAITS and connection.has_notice):
        return []
    address = reverse(f"connections:{standing.repair_page}", args=[connection.slug])
    return [Task(str(standing.repair), address)]


def _tasks(connection: Any) -> list[Task]:
    agents, lines, kept = connection.agent_count, connection.line_count, connection.kept_count
    wanted = [
        (agents, "agents", ngettext("%(n)s agent to map", "%(n)s agents to map", agents)),
        (lines, "lines", ngettext("%(n)s form line to map", "%(n)s form lines to map", lines)),
        (
            kept,
            "quarantine",
            ngettext("%(n)s payload to look at", "%(n)s payloads to look at", kept),
        ),
    ]
    return [
        Task(text % {"n": count}, reverse(f"connections:{name}", args=[connection.slug]))
        for count, name, text in wanted
        if count
    ]


def _annotated(today: date, slug: str | None) -> QuerySet[Connection]:
    found = Connection.objects.filter(slug=slug) if slug else Connection.objects.all()
    here = {"connection": OuterRef("pk")}
    kept = QuarantinedPayload.objects.waiting().exclude(reason=QuarantineReason.UNKNOWN_AGENT)
    return found.annotate(
        is_lawful=Exists(_notices().filter(in_force_on__lte=today)),
        has_notice=Exists(_notices()),
        read_until=Subquery(
            Watermark.objects.filter(**here)
            .order_by()
            .values("connection")
            .annotate(oldest=Min("reached_at"))
            .values("oldest")
        ),
        last_run_id=Subquery(Run.objects.filter(**here).values("pk")[:1]),
        agent_count=_count(VendorAgent.objects.filter(**here, learner=None, active=True)),
        line_count=_count(
            FormLine.objects.filter(form__connection=OuterRef("pk"), mapped_at=None),
            "form__connection",
        ),
        kept_count=_count(kept.filter(**here)),
    )


def _notices() -> QuerySet[Notice]:
    """Return the notices that count for a connection, as `literacy.privacy.notices` finds them."""
    return Notice.objects.filter(Q(site="") | Q(site=OuterRef("site")), country=OuterRef("country"))


def _count(queryset: QuerySet[Any], of: str = "connection") -> Coalesce:
    counted = queryset.order_by().values(of).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)
