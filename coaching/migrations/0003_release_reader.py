"""The database role that reads released cells and nothing else, where PostgreSQL allows it.

A role of that name may be there already, from another installation on the same server.
"""

import logging

from django.conf import settings
from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)


def create_role(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql" or not settings.RELEASE_ROLE:
        return
    role = connection.ops.quote_name(settings.RELEASE_ROLE)
    if not _has_role(connection):
        _try(connection, f"CREATE ROLE {role} NOLOGIN")
    _try(connection, f"GRANT USAGE ON SCHEMA {_schema(connection)} TO {role}")
    _try(connection, f"GRANT SELECT ON coaching_releasecell TO {role}")
    _try(connection, f"GRANT {role} TO CURRENT_USER")


def _try(connection, statement):
    """Run a statement by itself: what an administrator has done before may be refused to us."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        logger.warning("%s: %s dagskurs.W002 tells what is needed.", statement, error)


def _has_role(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.RELEASE_ROLE])
        return cursor.fetchone() is not None


def _schema(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return connection.ops.quote_name(cursor.fetchone()[0])


class Migration(migrations.Migration):
    dependencies = [("coaching", "0002_initial")]
    operations = [migrations.RunPython(create_role, migrations.RunPython.noop)]
