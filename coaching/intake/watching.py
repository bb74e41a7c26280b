"""Watching connections: one that keeps failing rests, and a person hears of what stays silent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max, Min, Q
from django.utils import timezone

from coaching import integrations
from coaching.intake.lawful import lawful
from coaching.models import Connection
from coaching.models.connections import ConnectionState, RunState

REST_AFTER_FAILURES = 5
FIRST_REST = timedelta(minutes=15)
LONGEST_REST = timedelta(hours=6)
SILENT_AFTER = timedelta(hours=24)
_READ = Q(runs__kind="pull", runs__state=RunState.DONE)


def note_failure(connection: Connection, now: datetime) -> None:
    """Count a failure; from the fifth in a row on, the connection rests, longer each time."""
    own = Connection.objects.filter(pk=connection.pk)
    own.update(failures=F("failures") + 1)
    failures = own.values_list("failures", flat=True).get()
    if failures >= REST_AFTER_FAILURES:
        doublings = min(failures - REST_AFTER_FAILURES, 10)
        own.update(rests_until=now + min(FIRST_REST * 2**doublings, LONGEST_REST))


def note_success(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(
        failures=0, rests_until=None, alerted_at=None
    )


def is_resting(connection: Connection, now: datetime) -> bool:
    return connection.rests_until is not None and connection.rests_until > now


@dataclass(frozen=True)
class Trouble:
    """A connection that an administrator should look at, and since when nothing came of it."""

    connection: Connection
    last_read_at: datetime | None

    @property
    def is_broken(self) -> bool:
        return self.connection.state == ConnectionState.BROKEN


def new_troubles(now: datetime) -> list[Trouble]:
    """Return what is broken or silent and has not been told of yet."""
    watched = Connection.objects.filter(
        state__in=[ConnectionState.ACTIVE, ConnectionState.BROKEN], alerted_at=None
    )
    ended = watched.annotate(last=Max("runs__finished_at", filter=_READ))
    read = dict(ended.values_list("pk", "last"))
    begun = dict(watched.annotate(first=Min("runs__started_at")).values_list("pk", "first"))
    return [
        Trouble(connection, read[connection.pk])
        for connection in watched
        if _is_to_be_read(connection, now)
        and (
            connection.state == ConnectionState.BROKEN
            or _is_silent(read[connection.pk] or begun[connection.pk], now)
        )
    ]


def told(troubles: Iterable[Trouble], now: datetime) -> None:
    ids = [trouble.connection.pk for trouble in troubles]
    Connection.objects.filter(pk__in=ids).update(alerted_at=now)


def _is_to_be_read(connection: Connection, now: datetime) -> bool:
    has_pull = bool(integrations.adapter(connection.vendor).resources)
    return has_pull and lawful(connection, timezone.localdate(now)).allowed


def _is_silent(last: datetime | None, now: datetime) -> bool:
    return last is not None and last < now - SILENT_AFTER
