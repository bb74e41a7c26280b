"""Encryption at rest for platform secrets and quarantined payloads, with rotatable keys."""

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unopenable(Exception):
    """The stored bytes were not written with any of the keys in FIELD_KEYS."""


def seal(value: bytes) -> bytes:
    return _keys().encrypt(value)


def open_sealed(value: bytes | memoryview) -> bytes:
    try:
        return _keys().decrypt(bytes(value))
    except InvalidToken as error:
        raise Unopenable("None of the keys in FIELD_KEYS opens this value.") from error


def seal_json(value: Any) -> bytes:
    return seal(json.dumps(value).encode())


def open_json(value: bytes | memoryview) -> Any:
    return json.loads(open_sealed(value))


def renew(value: bytes | memoryview) -> bytes:
    """Seal a value again, with the first key. Raises: Unopenable."""
    return seal(open_sealed(value))


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
