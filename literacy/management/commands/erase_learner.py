"""Erase a learner's history; the account stays, and the learner can see that it was done."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from literacy.models import AccessKind, AccessLogEntry, Learner
from literacy.privacy.erase import erase


class Command(BaseCommand):
    help = "Erase what is kept about one learner's learning and work; the account stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--yes", action="store_true", help="do it without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        learner = Learner.objects.filter(user__email__iexact=options["email"]).first()
        if learner is None:
            raise CommandError("There is no learner with this e-mail address.")
        if not options["yes"] and input("Erase for good? Type yes: ").strip() != "yes":
            raise CommandError("Nothing was erased.")
        gone = erase(learner)
        AccessLogEntry.objects.create(learner=learner, what=AccessKind.ERASED)
        for name, count in gone.items():
            self.stdout.write(f"{name}: {count}")
