from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from tests.coaching.integrations.stub import StubServer

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[StubServer]:
    with StubServer().running() as stub:
        yield stub


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=2) as client:
        yield client


@pytest.fixture
def sleeps() -> list[float]:
    """What the code under test would have slept."""
    return []
