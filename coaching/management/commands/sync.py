"""Read what is new on one platform, or on all that work, without the worker."""

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone

from coaching import integrations
from coaching.intake import Busy, NotLawful, Paused, lawful
from coaching.integrations.base import AdapterError
from coaching.models import Connection, Run
from coaching.models.connections import ConnectionState
from coaching.redaction import without_secrets
from coaching.tasks import sync
from literacy.calendar import start_of


class Command(BaseCommand):
    help = "Read what is new on a platform, or on every platform that works and may be read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("connection", nargs="?", help="its short name, default: all that work")
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="read again from this day on, instead of from where the last sync ended",
        )

    def handle(self, *args: Any, connection: str | None, **options: Any) -> None:
        since = start_of(options["since"]) if options["since"] else None
        failed = [found.slug for found in _asked_for(connection) if not self._sync(found, since)]
        if failed:
            raise CommandError(f"Not read: {', '.join(failed)}.")

    def _sync(self, connection: Connection, since: datetime | None) -> bool:
        try:
            run = sync(connection, timezone.now(), since)
        except NotLawful:
            problem = "the notice is not in force yet, so nothing may be stored."
        except Paused:
            problem = "it is paused; resume it first."
        except Busy:
            problem = "another worker is reading it."
        except AdapterError as error:
            problem = without_secrets(connection, str(error))
        else:
            self._print(connection, run)
            return True
        self.stderr.write(f"{connection.slug}: {problem}")
        return False

    def _print(self, connection: Connection, run: Run) -> None:
        self.stdout.write(f"{connection.slug}: {run.rows_done} rows")
        for resource, counts in run.counts.items():
            words = ", ".join(f"{count} {word}" for word, count in counts.items())
            self.stdout.write(f"  {resource}: {words}")
        for value, count in run.unknown_values.items():
            self.stdout.write(f"  not known: {value} ({count})")


def _can_be_read(connection: Connection) -> bool:
    """Tell whether there is something to read, and whether it may be read yet."""
    has_pull = bool(integrations.adapter(connection.vendor).resources)
    return has_pull and lawful(connection, timezone.localdate()).allowed


def _asked_for(slug: str | None) -> list[Connection]:
    found: QuerySet[Connection] = Connection.objects.all()
    if slug is None:
        working = found.filter(state=ConnectionState.ACTIVE)
        return [one for one in working if _can_be_read(one)]
    if not found.filter(slug=slug).exists():
        raise CommandError(f"There is no connection “{slug}”.")
    return list(found.filter(slug=slug))
