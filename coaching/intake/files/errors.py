"""What was wrong in a file, in the reader's words: for the screen, a terminal or a spreadsheet."""

import csv
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.integrations.csv_file import MESSAGES, ErrorCode, RowError, safe_cell
from coaching.models import FileImport


class Reason(NamedTuple):
    line: int
    column: str
    value: str
    words: str


class _Writable(Protocol):
    def write(self, text: str, /) -> object: ...


def reasons(file_import: FileImport) -> Iterator[Reason]:
    for error in file_import.errors:
        line, column, value = error["line"], error["column"], error["value"]
        yield Reason(line, column, value, _words(error["code"], value, error["params"]))


def left_out(file_import: FileImport) -> str:
    """Say how many errors more there were than are kept; nothing where all are."""
    count = file_import.preview.get("errors_left_out", 0)
    if not count:
        return ""
    text = ngettext(
        "There is %(count)s more error. Mend these first and try again.",
        "There are %(count)s more errors. Mend these first and try again.",
        count,
    )
    return text % {"count": count}


def reason_of(error: RowError) -> Reason:
    value = error.value_shortened
    return Reason(error.line, error.column, value, _words(error.code, value, error.params))


def write_errors(file_import: FileImport, stream: _Writable) -> None:
    """Write one line for each error, as a table that Nordic spreadsheets open in columns."""
    table = csv.writer(stream, delimiter=";")
    table.writerow([_("Line"), _("Column"), _("Value"), _("Reason")])
    for reason in reasons(file_import):
        table.writerow([reason.line, *map(safe_cell, reason[1:])])
    if more := left_out(file_import):
        table.writerow(["", "", "", more])


def _words(code: str, value: str, params: Mapping[str, str | int]) -> str:
    return _(MESSAGES[ErrorCode(code)]) % {"value": value, **params}
