"""Avaya's tables: the names of the columns, then rows of cells without names."""

import json
from typing import Any

from coaching.integrations.base import Unreadable

Payload = dict[str, Any]


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


def last_of_each(found: list[Any], column: str) -> list[Any]:
    """Return the last row of each agent or queue: they have one per interval and channel."""
    return list({_key(row, column): row for row in found}.values())


def _named(names: list[str], record: Any) -> Any:
    if not isinstance(record, list) or len(record) != len(names):
        return record
    return dict(zip(names, record, strict=True))


def _key(row: Any, column: str) -> str:
    known = row.get(column) if isinstance(row, dict) else None
    return str(known or json.dumps(row))
