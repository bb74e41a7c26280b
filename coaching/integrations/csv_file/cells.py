"""Which cell of a line holds which field, and what its text means."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from coaching.integrations.csv_file import synonyms, values
from coaching.integrations.csv_file.mapping import FieldSource, FieldType, Mapping, QuestionColumn
from coaching.integrations.csv_file.outcome import CellError, ErrorCode, RowError
from coaching.integrations.csv_file.tables import Line
from coaching.integrations.normalise import clean, customer_ref, language_code
from coaching.records import Channel, Direction, EvaluationStatus, InvalidField

Word = TypeVar("Word", bound=StrEnum)
Parse = Callable[[str], Any]

_SHOWN = 40  # characters of a cell in an error
_TEXT_LIMITS = {
    "queue_name": 120,
    "disposition_label": 160,
    "form_name": 200,
    "group_name": 200,
    "question_text": 500,
    "answer_text": 500,
    "comment": 10_000,
    "comments": 10_000,
    "agent_comments": 10_000,
}
_ID_LIMIT = 1000  # an id is never cut: one that is too long is refused by the record


@dataclass(frozen=True, slots=True)
class Conventions:
    """What holds for all cells of a file."""

    zone: ZoneInfo
    decimal_mark: values.DecimalMark | None = None
    customer_key: str = field(default="", repr=False)


class UnknownValue(CellError):
    """A word we do not know: the record gets the fallback, the person a remark."""

    def __init__(self, fallback: object) -> None:
        super().__init__(ErrorCode.UNKNOWN_VALUE)
        self.fallback = fallback


@dataclass(frozen=True, slots=True)
class _Cell:
    field: str
    column: str
    position: int | None  # None: the constant
    time_position: int | None
    constant: str
    words: dict[str, str]
    parse: Parse

    def text(self, cells: list[str]) -> str:
        text = self.constant or _at(cells, self.position)
        if self.time_position is not None:
            text = f"{text} {_at(cells, self.time_position)}".strip()
        return self.words.get(text.casefold(), text) if self.words else text


class Plan:
    """Read some fields of every line of a file."""

    def __init__(
        self,
        fields: dict[str, FieldType],
        mapping: Mapping,
        header: list[str],
        *,
        conventions: Conventions,
    ) -> None:
        self._cells = [
            _Cell(
                field=name,
                column=source.column or name,
                position=header.index(source.column) if source.column else None,
                time_position=header.index(source.time_column) if source.time_column else None,
                constant=source.constant,
                words={word.casefold(): meaning for word, meaning in source.values.items()},
                parse=_parser(name, fields[name], source, conventions=conventions),
            )
            for name, source in mapping.fields.items()
            if name in fields
        ]
        self._columns = {cell.field: cell.column for cell in self._cells}

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def text(self, name: str, cells: list[str]) -> str:
        return next(cell.text(cells) for cell in self._cells if cell.field == name)

    def read(
        self, line: Line, *, required: Iterable[str] = ()
    ) -> tuple[dict[str, Any], list[RowError]]:
        """Return the fields that are filled in, and what was wrong with the others."""
        number, cells = line
        found: dict[str, Any] = {}
        errors: list[RowError] = []
        for cell in self._cells:
            text = cell.text(cells)
            try:
                if text:
                    found[cell.field] = cell.parse(text)
                elif cell.field in required:
                    raise CellError(ErrorCode.MISSING)
            except CellError as error:
                errors.append(remark(number, cell.column, text, error=error))
                if isinstance(error, UnknownValue):
                    found[cell.field] = error.fallback
        return found, errors

    def refused(self, line: Line, error: InvalidField) -> RowError:
        """Name the column whose value the record did not take."""
        number, cells = line
        text = self.text(error.field, cells) if error.field in self else ""
        column = self._columns.get(error.field, error.field)
        return remark(number, column, text, error=CellError(ErrorCode(error.problem.value)))


def remark(line: int, column: str, text: str, *, error: CellError) -> RowError:
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return RowError(line, column, shown, error.code, error.params)


def points_parser(question: QuestionColumn, *, conventions: Conventions) -> Parse:
    words = {word.casefold(): meaning for word, meaning in question.values.items()}

    def parse(text: str) -> Decimal | None:
        return _points(words.get(text.casefold(), text), decimal_mark=conventions.decimal_mark)

    return parse


def _at(cells: list[str], position: int | None) -> str:
    if position is None or position >= len(cells):
        return ""
    return cells[position].strip()


def _parser(name: str, kind: FieldType, source: FieldSource, *, conventions: Conventions) -> Parse:
    mark = conventions.decimal_mark
    match kind:
        case FieldType.MOMENT:
            return partial(values.parse_moment, zone=conventions.zone, pattern=source.format)
        case FieldType.DURATION:
            unit = source.format or "seconds"
            return partial(values.parse_duration_ms, unit=unit, decimal_mark=mark)
        case FieldType.PERCENT:
            return partial(_percent, decimal_mark=mark, is_share=source.format == "share")
        case FieldType.CUSTOMER:
            return partial(customer_ref, key=conventions.customer_key)
        case FieldType.COUNT:
            return partial(values.parse_count, decimal_mark=mark)
        case FieldType.POINTS:
            return partial(_points, decimal_mark=mark)
        case FieldType.TEXT:
            return partial(clean, limit=_TEXT_LIMITS.get(name, _ID_LIMIT))
        case _:
            return _PARSERS[kind]


def _percent(text: str, *, decimal_mark: values.DecimalMark | None, is_share: bool) -> Decimal:
    number = values.parse_number(text, decimal_mark=decimal_mark)
    return (number * 100 if is_share else number).quantize(Decimal("0.001"))


def _points(text: str, *, decimal_mark: values.DecimalMark | None) -> Decimal | None:
    """Return the points, or None for one of the ways to write "not applicable"."""
    if text.casefold() in synonyms.NOT_APPLICABLE:
        return None
    return values.parse_number(text, decimal_mark=decimal_mark)


def _word_parser(names: dict[Word, str], fallback: Word) -> Parse:
    meanings = {name: word for word, spoken in names.items() for name in spoken.split("|")}
    meanings |= {word.value.replace("_", " "): word for word in type(fallback)}

    @lru_cache(maxsize=256)
    def parse(text: str) -> Word:
        known = meanings.get(re.sub(r"[\W_]+", " ", text.casefold()).strip())
        if known is None:
            raise UnknownValue(fallback)
        return known

    return parse


@lru_cache(maxsize=256)
def _language(text: str) -> str:
    code = language_code(text)
    if code is None:
        raise UnknownValue(None)
    return code


_PARSERS: dict[FieldType, Parse] = {
    FieldType.FLAG: values.parse_flag,
    FieldType.LANGUAGE: _language,
    FieldType.CHANNEL: _word_parser(synonyms.CHANNELS, Channel.OTHER),
    FieldType.DIRECTION: _word_parser(synonyms.DIRECTIONS, Direction.UNKNOWN),
    FieldType.STATUS: _word_parser(synonyms.STATUSES, EvaluationStatus.UNKNOWN),
}
