"""An extract of a table as CSV -> its rows, whatever tool wrote it."""

import codecs
import csv
import io
from collections.abc import Iterable

from coaching.integrations.base import Unreadable

Row = dict[str, str]

_DELIMITERS = ";\t|,"
_NULL = "null"  # what exports of SQL Server write into an empty cell


def rows(content: bytes, *, needed: Iterable[str]) -> list[Row]:
    """Return the cells that are filled. Raises: Unreadable when a column we need is missing."""
    text = _text(content)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header, *lines = [line for line in reader if line] or [[]]
    except csv.Error as error:
        raise Unreadable("file", "is not CSV") from error
    columns = [name.strip().casefold() for name in header]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise Unreadable("file", f"lacks the columns {', '.join(missing)}")
    return [_filled(columns, line) for line in lines]


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _filled(columns: list[str], line: list[str]) -> Row:
    cells = zip(columns, (cell.strip() for cell in line), strict=False)
    return {column: cell for column, cell in cells if cell and cell.casefold() != _NULL}
