"""What taking in contacts costs, against copying rows that are ready into the same table."""

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import connection, transaction

from bench.measuring import Row, at_least, limit, taking_turns, wall_seconds
from coaching import integrations
from coaching.demo.contacts import agent_identity, conversations
from coaching.demo.world import World
from coaching.intake import Intake
from coaching.intake.files import run_import
from coaching.integrations.base import Adapter
from coaching.models import Connection, FileImport, Interaction, Run, VendorAgent
from literacy.models import Learner
from literacy.privacy import notices

WORLD = World(date(2026, 1, 12), weeks=40)
PLATFORM = WORLD.organisation.platforms[0]
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
WEEKS = 8  # about 560 contacts each
PAGE, BATCH = 500, 2000  # as Genesys pages, and as files are taken in
LINES, MANY_LINES = 20_000, 100_000
ROUNDS = 3

Rows = Sequence[tuple[Any, ...]]
TABLE = Interaction._meta.db_table
COLUMNS = [field.column for field in Interaction._meta.concrete_fields if not field.primary_key]


def intake_rows() -> Iterator[Row]:
    learners = _learners()
    notices.record("SE", WORLD.first_week_on)
    yield _row("intake from Genesys", _genesys(learners), PAGE)
    connection_id = _table_connection(learners)
    with tempfile.TemporaryDirectory() as folder:
        path = _write_table(Path(folder) / "contacts.csv", sorted(learners), LINES)
        yield _row("intake from a table", partial(import_table, path, connection_id), BATCH)
        large = _write_table(Path(folder) / "large.csv", sorted(learners), MANY_LINES)
        _empty()
        mb = _peak_mb(large, connection_id)
    yield limit(f"peak memory of a table with {MANY_LINES} lines", mb, "MB", bar=300)


def _row(name: str, take_in: Callable[[], Any], batch: int) -> Row:
    """Measure rows per second against the same rows, ready, in the same batches."""
    _empty()
    take_in()
    ready = list(Interaction.objects.order_by("pk").values_list(*COLUMNS))
    seconds, copied = taking_turns(
        partial(_into_empty, take_in),
        partial(_into_empty, partial(_copy, ready, batch)),
        rounds=ROUNDS,
    )
    return at_least(
        name,
        len(ready) / seconds,
        "contacts per second",
        baseline=f"COPY and upsert of ready rows {len(ready) / copied:.0f}",
        ratio=copied / seconds,
        bar=0.4,
    )


def _into_empty(work: Callable[[], Any]) -> float:
    _empty()
    return wall_seconds(work)


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLE} CASCADE")
        cursor.execute(f"ANALYZE {TABLE}")


def _copy(ready: Rows, batch: int) -> None:
    names = ", ".join(COLUMNS)
    news = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS)
    for start in range(0, len(ready), batch):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE ready ON COMMIT DROP AS "  # noqa: S608 - names of ours
                f"SELECT {names} FROM {TABLE} WITH NO DATA"
            )
            with cursor.copy(f"COPY ready ({names}) FROM STDIN") as copy:
                for row in ready[start : start + batch]:
                    copy.write_row(row)
            cursor.execute(
                f"INSERT INTO {TABLE} ({names}) SELECT {names} FROM ready "  # noqa: S608
                f"ON CONFLICT (connection_id, external_id, leg_id) DO UPDATE SET {news}"
            )


# Genesys


def _genesys(learners: dict[str, Learner]) -> Callable[[], None]:
    platform = Connection.objects.create(
        name="Genesys", slug="bench-genesys", vendor="genesys", country="SE"
    )
    VendorAgent.objects.bulk_create(
        VendorAgent(
            connection=platform,
            external_id=agent_identity(PLATFORM, person),
            learner=learners[person.email],
        )
        for person in WORLD.organisation.agents
    )
    found = [one for week in range(WEEKS) for one in conversations(WORLD, PLATFORM, week)]
    pages = [
        json.dumps({"conversations": found[start : start + PAGE]}).encode()
        for start in range(0, len(found), PAGE)
    ]
    settings = {"client_id": "bench", "client_secret": "bench", "customer_key": "bench" * 8}
    adapter = integrations.adapter("genesys")(settings, httpx.Client(), clock=lambda: NOW)
    return partial(_take_pages, platform, adapter, pages)


def _take_pages(platform: Connection, adapter: Adapter, pages: list[bytes]) -> None:
    intake = Intake(Run.objects.create(connection=platform, kind="pull"), now=NOW)
    for page in pages:
        intake.take(adapter.read("conversation_job_results", page))


# Tables


def _table_connection(learners: dict[str, Learner]) -> int:
    found = Connection.objects.create(
        name="Tables", slug="bench-tables", vendor="csv_file", country="SE"
    )
    VendorAgent.objects.bulk_create(
        VendorAgent(connection=found, external_id=email, learner=learner)
        for email, learner in learners.items()
    )
    return found.pk


def _write_table(path: Path, emails: list[str], lines: int) -> Path:
    header = ("Ärendenummer", "Agent", "Kanal", "Start", "Samtalstid (s)", "Efterarbete (s)", "Kö")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header)
        for number in range(lines):
            day, minute = 1 + number % 28, number % 60
            start = f"2026-10-{day:02} {8 + number % 9:02}:{minute:02}:{number % 60:02}"
            email = emails[number % len(emails)]
            writer.writerow((f"K{number:07}", email, "Telefon", start, 200 + minute, 40, "Faktura"))
    return path


def import_table(path: Path, connection_id: int) -> None:
    """Import a file as after a dry run that found nothing wrong."""
    with path.open("rb") as file:
        upload = FileImport.objects.create(
            connection_id=connection_id,
            kind="interactions",
            file=File(file, name=path.name),
            name=path.name,
            preview={"done": True, "rows": LINES, "errors": 0},
        )
    run_import(upload, NOW)


def _peak_mb(path: Path, connection_id: int) -> float:
    """Return the most memory that a process of its own takes for an import."""
    command = [sys.executable, "-m", "bench.memory", str(path), str(connection_id)]
    done = subprocess.run(command, check=True, capture_output=True, env=os.environ, text=True)
    return float(done.stdout)


def _learners() -> dict[str, Learner]:
    people = WORLD.organisation.agents
    users = get_user_model().objects.bulk_create(
        get_user_model()(username=person.email, email=person.email) for person in people
    )
    learners = Learner.objects.bulk_create(Learner(user=user) for user in users)
    return {learner.user.email: learner for learner in learners}
