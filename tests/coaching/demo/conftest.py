"""A small demo organisation, loaded once for the tests of a module."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from coaching.demo.loading import load
from coaching.models import Evaluation, Interaction, ReleaseCell, Suggestion
from literacy.catalogue import load_modules
from literacy.models import Answer, Check, LedgerEntry, Membership
from literacy.modulefiles.files import FOLDER

LOADED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday; a season began on 2 November
WEEKS = 2
EMAIL = "learner__user__email"


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[list[str]]]:
    """Load the organisation twice, the first time undone again; return the first time's rows."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_modules(FOLDER / "modules" / f"{module}.yaml" for module in ("co-03", "dl-01"))
        with transaction.atomic():
            _load_small()
            first = rows()
            transaction.set_rollback(True)
        _load_small()
        yield first
        transaction.set_rollback(True)


def rows() -> list[list[str]]:
    """Return what is loaded, without the numbers of rows."""
    return [sorted(map(str, found)) for found in _found()]


def _load_small() -> None:
    """Load the organisation with teams of eight."""
    _restart_numbering()
    load(until=LOADED_AT, weeks=WEEKS, scale=0.01)


def _restart_numbering() -> None:
    """Number new rows from where each table ends: some draws follow from a row's number."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)


def _found() -> Iterator[Any]:
    yield Membership.objects.values_list(EMAIL, "team__name", "role", "starts_on", "ends_on")
    yield Interaction.objects.values_list("external_id", "content_hash", EMAIL)
    yield Evaluation.objects.values_list("external_id", "content_hash", EMAIL, "weighed_at")
    yield Answer.objects.values_list("key", "given", "share", "seconds", "answered_at")
    yield Check.objects.values_list(EMAIL, "module", "due_on", "completed_at", "item_keys")
    yield LedgerEntry.objects.values_list(EMAIL, "competence", "recorded_at", "skill_delta")
    yield Suggestion.objects.values_list(EMAIL, "module", "made_at", "state")
    yield ReleaseCell.objects.values_list("unit_label", "week_on", "metric", "level")
