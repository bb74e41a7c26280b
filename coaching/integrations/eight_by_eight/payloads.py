"""The parts of 8x8 payloads that we read; everything else is dropped here.

Null means the same as absent. The documents show some fields as texts here and numbers there,
durations even in three ways; all are read.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasGenerator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    model_validator,
)
from pydantic.alias_generators import to_camel

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _final_value(given: Any) -> Any:
    """Take a report's value out of its envelope; one that still grows is none yet."""
    if not isinstance(given, dict):
        return given
    return None if given.get("ongoing") else given.get("value")


def _milliseconds(given: Any) -> Any:
    value = _final_value(given)
    if not isinstance(value, str) or ":" not in value:
        return value
    hours, minutes, seconds = (int(part) for part in value.split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def _listed(given: Any) -> Any:
    return given if isinstance(given, list) else [given]


UtcMoment = Annotated[datetime, AfterValidator(_in_utc)]  # written in UTC without saying so
FinalMoment = Annotated[Moment | None, BeforeValidator(_final_value)]
Milliseconds = Annotated[int | None, BeforeValidator(_milliseconds)]
Texts = Annotated[list[str], BeforeValidator(_listed)]


class _Payload(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_camel), coerce_numbers_to_str=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        return {key: value for key, value in payload.items() if value is not None}


class Participant(_Payload):
    participant_assign_number: int = 0
    participant_type: str = ""
    participant_id: str = ""
    participant_offer_action: str = ""
    participant_offer_duration: Milliseconds = None
    participant_handling_duration: Milliseconds = None
    participant_processing_duration: Milliseconds = None
    participant_wrap_up_duration: Milliseconds = None
    participant_hold: int | None = None
    participant_hold_duration: Milliseconds = None
    warm_transfers_completed: int | None = None
    blind_transfer_to_agent: int | None = None
    blind_transfer_to_queue: int | None = None
    consultations_established: int | None = None
    wrap_up_code: Texts = []
    wrap_up_code_id: Texts = []
    wrap_up_code_text: Texts = []


class Contact(_Payload):
    """A row of the detailed report, its cells put side by side by us."""

    interaction_id: str
    original_interaction_id: str | None = None
    creation_time: Moment
    finished_time: FinalMoment = None
    media_type: str = ""
    direction: str = ""
    interaction_type: str = ""
    queue_id: str | None = None
    queue_name: str | None = None
    queue_wait_duration: Milliseconds = None
    origination: str | None = None
    destination: str | None = None
    participants: list[Participant] = []


class User(_Payload):
    user_reference: str = ""
    agent_id: str = ""
    name: str = ""
    email: str = ""
    active: bool = True

    @property
    def key(self) -> str:
        """Return the id that reports use; those who take no contacts have none."""
        return self.agent_id or self.user_reference


class Result(_Payload):
    score: Decimal | None = None
    has_passed: bool | None = None


class Question(_Payload):
    question: str = ""
    answer: Texts = []


class Section(_Payload):
    section_name: str = ""
    questions: list[Question] = []


class Evaluation(_Payload):
    """A line of the list of evaluations, with the sections of its details put in by us."""

    evaluation_id: str
    created_at: UtcMoment
    updated_at: UtcMoment | None = None
    interaction_guid: str | None = None
    template_name: str = ""
    agent: User | None = None
    evaluator: User | None = None
    result: Result = Result()
    sections: list[Section] = []


class Telephony(_Payload):
    direction: str = ""


class Media(_Payload):
    interaction_type: str = ""


class Interaction(_Payload):
    interaction_guid: str
    agent: User | None = None
    telephony: Telephony = Telephony()
    media: Media = Media()


class Utterance(_Payload):
    interaction: Interaction  # put there by us, as the ordinal is
    ordinal: int
    text: str = ""
    confidence: float | None = None  # 0-100
    channel: int | None = None  # 0 called, 1 calling
    emotion: str = ""
    timestamp_start: Decimal | None = None  # seconds
    timestamp_end: Decimal | None = None


class Tag(_Payload):
    key: str
    value: str = ""


class StoredObject(_Payload):
    id: str
    object_state: str = ""
    mime_type: str = ""
    stored_bytes: int | None = None
    tags: list[Tag] = []


class Sender(_Payload):
    id: str | None = None
    type: str = ""


class ChatData(_Payload):
    is_echo: bool = False
    sender: Sender = Sender()
    text: str = ""


class ChatEvent(_Payload):
    event_type: str
    conversation_id: str = ""
    timestamp: int = 0  # milliseconds since 1970
    data: ChatData = ChatData()
