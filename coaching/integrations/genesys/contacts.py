"""Genesys conversations -> contacts, one per leg of an agent."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from coaching import records
from coaching.integrations.genesys import payloads
from coaching.integrations.genesys.events import Payload, conversations
from coaching.integrations.genesys.lists import Names
from coaching.integrations.genesys.words import CHANNELS, DIRECTIONS, SIDE_MEDIA, language
from coaching.integrations.normalise import customer_ref, first, known


def read_conversation(
    payload: Any, unknown: Counter[str], *, names: Names, customer_key: str
) -> Iterator[records.Interaction]:
    """Yield one contact per leg in which an agent spoke or wrote with the customer."""
    conversation = payloads.Conversation.read(payload)
    for leg in _legs(conversation):
        yield leg.read(unknown, names=names, customer_key=customer_key)


def handled(page: Payload) -> Iterator[Payload]:
    """Yield the id and the lines of each conversation in which an agent had a contact.

    A transcript is kept for the customer's line, or for one that was recorded.
    """
    for payload in conversations(page):
        try:
            conversation = payloads.Conversation.read(payload)
        except ValidationError:
            continue  # it is kept aside where contacts are read
        if any(_legs(conversation)):
            lines = [
                session.session_id
                for participant in conversation.participants
                for session in participant.sessions
                if session.recording or _is_customers(participant, session)
            ]
            communications = list(dict.fromkeys(lines))
            yield {"id": conversation.conversation_id, "communications": communications}


def _legs(conversation: payloads.Conversation) -> Iterator["_Leg"]:
    if conversation.conversation_end is None:
        return  # still going on: it is active again in a later window
    for participant in conversation.participants:
        if participant.purpose.casefold() == "agent":
            for session in filter(_is_contact, participant.sessions):
                yield _Leg(conversation, participant, session)


def _is_customers(participant: payloads.Participant, session: payloads.Session) -> bool:
    is_theirs = participant.purpose.casefold() in {"customer", "external"}
    return is_theirs and session.media_type.casefold() not in SIDE_MEDIA


def _is_contact(session: payloads.Session) -> bool:
    kinds = {segment.segment_type.casefold() for segment in session.segments}
    return "interact" in kinds and session.media_type.casefold() not in SIDE_MEDIA


@dataclass(frozen=True, slots=True)
class _Leg:
    conversation: payloads.Conversation
    participant: payloads.Participant
    session: payloads.Session

    def read(
        self, unknown: Counter[str], *, names: Names, customer_key: str
    ) -> records.Interaction:
        session, segments = self.session, self.session.segments
        sums = self._sums()
        # A metric comes when its thing happens: handle time without tHeld means no hold.
        absent = 0 if "tHandle" in sums else None
        queue = first(segment.queue_id for segment in segments)
        wrapup = first(segment.wrap_up_code for segment in reversed(segments))
        asked_for = first(segment.requested_language_id for segment in segments)
        return records.Interaction(
            external_id=self.conversation.conversation_id,
            leg_id=session.session_id,
            agent_external_id=self.participant.user_id,
            queue_external_id=queue,
            queue_name=names.queues.get(queue or ""),
            channel=known(
                CHANNELS,
                session.media_type,
                field="mediaType",
                default=records.Channel.OTHER,
                unknown=unknown,
            ),
            direction=known(
                DIRECTIONS,
                self._direction,
                field="direction",
                default=records.Direction.UNKNOWN,
                unknown=unknown,
            ),
            language=language(names.languages.get(asked_for or ""), unknown),
            started_at=self.conversation.conversation_start,
            ended_at=self.conversation.conversation_end,
            ring_ms=sums.get("tAlert"),
            talk_ms=sums.get("tTalk"),
            hold_ms=sums.get("tHeld", absent),
            acw_ms=sums.get("tAcw", absent),
            handle_ms=sums.get("tHandle"),
            transfer_count=sums.get("nTransferred", absent),
            consult_count=sums.get("nConsult", absent),
            disposition_code=wrapup,
            disposition_label=names.wrapup_codes.get(wrapup or ""),
            customer_ref=self._customer_ref(customer_key),
            recorded=session.recording,
            source_updated_at=max(
                (metric.emit_date for metric in session.metrics if metric.emit_date), default=None
            ),
        )

    @property
    def _direction(self) -> str | None:
        return self.session.direction or self.conversation.originating_direction

    def _sums(self) -> Counter[str]:
        sums: Counter[str] = Counter()
        for metric in self.session.metrics:
            sums[metric.name] += metric.value  # a name may come more than once
        return sums

    def _customer_ref(self, key: str) -> str | None:
        session = self.session
        outbound = (self._direction or "").casefold() == "outbound"
        theirs = (
            (session.address_other, session.dnis, session.address_to)
            if outbound
            else (session.address_other, session.ani, session.address_from)
        )
        return first(customer_ref(address, key) for address in theirs)
