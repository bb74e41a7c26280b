"""The parts of Avaya Experience Platform's payloads that we read; all else is dropped here.

Cells of a table are texts, also numbers and truths. Enums stay texts: Avaya adds values without
a version change.
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
    Field,
    Json,
    model_validator,
)
from pydantic.alias_generators import to_camel

NOTHING = (None, "", "null")
END_OF_TIME = 9999  # the year of what has not come to an end


def _with_zone(text: Any) -> Any:
    """Read `2026-03-02 08:00:00.000000+00`, whose zone has no minutes."""
    return datetime.fromisoformat(text) if isinstance(text, str) else text


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _end_in_utc(moment: datetime) -> datetime | None:
    return None if moment.year == END_OF_TIME else _to_utc(moment)


Moment = Annotated[AwareDatetime, BeforeValidator(_with_zone), AfterValidator(_to_utc)]
End = Annotated[AwareDatetime, BeforeValidator(_with_zone), AfterValidator(_end_in_utc)]
Time = Annotated[Decimal, Field(ge=0)]  # of the unit that the setting says


class _Row(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _nothing_is_absent(cls, row: Any) -> Any:
        if not isinstance(row, dict):
            return row
        return {key: value for key, value in row.items() if value not in NOTHING}


class _Payload(BaseModel):
    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_camel))

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        return {key: value for key, value in payload.items() if value is not None}


class Attribute(_Payload):
    category: str = ""
    value: str = ""


class Agent(_Row):
    agent_id: str
    agent_login_id: str = ""
    agent_first_name: str = ""
    agent_last_name: str = ""
    attributes: Json[list[Attribute]] = []
    active_record: bool = True
    is_unknown: bool = False
    entity_deleted: bool = False


class Queue(_Row):
    queue: str
    queue_name: str = ""
    is_unknown: bool = False


class Engagement(_Row):
    """A row of the engagement report by our names: what one agent did of an engagement."""

    engagement: str
    leg: str = ""
    agent: str | None = None
    queue: str | None = None
    queue_name: str = ""
    channel: str = ""
    direction: str = ""
    started: Moment
    ended: End | None = None
    changed: Moment | None = None
    active: Time | None = None
    hold: Time | None = None
    acw: Time | None = None
    disposition: str | None = None
    customer: str | None = None


class ElementText(_Payload):
    text: str = ""
    text_format: str = "PLAINTEXT"


class Body(_Payload):
    element_text: ElementText = ElementText()


class Sentiment(_Payload):
    label: str = ""
    score: Decimal | None = None


class NluMetadata(_Payload):
    language: str | None = None
    sentiment: Sentiment = Sentiment()


class Message(_Payload):
    engagement_id: str
    engagement_started_at: Moment | None = None  # put there by us, as the next two
    agents: dict[str, str] = {}  # by leg
    place: int
    dialog_id: str = ""
    message_id: str
    message_index: int | None = None
    message_type: str = ""
    private_message: bool = False
    sender_participant_type: str = ""
    sender_participant_id: str = ""
    body: Body = Body()
    fallback_text: str = ""
    message_received_timestamp: Moment | None = None
    nlu_metadata: NluMetadata = NluMetadata()
