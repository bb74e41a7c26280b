"""The parts of NICE's payloads that we read; everything else is dropped here.

Null means the same as absent, numbers may be texts. The contract and the clients at work name
some fields of a contact differently: both are read.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)
from pydantic.alias_generators import to_camel


def _utc(moment: datetime) -> datetime:
    """Return a moment in UTC, which is what a time without an offset is."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_utc)]
# A text, so that a number is not taken for seconds since 1970.
Written = Annotated[Moment, BeforeValidator(lambda text: datetime.fromisoformat(str(text)))]


class _Payload(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_camel), coerce_numbers_to_str=True
    )

    @classmethod
    def read(cls, payload: Any) -> Self:
        """Validate a payload. Raises: ValidationError."""
        return cls.model_validate(_without_nulls(payload))


def _without_nulls(payload: Any) -> Any:
    if isinstance(payload, list):
        return [_without_nulls(each) for each in payload]
    if not isinstance(payload, dict):
        return payload
    return {key: _without_nulls(value) for key, value in payload.items() if value is not None}


class Agent(_Payload):
    agent_id: str
    user_id: str = ""
    first_name: str = ""
    last_name: str = ""
    email_address: str = ""
    is_active: bool = True
    team_id: str = ""
    team_name: str = ""


class Team(_Payload):
    team_id: str
    team_name: str = ""


class Skill(_Payload):
    skill_id: str
    skill_name: str = ""


class Contact(_Payload):
    contact_id: str
    master_contact_id: str
    agent_id: str = ""
    skill_id: str = ""
    skill_name: str = ""
    contact_start_date: Written = Field(
        validation_alias=AliasChoices("contactStartDate", "contactStart")
    )
    last_update_time: Written | None = None
    media_type_name: str = ""
    is_outbound: bool | None = None
    from_address: str = Field(default="", validation_alias=AliasChoices("fromAddress", "fromAddr"))
    to_address: str = Field(default="", validation_alias=AliasChoices("toAddress", "toAddr"))
    total_duration_seconds: Decimal | None = None
    in_queue_seconds: Decimal | None = None
    agent_seconds: Decimal | None = None
    hold_seconds: Decimal | None = None
    acw_seconds: Decimal | None = Field(
        default=None, validation_alias=AliasChoices("acwSeconds", "ACWSeconds")
    )
    hold_count: int | None = None
    transfer_indicator_name: str = ""
    primary_disposition_id: str = ""


class Row(BaseModel):
    """A row of an extract; its columns are known by their letters, and no cell is empty."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=lambda name: name.replace("_", "")),
    )


class Workflow(Row):
    workflow_id: str
    workflow_status: str
    type: str = ""
    agent_id: str = ""
    acd_id: str = ""
    form_name: str = ""
    form_version: str = ""
    start_date: Written | None = None
    submission_date: Written | None = None
    last_updated: Written | None = None
    interaction_start_date: Written | None = None
    interaction_type: str = ""
    score_percentage: str = ""
    score: Decimal | None = None
    maximum_possible_score: Decimal | None = None
    user_review_comments: str = ""
    firstname_eva: str = ""
    lastname_eva: str = ""


class AnswerRow(Row):
    workflow_instance_id: str
    question_id: str
    question_title: str = ""
    section_title: str = ""
    answer: str = ""
    actual_score: Decimal | None = None
    max_score: Decimal | None = None
    critical: str = ""
    scorable: str = ""


class Participant(_Payload):
    participant_type: str = ""
    segment_id: str = ""
    channel: int | None = None


class Segment(_Payload):
    segment_id: str
    start_time: Written
    end_time: Written | None = None


class Sentiment(_Payload):
    overall_sentiment: str = ""
    segment_start_time: Written | None = None
    channel: int | None = None


class Sound(_Payload):
    start_time: Written | None = None
    participant_data_list: list[Participant] = []
    segments_data_list: list[Segment] = []
    sentiments: list[Sentiment] = []


class Played(_Payload):
    """What was recorded of a contact, with the id we asked for."""

    master_contact_id: str  # put there by us
    media_type: str = ""
    data: Sound = Sound()


class VoiceMetadata(_Payload):
    start_time: Decimal | None = None
    end_time: Decimal | None = None
    confidence: float | None = None


class Block(_Payload):
    ordinal: int  # put there by us
    text: str = ""
    user_type: str = ""
    user_id: str = ""
    channel_name: str = ""
    voice_metadata: VoiceMetadata = VoiceMetadata()


class Analysed(_Payload):
    """An analysed segment of a contact."""

    segment_id: str
    acd_contact_id: str
    start_time: Written | None = None
    end_time: Written | None = None


class Transcript(Analysed):
    """A segment with what was said in it."""

    language: str = ""
    transcript_blocks: list[Block] = []
