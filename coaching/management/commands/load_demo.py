"""Load the demo organisation with half a year of data, on the first start."""

import os
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from coaching.demo.loading import WEEKS, load
from coaching.demo.organisation import organisation
from coaching.demo.people import PASSWORD
from literacy.calendar import start_of
from literacy.catalogue import load_modules
from literacy.models import Learner


class Command(BaseCommand):
    help = "Load the demo organisation with half a year of data taken in through the adapters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing if anybody is here")
        parser.add_argument("--weeks", type=int, default=WEEKS)
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day the demo is to be loaded on; default: today",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["once"] and Learner.objects.exists()):
            load_modules()
            load(until=_moment(options["until"]), weeks=options["weeks"])
        if options["verbosity"]:
            self._say_where()

    def _say_where(self) -> None:
        address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/"
        self.stdout.write(f"\nDagskurs: {address}    Authors: {address}cms/\n")
        self.stdout.write(f"Demo accounts, password {PASSWORD}:")
        for person in organisation(1.0).people:
            if person.can_sign_in:
                self.stdout.write(f"  {person.email:24} {person}, {person.role}")


def _moment(until: date | None) -> datetime:
    return start_of(until).replace(hour=8) if until else timezone.now()
