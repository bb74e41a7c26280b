"""System checks of unsafe combinations of settings, each with an id and a hint."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection


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
    role = settings.RELEASE_ROLE
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT to_regclass('coaching_releasecell') IS NOT NULL, "
                "EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)",
                [role],
            )
            has_cells, has_role = cursor.fetchone()
    except DatabaseError:
        return []
    if (role and has_role) or not has_cells:  # the role comes with the tables
        return []
    return [
        Warning(
            "Reports read with the product's own database role, which may also read learners.",
            hint=(
                f'As a database administrator: CREATE ROLE "{role or "release_reader"}"; '
                f'GRANT SELECT ON coaching_releasecell TO "{role or "release_reader"}"; '
                f'GRANT "{role or "release_reader"}" TO the product\'s role.'
            ),
            id="dagskurs.W002",
        )
    ]
