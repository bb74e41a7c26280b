"""The first step of the flow: what every platform's data becomes, whatever the platform calls it.

Adapters make these frozen values and intake turns them into rows. Units stand in the names
(`_ms`, `_pct`, `_count`, `_at` in UTC); None means that the platform does not say, never zero.
What a platform says beyond these fields is dropped on purpose: no record keeps a raw payload.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

ID_LENGTH = 128
_MAX_MS = 10 * 366 * 24 * 3600 * 1000
_MAX_COUNT = 32_767
_MAX_POINTS = 999_999
_NO_OFFSET = timedelta(0)


class Channel(StrEnum):
    VOICE = "voice"
    CHAT = "chat"
    MESSAGE = "message"
    EMAIL = "email"
    CALLBACK = "callback"
    VIDEO = "video"
    TASK = "task"
    SOCIAL = "social"
    IN_PERSON = "in_person"
    OTHER = "other"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class EvaluatorKind(StrEnum):
    HUMAN = "human"
    AUTOMATIC = "automatic"
    SELF = "self"
    UNKNOWN = "unknown"


class EvaluationKind(StrEnum):
    STANDARD = "standard"
    CALIBRATION = "calibration"
    SELF_ASSESSMENT = "self_assessment"
    UNKNOWN = "unknown"


class EvaluationStatus(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    RELEASED = "released"  # the only one an agent may be shown
    DISPUTED = "disputed"
    RETRACTED = "retracted"
    UNKNOWN = "unknown"


class QuestionKind(StrEnum):
    SINGLE = "single"
    MULTI = "multi"
    NUMERIC = "numeric"
    TEXT = "text"
    NPS = "nps"
    DATE = "date"
    READONLY = "readonly"
    UNKNOWN = "unknown"


class ScoringMode(StrEnum):
    WEIGHTED_PERCENT = "weighted_percent"
    POINTS = "points"
    PERCENT = "percent"
    NONE = "none"
    UNKNOWN = "unknown"


class Speaker(StrEnum):
    AGENT = "agent"
    CUSTOMER = "customer"
    BOT = "bot"
    IVR = "ivr"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class RecordingKind(StrEnum):
    AUDIO = "audio"
    SCREEN = "screen"
    VOICEMAIL = "voicemail"
    OTHER = "other"


class RecordingState(StrEnum):
    AVAILABLE = "available"
    PENDING = "pending"
    ARCHIVED = "archived"
    DELETED = "deleted"
    ERROR = "error"
    UNKNOWN = "unknown"


class TranscriptSource(StrEnum):
    POST_CALL = "post_call"
    LIVE = "live"


class SentimentScope(StrEnum):
    CONVERSATION = "conversation"
    PARTICIPANT = "participant"
    PERIOD = "period"
    SEGMENT = "segment"


class SentimentLabel(StrEnum):
    VERY_NEGATIVE = "very_negative"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    MIXED = "mixed"
    POSITIVE = "positive"
    VERY_POSITIVE = "very_positive"
    UNKNOWN = "unknown"


class SentimentSource(StrEnum):
    VENDOR = "vendor"
    OWN_MODEL = "own_model"


class LiveKind(StrEnum):
    SESSION_STARTED = "session_started"
    PARTIAL = "partial"
    FINAL = "final"
    SENTIMENT = "sentiment"
    OPERATOR_RESULT = "operator_result"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    SESSION_ENDED = "session_ended"
    ERROR = "error"
    UNKNOWN = "unknown"


class Problem(StrEnum):
    """Why a record refuses a value."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_UTC = "not_utc"
    OUT_OF_RANGE = "out_of_range"
    REVERSED = "reversed"
    REPEATED = "repeated"
    UNPRINTABLE = "unprintable"
    SIGNED_ADDRESS = "signed_address"
    OF_AN_EMPLOYEE = "of_an_employee"


class InvalidField(ValueError):
    """A record was given a value that its field cannot hold."""

    def __init__(self, field: str, problem: Problem) -> None:
        super().__init__(f"{field}: {problem.value.replace('_', ' ')}")
        self.field = field
        self.problem = problem


class _Named:
    """A record that its external id alone identifies within a connection."""

    __slots__ = ()
    external_id: str

    def __post_init__(self) -> None:
        _check_ids(external_id=self.external_id)

    @property
    def natural_key(self) -> tuple[str]:
        return (self.external_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRef(_Named):
    external_id: str
    email: str | None = None  # lower case
    display_name: str = ""
    active: bool = True
    group_external_ids: tuple[str, ...] = ()
    language_codes: tuple[str, ...] = ()  # BCP-47


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRef(_Named):
    external_id: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRef(_Named):
    external_id: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """One line of a dated snapshot: this agent was in this team on that day."""

    agent_external_id: str
    team_external_id: str
    team_name: str = ""
    valid_from: date
    valid_to: date | None = None

    def __post_init__(self) -> None:
        _check_ids(
            agent_external_id=self.agent_external_id,
            team_external_id=self.team_external_id,
        )
        if self.valid_to and self.valid_to < self.valid_from:
            raise InvalidField("valid_to", Problem.REVERSED)

    @property
    def natural_key(self) -> tuple[str, str, date]:
        return (self.agent_external_id, self.team_external_id, self.valid_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One contact as one agent handled it."""

    external_id: str
    leg_id: str = ""  # the agent's leg; empty where a platform has none
    root_external_id: str | None = None
    agent_external_id: str | None = None
    queue_external_id: str | None = None
    queue_name: str | None = None
    channel: Channel
    direction: Direction = Direction.UNKNOWN
    language: str | None = None  # BCP-47
    started_at: datetime
    ended_at: datetime | None = None
    queue_ms: int | None = None
    ring_ms: int | None = None
    talk_ms: int | None = None
    hold_ms: int | None = None
    acw_ms: int | None = None
    handle_ms: int | None = None
    hold_count: int | None = None
    transfer_count: int | None = None
    consult_count: int | None = None
    disposition_code: str | None = None
    disposition_label: str | None = None
    customer_ref: str | None = None  # a keyed hash, never clear text
    recorded: bool | None = None
    text_relay: bool | None = None  # a call through a text-relay service (TTY, TDD)
    source_updated_at: datetime | None = None

    def __post_init__(self) -> None:
        _check_ids(external_id=self.external_id)
        _check_optional_ids(
            leg_id=self.leg_id,
            root_external_id=self.root_external_id,
            agent_external_id=self.agent_external_id,
            queue_external_id=self.queue_external_id,
            disposition_code=self.disposition_code,
        )
        _check_moments(
            started_at=self.started_at,
            ended_at=self.ended_at,
            source_updated_at=self.source_updated_at,
        )
        _check_range(
            0,
            _MAX_MS,
            queue_ms=self.queue_ms,
            ring_ms=self.ring_ms,
            talk_ms=self.talk_ms,
            hold_ms=self.hold_ms,
            acw_ms=self.acw_ms,
            handle_ms=self.handle_ms,
        )
        _check_range(
            0,
            _MAX_COUNT,
            hold_count=self.hold_count,
            transfer_count=self.transfer_count,
            consult_count=self.consult_count,
        )
        _check_texts(queue_name=self.queue_name, disposition_label=self.disposition_label)
        if self.ended_at and self.ended_at < self.started_at:
            raise InvalidField("ended_at", Problem.REVERSED)

    @property
    def natural_key(self) -> tuple[str, str]:
        return (self.external_id, self.leg_id)

    @property
    def version(self) -> datetime:
        """Tell which of two readings is newer; an equal one replaces, an older one does not."""
        return self.source_updated_at or self.ended_at or self.started_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(_Named):
    external_id: str
    text: str = ""
    points: Decimal | None = None
    auto_fail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(_Named):
    external_id: str
    context_id: str  # the same in all versions of its form
    text: str = ""
    help_text: str = ""
    kind: QuestionKind = QuestionKind.UNKNOWN
    max_points: Decimal | None = None
    weight: Decimal | None = None
    is_critical: bool = False
    is_fatal: bool = False  # failing it fails the whole evaluation
    na_allowed: bool = False
    options: tuple[Option, ...] = ()

    def __post_init__(self) -> None:
        _check_ids(external_id=self.external_id, context_id=self.context_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGroup(_Named):
    external_id: str
    context_id: str
    name: str = ""
    weight: Decimal | None = None
    position: int = 0
    questions: tuple[Question, ...] = ()

    def __post_init__(self) -> None:
        _check_ids(external_id=self.external_id, context_id=self.context_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationForm(_Named):
    external_id: str  # of this version of the form
    context_id: str  # of all versions; the external id where a platform has no versions
    version: str = ""
    name: str = ""
    language: str | None = None
    scoring_mode: ScoringMode = ScoringMode.UNKNOWN
    max_points: Decimal | None = None
    groups: tuple[FormGroup, ...] = ()

    def __post_init__(self) -> None:
        _check_ids(external_id=self.external_id, context_id=self.context_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answered line of an evaluation, with what it takes to read it without the form."""

    question_external_id: str
    question_context_id: str
    question_text: str = ""
    group_name: str = ""
    answer_text: str | None = None
    answer_option_external_id: str | None = None
    points: Decimal | None = None
    max_points: Decimal | None = None
    weight: Decimal | None = None
    is_critical: bool = False
    failed_fatal: bool | None = None
    not_applicable: bool = False
    comment: str | None = None
    causes: tuple[str, ...] = ()
    position: int = 0

    def __post_init__(self) -> None:
        _check_ids(
            question_external_id=self.question_external_id,
            question_context_id=self.question_context_id,
        )
        _check_texts(
            question_text=self.question_text, group_name=self.group_name, comment=self.comment
        )
        _check_range(-_MAX_POINTS, _MAX_POINTS, points=self.points)  # a form may deduct
        _check_range(0, _MAX_POINTS, max_points=self.max_points, weight=self.weight)

    @property
    def natural_key(self) -> tuple[str]:
        return (self.question_context_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(_Named):
    """A filled quality form, in the state its platform last reported."""

    external_id: str
    revision: str
    interaction_external_id: str | None = None
    agent_external_id: str | None = None
    evaluator_external_id: str | None = None
    evaluator_kind: EvaluatorKind = EvaluatorKind.UNKNOWN
    form_external_id: str | None = None
    form_context_id: str | None = None
    form_name: str = ""
    channel: Channel | None = None
    kind: EvaluationKind = EvaluationKind.STANDARD
    status: EvaluationStatus
    score_pct: Decimal | None = None  # 0-100, three decimals
    earned_points: Decimal | None = None
    max_points: Decimal | None = None
    critical_score_pct: Decimal | None = None  # 0-100, three decimals
    fatal_failed: bool | None = None
    passed: bool | None = None
    comments: str | None = None  # for the agent; private notes are not imported
    agent_comments: str | None = None
    interaction_at: datetime | None = None
    created_at: datetime | None = None
    submitted_at: datetime | None = None
    released_at: datetime | None = None
    acknowledged_at: datetime | None = None
    raw_score: str = ""
    raw_scale: str = ""
    answers: tuple[Answer, ...] = ()

    def __post_init__(self) -> None:
        _check_ids(external_id=self.external_id, revision=self.revision)
        _check_optional_ids(
            interaction_external_id=self.interaction_external_id,
            agent_external_id=self.agent_external_id,
            evaluator_external_id=self.evaluator_external_id,
            form_context_id=self.form_context_id,
        )
        _check_texts(form_name=self.form_name)
        _check_moments(
            interaction_at=self.interaction_at,
            created_at=self.created_at,
            submitted_at=self.submitted_at,
            released_at=self.released_at,
            acknowledged_at=self.acknowledged_at,
        )
        _check_range(0, 100, score_pct=self.score_pct, critical_score_pct=self.critical_score_pct)
        _check_range(-_MAX_POINTS, _MAX_POINTS, earned_points=self.earned_points)
        _check_range(0, _MAX_POINTS, max_points=self.max_points)
        if len({answer.natural_key for answer in self.answers}) < len(self.answers):
            raise InvalidField("answers", Problem.REPEATED)

    @property
    def version(self) -> tuple[int, str]:
        """Tell which of two readings is newer; an equal one replaces, an older one does not."""
        return (int(self.revision) if self.revision.isdecimal() else 0, self.revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(_Named):
    """That a recording exists and how to ask for it; never the address of the sound itself."""

    external_id: str
    interaction_external_id: str
    kind: RecordingKind = RecordingKind.AUDIO
    state: RecordingState = RecordingState.AVAILABLE
    started_at: datetime | None = None
    duration_ms: int | None = None
    channel_speakers: tuple[Speaker, ...] = ()  # by channel, from 0; empty: not known
    mime_type: str = ""
    size_bytes: int | None = None
    fetch_ref: str = ""  # the platform's own reference; a signed address would be a key
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        _check_ids(
            external_id=self.external_id, interaction_external_id=self.interaction_external_id
        )
        _check_moments(started_at=self.started_at, expires_at=self.expires_at)
        _check_range(0, _MAX_MS, duration_ms=self.duration_ms)
        if "://" in self.fetch_ref and "?" in self.fetch_ref:
            raise InvalidField("fetch_ref", Problem.SIGNED_ADDRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSegment:
    """One thing that one side said or wrote, in clear text: it is redacted before it is stored."""

    interaction_external_id: str
    communication_id: str = ""
    utterance_id: str
    ordinal: int = 0
    speaker: Speaker = Speaker.UNKNOWN
    agent_external_id: str | None = None
    start_ms: int | None = None  # from the start of the contact
    end_ms: int | None = None
    text: str
    language: str | None = None  # BCP-47
    confidence: float | None = None  # 0-1
    is_final: bool = True
    redacted: bool | None = None  # by the platform
    source: TranscriptSource = TranscriptSource.POST_CALL

    def __post_init__(self) -> None:
        _check_ids(
            interaction_external_id=self.interaction_external_id, utterance_id=self.utterance_id
        )
        _check_optional_ids(
            communication_id=self.communication_id, agent_external_id=self.agent_external_id
        )
        _check_range(0, _MAX_MS, start_ms=self.start_ms, end_ms=self.end_ms)
        _check_share(confidence=self.confidence)
        if None not in (self.start_ms, self.end_ms) and self.end_ms < self.start_ms:  # type: ignore[operator]
            raise InvalidField("end_ms", Problem.REVERSED)

    @property
    def natural_key(self) -> tuple[str, str, str, bool]:
        return (
            self.interaction_external_id,
            self.communication_id,
            self.utterance_id,
            self.is_final,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentSpan:
    """How the customer's words were read, of a contact or a part of it; never of an employee."""

    interaction_external_id: str
    scope: SentimentScope
    communication_id: str = ""
    utterance_id: str = ""  # of the segment, where the scope is one
    speaker: Speaker = Speaker.CUSTOMER
    start_ms: int | None = None
    end_ms: int | None = None
    score: Decimal | None = None  # -1 to 1
    label: SentimentLabel = SentimentLabel.UNKNOWN
    raw_value: str = ""
    raw_scale: str = ""
    source: SentimentSource = SentimentSource.VENDOR
    model: str | None = None

    def __post_init__(self) -> None:
        _check_ids(interaction_external_id=self.interaction_external_id)
        _check_optional_ids(communication_id=self.communication_id, utterance_id=self.utterance_id)
        _check_range(0, _MAX_MS, start_ms=self.start_ms, end_ms=self.end_ms)
        _check_range(-1, 1, score=self.score)
        if self.speaker is Speaker.AGENT:
            raise InvalidField("speaker", Problem.OF_AN_EMPLOYEE)

    @property
    def natural_key(self) -> tuple[str, str, str, str, int]:
        start_ms = -1 if self.start_ms is None else self.start_ms
        return (
            self.interaction_external_id,
            self.scope.value,
            self.communication_id,
            self.utterance_id,
            start_ms,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEvent:
    """Something that happens in a contact right now; never stored as it is."""

    event_id: str
    kind: LiveKind
    interaction_external_id: str
    communication_id: str = ""
    agent_external_id: str | None = None
    speaker: Speaker = Speaker.UNKNOWN
    sequence: int | None = None
    occurred_at: datetime
    offset_ms: int | None = None
    duration_ms: int | None = None
    text: str | None = None
    confidence: float | None = None  # 0-1
    language: str | None = None  # BCP-47
    score: Decimal | None = None  # -1 to 1, of the customer's words
    label: str = ""  # what an operator of the platform found

    def __post_init__(self) -> None:
        _check_ids(event_id=self.event_id, interaction_external_id=self.interaction_external_id)
        _check_optional_ids(
            communication_id=self.communication_id, agent_external_id=self.agent_external_id
        )
        _check_moments(occurred_at=self.occurred_at)
        _check_range(0, _MAX_MS, offset_ms=self.offset_ms, duration_ms=self.duration_ms)
        _check_range(-1, 1, score=self.score)
        _check_share(confidence=self.confidence)
        if self.score is not None and self.speaker is Speaker.AGENT:
            raise InvalidField("score", Problem.OF_AN_EMPLOYEE)

    @property
    def natural_key(self) -> tuple[str]:
        return (self.event_id,)


Record = (
    AgentRef
    | TeamRef
    | QueueRef
    | RosterEntry
    | Interaction
    | EvaluationForm
    | Evaluation
    | Recording
    | TranscriptSegment
    | SentimentSpan
    | LiveEvent
)


def _check_share(**numbers: float | None) -> None:
    for field, number in numbers.items():
        if number is not None and not 0 <= number <= 1:
            raise InvalidField(field, Problem.OUT_OF_RANGE)


def _check_ids(**ids: str) -> None:
    for field, value in ids.items():
        if not value:
            raise InvalidField(field, Problem.EMPTY)
    _check_optional_ids(**ids)


def _check_optional_ids(**ids: str | None) -> None:
    for field, value in ids.items():
        if value and len(value) > ID_LENGTH:
            raise InvalidField(field, Problem.TOO_LONG)
    _check_texts(**ids)


def _check_texts(**texts: str | None) -> None:
    """Refuse what PostgreSQL cannot store, before it refuses a whole batch."""
    for field, text in texts.items():
        if text and "\x00" in text:
            raise InvalidField(field, Problem.UNPRINTABLE)


def _check_moments(**moments: datetime | None) -> None:
    for field, moment in moments.items():
        if moment and moment.tzinfo is not UTC and moment.utcoffset() != _NO_OFFSET:
            raise InvalidField(field, Problem.NOT_UTC)


def _check_range(least: int, most: int, /, **numbers: int | Decimal | None) -> None:
    for field, number in numbers.items():
        if number is not None and not least <= number <= most:
            raise InvalidField(field, Problem.OUT_OF_RANGE)
