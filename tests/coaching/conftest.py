"""Fixtures of what is about contacts and evaluations."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import NOW


@pytest.fixture
def while_samples_are_young() -> Iterator[None]:
    """Set the clock near the dates of our samples: what is older than a year is not taken in."""
    with time_machine.travel(NOW):
        yield
