"""Which column of a file holds which field: the stored form, and a first guess from the header."""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from coaching.integrations.base import Unreadable, gettext_noop
from coaching.integrations.csv_file.synonyms import SYNONYMS, TIMES, UNITS
from coaching.integrations.csv_file.values import DecimalMark


class FieldType(StrEnum):
    TEXT = "text"
    MOMENT = "moment"
    DURATION = "duration"
    COUNT = "count"
    POINTS = "points"
    PERCENT = "percent"
    FLAG = "flag"
    CHANNEL = "channel"
    DIRECTION = "direction"
    STATUS = "status"
    LANGUAGE = "language"
    CUSTOMER = "customer"


INTERACTION_FIELDS = {
    "external_id": FieldType.TEXT,
    "leg_id": FieldType.TEXT,
    "agent_external_id": FieldType.TEXT,
    "queue_external_id": FieldType.TEXT,
    "queue_name": FieldType.TEXT,
    "channel": FieldType.CHANNEL,
    "direction": FieldType.DIRECTION,
    "language": FieldType.LANGUAGE,
    "started_at": FieldType.MOMENT,
    "ended_at": FieldType.MOMENT,
    "queue_ms": FieldType.DURATION,
    "ring_ms": FieldType.DURATION,
    "talk_ms": FieldType.DURATION,
    "hold_ms": FieldType.DURATION,
    "acw_ms": FieldType.DURATION,
    "handle_ms": FieldType.DURATION,
    "hold_count": FieldType.COUNT,
    "transfer_count": FieldType.COUNT,
    "consult_count": FieldType.COUNT,
    "disposition_code": FieldType.TEXT,
    "disposition_label": FieldType.TEXT,
    "customer_ref": FieldType.CUSTOMER,
    "recorded": FieldType.FLAG,
    "source_updated_at": FieldType.MOMENT,
}
EVALUATION_FIELDS = {
    "external_id": FieldType.TEXT,
    "revision": FieldType.TEXT,
    "interaction_external_id": FieldType.TEXT,
    "agent_external_id": FieldType.TEXT,
    "evaluator_external_id": FieldType.TEXT,
    "form_external_id": FieldType.TEXT,
    "form_name": FieldType.TEXT,
    "channel": FieldType.CHANNEL,
    "status": FieldType.STATUS,
    "score_pct": FieldType.PERCENT,
    "critical_score_pct": FieldType.PERCENT,
    "earned_points": FieldType.POINTS,
    "max_points_total": FieldType.POINTS,
    "fatal_failed": FieldType.FLAG,
    "passed": FieldType.FLAG,
    "comments": FieldType.TEXT,
    "agent_comments": FieldType.TEXT,
    "interaction_at": FieldType.MOMENT,
    "created_at": FieldType.MOMENT,
    "submitted_at": FieldType.MOMENT,
    "released_at": FieldType.MOMENT,
}
ANSWER_FIELDS = {
    "question_external_id": FieldType.TEXT,
    "question_text": FieldType.TEXT,
    "group_name": FieldType.TEXT,
    "answer_text": FieldType.TEXT,
    "points": FieldType.POINTS,
    "max_points": FieldType.POINTS,
    "weight": FieldType.POINTS,
    "is_critical": FieldType.FLAG,
    "failed_fatal": FieldType.FLAG,
    "not_applicable": FieldType.FLAG,
    "comment": FieldType.TEXT,
}
_QUESTION_NAMES = {"question_external_id", "question_text"}
FIELDS = {"interactions": INTERACTION_FIELDS, "evaluations": EVALUATION_FIELDS | ANSWER_FIELDS}
REQUIRED = {
    "interactions": ("agent_external_id", "channel", "started_at"),
    "evaluations": ("external_id", "agent_external_id"),
}


class FieldSource(BaseModel):
    """Where a field comes from: a column, or one constant for the whole file.

    `format`: of a moment a strptime pattern; of a duration seconds, milliseconds, minutes or
    hh:mm; of a percentage percent or share. `values`: what the file's words mean to us.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str = ""
    constant: str = ""
    time_column: str = ""  # where date and time stand apart
    format: str | None = None
    values: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.column) == bool(self.constant):
            raise ValueError("needs a column or a constant, and not both")
        return self


class QuestionColumn(BaseModel):
    """A question that has a column of its own, in a file with one evaluation a line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    text: str = ""  # the column's name where empty
    group_name: str = ""
    max_points: Decimal | None = None
    weight: Decimal | None = None
    is_critical: bool = False
    values: dict[str, str] = {}


class Mapping(BaseModel):
    """Field -> its source, as JSON; `questions` and `decimal_mark` are the two other keys."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, FieldSource]

    questions: tuple[QuestionColumn, ...] = ()
    decimal_mark: DecimalMark | None = None

    @property
    def fields(self) -> dict[str, FieldSource]:
        return self.__pydantic_extra__

    def check(self, kind: str, header: Iterable[str]) -> None:
        """Raise Unreadable unless the mapping fits the kind of file and its columns."""
        for field in REQUIRED[known_kind(kind)]:
            if field not in self.fields:
                raise Unreadable(field, gettext_noop("Choose the column that holds this."))
        known = FIELDS[kind]
        for field in self.fields:
            if field not in known:
                raise Unreadable(field, gettext_noop("There is no such field."))
        if self.has_answer_lines and not self.fields.keys() & _QUESTION_NAMES:
            raise Unreadable("question_text", gettext_noop("Choose the column that holds this."))
        for column in self._columns():
            if column not in header:
                raise Unreadable(column, gettext_noop("The file has no column of this name."))

    @property
    def has_answer_lines(self) -> bool:
        """Tell whether each answer of an evaluation has a line of its own."""
        return bool(self.fields.keys() & ANSWER_FIELDS)

    def _columns(self) -> list[str]:
        sources = self.fields.values()
        named = [name for source in sources for name in (source.column, source.time_column)]
        return [name for name in named if name] + [question.column for question in self.questions]


def known_kind(kind: str) -> str:
    if kind == "transcripts":
        reason = gettext_noop("Transcripts cannot be imported from a file yet.")
        raise Unreadable("kind", reason)
    if kind not in FIELDS:
        raise Unreadable("kind", gettext_noop("Choose contacts or evaluations."))
    return kind


def suggest_mapping(header: Iterable[str], kind: str) -> Mapping:
    """Guess from Swedish, Norwegian, Danish and English column names; a person confirms it.

    In a file of evaluations without a column for the question, what is left over is taken for
    questions with a column each.
    """
    columns = {column: _words(column) for column in header}
    candidates = _candidates(known_kind(kind), {name for name, _ in columns.values()})
    found: dict[str, FieldSource] = {}
    for column, (name, unit) in columns.items():
        field = next((field for field, names in candidates.items() if name in names), None)
        if field:
            del candidates[field]
            is_duration = FIELDS[kind][field] is FieldType.DURATION
            found[field] = FieldSource(column=column, format=unit if is_duration else None)
    _add_time_column(found, columns)
    taken = {name for source in found.values() for name in (source.column, source.time_column)}
    left_over = [QuestionColumn(column=name) for name in columns if name not in taken]
    is_wide = kind == "evaluations" and not found.keys() & ANSWER_FIELDS
    return Mapping.model_validate({**found, "questions": left_over if is_wide else []})


def _add_time_column(
    found: dict[str, FieldSource], columns: dict[str, tuple[str, str | None]]
) -> None:
    """Let the time of day follow the date, where they stand apart."""
    moment = next((field for field in ("started_at", "submitted_at") if field in found), None)
    time = next((column for column, (name, _) in columns.items() if name in TIMES), "")
    if moment and time:
        found[moment] = found[moment].model_copy(update={"time_column": time})


def _candidates(kind: str, names: set[str]) -> dict[str, frozenset[str]]:
    """Return what each field may be called; a question's own fields only where it has a line."""
    synonyms = SYNONYMS[kind]
    fields = FIELDS[kind]
    if kind == "evaluations":
        has_question = any(names & synonyms[field] for field in _QUESTION_NAMES)
        fields = ANSWER_FIELDS | EVALUATION_FIELDS if has_question else EVALUATION_FIELDS
    return {field: synonyms[field] | {_words(field)[0]} for field in fields}


def _words(column: str) -> tuple[str, str | None]:
    """Return a column's name without punctuation and unit, and the unit it names."""
    words = re.sub(r"[\W_]+", " ", column.casefold()).split()
    units = [UNITS[word] for word in words if word in UNITS]
    return " ".join(word for word in words if word not in UNITS), units[0] if units else None
