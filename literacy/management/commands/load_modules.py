"""Load the framework, the site's tree and the module files into the CMS."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from literacy.catalogue import load_modules
from literacy.modulefiles.files import UnreadableModule


class Command(BaseCommand):
    help = "Load modules from files. Pages that were changed in the CMS are left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="default: fixtures/modules")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        try:
            outcome = load_modules(files or None)
        except UnreadableModule as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(
                f"{len(outcome.written)} pages written, {outcome.unchanged} unchanged, "
                f"{len(outcome.skipped)} left alone"
            )
            for line in outcome.skipped:
                self.stdout.write(f"  {line}")
