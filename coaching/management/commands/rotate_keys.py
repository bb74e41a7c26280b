"""Seal everything again with the first key of FIELD_KEYS, so that the others can go."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import models, transaction

from coaching.models import Connection, QuarantinedPayload, encrypted

CHUNK = 500


class Command(BaseCommand):
    help = "Seal platform secrets and quarantine again with the first key of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        connections = Connection.objects.exclude(sealed_secrets=None)
        secrets = _renew(connections, "sealed_secrets")
        kept = _renew(QuarantinedPayload.objects, "sealed")
        self.stdout.write(f"Sealed again: {secrets} connections, {kept} payloads in quarantine.")


def _renew(rows: Any, field: str) -> int:
    """Renew one field of all rows, in short transactions; return how many rows those were."""
    done = 0
    last = 0
    while chunk := _next(rows, last):
        with transaction.atomic():
            for row in chunk:
                setattr(row, field, encrypted.renew(getattr(row, field)))
            type(chunk[0])._default_manager.bulk_update(chunk, [field])
        done += len(chunk)
        last = chunk[-1].pk
    return done


def _next(rows: Any, last: int) -> list[models.Model]:
    return list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK])
