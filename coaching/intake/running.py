"""Runs: one at a time for a connection, with a heartbeat, and an end that says how it went."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from coaching import integrations
from coaching.intake import watching
from coaching.intake.lawful import NotLawful, lawful
from coaching.intake.taking import Intake
from coaching.intake.tokens import SharedTokens
from coaching.integrations.base import Adapter, AdapterError, Resource, Unverified
from coaching.models import Connection, Run
from coaching.models.connections import ConnectionState, RunState
from coaching.redaction import without_secrets

LOCK_TIME = timedelta(minutes=10)  # longer than any batch; a dead worker's lock ends by itself


class Busy(Exception):
    """Another worker is at this connection."""


class Paused(Exception):
    """Somebody has paused this connection; it is read again when somebody resumes it."""


@contextmanager
def run_lock(connection: Connection) -> Iterator[Callable[[], None]]:
    """Hold the connection; yields a function that keeps hold of it, to be called each batch.

    Raises: Busy when another worker holds it.
    """
    token = secrets.token_hex(16)
    free = Q(locked_until=None) | Q(locked_until__lt=timezone.now())
    mine = Connection.objects.filter(pk=connection.pk, lock_token=token)
    taken = Connection.objects.filter(free, pk=connection.pk).update(
        locked_until=timezone.now() + LOCK_TIME, lock_token=token
    )
    if not taken:
        raise Busy(connection.slug)

    def keep() -> None:
        if not mine.update(locked_until=timezone.now() + LOCK_TIME):
            raise Busy(connection.slug)

    try:
        yield keep
    finally:
        mine.update(locked_until=None, lock_token="")


@contextmanager
def recorded(run: Run) -> Iterator[Run]:
    """Write down how a run ended, whatever happens in it."""
    run.state = RunState.RUNNING
    run.save(update_fields=["state"])
    try:
        yield run
    except Exception as error:
        words = without_secrets(run.connection, f"{type(error).__name__}: {error}")
        run.error = words[:1000]
        _end(run, RunState.FAILED)
        raise
    _end(run, RunState.DONE)


def _end(run: Run, state: RunState) -> None:
    run.state = state
    run.finished_at = timezone.now()
    run.save(update_fields=["state", "finished_at", "error"])


def pull(
    connection: Connection,
    http: httpx.Client,
    *,
    now: datetime,
    since: datetime | None = None,
) -> Run:
    """Read what a platform has that is new, batch by batch, and store it.

    Raises: NotLawful before the notice is in force; Paused; Busy; AdapterError, after which the
    connection says what is wrong and everything stored so far stays.
    """
    if not lawful(connection, timezone.localdate(now)).allowed:
        raise NotLawful(connection.slug)
    if Connection.objects.filter(pk=connection.pk, state=ConnectionState.PAUSED).exists():
        raise Paused(connection.slug)
    with run_lock(connection) as keep:
        abandoned = connection.runs.filter(state=RunState.RUNNING, kind="pull")
        abandoned.update(state=RunState.FAILED, error="The worker stopped.", finished_at=now)
        run = Run.objects.create(connection=connection, kind="pull", started_at=now)
        with recorded(run), _shown_on(connection):
            adapter = build_adapter(connection, http, now)
            intake = Intake(run, now=now)
            for batch in adapter.pull(_since(connection, since)):
                intake.take(batch)
                keep()
    return run


def build_adapter(connection: Connection, http: httpx.Client, now: datetime) -> Adapter:
    """Hand the platform's adapter everything it needs to know of this connection."""
    known = {"customer_key": settings.CUSTOMER_KEY, "time_zone": connection.time_zone}
    return integrations.adapter(connection.vendor)(
        {**known, **connection.settings, **connection.secrets},
        http,
        clock=lambda: now,
        tokens=SharedTokens(connection.pk),
    )


@contextmanager
def _shown_on(connection: Connection) -> Iterator[None]:
    """Keep the connection's state true: broken when it refuses us, working when it answers.

    One that somebody pauses meanwhile stays paused.
    """
    found = Connection.objects.filter(pk=connection.pk)
    unpaused = found.exclude(state=ConnectionState.PAUSED)
    try:
        yield
    except AdapterError as error:
        found.update(error=without_secrets(connection, str(error))[:1000])
        if isinstance(error, Unverified):
            unpaused.update(state=ConnectionState.BROKEN)
        watching.note_failure(connection, timezone.now())
        raise
    found.update(error="")
    unpaused.update(state=ConnectionState.ACTIVE)
    watching.note_success(connection)


def _since(connection: Connection, since: datetime | None) -> dict[Resource, datetime]:
    if since:
        return dict.fromkeys(Resource, since)
    marks = connection.watermarks.values_list("resource", "reached_at")
    return {Resource(resource): reached_at for resource, reached_at in marks}
