"""The first rows of a file as they would be taken in, for the eye; they are stored nowhere."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coaching.admin_views.mapping_words import CHOICES, LABELS
from coaching.intake import files
from coaching.intake.files import Look
from coaching.integrations.csv_file import FIELDS, Row
from coaching.models import FileImport
from coaching.records import Evaluation

_ELSEWHERE = {"max_points_total": "max_points"}  # what a record calls it
_WORDS = {value.replace(" ", "_"): text for choices in CHOICES.values() for value, text in choices}


@dataclass(frozen=True, slots=True)
class FirstRows:
    headings: list[str | Promise]
    lines: list[tuple[int, list[str], list[str]]]  # line number, cells, what was wrong
    problem: str

    @property
    def has_errors(self) -> bool:
        return any(wrong for _number, _cells, wrong in self.lines)


def first_rows(upload: FileImport, found: Look) -> FirstRows:
    names = [name for name in FIELDS[upload.kind] if _is_shown(name, found)]
    zone = ZoneInfo(upload.connection.time_zone)
    headings: list[str | Promise] = [LABELS[name] for name in names]
    if any(isinstance(row.record, Evaluation) for row in found.rows):
        headings.append(_("Answers"))
    lines = [(row.line_number, _cells(row, names, zone), _wrong(row)) for row in found.rows]
    return FirstRows(headings, lines, _problem(found))


def _is_shown(name: str, found: Look) -> bool:
    """Tell whether a field is mapped and belongs to the whole row, not to one answer of it."""
    record = next((row.record for row in found.rows if row.record), None)
    return name in found.mapping.fields and hasattr(record, _ELSEWHERE.get(name, name))


def _cells(row: Row, names: list[str], zone: ZoneInfo) -> list[str]:
    values = [getattr(row.record, _ELSEWHERE.get(name, name), None) for name in names]
    cells = [_shown(name, value, zone) for name, value in zip(names, values, strict=True)]
    return [*cells, str(len(row.record.answers))] if isinstance(row.record, Evaluation) else cells


def _shown(name: str, value: Any, zone: ZoneInfo) -> str:
    if value is None or value == "":
        return "–"
    if name == "customer_ref":
        return _("hidden")
    if isinstance(value, datetime):
        return date_format(value.astimezone(zone), "SHORT_DATETIME_FORMAT")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name.endswith("_ms"):
        return _("%(seconds)s s") % {"seconds": number_format(round(value / 1000))}
    return str(_WORDS.get(value, value)) if isinstance(value, StrEnum) else str(value)


def _wrong(row: Row) -> list[str]:
    return [f"{reason.column}: {reason.words}" for reason in map(files.reason_of, row.errors)]


def _problem(found: Look) -> str:
    if found.problem is None:
        return ""
    label = LABELS.get(found.problem.field, found.problem.field)
    return f"{label}: {_(found.problem.reason)}"
