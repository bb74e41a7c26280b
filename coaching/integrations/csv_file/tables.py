"""A CSV file or a workbook -> lines of texts, one at a time, whatever wrote the file."""

import codecs
import contextlib
import csv
import io
import os
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from coaching.integrations.base import Unreadable, gettext_noop

Source = Path | BinaryIO
Line = tuple[int, list[str]]

CSV_MAX_BYTES = 2 * 1024**3
WORKBOOK_MAX_BYTES = 64 * 1024**2
WORKBOOK_MAX_UNPACKED_BYTES = 1024**3
SHARED_TEXTS_MAX_BYTES = 64 * 1024**2  # the one part of a workbook that is held in memory
MAX_COLUMNS = 300
SAMPLE_ROWS = 20

_DELIMITERS = ";\t|,"
_SAMPLE_BYTES = 64 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_BROKEN_WORKBOOK = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,  # what the XML parser raises
    KeyError,
    ValueError,
    EOFError,
)


@dataclass(frozen=True, slots=True)
class Sniffed:
    encoding: str  # "xlsx" for a workbook
    delimiter: str  # empty for a workbook
    header: tuple[str, ...]
    sample_rows: tuple[tuple[str, ...], ...]


def sniff(source: Source) -> Sniffed:
    """Tell how a file is written and what its first lines say. Raises: Unreadable."""
    with _opened(source) as stream:
        encoding, delimiter = _form(stream)
        with contextlib.closing(_filled_lines(stream, encoding, delimiter)) as lines:
            _, header = next(lines)
            sample = tuple(tuple(cells) for _, cells in islice(lines, SAMPLE_ROWS))
    return Sniffed(encoding, delimiter, tuple(header), sample)


def read_lines(source: Source) -> Iterator[Line]:
    """Yield the header, then every line that is not blank, with its number in the file."""
    with _opened(source) as stream:
        yield from _filled_lines(stream, *_form(stream))


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    else:
        source.seek(0)
        yield source


def _form(stream: BinaryIO) -> tuple[str, str]:
    head = stream.read(_SAMPLE_BYTES)
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if not head.strip():
        raise _refused(gettext_noop("The file is empty."))
    if head.startswith(_OLE):
        raise _refused(
            gettext_noop(
                "The workbook is protected with a password or older than Excel 2007. "
                "Save it as .xlsx without a password, or as CSV."
            )
        )
    is_workbook = head.startswith(_ZIP)
    if size > (WORKBOOK_MAX_BYTES if is_workbook else CSV_MAX_BYTES):
        raise _refused(gettext_noop("The file is too large. Split it, or save it as CSV."))
    if is_workbook:
        return "xlsx", ""
    encoding = _encoding(stream, head)
    sample = head.decode(encoding, errors="ignore")
    return encoding, _delimiter(sample, is_whole=size <= _SAMPLE_BYTES)


def _encoding(stream: BinaryIO, head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if min(even, odd) * 10 > max(even, odd):
            raise _refused(gettext_noop("The file is neither a workbook nor a text file."))
        return "utf-16-le" if odd > even else "utf-16-be"
    return next(name for name in ("utf-8", "cp1252", "latin-1") if _decodes(stream, name))


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    """Try the whole file: the first å may stand on the last line."""
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(_SAMPLE_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _delimiter(sample: str, *, is_whole: bool) -> str:
    """Choose the separator that cuts most lines into as many cells as the header."""
    named = sample.lstrip("\ufeff")[:5]
    if named.casefold().startswith("sep=") and named[4:].strip("\r\n"):
        return named[4]
    lines = sample.splitlines(keepends=True)[: SAMPLE_ROWS + 1]
    if not is_whole and len(lines) > 1:
        lines.pop()
    return max(_DELIMITERS, key=lambda mark: _evenness(lines, mark))


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
    except csv.Error:
        return 0, 0
    if not widths or widths[0] < 2:
        return 0, 0
    return round(widths.count(widths[0]) / len(widths), 1), widths[0]


def _filled_lines(stream: BinaryIO, encoding: str, delimiter: str) -> Generator[Line, None, None]:
    lines = (
        _workbook_lines(stream) if encoding == "xlsx" else _text_lines(stream, encoding, delimiter)
    )
    filled = ((number, cells) for number, cells in lines if any(cell.strip() for cell in cells))
    first = next(filled, None)
    if first is None:
        raise _refused(gettext_noop("The file is empty."))
    if len(first[1]) > MAX_COLUMNS:
        raise _refused(gettext_noop("The file has too many columns."))
    yield first[0], _distinct(first[1])
    yield from filled


def _text_lines(stream: BinaryIO, encoding: str, delimiter: str) -> Iterator[Line]:
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=delimiter)
    number = 1
    try:
        for cells in reader:
            if not (number == 1 and delimiter.join(cells).casefold().startswith("sep=")):
                yield number, cells
            number = reader.line_num + 1
    except (csv.Error, UnicodeDecodeError) as error:
        reason = gettext_noop("A quotation mark is not closed, or the text is damaged.")
        raise Unreadable(f"line {number}", reason) from error
    finally:
        text.detach()


def _workbook_lines(stream: BinaryIO) -> Iterator[Line]:
    try:
        _check_unpacked_size(stream)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write wrong ones
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_cell_text(cell) for cell in cells]
    except (*_BROKEN_WORKBOOK, IndexError) as error:
        raise _refused(gettext_noop("The workbook is damaged and cannot be opened.")) from error


def _check_unpacked_size(stream: BinaryIO) -> None:
    with zipfile.ZipFile(stream) as parts:
        sizes = {part.filename: part.file_size for part in parts.infolist()}
    shared = sizes.get("xl/sharedStrings.xml", 0)
    if sum(sizes.values()) > WORKBOOK_MAX_UNPACKED_BYTES or shared > SHARED_TEXTS_MAX_BYTES:
        raise _refused(gettext_noop("The file is too large. Split it, or save it as CSV."))


def _cell_text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return _plain(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case _:
            return str(cell)


def _plain(number: float) -> str:
    """Write a number cell so that nobody takes its fraction for thousands."""
    text = format(Decimal(repr(number)), "f").removesuffix(".0")
    return f"{text}0" if "." in text else text


def _distinct(header: list[str]) -> list[str]:
    names: list[str] = []
    for position, cell in enumerate(header, start=1):
        name = cell.strip() or f"({position})"
        names.append(f"{name} ({position})" if name in names else name)
    return names


def _refused(reason: str) -> Unreadable:
    return Unreadable("file", reason)
