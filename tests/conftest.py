"""Fixtures of every lane."""

from collections.abc import Iterator

import pytest

from tests.lane import LANE, TEMPLATE


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Start each test in the source language, whatever a request before it switched to."""
    from django.utils import translation

    with translation.override("en"):
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run on PostgreSQL what touches rows; the lane on SQLite runs everything."""
    if (LANE, TEMPLATE) != ("postgres", "migrated"):
        return
    pure = [item for item in items if not _touches_rows(item)]
    items[:] = [item for item in items if _touches_rows(item)]
    config.hook.pytest_deselected(items=pure)


def _touches_rows(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db"})


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
