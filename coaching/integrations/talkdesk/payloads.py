"""The parts of Talkdesk payloads that we read; everything else is dropped here.

Null means the same as absent. Enums stay texts: Talkdesk adds values without a version change.
"""

from datetime import UTC
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, NonNegativeInt, model_validator

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Seconds = NonNegativeInt | None


class _Payload(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        return {key: value for key, value in payload.items() if value is not None}


class User(_Payload):
    id: str
    email: str = ""
    name: str = ""
    active: bool = True


class Call(_Payload):
    """A line of the calls report, in the layout that is in force since May 2026."""

    call_id: str
    type: str = ""
    start_at: Moment
    end_at: Moment | None = None
    contact_phone_number: str | None = None
    user_id: str | None = None
    talk_time: Seconds = None
    wait_time: Seconds = None
    hold_time: Seconds = None
    total_ringing_time: Seconds = None
    disposition_code: str | None = None
    ring_groups: str | None = None
    is_transfer: bool | None = None
    is_external_transfer: bool | None = None
    recording_url: str | None = None


class Participant(_Payload):
    participant_type: str = ""


class Channels(_Payload):
    channel_1: list[Participant] = []
    channel_2: list[Participant] = []


class Recording(_Payload):
    id: str
    call_id: str
    duration: Seconds = None
    type: str = ""
    agents: Channels = Channels()


class Message(_Payload):
    message_id: str
    text: str = ""
    participant: str = ""
    sentiment: str = ""
    start_time: Decimal | None = None  # seconds from the start of the contact, of speech alone
    end_time: Decimal | None = None


class Conversation(_Payload):
    id: str
    messages: list[Message] = []
