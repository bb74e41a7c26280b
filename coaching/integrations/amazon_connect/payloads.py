"""The parts of Amazon Connect's answers that we read; everything else is dropped here.

Null means the same as absent. Enums stay texts: AWS adds values without a version change.
Times are epoch seconds on the wire and ISO 8601 in files; both become UTC.
"""

from datetime import UTC
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasGenerator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_pascal

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Id = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,128}$")]  # safe in an address


class Payload(BaseModel):
    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_pascal))

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        return {key: value for key, value in payload.items() if value is not None}


class Named(Payload):
    id: Id
    name: str = ""


class UserSummary(Payload):
    id: Id
    last_modified_time: Moment | None = None


class Identity(Payload):
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    secondary_email: str = ""


class User(Payload):
    id: Id
    username: str = ""
    identity_info: Identity = Identity()
    hierarchy_group_id: str = ""


class Reference(Payload):
    id: str = ""


class ContactSummary(Payload):
    id: Id
    initiation_method: str = ""
    agent_info: Reference | None = None
    disconnect_timestamp: Moment | None = None


class QueueInfo(Reference):
    enqueue_timestamp: Moment | None = None


class AgentInfo(Reference):
    connected_to_agent_timestamp: Moment | None = None
    agent_pause_duration_in_seconds: int = 0
    agent_initiated_hold_duration: int | None = None  # seconds
    after_contact_work_duration: int | None = None  # seconds


class Endpoint(Payload):
    address: str = ""


class Recording(Payload):
    storage_type: str = ""
    location: str = ""
    media_stream_type: str = ""
    participant_type: str = ""
    start_timestamp: Moment | None = None
    stop_timestamp: Moment | None = None
    status: str = ""


class AnalyticsConfiguration(Payload):
    language_locale: str = ""


class Analytics(Payload):
    configuration: AnalyticsConfiguration = AnalyticsConfiguration()


class ContactLens(Payload):
    conversational_analytics: Analytics = Analytics()


class Contact(Payload):
    id: Id
    initial_contact_id: str | None = None
    initiation_method: str = ""
    channel: str = ""
    queue_info: QueueInfo | None = None
    agent_info: AgentInfo | None = None
    initiation_timestamp: Moment
    disconnect_timestamp: Moment | None = None
    last_update_timestamp: Moment | None = None
    customer_endpoint: Endpoint = Endpoint()
    recordings: list[Recording] = []
    attributes: dict[str, str] = {}
    contact_lens: ContactLens = ContactLens()


class Points(Payload):
    point_value: Decimal | None = None
    max_point_value: Decimal | None = None


class Option(Payload):
    ref_id: str
    text: str = ""
    score: Decimal | None = None
    automatic_fail: bool = False
    points_configuration: Points = Points()


class Range(Payload):
    """What a numeric answer between two bounds is worth."""

    score: Decimal | None = None
    automatic_fail: bool = False
    points_configuration: Points = Points()


class Select(Payload):
    options: list[Option] = []


class Numeric(Payload):
    options: list[Range] = []


class Properties(Payload):
    single_select: Select = Select()
    multi_select: Select = Select()
    numeric: Numeric = Numeric()


class QuestionScoring(Payload):
    points_configuration: Points = Points()


class Question(Payload):
    ref_id: str
    title: str = ""
    instructions: str = ""
    question_type: str = ""
    not_applicable_enabled: bool = False
    question_type_properties: Properties = Properties()
    weight: Decimal | None = None
    scoring_configuration: QuestionScoring = QuestionScoring()

    @property
    def options(self) -> list[Option]:
        properties = self.question_type_properties
        return properties.single_select.options or properties.multi_select.options

    @property
    def outcomes(self) -> list[Option | Range]:
        return [*self.options, *self.question_type_properties.numeric.options]


class Section(Payload):
    ref_id: str
    title: str = ""
    weight: Decimal | None = None
    items: list["Item"] = []


class Item(Payload):
    """One line of a form: a section or a question."""

    section: Section | None = None
    question: Question | None = None


class ScoringStrategy(Payload):
    mode: str = ""
    status: str = ""


class LanguageConfiguration(Payload):
    form_language: str = ""


class Form(Payload):
    evaluation_form_id: Id
    evaluation_form_version: int
    title: str = ""
    items: list[Item] = []
    scoring_strategy: ScoringStrategy = ScoringStrategy()
    language_configuration: LanguageConfiguration = LanguageConfiguration()

    @property
    def key(self) -> str:
        return f"{self.evaluation_form_id}:{self.evaluation_form_version}"


class FormSummary(Payload):
    evaluation_form_id: Id
    active_version: int | None = None


class HitMetadata(Payload):
    evaluator_arn: str = ""
    auto_evaluation_enabled: bool = False


class Hit(Payload):
    """A line of a search for evaluations: enough to fetch it."""

    evaluation_id: Id
    metadata: HitMetadata = HitMetadata()
    last_modified_time: Moment


class Score(Payload):
    percentage: Decimal | None = None
    not_applicable: bool = False
    automatic_fail: bool | None = None
    applied_weight: Decimal | None = None
    earned_points: Decimal | None = None
    max_base_point: Decimal | None = None


class Acknowledgement(Payload):
    acknowledged_time: Moment | None = None
    acknowledger_comment: str = ""


class AutoEvaluation(Payload):
    auto_evaluation_enabled: bool = False


class Participant(Payload):
    contact_participant_role: str = "AGENT"


class Metadata(Payload):
    contact_id: str
    evaluator_arn: str = ""
    contact_agent_id: str | None = None
    calibration_session_id: str | None = None
    score: Score = Score()
    auto_evaluation: AutoEvaluation = AutoEvaluation()
    acknowledgement: Acknowledgement = Acknowledgement()
    contact_participant: Participant = Participant()


class Value(Payload):
    string_value: str | None = None
    numeric_value: Decimal | None = None
    string_values: list[str] = []
    date_time_value: str | None = None
    not_applicable: bool = False


class Answer(Payload):
    value: Value = Value()


class Note(Payload):
    value: str = ""


class Evaluation(Payload):
    evaluation_id: Id
    evaluation_form: Form  # put there by us: AWS names it beside the evaluation
    metadata: Metadata
    answers: dict[str, Answer] = {}
    notes: dict[str, Note] = {}
    scores: dict[str, Score] = {}
    status: str = ""
    evaluation_type: str = "STANDARD"
    created_time: Moment
    last_modified_time: Moment
