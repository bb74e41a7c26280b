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


class Problem(StrEnum):
    """Why a record refuses a value."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_UTC = "not_utc"
    OUT_OF_RANGE = "out_of_range"
    REVERSED = "reversed"
    REPEATED = "repeated"
    UNPRINTABLE = "unprintable"


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
    source_updated_at: datetime | None = None

    def __post_init__(self) -> None:
        _check_ids(external_id=self.external_id)
        _check_optional_ids(
            leg_id=self.leg_id,
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


Record = AgentRef | TeamRef | QueueRef | RosterEntry | Interaction | EvaluationForm | Evaluation


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
