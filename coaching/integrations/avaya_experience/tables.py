"""Avaya's tables: the names of the columns, then rows of cells; and what we call the columns."""

import json
import re
from typing import Any

from coaching.integrations.base import Unreadable, Unverified

COLUMNS = {  # ours: theirs; the names that a setting may change
    "engagement": "engagement_id",
    "leg": "dialog_id",
    "agent": "agent_id",
    "queue": "queue_id",
    "queue_name": "queue_name",
    "channel": "channel",
    "direction": "direction",
    "started": "dialog_start_time",
    "ended": "dialog_end_time",
    "changed": "last_changed",
    "active": "active_duration",
    "hold": "hold_duration",
    "acw": "acw_duration",
    "disposition": "final_disposition_code",
    "customer": "external_participant_id",
}
REQUIRED = ("engagement", "agent", "started")

Payload = dict[str, Any]


def written(columns: dict[str, str]) -> str:
    return ", ".join(f"{ours}={theirs}" for ours, theirs in columns.items())


def chosen(text: str) -> dict[str, str]:
    """Return our columns under the names that the setting gives some or all of them."""
    pairs = [part.strip() for part in text.split(",") if part.strip()]
    matches = [re.fullmatch(r"(\w+)\s*=\s*(\w+)", pair) for pair in pairs]
    named = {match[1]: match[2] for match in matches if match}
    if len(named) < len(pairs) or not named.keys() <= COLUMNS.keys():
        raise Unverified("the names of the columns cannot be read")
    return COLUMNS | named


def rows(page: Payload) -> list[Any]:
    """Return each row as cells by name; one of another width stays as it is, for quarantine."""
    names, records = column_names(page), page.get("records")
    if not isinstance(records, list):
        raise Unreadable("records", "is missing")
    return [_named(names, record) for record in records]


def column_names(page: Payload) -> list[str]:
    headers = page.get("columnHeaders")
    if not isinstance(headers, list) or not all(isinstance(it, dict) for it in headers):
        raise Unreadable("columnHeaders", "is missing")
    return [str(header.get("name", "")) for header in headers]


def ours(row: Any, columns: dict[str, str]) -> Any:
    """Return the cells that we read, by our names; a column that is not there says nothing."""
    if not isinstance(row, dict):
        return row
    return {name: row[column] for name, column in columns.items() if column in row}


def current(found: list[Any], column: str) -> list[Any]:
    """Return one row of each: a dimension keeps older ones, which are not the active record."""
    by_age = sorted(found, key=lambda row: isinstance(row, dict) and _is_active(row))
    return list({_key(row, column): row for row in by_age}.values())


def _is_active(row: dict[str, Any]) -> bool:
    return str(row.get("active_record")).casefold() in {"t", "true"}


def _named(names: list[str], record: Any) -> Any:
    if not isinstance(record, list) or len(record) != len(names):
        return record
    return dict(zip(names, record, strict=True))


def _key(row: Any, column: str) -> str:
    known = row.get(column) if isinstance(row, dict) else None
    return str(known or json.dumps(row))
