"""Tokens of platforms, shared by all workers, sealed wherever the cache keeps them."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.core.cache import cache

from coaching.models import encrypted

HOLD_SECONDS = 90  # longer than six tries of one sign-in answer quickly
STEP_SECONDS = 0.1


class SharedTokens:
    """What `integrations.base.Tokens` asks for, in the cache of the installation."""

    def __init__(self, connection_id: int) -> None:
        self._connection_id = connection_id

    def get(self, key: str) -> tuple[str, datetime] | None:
        sealed = cache.get(self._name(key))
        if sealed is None:
            return None
        try:
            token, ends_at = encrypted.open_json(sealed)
        except encrypted.Unopenable:
            return None
        return token, datetime.fromtimestamp(ends_at, UTC)

    def put(self, key: str, token: str, ends_at: datetime) -> None:
        seconds = max(ends_at.timestamp() - time.time(), 1)
        cache.set(self._name(key), encrypted.seal_json([token, ends_at.timestamp()]), seconds)

    @contextmanager
    def renewing(self, key: str) -> Iterator[None]:
        """Let one worker sign in; the others wait and find the token that it fetched."""
        lock, waited_until = f"{self._name(key)}:renewing", time.monotonic() + HOLD_SECONDS
        while not cache.add(lock, 1, HOLD_SECONDS) and time.monotonic() < waited_until:
            time.sleep(STEP_SECONDS)
        try:
            yield
        finally:
            cache.delete(lock)

    def _name(self, key: str) -> str:
        digest = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
        return f"platform-token:{self._connection_id}:{digest}"
