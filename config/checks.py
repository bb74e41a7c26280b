"""System checks of unsafe combinations of settings, each with an id and a hint."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from config.release_role import CELLS, may_take_role


@register()
def two_processes_need_redis(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.WEB_PROCESSES < 2 or settings.REDIS_URL:
        return []
    return [
        Error(
            "Several web processes without Redis: live messages would reach only one of them.",
            hint="Set REDIS_URL, or WEB_PROCESSES=1.",
            id="dagskurs.E001",
        )
    ]


@register(Tags.security, deploy=True)
def production_is_reached_by_https(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.IS_HTTPS:
        return []
    return [
        Error(
            "The site's address is not HTTPS, so cookies would travel in clear text.",
            hint="Set SITE_URL to the https:// address that people use.",
            id="dagskurs.E002",
        )
    ]


@register(deploy=True)
def production_uses_postgres(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.IS_POSTGRES:
        return []
    return [
        Warning(
            "SQLite has one writer and no separate role for the readers of released cells.",
            hint="Set DATABASE_URL to a PostgreSQL database for more than a trial.",
            id="dagskurs.W001",
        )
    ]


@register(Tags.database)
def reports_read_with_their_own_role(
    app_configs: Any, databases: Any = None, **kwargs: Any
) -> list[CheckMessage]:
    if not settings.IS_POSTGRES or "default" not in (databases or []):
        return []
    try:
        has_problem = _has_cells() and not may_take_role(connection)
    except DatabaseError:
        return []
    return [_reports_read_as_the_product()] if has_problem else []


def _has_cells() -> bool:
    return CELLS in connection.introspection.table_names()  # the role comes with the tables


def _reports_read_as_the_product() -> CheckMessage:
    return Warning(
        "Reports read with the product's own database role, which may also read learners.",
        hint=_sql_for_the_role() if settings.RELEASE_ROLE else "Name a role in RELEASE_ROLE.",
        id="dagskurs.W002",
    )


def _sql_for_the_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        product, schema = map(connection.ops.quote_name, cursor.fetchone())
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.RELEASE_ROLE])
        has_role = cursor.fetchone() is not None
    role = connection.ops.quote_name(settings.RELEASE_ROLE)
    make = "" if has_role else f"CREATE ROLE {role} NOLOGIN; "
    return (
        f"They cannot take the role {role}. As a database administrator, in this database: "
        f"{make}GRANT USAGE ON SCHEMA {schema} TO {role}; "
        f"GRANT SELECT ON {CELLS} TO {role}; GRANT {role} TO {product}; "
        "connections that open afterwards take it."
    )
