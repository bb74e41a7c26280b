"""The import itself: refused whole, or taken in batch by batch with its progress on its run."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from coaching.intake.files.agents import to_be_matched
from coaching.intake.files.reading import as_stored, chunks, look
from coaching.intake.files.trying import dry_run, unknown_values
from coaching.intake.lawful import NotLawful, lawful
from coaching.intake.running import Busy, recorded, run_lock
from coaching.intake.taking import Intake
from coaching.integrations.base import Batch, Resource, Unreadable
from coaching.models import Connection, FileImport, Run
from coaching.models.connections import RunState

LEFT_AFTER = timedelta(minutes=15)  # longer than the lock of a dead worker


class RowErrors(Exception):
    """Rows cannot be read, and nobody has said to leave them out; nothing was imported."""


def start(file_import: FileImport, now: datetime, *, skip_errors: bool = False) -> Run | None:
    """Give the import its run; return None for a second click, which changes nothing."""
    with transaction.atomic():
        current = FileImport.objects.select_for_update(of=("self",)).get(pk=file_import.pk)
        if current.run and current.run.state != RunState.FAILED:
            return None
        current.preview["skip_errors"] = skip_errors
        current.run = Run.objects.create(
            connection_id=current.connection_id,
            kind="file",
            started_at=now,
            rows_total=current.preview.get("rows"),
        )
        current.save(update_fields=["preview", "run"])
    file_import.preview, file_import.run = current.preview, current.run
    return current.run


def run_import(file_import: FileImport, now: datetime, *, skip_errors: bool = False) -> Run:
    """Import a whole file, or nothing of it; a run that was broken off is made again.

    Raises: Busy; NotLawful before the notice is in force; Unreadable; RowErrors unless the
    rows with errors are to be left out.
    """
    with run_lock(file_import.connection) as keep:
        file_import.refresh_from_db()
        run = file_import.run or start(file_import, now, skip_errors=skip_errors)
        if run is None:  # somebody has just started it
            raise Busy(file_import.connection.slug)
        if run.state == RunState.DONE:
            return run
        _begin(run, now)
        with recorded(run):
            run.rows_total = _rows_to_take(file_import, now, skip_errors=skip_errors)
            run.save(update_fields=["rows_total"])
            _take(file_import, Intake(run, now=now), keep)
            _remember_mapping(file_import)
        file_import.file.delete()
    return run


def left_behind(now: datetime) -> QuerySet[FileImport]:
    """Return imports whose worker has not been heard of for longer than its lock lasts."""
    quiet = Q(run__heartbeat_at=None, run__started_at__lt=now - LEFT_AFTER)
    quiet |= Q(run__heartbeat_at__lt=now - LEFT_AFTER)
    return FileImport.objects.filter(quiet, run__state__in=[RunState.WAITING, RunState.RUNNING])


def _begin(run: Run, now: datetime) -> None:
    run.started_at, run.finished_at, run.heartbeat_at = now, None, None
    run.rows_done, run.counts, run.unknown_values, run.error = 0, {}, {}, ""
    run.save()


def _rows_to_take(file_import: FileImport, now: datetime, *, skip_errors: bool) -> int:
    """Return how many rows there are, or refuse the import as a whole."""
    connection = file_import.connection
    if not lawful(connection, timezone.localdate(now)).allowed:
        raise NotLawful(connection.slug)
    found = file_import.preview if file_import.preview.get("done") else dry_run(file_import, now)
    if "problem" in found:
        raise Unreadable(**found["problem"])
    if found["errors"] and not skip_errors:
        raise RowErrors(f"{found['errors']} rows cannot be read")
    return int(found["rows"])


def _take(file_import: FileImport, intake: Intake, keep: Callable[[], None]) -> None:
    run, resource, done = intake.run, Resource(file_import.kind), 0
    for rows in chunks(file_import):
        found = tuple(row.record for row in rows if row.record)
        if agents := to_be_matched(intake, found):
            intake.take(Batch(resource=Resource.AGENTS, records=agents))
        run.rows_done = done + len(rows) - len(found)  # intake adds what it is given
        intake.take(Batch(resource=resource, records=found, unknown_values=unknown_values(rows)))
        done += len(rows)
        Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now())
        keep()


def _remember_mapping(file_import: FileImport) -> None:
    connection = Connection.objects.get(pk=file_import.connection_id)
    connection.mapping[file_import.kind] = as_stored(look(file_import).mapping)
    connection.save(update_fields=["mapping"])
