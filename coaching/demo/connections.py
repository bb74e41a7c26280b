"""The demo's connections: made, read once a week through the adapters, and mapped by a person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import httpx
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone

from coaching.demo.platform import transport_for
from coaching.demo.tables import table
from coaching.demo.world import World
from coaching.intake import lawful, pull
from coaching.intake.files import run_import
from coaching.models import Connection, FileImport, FormLine
from coaching.models.connections import ConnectionState
from literacy.models import Role


def make_connections(world: World) -> None:
    for platform in world.organisation.platforms:
        connection = Connection(
            name=platform.name,
            slug=platform.slug,
            vendor="genesys",
            country=platform.country,
            site=platform.site,
            time_zone=str(world.zone(platform.country)),
            settings={"transport": "demo", "client_id": "dagskurs", **world.as_settings()},
            state=ConnectionState.ACTIVE,
        )
        connection.secrets = {"client_secret": "demo"}
        connection.save()
    files = world.organisation.facts["files"]
    Connection.objects.create(
        name=files["name"],
        slug=files["slug"],
        vendor="csv_file",
        country=files["country"],
        state=ConnectionState.ACTIVE,
    )


def pull_all(now: datetime) -> None:
    """Read what is new from every platform that may be read by now."""
    for connection in Connection.objects.filter(vendor="genesys"):
        if lawful(connection, timezone.localdate(now)).allowed:
            with httpx.Client(transport=transport_for(connection, lambda: now)) as http:
                pull(connection, http, now=now)


def import_tables(world: World, weeks: Iterable[int], now: datetime) -> None:
    """Import what was kept as tables, as an administrator would."""
    files = world.organisation.facts["files"]
    name = f"kontakter-{timezone.localdate(now)}.csv"
    upload = FileImport.objects.create(
        connection=Connection.objects.get(slug=files["slug"]),
        kind="interactions",
        file=ContentFile(table(world, weeks), name=name),
        name=name,
        uploaded_by=_administrator(),
        uploaded_at=now,
    )
    run_import(upload, now)


def map_lines(world: World, now: datetime) -> None:
    """Say of every question that is new which criterion it is about; of free text, that none is."""
    criteria = _criteria_by_text(world)
    mapped_by = _administrator()
    new = list(FormLine.objects.filter(mapped_at=None))
    for line in new:
        line.criterion_id = criteria.get(line.text)
        line.mapped_by, line.mapped_at = mapped_by, now
    FormLine.objects.bulk_update(new, ["criterion", "mapped_by", "mapped_at"])


def _criteria_by_text(world: World) -> dict[str, str]:
    return {
        text: criterion
        for country in world.organisation.facts["countries"].values()
        for group in country["form"]["groups"]
        for criterion, text in group["lines"].items()
    }


def _administrator() -> Any:
    return get_user_model().objects.get(learner__memberships__role=Role.ADMINISTRATOR)
