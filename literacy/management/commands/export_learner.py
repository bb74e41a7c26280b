"""Print everything kept about one learner as JSON; the learner can see that it was done."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from literacy.models import AccessKind, AccessLogEntry, Learner
from literacy.privacy.export import export


class Command(BaseCommand):
    help = "Print everything kept about one learner as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        learner = Learner.objects.filter(user__email__iexact=options["email"]).first()
        if learner is None:
            raise CommandError("There is no learner with this e-mail address.")
        AccessLogEntry.objects.create(learner=learner, what=AccessKind.EXPORTED)
        text = json.dumps(export(learner), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        self.stdout.write(text)
