"""What an import would do: the whole file read, nothing of it stored."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from coaching import records
from coaching.intake import contacts, evaluations
from coaching.intake.age import is_too_old
from coaching.intake.files.agents import learners_of
from coaching.intake.files.reading import chunks
from coaching.integrations.base import Unreadable, gettext_noop
from coaching.integrations.csv_file import ErrorCode, Row
from coaching.models import Connection, Evaluation, FileImport, Interaction

COUNTS = (
    "rows",
    "errors",
    "errors_left_out",
    "new",
    "changed",
    "same",
    "unknown_agent",
    "too_old",
)
ERRORS_KEPT = 10_000
UNKNOWN_VALUES_KEPT = 200
FAILED = gettext_noop(
    "The file could not be tried: something went wrong that we did not foresee. "
    "Check the columns and try again; the log has the details."
)

logger = logging.getLogger(__name__)


def dry_run(file_import: FileImport, now: datetime) -> dict[str, Any]:
    """Read the whole file and write to the import what would happen; return that.

    A file that is damaged, or that the mapping does not fit, gets a "problem"; so does one
    that fails for any other reason, since a person waits for the outcome.
    A key that stands twice and far apart in a file counts twice here, once in the import.
    """
    asked = {"skip_errors": file_import.preview.get("skip_errors", False)}
    begun = asked | {"tried_at": now.isoformat(), **dict.fromkeys(COUNTS, 0)}
    file_import.preview, file_import.errors = begun, []
    try:
        return _tried(file_import, now)
    except Exception:
        logger.exception("import %s could not be tried", file_import.pk)
    return _end(file_import, {**begun, "problem": {"field": "file", "reason": FAILED}}, [])


def _tried(file_import: FileImport, now: datetime) -> dict[str, Any]:
    counts, unknown = Counter(dict.fromkeys(COUNTS, 0)), Counter[str]()
    errors: list[dict[str, Any]] = []
    problem = {}
    try:
        for rows in chunks(file_import):
            _count(file_import.connection, rows, counts, now)
            unknown += unknown_values(rows)
            _keep_errors(errors, rows, counts)
            file_import.preview = {
                **file_import.preview,
                **counts,
                "heartbeat_at": timezone.now().isoformat(),
            }
            file_import.save(update_fields=["preview"])
    except Unreadable as found:
        problem = {"problem": {"field": found.field, "reason": found.reason}}
    values = dict(unknown.most_common(UNKNOWN_VALUES_KEPT))
    return _end(
        file_import, {**file_import.preview, **counts, **problem, "unknown_values": values}, errors
    )


def _end(
    file_import: FileImport, preview: dict[str, Any], errors: list[dict[str, Any]]
) -> dict[str, Any]:
    ended = {**preview, "done": True}
    file_import.preview, file_import.errors = ended, errors
    file_import.save(update_fields=["preview", "errors"])
    return ended


def unknown_values(rows: Iterable[Row]) -> Counter[str]:
    return Counter(
        f"{remark.column}={remark.value_shortened}"
        for row in rows
        for remark in row.errors
        if remark.code is ErrorCode.UNKNOWN_VALUE
    )


def _keep_errors(errors: list[dict[str, Any]], rows: Iterable[Row], counts: Counter[str]) -> None:
    """Keep what was refused as long as there is room, and count what is left out."""
    refused = [error for row in rows if row.record is None for error in row.errors]
    room = ERRORS_KEPT - len(errors)
    counts["errors_left_out"] += len(refused[room:])
    errors += [
        {
            "line": error.line,
            "column": error.column,
            "value": error.value_shortened,
            "code": error.code.value,
            "params": error.params,
        }
        for error in refused[:room]
    ]


def _count(
    connection: Connection, rows: Sequence[Row], counts: Counter[str], now: datetime
) -> None:
    readable = [row.record for row in rows if row.record]
    found = [record for record in readable if not is_too_old(record, now)]
    learners = learners_of(connection, found)
    known = [record for record in found if record.agent_external_id in learners]
    contacts = [record for record in known if isinstance(record, records.Interaction)]
    forms = [record for record in known if isinstance(record, records.Evaluation)]
    counts["rows"] += len(rows)
    counts["errors"] += len(rows) - len(readable)
    counts["too_old"] += len(readable) - len(found)
    counts["unknown_agent"] += len(found) - len(known)
    counts.update(_contact_outcomes(connection, contacts, learners))
    counts.update(_evaluation_outcomes(connection, forms))


def _contact_outcomes(
    connection: Connection, found: Sequence[records.Interaction], learners: dict[str, int]
) -> Iterable[str]:
    stored = {
        (row["external_id"], row["leg_id"]): row
        for row in Interaction.objects.filter(
            connection=connection, external_id__in=[record.external_id for record in found]
        ).values(
            "external_id",
            "leg_id",
            "learner_id",
            "queue__external_id",
            "source_updated_at",
            *contacts.CONTENT,
        )
    }
    seen = set()
    for record in found:
        row = stored.get(record.natural_key)
        if record.natural_key in seen:
            yield "same"
        elif row is None:
            yield "new"
        elif record.version < row["source_updated_at"] or _is_same(record, row, learners):
            yield "same"
        else:
            yield "changed"
        seen.add(record.natural_key)


def _is_same(record: records.Interaction, row: dict[str, Any], learners: dict[str, int]) -> bool:
    return (
        learners[record.agent_external_id or ""] == row["learner_id"]
        and (record.queue_external_id or None) == row["queue__external_id"]
        and all(_plain(getattr(record, name)) == _plain(row[name]) for name in contacts.CONTENT)
    )


def _plain(value: Any) -> Any:
    return None if value == "" else value


def _evaluation_outcomes(
    connection: Connection, found: Sequence[records.Evaluation]
) -> Iterable[str]:
    stored = {
        row.external_id: row
        for row in Evaluation.objects.filter(
            connection=connection, external_id__in=[record.external_id for record in found]
        ).only("external_id", "content_hash", "revision", "status")
    }
    return (evaluations.outcome(record, stored.get(record.external_id)) for record in found)
