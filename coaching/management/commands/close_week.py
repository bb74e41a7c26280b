"""Release the levels of every week that has ended and is still open."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from coaching.release.close import close_missing
from literacy.calendar import monday, week_label


class Command(BaseCommand):
    help = "Release the levels of every ended week that is still open, oldest first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--date",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="close no week after the one that holds this day",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        until = monday(options["date"]) if options["date"] else None
        closed = close_missing(timezone.now(), until=until)
        for week_on in closed:
            self.stdout.write(f"{week_label(week_on)} closed")
        if not closed:
            self.stdout.write("Every ended week is closed already.")
