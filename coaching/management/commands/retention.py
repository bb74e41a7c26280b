"""End what has reached its end, and say what that was."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from coaching.retention import end_due


class Command(BaseCommand):
    help = "Delete what has reached the end of its time, and say how much of each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        found = end_due(timezone.now(), dry_run=dry_run)
        word = "would go" if dry_run else "gone"
        for name, count in found.items():
            if count:
                self.stdout.write(f"{name}: {count} {word}")
        self.stdout.write(f"in all: {sum(found.values())} {word}")
