"""What reading a line of a file can come to: a record, remarks on its cells, or both."""

from dataclasses import dataclass
from enum import StrEnum

from coaching import records
from coaching.integrations.base import gettext_noop


class ErrorCode(StrEnum):
    MISSING = "missing"
    NOT_A_NUMBER = "not_a_number"
    AMBIGUOUS_NUMBER = "ambiguous_number"
    NOT_A_COUNT = "not_a_count"
    NOT_A_MOMENT = "not_a_moment"
    NO_SUCH_TIME = "no_such_time"
    NOT_A_DURATION = "not_a_duration"
    NOT_YES_OR_NO = "not_yes_or_no"
    UNKNOWN_VALUE = "unknown_value"  # a remark: the record is there, with OTHER or UNKNOWN
    TOO_MANY_CELLS = "too_many_cells"
    TOO_MANY_ANSWERS = "too_many_answers"
    LINES_APART = "lines_apart"
    # What records refuse; the same names as records.Problem.
    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_UTC = "not_utc"
    OUT_OF_RANGE = "out_of_range"
    REVERSED = "reversed"
    REPEATED = "repeated"
    UNPRINTABLE = "unprintable"
    SIGNED_ADDRESS = "signed_address"
    OF_AN_EMPLOYEE = "of_an_employee"


# Translated on the Django side, with the error's params and its value.
MESSAGES = {
    ErrorCode.MISSING: gettext_noop("This cell must not be empty."),
    ErrorCode.NOT_A_NUMBER: gettext_noop("“%(value)s” is not a number."),
    ErrorCode.AMBIGUOUS_NUMBER: gettext_noop(
        "“%(value)s” can mean %(first)s or %(second)s. Choose the decimal mark of the file."
    ),
    ErrorCode.NOT_A_COUNT: gettext_noop("“%(value)s” is not a whole number from 0 up."),
    ErrorCode.NOT_A_MOMENT: gettext_noop(
        "“%(value)s” is not a date we can read. Write it like 2026-03-12 14:30, "
        "or give the column a date format."
    ),
    ErrorCode.NO_SUCH_TIME: gettext_noop(
        "“%(value)s” does not exist in the time zone %(zone)s: the clock skipped it."
    ),
    ErrorCode.NOT_A_DURATION: gettext_noop(
        "“%(value)s” is not a duration. Write seconds, mm:ss or hh:mm:ss."
    ),
    ErrorCode.NOT_YES_OR_NO: gettext_noop("“%(value)s” is neither yes nor no."),
    ErrorCode.UNKNOWN_VALUE: gettext_noop(
        "“%(value)s” is not a value we know; say in the mapping what it means."
    ),
    ErrorCode.TOO_MANY_CELLS: gettext_noop(
        "The line has %(found)s cells and the header %(expected)s. "
        "A text with the column separator in it needs quotation marks."
    ),
    ErrorCode.TOO_MANY_ANSWERS: gettext_noop(
        "More than %(limit)s lines belong to the evaluation “%(value)s”."
    ),
    ErrorCode.LINES_APART: gettext_noop(
        "The lines of the evaluation “%(value)s” do not stand together. "
        "Sort the file by evaluation."
    ),
    ErrorCode.EMPTY: gettext_noop("This cell must not be empty."),
    ErrorCode.TOO_LONG: gettext_noop("“%(value)s” is too long."),
    ErrorCode.NOT_UTC: gettext_noop("“%(value)s” is not in UTC."),
    ErrorCode.OUT_OF_RANGE: gettext_noop("“%(value)s” is outside what is possible here."),
    ErrorCode.REVERSED: gettext_noop("“%(value)s” lies before the start."),
    ErrorCode.REPEATED: gettext_noop("The same question stands twice in this evaluation."),
    ErrorCode.UNPRINTABLE: gettext_noop("This cell holds characters that cannot be stored."),
    ErrorCode.SIGNED_ADDRESS: gettext_noop(
        "An address with a key in it may not be stored; give the platform's own reference."
    ),
    ErrorCode.OF_AN_EMPLOYEE: gettext_noop(
        "The mood of an employee is not taken in, only that of the customer."
    ),
}


@dataclass(frozen=True, slots=True)
class RowError:
    line: int
    column: str
    value_shortened: str
    code: ErrorCode
    params: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Row:
    """A line, or the lines of one evaluation. Without a record, its errors say why."""

    line_number: int
    record: records.Interaction | records.Evaluation | None
    errors: tuple[RowError, ...] = ()


class CellError(ValueError):
    """The text of a cell does not mean what its column should hold."""

    def __init__(self, code: ErrorCode, **params: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.params = params
