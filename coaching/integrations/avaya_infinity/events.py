"""Events of a subscription: prove that they are genuine, read how an interaction goes.

Avaya signs nothing. It sends the token that the subscription was made with, in a header of
its own: whoever knows the token may write any body, so the token is a secret like a password.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from coaching import records
from coaching.integrations.avaya_infinity.payloads import Moment
from coaching.integrations.avaya_infinity.words import LIVE_KINDS, OTHER_FAMILIES
from coaching.integrations.base import Delivery, Push, Unreadable, Unverified
from coaching.integrations.normalise import known
from coaching.records import LiveKind

EVENT = "event"
_MOMENT: TypeAdapter[Any] = TypeAdapter(Moment)


def verify(delivery: Delivery, *, header: str, token: str) -> Push:
    """Prove that whoever sends this knows our token. Raises: Unverified."""
    given = delivery.headers.get(header.strip().lower(), "")
    if not token:
        raise Unverified("no token for events is set")
    if not given:
        raise Unverified("the token is missing")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Unverified("the token does not match")
    key = hashlib.sha256(delivery.body).hexdigest()  # events have no id that is documented
    return Push(event=EVENT, event_id=key, payload=delivery.body)


@dataclass(frozen=True, slots=True)
class Fields:
    """Where an event says what; paths into objects, with dots."""

    name: str
    interaction: str
    agent: str
    time: str

    def read(self, payload: Any, unknown: Counter[str]) -> Iterator[records.LiveEvent]:
        name = _text(payload, self.name)
        if name.partition(".")[0].casefold() in OTHER_FAMILIES:
            return
        kind = known(LIVE_KINDS, name, field="event", default=LiveKind.UNKNOWN, unknown=unknown)
        if kind is LiveKind.UNKNOWN:
            return
        yield records.LiveEvent(
            event_id=hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest(),
            kind=kind,
            interaction_external_id=_text(payload, self.interaction),
            agent_external_id=_at(payload, self.agent) or None,
            occurred_at=_MOMENT.validate_python(_text(payload, self.time)),
        )


def _text(payload: Any, path: str) -> str:
    found = _at(payload, path)
    if not found:
        raise Unreadable(path, "is missing")
    return found


def _at(payload: Any, path: str) -> str:
    for step in path.split("."):
        payload = payload.get(step) if isinstance(payload, Mapping) else None
    return payload if isinstance(payload, str) else ""
