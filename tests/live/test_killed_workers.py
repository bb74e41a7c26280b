"""Workers die in the middle of a sync and of an import: nothing is lost, nothing is doubled."""

import csv
import io
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.core.files.base import ContentFile
from django.utils import timezone

from coaching import tasks
from coaching.intake.files.importing import LEFT_AFTER
from coaching.models import (
    Connection,
    Evaluation,
    EvaluationAnswer,
    FileImport,
    Interaction,
    Run,
    Watermark,
)
from coaching.models.connections import RunState
from tests import servers
from tests.environment import FIXED

READ_AGAIN = timedelta(weeks=10)
ROWS = 6000
HEADER = ("Ärendenummer", "Medarbetare", "Kanal", "Starttid", "Ärendetyp")
PATIENCE_SECONDS = 90


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the test's own, which keeps the tasks while no worker lives."""
    port, folder = servers.free_port(), tmp_path_factory.mktemp("redis")
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(folder)]
    with servers.running(*command, env={**os.environ}, log="redis"):
        yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def send(broker: str) -> Callable[..., Any]:
    return Celery(broker=broker).send_task


@pytest.fixture
def worker_environment(broker: str) -> dict[str, str]:
    """As the server's, but with the folder in which this process keeps uploads."""
    return servers.environment(0, REDIS_URL=broker, VAR_DIR=FIXED["VAR_DIR"])


def test_sync_goes_on_where_a_killed_worker_stopped(
    worker_environment: dict[str, str], send: Callable[..., Any]
) -> None:
    connection = Connection.objects.get(slug="genesys-no")
    unread(connection)
    tasks.sync(connection, timezone.now())
    undisturbed = contents(connection)
    interactions = connection.interactions.count()
    assert interactions > 500
    unread(connection)

    with servers.worker(worker_environment, log="killed-sync") as worker:
        send("coaching.sync_connection", [connection.pk])
        wait_until(lambda: connection.interactions.count() > interactions / 5)
        kill(worker)
    assert connection.interactions.count() < interactions
    assert connection.runs.latest("pk").state == RunState.RUNNING
    with servers.worker(worker_environment, log="second-sync"):
        end_lock(connection)
        send("coaching.sync_connection", [connection.pk])
        wait_until(lambda: connection.runs.latest("pk").state == RunState.DONE)

    assert contents(connection) == undisturbed
    assert connection.runs.order_by("-pk")[1].state == RunState.FAILED


def test_import_is_made_again_after_a_killed_worker(
    worker_environment: dict[str, str], send: Callable[..., Any]
) -> None:
    connection = Connection.objects.get(slug="tabeller-se")
    upload = FileImport.objects.create(
        connection=connection, kind="interactions", name="many.csv", file=many_rows()
    )

    with servers.worker(worker_environment, log="killed-import") as worker:
        send("coaching.import_file", [upload.pk])
        wait_until(lambda: imported().count() > 0)
        kill(worker)
    assert imported().count() < ROWS
    end_lock(connection)
    quiet_since = timezone.now() - LEFT_AFTER - timedelta(minutes=1)
    Run.objects.filter(fileimport=upload).update(heartbeat_at=quiet_since)
    with servers.worker(worker_environment, log="second-import"):
        send("coaching.worker_alive")
        wait_until(lambda: run_of(upload).state == RunState.DONE)
    tasks.import_file(upload.pk)  # in the end the broker delivers the first one again

    assert run_of(upload).rows_done == ROWS
    assert sorted(imported().values_list("external_id", flat=True)) == keys()


# What is read


def unread(connection: Connection) -> None:
    """Let a connection of the demo know nothing, and have its last weeks still to read."""
    Evaluation.objects.filter(connection=connection).delete()
    Interaction.objects.filter(connection=connection).delete()
    connection.quarantine.all().delete()
    marks = Watermark.objects.filter(
        connection=connection, resource__in=("interactions", "evaluations")
    )
    marks.update(reached_at=timezone.now() - READ_AGAIN)


def contents(connection: Connection) -> list[list[tuple[Any, ...]]]:
    of_evaluation = EvaluationAnswer.objects.filter(evaluation__connection=connection)
    rows = [
        connection.interactions.values_list("external_id", "leg_id", "learner", "content_hash"),
        connection.evaluations.values_list("external_id", "revision", "learner", "content_hash"),
        of_evaluation.values_list("evaluation__external_id", "line", "points"),
        connection.quarantine.values_list("resource", "reference", "reason"),
    ]
    return [sorted(each) for each in rows]


def many_rows() -> ContentFile:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";")
    table.writerow(HEADER)
    day = f"{timezone.localdate() - timedelta(days=3)} 10:00"
    table.writerows((key, "agent.sv@demo.example", "Besök", day, "Router") for key in keys())
    return ContentFile(text.getvalue().encode(), name="many.csv")


def keys() -> list[str]:
    return [f"many-{number:05}" for number in range(ROWS)]


def imported() -> Any:
    return Interaction.objects.filter(external_id__startswith="many-")


def run_of(upload: FileImport) -> Run:
    return Run.objects.get(fileimport=upload)


# Time passes


def kill(worker: subprocess.Popen[bytes]) -> None:
    """Take the whole worker, which is one process of threads, down as a power cut does."""
    worker.kill()
    worker.wait(10)


def end_lock(connection: Connection) -> None:
    """Let the ten minutes pass for which a dead worker holds a connection."""
    ago = timezone.now() - timedelta(seconds=1)
    Connection.objects.filter(pk=connection.pk).update(locked_until=ago)


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_SECONDS * 50):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("it did not happen")
