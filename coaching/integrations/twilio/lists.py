"""Twilio's lists -> agents and queues, and what calls tell about the contacts they belong to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from coaching import records
from coaching.integrations.normalise import clean, customer_ref, known
from coaching.integrations.twilio import payloads
from coaching.integrations.twilio.words import DIRECTIONS, language, text_at


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, remembered while the lists are read."""

    queues: dict[str, str] = field(default_factory=dict)
    workers_by_email: dict[str, str] = field(default_factory=dict)

    def read_worker(self, payload: Any, unknown: Counter[str]) -> Iterator[records.AgentRef]:
        worker = payloads.Worker.model_validate(payload)
        email = (text_at(worker.attributes, "email") or "").strip().lower()
        if email:
            self.workers_by_email[email] = worker.sid
        name = text_at(worker.attributes, "full_name") or worker.friendly_name
        spoken = worker.attributes.get("languages")
        languages = spoken if isinstance(spoken, list) else []
        codes = (language(str(one), unknown) for one in languages)
        yield records.AgentRef(
            external_id=worker.sid,
            email=email or None,
            display_name=clean(name, 120),
            language_codes=tuple(code for code in codes if code),
        )

    def read_queue(self, payload: Any, _unknown: Counter[str]) -> Iterator[records.QueueRef]:
        queue = payloads.TaskQueue.model_validate(payload)
        self.queues[queue.sid] = clean(queue.friendly_name, 120)
        yield records.QueueRef(external_id=queue.sid, name=self.queues[queue.sid])


@dataclass(frozen=True, slots=True)
class CallFacts:
    direction: records.Direction
    customer_ref: str | None


@dataclass(frozen=True, slots=True)
class Links:
    """Which contact a call, conference or recording belongs to, remembered while all are read."""

    calls: dict[str, CallFacts] = field(default_factory=dict)
    _parents: dict[str, str] = field(default_factory=dict)
    _contacts: dict[str, str] = field(default_factory=dict)

    def read_call(
        self, payload: Any, unknown: Counter[str], *, customer_key: str
    ) -> Iterable[records.Record]:
        call = payloads.Call.model_validate(payload)
        direction = known(
            DIRECTIONS,
            call.direction,
            field="call direction",
            default=records.Direction.UNKNOWN,
            unknown=unknown,
        )
        theirs = call.called if direction is records.Direction.OUTBOUND else call.caller
        self.calls[call.sid] = CallFacts(direction, customer_ref(theirs, customer_key))
        if call.parent_call_sid:
            self._parents[call.sid] = call.parent_call_sid
        return ()

    def tie(self, contact: str, *sids: str | None) -> None:
        """Note that these belong to a contact; who came first keeps them."""
        for sid in sids:
            if sid:
                self._contacts.setdefault(sid, contact)

    def contact_of(self, *sids: str | None) -> str | None:
        """Return the contact that one of these belongs to, or the first of them itself."""
        given = [sid for sid in sids if sid]
        wider = given + [self._parents[sid] for sid in given if sid in self._parents]
        ours = (self._contacts[sid] for sid in wider if sid in self._contacts)
        return next(ours, given[0] if given else None)
