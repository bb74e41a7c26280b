"""Fixtures of every lane."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Start each test in the source language, whatever a request before it switched to."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The worker's clone is ready: nothing is created, nothing is migrated."""
    from django.conf import settings
    from django.db import connections
    from django.test import TransactionTestCase

    connections["release"] = connections["default"]
    connections.databases["release"] = connections.databases["default"]
    settings.DATABASES["release"] = settings.DATABASES["default"]
    TransactionTestCase.databases = {"default", "release"}
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
