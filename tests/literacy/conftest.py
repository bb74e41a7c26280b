"""The tree of pages with one module, made once for a file of tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.literacy.modules import load


@pytest.fixture(scope="module")
def module_room(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Hold a transaction open around the tests of a file; each of them rolls back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(tmp_path_factory.mktemp("modules"))
        yield
        transaction.set_rollback(True)
    cache.clear()
