"""Reports take the role that reads cells alone where they may, and read on where they may not."""

import os
from collections.abc import Iterator
from importlib import import_module

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from config.checks import reports_read_with_their_own_role
from config.release_role import take_role

ROLE = "reader_of_the_tests"
PRODUCT = "product_of_the_tests"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not settings.IS_POSTGRES, reason="SQLite has no roles"),
]
migration = import_module("coaching.migrations.0003_release_reader")


@pytest.fixture(autouse=True)
def _own_role(settings: settings) -> None:
    """Keep the role of the installation out of it; what a test does is rolled back."""
    settings.RELEASE_ROLE = ROLE


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def become_product(rights: str = "") -> None:
    """Go on as a user who owns nothing and may make no roles."""
    run(
        f"CREATE ROLE {PRODUCT} {rights}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {PRODUCT}",
        f"GRANT CREATE, USAGE ON SCHEMA public TO {PRODUCT}",
        f"SET LOCAL SESSION AUTHORIZATION {PRODUCT}",
    )


def reports_role() -> str:
    """Return who reads after the hook, as it runs when a connection opens."""
    take_role(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def warnings() -> list[str]:
    return [found.id for found in reports_read_with_their_own_role(None, databases=["default"])]


def test_reports_take_the_role() -> None:
    run(
        f"CREATE ROLE {ROLE}",
        f"GRANT SELECT ON coaching_releasecell TO {ROLE}",
    )

    assert warnings() == []
    assert reports_role() == ROLE


def test_reports_read_on_without_the_role() -> None:
    become_product()

    assert warnings() == ["dagskurs.W002"]
    assert reports_role() == PRODUCT


def test_reports_read_on_where_the_role_is_not_theirs() -> None:
    run(f"CREATE ROLE {ROLE}", f"GRANT SELECT ON coaching_releasecell TO {ROLE}")
    become_product()

    assert warnings() == ["dagskurs.W002"]
    assert reports_role() == PRODUCT


def test_reports_read_on_where_the_role_may_not_read_cells() -> None:
    run(f"CREATE ROLE {ROLE}")

    assert warnings() == ["dagskurs.W002"]
    assert reports_role() != ROLE


@pytest.mark.parametrize("is_there", [False, True])
def test_warning_names_what_an_administrator_runs(is_there: bool) -> None:
    if is_there:
        run(f"CREATE ROLE {ROLE}")
    become_product()
    [warning] = reports_read_with_their_own_role(None, databases=["default"])
    statements = warning.hint.split(":", 1)[1].split(";")[:-1]

    run("RESET SESSION AUTHORIZATION", *statements, f"SET LOCAL SESSION AUTHORIZATION {PRODUCT}")

    assert statements[0].startswith(" GRANT" if is_there else " CREATE ROLE")
    assert warnings() == []
    assert reports_role() == ROLE


def test_without_a_name_the_warning_asks_for_one(settings: settings) -> None:
    settings.RELEASE_ROLE = ""

    [warning] = reports_read_with_their_own_role(None, databases=["default"])

    assert (warning.id, warning.hint) == ("dagskurs.W002", "Name a role in RELEASE_ROLE.")


def migrate() -> None:
    with connection.schema_editor() as editor:
        migration.create_role(apps, editor)


def test_migration_makes_the_role() -> None:
    migrate()

    assert reports_role() == ROLE


def test_migration_takes_over_a_role_of_another_installation() -> None:
    """The administrator has granted it already; granting it again is refused to the product."""
    run(f"CREATE ROLE {ROLE}")
    become_product()
    run("RESET SESSION AUTHORIZATION", f"GRANT {ROLE} TO {PRODUCT}")
    run(f"ALTER TABLE coaching_releasecell OWNER TO {PRODUCT}")
    run(f"SET LOCAL SESSION AUTHORIZATION {PRODUCT}")

    migrate()

    assert reports_role() == ROLE


def test_migration_says_what_it_may_not_do(caplog: pytest.LogCaptureFixture) -> None:
    become_product()

    migrate()

    assert "CREATE ROLE" in caplog.text
    assert "dagskurs.W002" in caplog.text
    assert reports_role() == PRODUCT


@pytest.fixture
def plain_user(django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database user as a hosting company hands it out, able to sign in."""
    name = f"plain_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session:
        session.execute(f"DROP ROLE IF EXISTS {name}")  # type: ignore[arg-type]
        session.execute(f"CREATE ROLE {name} LOGIN")  # type: ignore[arg-type]
        session.execute(f"GRANT SELECT ON coaching_releasecell TO {name}")  # type: ignore[arg-type]
        yield name
        session.execute(f"DROP OWNED BY {name}")  # type: ignore[arg-type]
        session.execute(f"DROP ROLE {name}")  # type: ignore[arg-type]


def opened(**changes: str) -> BaseDatabaseWrapper:
    """Open a connection as the alias of the reports does."""
    handler = ConnectionHandler(
        {"default": {}, "release": {**settings.DATABASES["default"], **changes}}
    )
    return handler["release"]


def count(session: BaseDatabaseWrapper, table: str) -> int:
    with session.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a table of ours
        return int(cursor.fetchone()[0])


def test_alias_of_the_reports_opens_for_a_user_without_the_role(plain_user: str) -> None:
    session = opened(USER=plain_user)
    try:
        assert count(session, "coaching_releasecell") == 0
    finally:
        session.close()


def test_alias_of_the_reports_is_refused_learners(settings: settings) -> None:
    settings.RELEASE_ROLE = "release_reader"  # the one that the migration has made
    session = opened()
    try:
        assert count(session, "coaching_releasecell") == 0
        with pytest.raises(ProgrammingError, match="permission denied"):
            count(session, "literacy_learner")
    finally:
        session.close()
