"""The columns of Puzzel's raw data that we read; everything else is dropped here.

Times are local to the statistics country and stay so here.
"""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("a time of raw data has no offset")
    return moment


# A text, so that a number is not taken for seconds since 1970.
Local = Annotated[
    datetime,
    BeforeValidator(lambda text: datetime.fromisoformat(str(text))),
    AfterValidator(_local),
]


class Agent(BaseModel):
    agent_id: str
    full_name: str = ""
    email: str = ""
    usergroup_id: str = ""
    usergroup_name: str = ""
    deleted: bool = False


class Queue(BaseModel):
    queue_key: str
    descript: str = ""


class CallEvent(BaseModel):
    rec_id: str
    call_id: str
    event_type: str
    dte_start: Local
    duration_tot_sec: int
    media_type_id: str = ""
    duration_speak_sec: int | None = None
    source: str = ""
    queue_key: str = ""
    agent_id: str = ""
    result_code: str = ""
    answered: int | None = None
    ciq: str = ""
    call_transfer: bool | None = None
    wrap_up_sec: int | None = None
    alert_ms: int | None = None
    hold: int | None = None
    consult: int | None = None
    caller_on_hold_sec: int | None = None
    dte_updated: Local | None = None
