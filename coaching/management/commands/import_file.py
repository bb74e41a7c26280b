"""Import a CSV file or a workbook into a connection; nothing of it, when it has errors."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from coaching import evidence
from coaching.intake import Busy, NotLawful, files
from coaching.integrations.base import Unreadable
from coaching.integrations.csv_file import Mapping
from coaching.models import Connection, FileImport

KINDS = ("interactions", "evaluations", "transcripts")
WORDS = (
    "rows",
    "new",
    "changed",
    "same",
    "unknown_agent",
    "not_released",
    "too_old",
    "errors",
)


class Command(BaseCommand):
    help = "Import contacts or evaluations from a CSV file or an Excel workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("connection", help="its short name")
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=KINDS, default=KINDS[0])
        parser.add_argument("--mapping", type=Path, help="JSON: field -> {column: ...}")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument("--skip-errors", action="store_true", help="leave bad rows out")

    def handle(self, *args: Any, **options: Any) -> None:
        file_import = _upload(options)
        try:
            done = self._import(file_import, options)
        except Unreadable as problem:
            raise CommandError(f"{problem.field}: {_(problem.reason)}") from problem
        except NotLawful as error:
            text = "The notice is not in force yet, so nothing was stored."
            raise CommandError(text) from error
        except Busy as error:
            raise CommandError("Another worker is at this connection. Try again later.") from error
        finally:
            file_import.refresh_from_db()
            if file_import.file:
                files.discard(file_import)
        if not done:
            raise CommandError("Nothing was imported. --skip-errors leaves these rows out.")

    def _import(self, file_import: FileImport, options: dict[str, Any]) -> bool:
        """Return whether all went well; the rows with errors are printed."""
        found = files.dry_run(file_import, timezone.now())
        for reason in files.reasons(file_import):
            self.stderr.write(f"line {reason.line}, {reason.column or '-'}: {reason.words}")
        if more := files.left_out(file_import):
            self.stderr.write(more)
        if "problem" in found:
            raise Unreadable(**found["problem"])
        if options["dry_run"]:
            self._print(found)
            return not found["errors"]
        try:
            run = files.run_import(file_import, timezone.now(), skip_errors=options["skip_errors"])
        except files.RowErrors:
            self._print(found)
            return False
        evidence.weigh_waiting(timezone.now())
        self._print({"rows": run.rows_done, **run.counts[file_import.kind]})
        return True

    def _print(self, counts: dict[str, Any]) -> None:
        told = [f"{counts[word]} {word.replace('_', ' ')}" for word in WORDS if counts.get(word)]
        self.stdout.write(", ".join(told) or "0 rows")
        for value, count in counts.get("unknown_values", {}).items():
            self.stdout.write(f"  not known: {value} ({count})")


def _upload(options: dict[str, Any]) -> FileImport:
    connection = Connection.objects.filter(slug=options["connection"]).first()
    if connection is None:
        raise CommandError(f"There is no connection “{options['connection']}”.")
    mapping = _mapping(options["mapping"])
    try:
        with options["file"].open("rb") as stream:
            return FileImport.objects.create(
                connection=connection,
                kind=options["kind"],
                file=File(stream, name=options["file"].name),
                name=options["file"].name,
                mapping=mapping,
            )
    except OSError as error:
        raise CommandError(f"{options['file']}: {error.strerror}") from error


def _mapping(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text())
        Mapping.model_validate(found)
    except (OSError, ValueError, ValidationError) as error:
        raise CommandError(f"{path} holds no mapping: {error}") from error
    return dict(found)
