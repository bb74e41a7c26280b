"""The parts of Genesys payloads that we read; everything else is dropped here.

Null means the same as absent. Enums stay texts: Genesys adds values without a version change.
"""

from datetime import UTC
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AliasGenerator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic.alias_generators import to_camel

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class _Payload(BaseModel):
    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_camel))

    @classmethod
    def read(cls, payload: Any) -> Self:
        """Validate a payload. Raises: ValidationError."""
        try:
            return cls.model_validate(payload)
        except ValidationError:
            return cls.model_validate(_without_nulls(payload))


def _without_nulls(payload: Any) -> Any:
    if isinstance(payload, list):
        return [_without_nulls(each) for each in payload]
    if not isinstance(payload, dict):
        return payload
    return {key: _without_nulls(value) for key, value in payload.items() if value is not None}


class Named(_Payload):
    id: str
    name: str = ""


class User(Named):
    email: str = ""
    state: str = "active"
    languages: list[Named] = []


class Member(_Payload):
    id: str
    team_id: str  # put there by us: the list of a team's members does not repeat it


class Availability(_Payload):
    data_availability_date: Moment


class Metric(_Payload):
    name: str
    value: int  # milliseconds for t*, a count for n*
    emit_date: Moment | None = None


class Segment(_Payload):
    segment_type: str = ""
    queue_id: str | None = None
    requested_language_id: str | None = None
    wrap_up_code: str | None = None


class Session(_Payload):
    session_id: str
    media_type: str = ""
    direction: str | None = None
    ani: str | None = None
    dnis: str | None = None
    address_from: str | None = None
    address_to: str | None = None
    address_other: str | None = None
    recording: bool | None = None
    metrics: list[Metric] = []
    segments: list[Segment] = []


class Participant(_Payload):
    purpose: str = ""
    user_id: str | None = None
    sessions: list[Session] = []


class Conversation(_Payload):
    conversation_id: str
    conversation_start: Moment
    conversation_end: Moment | None = None
    originating_direction: str | None = None
    participants: list[Participant] = []


class AnswerOption(_Payload):
    id: str
    text: str = ""
    value: Decimal | None = None
    built_in_type: str | None = None


class Question(_Payload):
    id: str
    context_id: str = ""
    text: str = ""
    help_text: str = ""
    type: str = ""
    na_enabled: bool = False
    is_kill: bool = False
    is_critical: bool = False
    answer_options: list[AnswerOption] = []
    multiple_select_option_questions: list["Question"] = []


class QuestionGroup(_Payload):
    id: str
    context_id: str = ""
    name: str = ""
    weight: Decimal | None = None
    questions: list[Question] = []


class Form(_Payload):
    id: str
    context_id: str = ""
    name: str = ""
    dialect: str | None = None
    weight_mode: str | None = None
    modified_date: Moment | None = None
    question_groups: list[QuestionGroup] = []


class QuestionScore(_Payload):
    question_id: str
    answer_id: str | None = None
    score: Decimal | None = None
    marked_na: bool = Field(default=False, validation_alias="markedNA")
    failed_kill_question: bool | None = None
    comments: str | None = None
    multiple_select_question_option_scores: list["QuestionScore"] = []


class GroupScore(_Payload):
    marked_na: bool = Field(default=False, validation_alias="markedNA")
    question_scores: list[QuestionScore] = []


class Answers(_Payload):
    total_score: Decimal | None = None
    total_critical_score: Decimal | None = None
    any_failed_kill_questions: bool | None = None
    comments: str | None = None
    agent_comments: str | None = None
    question_group_scores: list[GroupScore] = []


class Reference(_Payload):
    id: str


class Hit(_Payload):
    """A line of a search result: enough to fetch the evaluation."""

    id: str
    conversation: Reference
    status: str = ""


class Evaluation(Hit):
    agent: Reference | None = None
    evaluator: Reference | None = None
    calibration: Reference | None = None
    evaluation_form: Form
    version: int | None = None
    media_type: list[str] = []
    never_release: bool = False
    redacted: bool = False
    conversation_date: Moment | None = None
    created_date: Moment | None = None
    changed_date: Moment | None = None
    submitted_date: Moment | None = None
    release_date: Moment | None = None
    answers: Answers = Answers()


class RecordingMetadata(_Payload):
    id: str
    conversation_id: str
    start_time: Moment | None = None
    end_time: Moment | None = None
    media: str = ""
    media_subtype: str = ""
    file_state: str = ""
    delete_date: Moment | None = None


class MediaResult(_Payload):
    media_uri: str


class Sound(_Payload):
    """A recording in a format that can be fetched, once it is there."""

    file_state: str = ""
    estimated_transcode_time_ms: int | None = None
    media_uris: dict[str, MediaResult] = {}


class Phrase(_Payload):
    phrase_index: int | None = None
    text: str = ""
    decorated_text: str = ""
    start_time_ms: int | None = None
    participant_purpose: str = ""
    confidence: float | None = None


class PhraseSentiment(_Payload):
    phrase_index: int
    sentiment: Decimal
    participant: str = ""
    start_time_ms: int | None = None


class Analytics(_Payload):
    sentiment: list[PhraseSentiment] = []


class Transcript(_Payload):
    transcript_id: str
    phrases: list[Phrase] = []
    analytics: Analytics = Analytics()


class Voice(_Payload):
    participant_purpose: str = ""
    user_id: str | None = None
    start_time_ms: int | None = None
    end_time_ms: int | None = None


class TranscriptFile(_Payload):
    conversation_id: str
    communication_id: str
    conversation_start_time: int | None = None
    transcripts: list[Transcript] = []
    participants: list[Voice] = []


class ConversationMetrics(_Payload):
    """What was measured of a conversation, without how empathic its agents were."""

    conversation: Reference
    sentiment_score: Decimal | None = None


class Alternative(_Payload):
    transcript: str = ""
    decorated_transcript: str = ""
    confidence: float | None = None
    offset_ms: int | None = None
    duration_ms: int | None = None


class Utterance(_Payload):
    utterance_id: str
    is_final: bool = False
    channel: str = ""
    dialect: str | None = None
    alternatives: list[Alternative] = []


class SessionStatus(_Payload):
    status: str = ""


class LiveTranscription(_Payload):
    """What a transcription topic sends; without transcripts it only keeps the line alive."""

    conversation_id: str
    communication_id: str
    event_time: Moment | None = None
    session_start_time_ms: int | None = None
    transcripts: list[Utterance] = []
    status: SessionStatus = SessionStatus()


class LiveSentiment(_Payload):
    conversation_id: str
    sentiment_overall_score: Decimal | None = None
