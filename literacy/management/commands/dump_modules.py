"""Write the modules as they are live in the CMS back to files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from literacy.catalogue import dump_modules


class Command(BaseCommand):
    help = "Write live modules to files, three languages side by side."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", help="module ids, default: all")
        parser.add_argument("--to", type=Path, help="folder, default: fixtures/modules")

    def handle(self, *args: Any, ids: list[str], to: Path | None, **options: Any) -> None:
        outcome = dump_modules(to, ids)
        self.stdout.write(f"{len(outcome.written)} files written, {outcome.unchanged} unchanged")
        for line in outcome.skipped:
            self.stdout.write(f"  not written: {line}")
