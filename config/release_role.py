"""The database role of the reports' readers: taken when their connection opens, where it may be."""

from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

ALIAS = "release"
CELLS = "coaching_releasecell"
SET_RIGHT_SINCE = 160_000  # before PostgreSQL 16 every member of a role could take it

_USABLE = """
  FROM pg_roles AS reader JOIN pg_class AS cells ON cells.oid = to_regclass(%s)
 WHERE reader.rolname = %s
   AND pg_has_role(current_user, reader.oid, %s)
   AND has_schema_privilege(reader.oid, cells.relnamespace, 'USAGE')
   AND has_table_privilege(reader.oid, cells.oid, 'SELECT')
"""


@receiver(connection_created, dispatch_uid="release_role")
def take_role_for_reports(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.alias == ALIAS:
        take_role(connection)


def take_role(connection: BaseDatabaseWrapper) -> bool:
    """Go on as the role that reads cells alone, or as the product itself where that is refused."""
    return _has_row(connection, "SELECT set_config('role', reader.rolname, false)" + _USABLE)


def may_take_role(connection: BaseDatabaseWrapper) -> bool:
    return _has_row(connection, "SELECT 1" + _USABLE)


def _has_row(connection: Any, query: str) -> bool:
    if connection.vendor != "postgresql" or not settings.RELEASE_ROLE:
        return False
    right = "SET" if connection.pg_version >= SET_RIGHT_SINCE else "MEMBER"
    with connection.cursor() as cursor:
        cursor.execute(query, [CELLS, settings.RELEASE_ROLE, right])
        return cursor.fetchone() is not None
