"""A CSV file of Data Extraction -> its rows, with columns known by their letters alone."""

import csv
import io
from collections.abc import Iterable

from coaching.integrations.base import Unreadable
from coaching.integrations.nice_cxone.words import letters

Row = dict[str, str]


def rows(content: bytes, *, needed: Iterable[str]) -> list[Row]:
    """Return the cells that are filled. Raises: Unreadable when a column we need is missing."""
    if not content.strip():
        return []
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header, *lines = [line for line in reader if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable("file", "is not CSV in UTF-8") from error
    columns = [letters(name) for name in header]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise Unreadable("file", f"lacks the columns {', '.join(missing)}")
    return [_filled(columns, line) for line in lines]


def _filled(columns: list[str], line: list[str]) -> Row:
    cells = zip(columns, (cell.strip() for cell in line), strict=False)
    return {column: cell for column, cell in cells if cell}
