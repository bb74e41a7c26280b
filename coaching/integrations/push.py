"""Our own push API: whatever has no adapter sends its records in our own words.

Meant for CRM, e-mail, chat, social media, workforce management, knowledge bases and home-grown
systems. Field names and units are those of `coaching.records`; times may have any offset.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from coaching import records
from coaching.integrations.base import (
    Adapter,
    Batch,
    Capability,
    CheckReport,
    Finding,
    Resource,
    Unreadable,
    gettext_noop,
    load_json,
    translate,
)
from coaching.integrations.normalise import customer_ref

MOST_RECORDS = 1000

_SHAPES: dict[str, tuple[Resource, TypeAdapter[Any]]] = {
    "agents": (Resource.AGENTS, TypeAdapter(records.AgentRef)),
    "interactions": (Resource.INTERACTIONS, TypeAdapter(records.Interaction)),
    "evaluations": (Resource.EVALUATIONS, TypeAdapter(records.Evaluation)),
    "transcripts": (Resource.TRANSCRIPTS, TypeAdapter(records.TranscriptSegment)),
}
KINDS = tuple(_SHAPES)


class Push(Adapter):
    label = gettext_noop("Push API (any other system)")
    capabilities = frozenset(
        {
            Capability.AGENTS,
            Capability.INTERACTIONS,
            Capability.EVALUATIONS,
            Capability.EVALUATION_ANSWERS,
            Capability.TRANSCRIPTS,
            Capability.PUSH,
        }
    )

    def check(self) -> CheckReport:
        return CheckReport((Finding(gettext_noop("Ready to receive"), passed=True),))

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in _SHAPES:
            raise Unreadable("kind", "is not one we know")
        found = load_json(payload).get("records")
        if not isinstance(found, list):
            raise Unreadable("records", "is not a list")
        if len(found) > MOST_RECORDS:
            raise Unreadable("records", f"holds more than {MOST_RECORDS}")
        resource, shape = _SHAPES[event]
        read = partial(_read, shape.validate_python, key=self.settings.get("customer_key", ""))
        return translate(found, read, resource=resource, reference="external_id")


def _read(
    validate: Callable[[Any], records.Record], payload: Any, _unknown: Counter[str], *, key: str
) -> Iterator[records.Record]:
    if not isinstance(payload, dict):
        raise Unreadable("record", "is not a JSON object")
    fields = {name: _utc(name, value) for name, value in payload.items() if value is not None}
    fields.pop("customer_ref", None)  # only we can make one
    if customer := fields.pop("customer", None):
        fields["customer_ref"] = customer_ref(str(customer), key)
    if isinstance(fields.get("email"), str):
        fields["email"] = fields["email"].strip().lower()
    yield validate(fields)


def _utc(name: str, value: Any) -> Any:
    """Return a moment in UTC, however its offset was written; anything else as it is."""
    if not (name.endswith("_at") and isinstance(value, str)):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Unreadable(name, "is not a moment in ISO 8601") from error
    if moment.tzinfo is None:
        raise Unreadable(name, "has no offset from UTC")
    return moment.astimezone(UTC)
