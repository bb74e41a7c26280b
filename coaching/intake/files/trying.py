"""What an import would do: the whole file read, nothing of it stored."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils import timezone

from coaching import records
from coaching.intake import contacts, evaluations
from coaching.intake.files.agents import learners_of
from coaching.intake.files.reading import chunks
from coaching.integrations.base import Unreadable
from coaching.integrations.csv_file import ErrorCode, Row
from coaching.models import Connection, Evaluation, FileImport, Interaction

ERRORS_KEPT = 10_000
UNKNOWN_VALUES_KEPT = 200


def dry_run(file_import: FileImport, now: datetime) -> dict[str, Any]:
    """Read the whole file and write to the import what would happen; return that.

    A file that is damaged, or that the mapping does not fit, gets a "problem".
    A key that stands twice and far apart in a file counts twice here, once in the import.
    """
    counts: Counter[str] = Counter(rows=0, errors=0, new=0, changed=0, same=0, unknown_agent=0)
    unknown: Counter[str] = Counter()
    asked = {"skip_errors": file_import.preview.get("skip_errors", False)}
    file_import.preview, file_import.errors = asked | {"tried_at": now.isoformat()}, []
    try:
        for rows in chunks(file_import):
            _count(file_import.connection, rows, counts)
            unknown += unknown_values(rows)
            _keep_errors(file_import, rows)
            file_import.preview |= {**counts, "heartbeat_at": timezone.now().isoformat()}
            file_import.save(update_fields=["preview"])
    except Unreadable as problem:
        file_import.preview["problem"] = {"field": problem.field, "reason": problem.reason}
    found = dict(unknown.most_common(UNKNOWN_VALUES_KEPT))
    file_import.preview |= {**counts, "unknown_values": found, "done": True}
    file_import.save(update_fields=["preview", "errors"])
    preview: dict[str, Any] = file_import.preview
    return preview


def unknown_values(rows: Iterable[Row]) -> Counter[str]:
    return Counter(
        f"{remark.column}={remark.value_shortened}"
        for row in rows
        for remark in row.errors
        if remark.code is ErrorCode.UNKNOWN_VALUE
    )


def _keep_errors(file_import: FileImport, rows: Iterable[Row]) -> None:
    refused = (error for row in rows if row.record is None for error in row.errors)
    file_import.errors += [
        {
            "line": error.line,
            "column": error.column,
            "value": error.value_shortened,
            "code": error.code.value,
            "params": error.params,
        }
        for error in islice(refused, ERRORS_KEPT - len(file_import.errors))
    ]


def _count(connection: Connection, rows: Sequence[Row], counts: Counter[str]) -> None:
    found = [row.record for row in rows if row.record]
    learners = learners_of(connection, found)
    known = [record for record in found if record.agent_external_id in learners]
    contacts = [record for record in known if isinstance(record, records.Interaction)]
    forms = [record for record in known if isinstance(record, records.Evaluation)]
    counts["rows"] += len(rows)
    counts["errors"] += len(rows) - len(found)
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
