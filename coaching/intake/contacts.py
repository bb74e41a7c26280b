"""Contacts into rows: a later version wins, the same data twice changes nothing.

Both databases do it with one upsert; PostgreSQL gets its rows by COPY, SQLite by executemany.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection as database

from coaching import records
from coaching.models import Connection, Interaction

Row = tuple[Any, ...]

_KEY = ("connection_id", "external_id", "leg_id")
CONTENT = (  # as in the record
    "root_external_id",
    "channel",
    "direction",
    "language",
    "started_at",
    "ended_at",
    "queue_ms",
    "ring_ms",
    "talk_ms",
    "hold_ms",
    "acw_ms",
    "handle_ms",
    "hold_count",
    "transfer_count",
    "consult_count",
    "disposition_code",
    "disposition_label",
    "customer_ref",
    "recorded",
    "text_relay",
)
_VALUES = ("learner_id", "queue_id", *CONTENT, "source_updated_at", "content_hash")
_COLUMNS = ", ".join(_KEY + _VALUES)
_TABLE = Interaction._meta.db_table
_UPSERT_END = f"""
    ON CONFLICT (connection_id, external_id, leg_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _VALUES)}
    WHERE excluded.content_hash <> {_TABLE}.content_hash
      AND excluded.source_updated_at >= {_TABLE}.source_updated_at
"""


def store(
    connection: Connection,
    found: Sequence[records.Interaction],
    learners: Mapping[str, int],
    queues: Mapping[str, int],
) -> Counter[str]:
    """Upsert contacts of known agents by natural key.

    Returns: how many were new, changed, or the same (an older version counts as the same).
    """
    newest = _newest(found)
    rows = [
        (
            connection.pk,
            one.external_id,
            one.leg_id,
            learners[one.agent_external_id or ""],
            queues.get(one.queue_external_id or ""),
            one.root_external_id or "",
            one.channel.value,
            one.direction.value,
            one.language or "",
            one.started_at,
            one.ended_at,
            one.queue_ms,
            one.ring_ms,
            one.talk_ms,
            one.hold_ms,
            one.acw_ms,
            one.handle_ms,
            one.hold_count,
            one.transfer_count,
            one.consult_count,
            one.disposition_code or "",
            (one.disposition_label or "")[:160],
            one.customer_ref or "",
            one.recorded,
            one.text_relay,
            one.version,
            "",
        )
        for one in newest
    ]
    rows = [(*row[:-1], _hash(row)) for row in rows]
    if not rows:
        return Counter()
    new, changed = _copy(rows) if database.vendor == "postgresql" else _insert(rows)
    return Counter(new=new, changed=changed, same=len(found) - new - changed)


def _newest(found: Sequence[records.Interaction]) -> list[records.Interaction]:
    """Keep one record a key, the latest version of it: an upsert may touch a row only once."""
    latest: dict[tuple[str, str], records.Interaction] = {}
    for one in found:
        earlier = latest.get((one.external_id, one.leg_id))
        if earlier is None or one.version >= earlier.version:
            latest[one.external_id, one.leg_id] = one
    return list(latest.values())


def _hash(row: Row) -> str:
    return hashlib.blake2b(repr(row[3:-2]).encode(), digest_size=16).hexdigest()


def _copy(rows: Sequence[Row]) -> tuple[int, int]:
    with database.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS incoming_contacts ON COMMIT DELETE ROWS AS "  # noqa: S608
            f"SELECT {_COLUMNS} FROM {_TABLE} WITH NO DATA"
        )
        with cursor.copy(f"COPY incoming_contacts ({_COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"WITH stored AS (INSERT INTO {_TABLE} ({_COLUMNS}) "  # noqa: S608 - names of ours
            f"SELECT {_COLUMNS} FROM incoming_contacts {_UPSERT_END} "
            "RETURNING (xmax = 0) AS is_new) "
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM stored"
        )
        new, changed = cursor.fetchone()
        cursor.execute("DELETE FROM incoming_contacts")
    return new, changed


def _insert(rows: Sequence[Row]) -> tuple[int, int]:
    marks = ", ".join(["%s"] * len(rows[0]))
    with database.cursor() as cursor:
        before = _count(cursor, rows[0][0])
        cursor.executemany(
            f"INSERT INTO {_TABLE} ({_COLUMNS}) VALUES ({marks}) {_UPSERT_END}",  # noqa: S608
            [tuple(database.ops.adapt_unknown_value(value) for value in row) for row in rows],
        )
        touched = cursor.rowcount
        new = _count(cursor, rows[0][0]) - before
    return new, touched - new


def _count(cursor: Any, connection_id: int) -> int:
    cursor.execute(
        f"SELECT count(*) FROM {_TABLE} WHERE connection_id = %s",  # noqa: S608 - a name of ours
        [connection_id],
    )
    return int(cursor.fetchone()[0])
