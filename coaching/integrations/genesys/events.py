"""What a payload lists, how each of that is read, and what cannot be fetched."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from coaching import records
from coaching.integrations.base import Rejected, Resource, Unreadable, load_json, reject
from coaching.integrations.genesys import payloads

Payload = dict[str, Any]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[Payload], Iterable[Any]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str = "id"


def load(payload: bytes) -> Payload:
    """Read a payload; a bare list goes where pages have theirs."""
    is_list = payload.lstrip().startswith(b"[")
    return load_json(b'{"entities": ' + payload + b"}" if is_list else payload)


def listed(field: str) -> Callable[[Payload], list[Any]]:
    """Return what finds the list that a payload holds under a name."""

    def found(page: Payload) -> list[Any]:
        if not isinstance(page.get(field), list):
            raise Unreadable(field, "is missing")
        return list(page[field])

    return found


def alone(payload: Payload) -> list[Any]:
    return [payload]


def conversations(page: Payload) -> list[Any]:
    return list(page.get("conversations") or ())  # absent when there are none


def members(page: Payload) -> list[Any]:
    team = re.search(r"/teams/([^/?]+)/members", str(page.get("selfUri")))
    if not team:
        raise Unreadable("selfUri", "does not name a team")
    return [{**member, "teamId": team[1]} for member in listed("entities")(page)]


def no_record(payload: Any, _unknown: Counter[str]) -> tuple[()]:
    payloads.Hit.read(payload)
    return ()


def fetch(
    named: Iterable[Payload], call: Callable[[Payload], Found]
) -> tuple[list[Found], tuple[Rejected, ...]]:
    """Fetch each; one that is gone or that we cannot name is kept aside."""
    whole: list[Found] = []
    missed: list[Rejected] = []
    for one in named:
        try:
            whole.append(call(one))
        except (Unreadable, ValidationError) as error:
            missed.append(reject(one, error, reference="id"))
    return whole, tuple(missed)
