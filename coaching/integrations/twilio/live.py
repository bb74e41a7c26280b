"""Callbacks of real-time transcription and of Intelligence rules -> live events.

Neither names a task: a live event belongs to the call or conversation, which a contact keeps as
its root. Callbacks may overtake one another; `sequence` tells their order.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from coaching import records
from coaching.integrations.base import Push, Unreadable, load_json
from coaching.integrations.normalise import clean, first, known
from coaching.integrations.twilio import payloads
from coaching.integrations.twilio.transcripts import sentiment
from coaching.integrations.twilio.words import LIVE_KINDS, PARTICIPANTS, SCORES, language, text_at
from coaching.records import LiveKind, Speaker

Shape = TypeVar("Shape", bound=BaseModel)

TRANSCRIPTION = "transcription"
RULE_EXECUTION = "rule_execution"
_TRACKS = {
    "customer": {"inbound_track": Speaker.CUSTOMER, "outbound_track": Speaker.AGENT},
    "agent": {"inbound_track": Speaker.AGENT, "outbound_track": Speaker.CUSTOMER},
}
_BOTH = {"both_tracks": Speaker.UNKNOWN}


def load_form(body: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(body.decode().strip(), keep_blank_values=True))
    except ValueError as error:
        raise Unreadable("payload", "is not a form") from error


def split_form(body: bytes) -> tuple[Push, ...]:
    """Name the callback that a genuine form holds."""
    if "TranscriptionEvent" not in (form := load_form(body)):
        raise Unreadable("TranscriptionEvent", "is missing: not an event we know")
    callback = _validated(payloads.Transcription, form)
    key = _key(callback)
    return (Push(event=TRANSCRIPTION, event_id=key, payload=body, sent_at=callback.timestamp),)


def split_json(body: bytes) -> tuple[Push, ...]:
    """Make one event of each operator result: a rule sends all of its results together."""
    envelope = load_json(body)
    execution = _validated(payloads.RuleExecution, envelope)
    return tuple(
        Push(
            event=RULE_EXECUTION,
            event_id=result.id,
            payload=json.dumps({**envelope, "operatorResults": [raw]}).encode(),
            sent_at=result.date_created,
        )
        for result, raw in zip(execution.operator_results, envelope["operatorResults"], strict=True)
    )


def _validated(shape: type[Shape], payload: Any) -> Shape:
    try:
        return shape.model_validate(payload)
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Unreadable(field or "payload", "is not what Twilio documents") from error


@dataclass(frozen=True, slots=True)
class Reader:
    inbound_speaker: str  # who is heard on the inbound track: customer or agent
    sentiment_operator: str

    def read_callback(self, payload: Any, unknown: Counter[str]) -> Iterator[records.LiveEvent]:
        callback = payloads.Transcription.model_validate(payload)
        said = callback.transcription_data
        yield records.LiveEvent(
            event_id=_key(callback),
            kind=_kind(callback, unknown),
            interaction_external_id=callback.call_sid,
            communication_id=callback.transcription_sid,
            speaker=known(
                _TRACKS[self.inbound_speaker] | _BOTH,
                callback.track,
                field="Track",
                default=Speaker.UNKNOWN,
                unknown=unknown,
            ),
            sequence=callback.sequence_id,
            occurred_at=callback.timestamp,
            text=clean(said.transcript, 10_000) if said else None,
            confidence=said.confidence if said else None,
            language=language(callback.language_code, unknown),
        )

    def read_result(self, payload: Any, unknown: Counter[str]) -> Iterator[records.LiveEvent]:
        result = payloads.Result.model_validate(payload)
        speaker = _speaker(result, unknown)
        name = result.operator.display_name.casefold()
        is_sentiment = name == self.sentiment_operator.casefold()
        if is_sentiment and speaker is Speaker.AGENT:
            return  # how employees sound is not ours to know
        found = _found(result)
        label = sentiment(found, unknown) if is_sentiment and found else None
        yield records.LiveEvent(
            event_id=result.id,
            kind=LiveKind.SENTIMENT if is_sentiment else LiveKind.OPERATOR_RESULT,
            interaction_external_id=_subject(result) or payload["conversationId"],
            communication_id=payload["conversationId"],
            speaker=speaker,
            occurred_at=result.date_created,
            text=_text(result),
            score=SCORES.get(label) if label else None,
            label=clean(found, 200),
        )


def _key(callback: payloads.Transcription) -> str:
    return f"{callback.transcription_sid}:{callback.sequence_id}"


def _kind(callback: payloads.Transcription, unknown: Counter[str]) -> LiveKind:
    kind = known(
        LIVE_KINDS,
        callback.transcription_event,
        field="TranscriptionEvent",
        default=LiveKind.UNKNOWN,
        unknown=unknown,
    )
    return LiveKind.FINAL if kind is LiveKind.PARTIAL and callback.final else kind


def _subject(result: payloads.Result) -> str | None:
    """Return the call or chat that was looked at."""
    return first(sid for sid in result.reference_ids if sid.startswith(("CA", "CH")))


def _speaker(result: payloads.Result, unknown: Counter[str]) -> Speaker:
    """Return whose words were looked at, if they are of one side alone."""
    none = Speaker.UNKNOWN
    sides = {
        known(PARTICIPANTS, one.type, field="participant type", default=none, unknown=unknown)
        for one in result.execution_details.participants
    }
    return sides.pop() if len(sides) == 1 else none


def _found(result: payloads.Result) -> str:
    """Return the label that an operator chose, or the labels of what it found."""
    entities = result.result.get("entities")
    if isinstance(entities, list):
        labels = (text_at(one, "label") for one in entities if isinstance(one, dict))
        return ", ".join(label for label in labels if label)
    return text_at(result.result, "label") or ""


def _text(result: payloads.Result) -> str | None:
    """Return an operator's text, or the free object of a customer's own operator as JSON."""
    if result.output_format.casefold() == "json":
        return clean(json.dumps(result.result, ensure_ascii=False), 10_000)
    return clean(text_at(result.result, "text"), 10_000) or None
