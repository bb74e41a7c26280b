"""One worker signs in for all."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from coaching.intake.tokens import SharedTokens

pytestmark = pytest.mark.pure

ENDS_AT = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def test_token_is_shared_between_workers_and_not_between_connections() -> None:
    SharedTokens(1).put("who", "token", ENDS_AT)

    assert SharedTokens(1).get("who") == ("token", ENDS_AT)
    assert SharedTokens(1).get("else") is None
    assert SharedTokens(2).get("who") is None


def test_token_is_not_in_clear_text_in_the_cache() -> None:
    tokens = SharedTokens(1)
    tokens.put("who", "very-secret-token", ENDS_AT)

    assert b"very-secret-token" not in cache.get(tokens._name("who"))


def test_renewal_is_held_by_one_worker_at_a_time() -> None:
    inside, most = 0, 0
    counting = threading.Lock()

    def renew() -> None:
        nonlocal inside, most
        with SharedTokens(1).renewing("who"):
            with counting:
                inside += 1
                most = max(most, inside)
            threading.Event().wait(0.02)
            with counting:
                inside -= 1

    workers = [threading.Thread(target=renew) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert most == 1
