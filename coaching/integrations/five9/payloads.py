"""The parts of Five9's answers that we read; everything else is dropped here.

Empty means the same as absent, and so does a name in brackets: `[None]`, `[Deleted]`.
"""

import re
from typing import Annotated, Any

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

_ABSENT = re.compile(r"\s*(\[[^\]]*\])?\s*")
_DURATION = re.compile(r"(\d+):([0-5]\d):([0-5]\d)")


def _duration_ms(text: Any) -> int:
    """Read `HH:MM:SS`; the hours may be more than a day's."""
    found = _DURATION.fullmatch(str(text).strip())
    if not found:
        raise ValueError("is not HH:MM:SS")
    hours, minutes, seconds = (int(part) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


Milliseconds = Annotated[int | None, BeforeValidator(_duration_ms)]


class _Payload(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        return {key: value for key, value in payload.items() if not _is_absent(value)}


class User(_Payload):
    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_camel))

    user_name: str
    full_name: str = ""
    email: str = Field(default="", validation_alias="EMail")
    active: bool = True


class Group(_Payload):
    id: str
    name: str = ""
    agents: list[str] = []


class Named(_Payload):
    name: str


class Call(_Payload):
    """A row of the call log; which columns there are, is up to the report."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(
            validation_alias=lambda field: field.replace("_", " ").upper()
        )
    )

    call_id: str
    timestamp: str
    call_type: str = ""
    agent: str = ""
    campaign: str = ""
    skill: str = ""
    disposition: str = ""
    ani: str = ""
    dnis: str = ""
    call_time: Milliseconds = None
    queue_wait_time: Milliseconds = None
    ring_time: Milliseconds = None
    talk_time: Milliseconds = None
    hold_time: Milliseconds = None
    after_call_work_time: Milliseconds = None
    handle_time: Milliseconds = None
    holds: int | None = None
    transfers: int | None = None
    recordings: str = ""


def _is_absent(value: Any) -> bool:
    return value is None or (isinstance(value, str) and bool(_ABSENT.fullmatch(value)))
