"""System checks of the coaching side: what would expose uploads, or stop a platform silently."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError

from coaching import integrations
from coaching.models import Connection, encrypted


@register(Tags.security)
def uploads_are_private(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Uploaded files name people: no address may lead to them."""
    storage = storages["private"]
    if not isinstance(storage, FileSystemStorage):
        return []
    media = Path(settings.MEDIA_ROOT).resolve()
    if not Path(storage.location).resolve().is_relative_to(media):
        return []
    return [
        Error(
            "Uploaded files would be served to anybody who knows their name.",
            hint='Keep the "private" storage outside MEDIA_ROOT.',
            id="coaching.E001",
        )
    ]


@register(Tags.database)
def connections_can_be_used(
    app_configs: Any, databases: Any = None, **kwargs: Any
) -> list[CheckMessage]:
    if "default" not in (databases or []):
        return []
    try:
        connections = list(Connection.objects.only("slug", "vendor", "sealed_secrets"))
    except DatabaseError:  # not migrated yet
        return []
    return [problem for connection in connections for problem in _problems(connection)]


def _problems(connection: Connection) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if connection.vendor not in integrations.adapters():
        found.append(
            Error(
                f"The connection “{connection.slug}” needs a platform that is not installed: "
                f"{connection.vendor}.",
                hint="Install the version that has it, or pause the connection.",
                id="coaching.E002",
            )
        )
    try:
        connection.secrets  # noqa: B018 - reading is the check
    except encrypted.Unopenable:
        found.append(
            Error(
                f"No key in FIELD_KEYS opens the secrets of the connection “{connection.slug}”.",
                hint="Add the key they were written with, or enter the secrets again.",
                id="coaching.E003",
            )
        )
    return found
