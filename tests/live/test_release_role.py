"""The database itself refuses a report that would read anything but released cells."""

from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db.utils import ConnectionHandler
from psycopg import sql

from coaching.models import ReleaseCell

CELLS = ReleaseCell._meta.db_table


@pytest.fixture
def reader() -> Iterator[psycopg.Connection]:
    """A connection as the release alias opens it."""
    opened = ConnectionHandler({"default": {}, "release": settings.DATABASES["default"]})["release"]
    opened.ensure_connection()
    yield opened.connection
    opened.close()


def select(reader: psycopg.Connection, table: str) -> int:
    [count] = reader.execute(
        sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    ).fetchone() or [0]
    return count


def test_reader_reads_cells(reader: psycopg.Connection) -> None:
    assert select(reader, CELLS) == ReleaseCell.objects.count() > 0


@pytest.mark.parametrize(
    "table", ["literacy_learner", "literacy_answer", "coaching_evaluation", "auth_user"]
)
def test_reader_is_refused_people(reader: psycopg.Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        select(reader, table)


def test_reader_may_read_one_table_of_all(reader: psycopg.Connection) -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}

    readable = {table for table in tables if may(reader, "SELECT", table)}

    assert len(tables) > 60
    assert readable == {CELLS}


def test_reader_changes_nothing(reader: psycopg.Connection) -> None:
    assert not any(may(reader, right, CELLS) for right in ("INSERT", "UPDATE", "DELETE"))


def may(reader: psycopg.Connection, right: str, table: str) -> bool:
    [allowed] = reader.execute("SELECT has_table_privilege(%s, %s)", [table, right]).fetchone() or [
        False
    ]
    return bool(allowed)
