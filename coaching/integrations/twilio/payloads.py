"""The parts of Twilio payloads that we read; everything else is dropped here.

Null means the same as absent. Enums stay texts: Twilio adds values without a version change.
Numbers often come as texts, times as ISO 8601, RFC 2822 or milliseconds, by product.
"""

import email.utils
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasGenerator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    model_validator,
)
from pydantic.alias_generators import to_camel, to_pascal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _mail_date(value: Any) -> Any:
    return email.utils.parsedate_to_datetime(value) if isinstance(value, str) else value


def _attributes(value: Any) -> Any:
    """Return what a customer wrote into a task or worker, JSON in a text or nothing."""
    return json.loads(value) if isinstance(value, str) and value else value or {}


def _from_ms(value: Any) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=int(str(value)))
    except OverflowError as error:
        raise ValueError("is no time") from error


def _blank_is_absent(value: Any) -> Any:
    return None if value == "" else value


Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
MailMoment = Annotated[Moment, BeforeValidator(_mail_date)]
MsMoment = Annotated[datetime, BeforeValidator(_from_ms)]
Attributes = Annotated[dict[str, Any], BeforeValidator(_attributes)]
Seconds = Annotated[Decimal | None, BeforeValidator(_blank_is_absent)]


class _Payload(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        return {key: value for key, value in payload.items() if value is not None}


class Worker(_Payload):
    sid: str
    friendly_name: str = ""
    attributes: Attributes = {}


class TaskQueue(_Payload):
    sid: str
    friendly_name: str = ""


class EventData(_Payload):
    task_sid: str = ""
    reservation_sid: str = ""
    worker_sid: str | None = None
    task_queue_sid: str | None = None
    task_queue_name: str | None = None
    task_channel_unique_name: str | None = None
    task_completed_reason: str | None = None
    task_attributes: Attributes = {}


class Event(_Payload):
    sid: str
    event_type: str
    event_date_ms: MsMoment
    event_data: EventData = EventData()


class Leg(_Payload):
    """Put together by us: the events of one reservation, and when its task entered queues."""

    reservation_sid: str
    queued_at: list[Moment] = []
    events: list[Event]


class Call(_Payload):
    sid: str
    parent_call_sid: str | None = None
    direction: str = ""
    caller: str | None = Field(default=None, validation_alias="from")
    called: str | None = Field(default=None, validation_alias="to")


class Recording(_Payload):
    sid: str
    call_sid: str | None = None
    conference_sid: str | None = None
    status: str = ""
    channels: int = 1
    duration: Seconds = None
    start_time: MailMoment | None = None


class MediaProperties(_Payload):
    source_sid: str | None = None


class Participant(_Payload):
    channel_participant: int
    role: str = ""


class Channel(_Payload):
    media_properties: MediaProperties = MediaProperties()
    participants: list[Participant] = []


class Transcript(_Payload):
    sid: str
    status: str = ""
    language_code: str | None = None
    customer_key: str | None = None
    redaction: bool | None = None
    channel: Channel = Channel()


class Sentence(_Payload):
    sid: str = ""
    sentence_index: int = 0
    media_channel: int | None = None
    start_time: Seconds = None
    end_time: Seconds = None
    transcript: str = ""
    confidence: Annotated[float | None, BeforeValidator(_blank_is_absent)] = None


class OperatorResult(_Payload):
    operator_type: str = ""
    name: str = ""
    predicted_label: str | None = None


class SentenceOf(_Payload):
    """Put together by us: sentences do not repeat their transcript."""

    of: Transcript
    found: Sentence


class ResultOf(_Payload):
    of: Transcript
    found: OperatorResult


class AnswerOption(_Payload):
    id: str
    name: str = ""
    score: Decimal | None = None


class AnswerSet(_Payload):
    id: str
    type: str = ""
    answers: list[AnswerOption] = []


class AnswerSets(_Payload):
    answer_sets: list[AnswerSet] = []
    not_applicable: AnswerOption | None = None


class FormCategory(_Payload):
    category_sid: str
    category_name: str = ""


class FormQuestion(_Payload):
    question_sid: str
    question: str = ""
    description: str = ""
    answer_set_id: str = ""
    allow_na: bool = False
    category: FormCategory


class Questionnaire(_Payload):
    questionnaire_sid: str
    name: str = ""
    questions: list[FormQuestion] = []


class RowCategory(_Payload):
    name: str = ""


class RowQuestion(_Payload):
    question_sid: str
    name: str = ""
    category: RowCategory = RowCategory()


class RowQuestionnaire(_Payload):
    questionnaire_sid: str
    name: str = ""
    question: RowQuestion


class RowAssessment(_Payload):
    questionnaire: RowQuestionnaire


class Row(_Payload):
    """One answered question of an assessment."""

    segment_id: str
    user_email: str = ""
    report: bool = True
    weight: Decimal = Decimal(1)
    answer_id: str | None = None
    answer_text: str = ""
    timestamp: MsMoment
    assessment: RowAssessment


class CommentText(_Payload):
    comment: str = ""


class Comment(_Payload):
    user_email: str = ""
    report: bool = True
    comment: CommentText = CommentText()


class Contact(_Payload):
    """Put there by us: rows name neither the task nor the worker by the ids of TaskRouter."""

    task_sid: str
    worker_sid: str | None = None


class Assessment(_Payload):
    """Put together by us: the rows of one assessor on one questionnaire and segment."""

    id: str
    contact: Contact | None = None
    rows: list[Row]
    comments: list[Comment] = []


class Said(_Payload):
    transcript: str = ""
    confidence: float | None = None


class Transcription(_Payload):
    """A callback of a real-time transcription, in form fields."""

    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_pascal))

    call_sid: str
    transcription_sid: str
    sequence_id: int
    timestamp: Moment
    transcription_event: str
    track: str = ""
    final: bool = False
    language_code: str | None = None
    transcription_data: Json[Said] | None = None


class _Camel(_Payload):
    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_camel))


class Operator(_Camel):
    display_name: str = ""


class LiveParticipant(_Camel):
    type: str = ""


class ExecutionDetails(_Camel):
    participants: list[LiveParticipant] = []


class Result(_Camel):
    """What an operator found in a conversation that goes on."""

    id: str
    date_created: Moment
    operator: Operator = Operator()
    output_format: str = ""
    result: dict[str, Any] = {}
    reference_ids: list[str] = []
    execution_details: ExecutionDetails = ExecutionDetails()


class RuleExecution(_Camel):
    conversation_id: str
    operator_results: list[Result]
