"""Make the first administrator, or another: somebody who may enter every room of the CMS."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from literacy import people
from literacy.models import Learner, Role


class Command(BaseCommand):
    help = "Make somebody an administrator; without an account, they get one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="first and last name")
        parser.add_argument("--language", choices=["sv", "nb", "da"])
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        learner = _learner(options)
        people.give_role(learner, Role.ADMINISTRATOR, None, timezone.localdate())
        user = learner.user
        user.is_superuser, user.is_active = True, True
        if options["password_stdin"]:
            user.set_password(_password(user))
        user.save(update_fields=["is_superuser", "is_active", "password"])
        self.stdout.write(f"{user.email} is an administrator.")
        if user.has_usable_password():
            self.stdout.write(f"Sign in at {settings.SITE_URL}{reverse('wagtailadmin_home')}")
        else:
            address = f"{settings.SITE_URL}{reverse('account_reset_password')}"
            self.stdout.write(
                f"No password is set. Ask for one by mail at {address}, or run this command "
                "again with --password-stdin."
            )


def _learner(options: dict[str, Any]) -> Learner:
    address = people.plain_address(options["email"])
    try:
        validate_email(address)
        known = Learner.objects.filter(user__email__iexact=address).first()
        return known or people.add(_person(address, options))
    except (ValidationError, people.Refused) as error:
        raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error


def _person(address: str, options: dict[str, Any]) -> people.Person:
    first, _space, last = options["name"].strip().partition(" ")
    if not last.strip():
        raise CommandError('Give the first and last name: --name "Kim Berg".')
    return people.Person(address, first, last, options["language"] or settings.SITE_LANGUAGE)


def _password(user: Any) -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password
