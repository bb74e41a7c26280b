import io
import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from coaching.integrations.base import Unreadable
from coaching.integrations.csv_file import sniff, tables
from coaching.integrations.csv_file.tables import read_lines

pytestmark = pytest.mark.pure

TEXT = "Kö;Ärende\nFaktura;Påminnelse\n"


def workbook(*rows: list[object]) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_sniff_tells_the_encoding(encoding: str, found: str) -> None:
    sniffed = sniff(io.BytesIO(TEXT.encode(encoding)))

    assert sniffed.encoding == found
    assert sniffed.header == ("Kö", "Ärende")
    assert sniffed.sample_rows == (("Faktura", "Påminnelse"),)


def test_sniff_falls_back_to_latin_1() -> None:
    assert sniff(io.BytesIO(b"K\xf6;\x81\n1;2\n")).encoding == "latin-1"


def test_sniff_reads_the_whole_file_for_its_encoding() -> None:
    late = b"a;b\n" + b"1;2\n" * 50_000 + "å;2\n".encode("cp1252")

    assert sniff(io.BytesIO(late)).encoding == "cp1252"


@pytest.mark.parametrize("delimiter", list(";\t|,"))
def test_sniff_tells_the_delimiter(delimiter: str) -> None:
    lines = (("a", "b", "c"), ("1", "2", "3"))
    text = "\n".join(delimiter.join(line) for line in lines)

    sniffed = sniff(io.BytesIO(text.encode()))

    assert sniffed.delimiter == delimiter
    assert sniffed.header == ("a", "b", "c")


def test_sniff_is_not_misled_by_decimal_commas() -> None:
    text = "namn;tid;poäng\nA, B;1,5;2,5\nC, D;3,5;4,5\n"

    assert sniff(io.BytesIO(text.encode())).delimiter == ";"


def test_sniff_obeys_excel_s_sep_line() -> None:
    sniffed = sniff(io.BytesIO(b"sep=|\na|b,c\n1|2,3\n"))

    assert (sniffed.delimiter, sniffed.header) == ("|", ("a", "b,c"))


def test_sniff_takes_one_column_for_what_it_is() -> None:
    assert sniff(io.BytesIO(b"id\n1\n2\n")).header == ("id",)


def test_header_names_become_distinct() -> None:
    sniffed = sniff(io.BytesIO(b"id;;id\n1;2;3\n"))

    assert sniffed.header == ("id", "(2)", "id (3)")


def test_lines_carry_their_number_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(b'\na;b\n\n1;"two\nlines"\n;\n3;4\n')

    assert list(read_lines(path)) == [
        (2, ["a", "b"]),
        (4, ["1", "two\nlines"]),
        (7, ["3", "4"]),
    ]


def test_source_that_was_handed_in_stays_open() -> None:
    stream = io.BytesIO(b"a;b\n" + b"1;2\n" * 50)

    sniff(stream)

    assert len(list(read_lines(stream))) == 51


@pytest.mark.filterwarnings("error")
def test_sniff_closes_a_long_file_without_complaint(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(b"a;b\n" + b"1;2\n" * 50)

    assert len(sniff(path).sample_rows) == 20


def test_workbook_cells_become_texts() -> None:
    stream = workbook(
        ["id", "när", "dag", "tid", "längd", "poäng", "tal", "ok", "tom"],
        [
            7,
            datetime(2026, 3, 12, 14, 30, 5),
            datetime(2026, 3, 12),
            time(14, 30),
            timedelta(hours=26, seconds=3),
            87.5,
            1.234,
            True,
            None,
        ],
    )

    _, (number, cells) = read_lines(stream)

    assert number == 2
    assert cells[:8] == [
        "7",
        "2026-03-12 14:30:05",
        "2026-03-12",
        "14:30:00",
        "26:00:03",
        "87.50",
        "1.2340",
        "true",
    ]


def test_workbook_is_sniffed_as_such() -> None:
    sniffed = sniff(workbook(["id", "agent"], [], ["1", "Ana"]))

    assert (sniffed.encoding, sniffed.delimiter) == ("xlsx", "")
    assert sniffed.sample_rows == (("1", "Ana"),)


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b";;\n;;\n", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "password"),
        (b"PK\x03\x04 and no more", "damaged"),
        (zipped("hello.txt", b"hello"), "damaged"),
        (b"%PDF-1.7\n\0\0\0\0binary\0\0\0", "neither"),
        (b";".join([b"a"] * 301), "too many columns"),
    ],
)
def test_file_we_cannot_read_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        sniff(io.BytesIO(content))


def test_workbook_that_is_cut_off_is_damaged() -> None:
    whole = workbook(["id"], *([str(number)] for number in range(500))).getvalue()

    with pytest.raises(Unreadable, match="damaged"):
        list(read_lines(io.BytesIO(whole[: len(whole) // 2])))


@pytest.mark.parametrize(
    ("limit", "content"),
    [("CSV_MAX_BYTES", b"a;b\n1;2\n"), ("WORKBOOK_MAX_BYTES", workbook(["a"]).getvalue())],
)
def test_file_that_is_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, content: bytes
) -> None:
    monkeypatch.setattr(tables, limit, len(content) - 1)

    with pytest.raises(Unreadable, match="too large"):
        sniff(io.BytesIO(content))


@pytest.mark.parametrize(
    ("limit", "part"),
    [
        ("WORKBOOK_MAX_UNPACKED_BYTES", "xl/worksheets/sheet1.xml"),
        ("SHARED_TEXTS_MAX_BYTES", "xl/sharedStrings.xml"),
    ],
)
def test_workbook_that_unpacks_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, part: str
) -> None:
    monkeypatch.setattr(tables, limit, 1000)

    with pytest.raises(Unreadable, match="too large"):
        sniff(io.BytesIO(zipped(part, b"0" * 1001)))


def test_quotation_mark_that_never_closes_is_named_with_its_line() -> None:
    text = b'a;b\n1;2\n3;"' + b"x" * 140_000

    with pytest.raises(Unreadable, match="line 3: A quotation mark"):
        list(read_lines(io.BytesIO(text)))
