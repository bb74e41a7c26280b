"""What the first start costs with the whole demo organisation, against migrating alone."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measuring import Row, at_most
from tests.databases import ROOT

MIGRATE = ("manage.py", "migrate", "--verbosity=0")
START = (("-m", "config.first_start"), MIGRATE, ("manage.py", "load_demo", "--once"))


def start_rows() -> Iterator[Row]:
    """Migrate, start, migrate: what `make run` does before it serves."""
    first = _cpu_seconds(MIGRATE)
    started = _cpu_seconds(*START)
    migrated = (first + _cpu_seconds(MIGRATE)) / 2
    yield at_most(
        "first start with the demo organisation",
        started,
        "s CPU",
        baseline=f"migrate alone {migrated:.1f} s",
        ratio=started / migrated,
        bar=12,
    )


def _cpu_seconds(*commands: tuple[str, ...]) -> float:
    """Return the processor time that commands take on an empty installation of their own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'dagskurs.sqlite3'}"
        changed = {"VAR_DIR": folder, "DATABASE_URL": database, "TESTING": "0"}
        for command in commands:
            subprocess.run(
                [sys.executable, *command],
                check=True,
                cwd=ROOT,
                env={**os.environ, **changed},
                stdout=subprocess.DEVNULL,
            )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
