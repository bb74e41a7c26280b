"""The parts of Avaya Infinity's payloads that we read; everything else is dropped here.

Datasets write nothing in three ways: null, an empty text, and the text "null". Numbers may be
texts. Enums stay texts: Avaya adds values without a version change.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasGenerator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic.alias_generators import to_camel

NOTHING = (None, "", "null")

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Time = Annotated[Decimal, Field(ge=0)]  # of the unit that the setting says


class _Payload(BaseModel):
    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_camel))

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        return {key: value for key, value in payload.items() if value is not None}


class _Row(BaseModel):
    """A row of a dataset, its cells by the names of their columns."""

    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=str.upper))

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_absent(cls, row: Any) -> Any:
        if not isinstance(row, dict):
            return row
        return {key: value for key, value in row.items() if value not in NOTHING}


class Agent(_Row):
    agent_id: str
    agent_name: str = ""
    agent_email: str = ""


class Queue(_Row):
    queue_id: str
    queue_name: str = ""


class Segment(_Row):
    """What one agent, or nobody, did of an interaction."""

    interaction_id: str
    interaction_segment_id: str
    user_id: str | None = None
    queue_id: str | None = None
    queue_name: str = ""
    status: str = ""
    comm_type: str = ""
    sub_comm_type: str = ""
    created_on: Moment
    end_time: Moment | None = None  # whole seconds, while the start has fractions
    last_updated: Moment | None = None
    wait_time: Time | None = None
    hold_time: Time | None = None
    time_interacting: Time | None = None
    wrap_up_time: Time | None = None
    completion_value: str | None = None
    completion_display_name: str | None = None
    transfer_result: str | None = None
    recorded_receive: Decimal | None = None
    recorded_transmit: Decimal | None = None
    recorded_both: Decimal | None = None
    source_phone_number: str | None = None
    source_email: str | None = None


class AuthorDetails(_Payload):
    id: str | None = None


class Author(_Payload):
    type: str = ""
    details: AuthorDetails = AuthorDetails()


class Part(_Payload):
    type: str = ""
    text: str = ""


class Message(_Payload):
    interaction_id: str  # put there by us, with its start, its agents and the ordinal
    interaction_started_at: Moment | None = None
    agents: list[str] = []
    ordinal: int
    id: str
    type: str = "message"
    direction: str = ""
    author: Author = Author()
    message: list[Part] = []
    language_code: str | None = None
    created_at: datetime | None = None  # without a zone
