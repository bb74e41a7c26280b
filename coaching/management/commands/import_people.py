"""Import a file of people with their teams and roles; nothing of it, when a line has an error."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from coaching.intake import people_file
from coaching.integrations.base import Unreadable


class Command(BaseCommand):
    help = "Import people, their teams and roles from a CSV file or an Excel workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            help="columns: e-mail, first name, last name, language, team, role, from",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        found = _plan(options["file"])
        for line in found.wrong:
            self.stderr.write(f"line {line.number}, {line.email or '-'}: {' '.join(line.errors)}")
        if found.wrong:
            raise CommandError("Nothing was imported.")
        if options["dry_run"]:
            for line in found.lines:
                self.stdout.write(f"line {line.number}, {line.email}: {' '.join(line.happens)}")
            return
        try:
            new = people_file.carry_out(found)
        except people_file.Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{len(found.lines)} lines imported, {len(new)} new people.")


def _plan(path: Path) -> people_file.Plan:
    try:
        with path.open("rb") as source:
            return people_file.plan(source, timezone.localdate())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except Unreadable as problem:
        raise CommandError(_(problem.reason)) from problem
