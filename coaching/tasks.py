"""Jobs of the worker: each loads what it was given the number of, calls its stage, and ends.

All are safe to run twice. What went wrong stands on the connection or the run, for a person.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

from coaching import alerts, evidence, integrations, retention, suggestions
from coaching.intake import (
    Busy,
    NotLawful,
    Paused,
    end_quarantine,
    files,
    lawful,
    listening,
    network,
    pull,
    pushing,
    replay,
    replay_spoken,
    run_lock,
    watching,
)
from coaching.intake.running import recorded
from coaching.integrations.base import AdapterError, Unavailable
from coaching.models import Connection, FileImport, QuarantinedPayload, Run
from coaching.models.connections import ConnectionState
from coaching.release import close

BUSY_WAIT_SECONDS = 30
BUSY_TRIES = 120
SILENT_AFTER = timedelta(minutes=3)

logger = logging.getLogger(__name__)


def client_for(
    connection: Connection, *, answer_seconds: float = network.ANSWER_SECONDS
) -> httpx.Client:
    """Return what the adapter of a connection calls its platform with."""
    return network.client(_demo_transport(connection), answer_seconds=answer_seconds)


def sync(connection: Connection, now: datetime, since: datetime | None = None) -> Run:
    """Read what is new on a platform and weigh it. Raises: as `intake.pull`."""
    with client_for(connection) as http:
        run = pull(connection, http, now=now, since=since)
    evidence.weigh_waiting(now)
    return run


@shared_task(bind=True, name="coaching.sync_connection", max_retries=5)
def sync_connection(self: Task, connection_id: int) -> None:
    connection = Connection.objects.get(pk=connection_id)
    try:
        sync(connection, timezone.now())
    except Unavailable as error:
        raise self.retry(exc=error, countdown=error.retry_after_seconds) from error
    except (AdapterError, Busy, NotLawful, Paused) as error:
        logger.warning("connection %s was not read: %s", connection.pk, type(error).__name__)


@shared_task(name="coaching.sync_all")
def sync_all() -> None:
    """Ask for a sync of every platform that works and may be read."""
    for connection in Connection.objects.filter(state=ConnectionState.ACTIVE):
        can_be_read = integrations.adapter(connection.vendor).resources
        rests = watching.is_resting(connection, timezone.now())
        if can_be_read and not rests and lawful(connection, timezone.localdate()).allowed:
            sync_connection.delay(connection.pk)


@shared_task(name="coaching.take_event")
def take_event(kept_id: int) -> None:
    """Take in an event that a platform pushed; a second time there is nothing left."""
    kept = QuarantinedPayload.objects.filter(pk=kept_id).select_related("connection").first()
    if kept:
        pushing.take_event(kept, timezone.now())


@shared_task(name="coaching.read_sentiment")
def read_sentiment() -> None:
    while listening.read_waiting():
        pass


@shared_task(name="coaching.watch_connections")
def watch_connections() -> None:
    """Write to the administrators of what is newly broken or silent."""
    now = timezone.now()
    troubles = watching.new_troubles(now)
    alerts.send(troubles)
    watching.told(troubles, now)


@shared_task(name="coaching.try_file")
def try_file(import_id: int) -> None:
    files.dry_run(FileImport.objects.get(pk=import_id), timezone.now())


@shared_task(bind=True, name="coaching.import_file", max_retries=BUSY_TRIES)
def import_file(self: Task, import_id: int) -> None:
    file_import = FileImport.objects.select_related("connection").get(pk=import_id)
    skip_errors = file_import.preview.get("skip_errors", False)
    try:
        files.run_import(file_import, timezone.now(), skip_errors=skip_errors)
    except Busy as busy:
        raise self.retry(exc=busy, countdown=BUSY_WAIT_SECONDS) from busy
    except (AdapterError, NotLawful, files.RowErrors) as refused:
        logger.warning("import %s was refused: %s", import_id, type(refused).__name__)
    evidence.weigh_waiting(timezone.now())


@shared_task(bind=True, name="coaching.replay_quarantine", max_retries=BUSY_TRIES)
def replay_quarantine(self: Task, connection_id: int) -> None:
    """Take in what was kept aside and need not be any more."""
    connection, now = Connection.objects.get(pk=connection_id), timezone.now()
    if not lawful(connection, timezone.localdate(now)).allowed:
        return
    try:
        with run_lock(connection):
            run = Run.objects.create(connection=connection, kind="pull", started_at=now)
            with recorded(run):
                replay(run, now)
                replay_spoken(run, now)
    except Busy as busy:
        raise self.retry(exc=busy, countdown=BUSY_WAIT_SECONDS) from busy
    evidence.weigh_waiting(now)


@shared_task(name="coaching.weigh_evidence")
def weigh_evidence() -> None:
    evidence.weigh_waiting(timezone.now())


@shared_task(name="coaching.close_weeks")
def close_weeks() -> None:
    close.close_missing(timezone.now())


@shared_task(name="coaching.suggest_modules")
def suggest_modules() -> None:
    suggestions.suggest_all(timezone.now())


@shared_task(name="coaching.end_kept_aside")
def end_kept_aside() -> None:
    """End what was kept aside and the uploads whose time is up."""
    end_quarantine(timezone.now())
    files.end_imports(timezone.now())


@shared_task(name="coaching.retention")
def end_due() -> None:
    retention.end_due(timezone.now())


@shared_task(name="coaching.worker_alive")
def worker_alive() -> None:
    """Leave a sign of life, and go on with imports that a killed worker left behind."""
    _sign_of_life().parent.mkdir(parents=True, exist_ok=True)
    _sign_of_life().touch()
    now = timezone.now()
    for file_import in files.left_behind(now):
        Run.objects.filter(fileimport=file_import).update(heartbeat_at=now)
        import_file.delay(file_import.pk)


def worker_is_silent(now: datetime) -> bool:
    """Tell whether no worker has left a sign of life for a while, so that jobs only wait."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return False
    try:
        seen = _sign_of_life().stat().st_mtime
    except FileNotFoundError:
        return True
    return now.timestamp() - seen > SILENT_AFTER.total_seconds()


def _sign_of_life() -> Path:
    return Path(settings.PRIVATE_ROOT) / "worker-alive"


def _demo_transport(connection: Connection) -> httpx.BaseTransport | None:
    if connection.settings.get("transport") != "demo":
        return None
    # The demo stands above the jobs; only its own connections lead to it.
    from coaching.demo.platform import transport_for

    return transport_for(connection)
