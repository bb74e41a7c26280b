"""From an uploaded file to rows, with the columns a person or an earlier import said."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from django.conf import settings

from coaching import records
from coaching.integrations import csv_file
from coaching.integrations.base import Unreadable, gettext_noop
from coaching.integrations.csv_file import ErrorCode, Mapping, Row, RowError
from coaching.models import FileImport

BATCH_ROWS = {"interactions": 2000, "evaluations": 200}
LOOKED_AT_ROWS = 8
_RELEASED = {records.EvaluationStatus.RELEASED, records.EvaluationStatus.DISPUTED}


@dataclass(frozen=True, slots=True)
class Look:
    """The first rows of a file as a mapping reads them, or why it does not fit the file."""

    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]  # the first lines as they stand in the file
    mapping: Mapping
    rows: tuple[Row, ...] = ()
    problem: Unreadable | None = None


def look(file_import: FileImport, mapping: Mapping | None = None) -> Look:
    """Read the first rows with a mapping: the given one, the chosen, the last used, or a guess.

    Raises: Unreadable when the file itself cannot be read.
    """
    with _opened(file_import) as source:
        found = csv_file.sniff(source)
        mapping = mapping or mapping_of(file_import, found.header)
        try:
            rows = tuple(islice(_rows(file_import, source, mapping), LOOKED_AT_ROWS))
        except Unreadable as problem:
            return Look(found.header, found.sample_rows, mapping, problem=problem)
    return Look(found.header, found.sample_rows, mapping, rows)


def choose_mapping(file_import: FileImport, mapping: Mapping) -> None:
    """Set what a person confirmed; what an earlier dry run found no longer holds."""
    file_import.mapping = as_stored(mapping)
    file_import.preview, file_import.errors = {}, []
    file_import.save(update_fields=["mapping", "preview", "errors"])


def chunks(file_import: FileImport) -> Iterator[list[Row]]:
    """Yield the whole file, a batch at a time. Raises: Unreadable, also half-way."""
    with _opened(file_import) as source:
        mapping = mapping_of(file_import, csv_file.sniff(source).header)
        rows = _rows(file_import, source, mapping)
        while chunk := list(islice(rows, BATCH_ROWS[file_import.kind])):
            yield chunk


def mapping_of(file_import: FileImport, header: tuple[str, ...]) -> Mapping:
    if file_import.mapping:
        return Mapping.model_validate(file_import.mapping)
    if kept := file_import.connection.mapping.get(file_import.kind):
        mapping = Mapping.model_validate(kept)
        with suppress(Unreadable):
            mapping.check(file_import.kind, header)
            return mapping
    return csv_file.suggest_mapping(header, file_import.kind)


def as_stored(mapping: Mapping) -> dict[str, object]:
    return mapping.model_dump(mode="json", exclude_defaults=True)


@contextmanager
def _opened(file_import: FileImport) -> Iterator[BinaryIO]:
    try:
        stored = file_import.file.open("rb")
    except (FileNotFoundError, ValueError) as error:  # deleted, or never there
        reason = gettext_noop("The file is no longer here. Upload it again.")
        raise Unreadable("file", reason) from error
    with stored:
        yield stored.file


def _rows(file_import: FileImport, source: BinaryIO, mapping: Mapping) -> Iterator[Row]:
    found = csv_file.read(
        source,
        _with_queue_ids(mapping),
        file_import.kind,
        time_zone=file_import.connection.time_zone,
        customer_key=settings.CUSTOMER_KEY,
    )
    return map(_completed, found)


def _with_queue_ids(mapping: Mapping) -> Mapping:
    """Let the name of a queue be its id, where a file has no other."""
    if "queue_name" in mapping.fields and "queue_external_id" not in mapping.fields:
        return mapping.model_copy(update={"queue_external_id": mapping.fields["queue_name"]})
    return mapping


def _completed(row: Row) -> Row:
    """Add what a table leaves to be understood: addresses are one however they are written."""
    record = row.record
    if isinstance(record, records.Evaluation) and record.status in _RELEASED:
        return _released(row, record)
    if record and (agent := _agent_id(record.agent_external_id)) != record.agent_external_id:
        return replace(row, record=replace(record, agent_external_id=agent))
    return row


def _released(row: Row, evaluation: records.Evaluation) -> Row:
    """Take an evaluation for released on the day it was done, where a file says nothing else."""
    done_at = evaluation.submitted_at or evaluation.created_at or evaluation.interaction_at
    released_at = evaluation.released_at or done_at
    if released_at is None:
        missing = RowError(row.line_number, "released_at", "", ErrorCode.MISSING, {})
        return replace(row, record=None, errors=(*row.errors, missing))
    agent = _agent_id(evaluation.agent_external_id)
    return replace(
        row, record=replace(evaluation, released_at=released_at, agent_external_id=agent)
    )


def _agent_id(written: str | None) -> str | None:
    """Write an e-mail address in one way; any other id is the platform's own business."""
    return written.lower() if written and "@" in written else written
