"""Five9's call log -> contacts."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from coaching import records
from coaching.integrations.base import Unreadable
from coaching.integrations.five9 import payloads
from coaching.integrations.five9.pacific import utc
from coaching.integrations.five9.words import DIRECTIONS, TEST
from coaching.integrations.normalise import clean, customer_ref, language_code
from coaching.records import Direction

NEEDED = ("CALL ID", "TIMESTAMP", "CALL TYPE", "AGENT")


def rows(report: str) -> list[dict[str, str]]:
    """Return the rows of a report in CSV. Raises: Unreadable when a column we need is missing."""
    if not report.strip():
        return []
    found = csv.DictReader(io.StringIO(report), restkey="")
    missing = [column for column in NEEDED if column not in (found.fieldnames or ())]
    if missing:
        raise Unreadable("report", f"lacks the columns {', '.join(missing)}")
    return list(found)


def read_call(
    payload: Any,
    unknown: Counter[str],
    *,
    not_before: datetime,
    queue_column: str,
    customer_key: str,
) -> Iterator[records.Interaction]:
    """Yield the contact of a call that reached an agent, from a window that begins then."""
    call = payloads.Call.model_validate(payload)
    if not call.agent or call.call_type.casefold() == TEST:
        return
    direction = _direction(call, unknown)
    started_at = utc(call.timestamp, not_before=not_before)
    queue = {"CAMPAIGN": call.campaign, "SKILL": call.skill}[queue_column] or None
    disposition = clean(call.disposition, 120) or None
    yield records.Interaction(
        external_id=call.call_id,
        agent_external_id=call.agent,
        queue_external_id=queue,
        queue_name=clean(queue, 120) or None,
        channel=records.Channel.VOICE,
        direction=direction,
        language=language_code(call.skill),
        started_at=started_at,
        ended_at=_later(started_at, call.call_time),
        queue_ms=call.queue_wait_time,
        ring_ms=call.ring_time,
        talk_ms=call.talk_time,
        hold_ms=call.hold_time,
        acw_ms=call.after_call_work_time,
        handle_ms=call.handle_time,
        hold_count=call.holds,
        transfer_count=call.transfers,
        disposition_code=disposition,
        disposition_label=disposition,
        customer_ref=customer_ref(_customer(call, direction), customer_key),
        recorded=int(call.recordings) > 0 if call.recordings.isdecimal() else None,
    )


def _direction(call: payloads.Call, unknown: Counter[str]) -> Direction:
    word = call.call_type.casefold().replace("_", " ")
    if word and word not in DIRECTIONS:
        unknown[f"CALL TYPE={clean(call.call_type, 60)}"] += 1
    return DIRECTIONS.get(word, Direction.UNKNOWN)


def _customer(call: payloads.Call, direction: Direction) -> str | None:
    """Return the other side's number; a colleague's is nobody's, and so is an unclear one."""
    return {Direction.INBOUND: call.ani, Direction.OUTBOUND: call.dnis}.get(direction)


def _later(moment: datetime, duration_ms: int | None) -> datetime | None:
    return None if duration_ms is None else moment + timedelta(milliseconds=duration_ms)
