"""Lines of texts -> contacts or evaluations, with every cell that was wrong named."""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby, islice
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coaching.integrations.base import Unreadable, gettext_noop
from coaching.integrations.csv_file.cells import Conventions, Parse, Plan, points_parser, remark
from coaching.integrations.csv_file.mapping import (
    ANSWER_FIELDS,
    EVALUATION_FIELDS,
    INTERACTION_FIELDS,
    REQUIRED,
    Mapping,
    QuestionColumn,
    known_kind,
)
from coaching.integrations.csv_file.outcome import CellError, ErrorCode, Row, RowError
from coaching.integrations.csv_file.tables import Line, Source, read_lines
from coaching.records import (
    ID_LENGTH,
    Answer,
    Evaluation,
    EvaluationStatus,
    EvaluatorKind,
    Interaction,
    InvalidField,
)

MAX_ANSWERS = 500
Found = dict[str, Any]


def read(
    source: Source, mapping: Mapping, kind: str, *, time_zone: str, customer_key: str = ""
) -> Iterator[Row]:
    """Yield one row per contact or evaluation; memory does not grow with the file.

    Raises: Unreadable, at once when the file cannot be opened or the mapping does not fit it,
    while iterating when the file is damaged further on.
    """
    is_contacts = known_kind(kind) == "interactions"
    conventions = Conventions(_zone(time_zone), mapping.decimal_mark, customer_key)
    lines = read_lines(source)
    _, header = next(lines)
    mapping.check(kind, header)
    plan = partial(Plan, mapping=mapping, header=header, conventions=conventions)
    if is_contacts:
        return _contacts(lines, plan(INTERACTION_FIELDS), width=len(header))
    whole = plan(EVALUATION_FIELDS)
    if mapping.has_answer_lines:
        return _by_question(lines, whole, plan(ANSWER_FIELDS), width=len(header))
    questions = _Questions(mapping.questions, header, conventions=conventions)
    return _by_evaluation(lines, whole, questions, width=len(header))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Unreadable("time_zone", gettext_noop("There is no such time zone.")) from error


def _contacts(lines: Iterator[Line], plan: Plan, *, width: int) -> Iterator[Row]:
    for line in lines:
        found, errors = plan.read(line, required=REQUIRED["interactions"])
        errors += _too_wide(line, width)
        yield _row(line, plan, errors, build=partial(_interaction, found))


def _interaction(found: Found) -> Interaction:
    if "external_id" not in found:
        found["external_id"] = _fingerprint(
            found["agent_external_id"], found["started_at"].isoformat(), found["channel"]
        )
    return Interaction(**found)


def _by_evaluation(
    lines: Iterator[Line], plan: Plan, questions: "_Questions", *, width: int
) -> Iterator[Row]:
    for line in lines:
        found, errors = plan.read(line, required=REQUIRED["evaluations"])
        answers, wrong = questions.read(line)
        errors += [*wrong, *_too_wide(line, width)]
        yield _row(line, plan, errors, build=partial(_evaluation, found, plan, answers))


def _by_question(lines: Iterator[Line], whole: Plan, part: Plan, *, width: int) -> Iterator[Row]:
    """Put together the lines that stand together and name the same evaluation."""
    seen: set[int] = set()
    for key, group in groupby(
        lines, key=lambda line: whole.text("external_id", line[1]) or line[0]
    ):
        together = list(islice(group, MAX_ANSWERS + 1))
        first = together[0]
        found, errors = whole.read(first, required=REQUIRED["evaluations"])
        answers: list[Found] = []
        for line in together:
            answer, wrong = part.read(line)
            answers.append(answer)
            errors += [*wrong, *_too_wide(line, width)]
        if len(together) > MAX_ANSWERS:
            error = CellError(ErrorCode.TOO_MANY_ANSWERS, limit=MAX_ANSWERS)
            errors.append(remark(first[0], "", str(key), error=error))
        if hash(key) in seen:
            errors.append(remark(first[0], "", str(key), error=CellError(ErrorCode.LINES_APART)))
        seen.add(hash(key))
        yield _row(first, whole, errors, build=partial(_evaluation, found, whole, answers))


class _Questions:
    """Read the answers of a line that has a column for each question."""

    def __init__(
        self,
        questions: tuple[QuestionColumn, ...],
        header: list[str],
        *,
        conventions: Conventions,
    ) -> None:
        self._columns: list[tuple[QuestionColumn, int, Parse]] = [
            (
                question,
                header.index(question.column),
                points_parser(question, conventions=conventions),
            )
            for question in questions
        ]

    def read(self, line: Line) -> tuple[list[Found], list[RowError]]:
        number, cells = line
        answers: list[Found] = []
        errors: list[RowError] = []
        for question, position, parse in self._columns:
            text = cells[position].strip() if position < len(cells) else ""
            if not text:
                continue
            try:
                answers.append(_described(question) | {"points": parse(text)})
            except CellError as error:
                errors.append(remark(number, question.column, text, error=error))
        return answers, errors


def _described(question: QuestionColumn) -> Found:
    return {
        "question_external_id": _as_id(question.column),
        "question_text": question.text or question.column,
        "group_name": question.group_name,
        "max_points": question.max_points,
        "weight": question.weight,
        "is_critical": question.is_critical,
    }


def _evaluation(found: Found, plan: Plan, answers: list[Found]) -> Evaluation:
    form_id = found.pop("form_external_id", None) or _as_id(found.get("form_name", "")) or "file"
    evaluator = found.get("evaluator_external_id")
    score = found.get("score_pct")
    return Evaluation(
        **{
            "revision": "1",
            "status": _default_status(found, plan),
            "max_points": found.pop("max_points_total", None),
            **found,
        },
        form_external_id=form_id,
        form_context_id=form_id,
        evaluator_kind=EvaluatorKind.HUMAN if evaluator else EvaluatorKind.UNKNOWN,
        raw_score="" if score is None else str(score),
        raw_scale="0-100",
        answers=tuple(_answer(answer, position) for position, answer in enumerate(answers)),
    )


def _default_status(found: Found, plan: Plan) -> EvaluationStatus:
    """Take a file for released, unless it has a release date and this line has none."""
    waits = "released_at" in plan and "released_at" not in found
    return EvaluationStatus.SUBMITTED if waits else EvaluationStatus.RELEASED


def _answer(found: Found, position: int) -> Answer:
    key = found.pop("question_external_id", "") or _as_id(found.get("question_text", ""))
    is_na = found.pop("not_applicable", False) or found.get("points", 0) is None
    if is_na:
        found["points"] = None
    return Answer(
        **found,
        question_external_id=key,
        question_context_id=key,
        not_applicable=is_na,
        position=position,
    )


def _row(
    line: Line, plan: Plan, errors: list[RowError], *, build: Callable[[], Interaction | Evaluation]
) -> Row:
    number, _ = line
    if any(error.code is not ErrorCode.UNKNOWN_VALUE for error in errors):
        return Row(number, None, tuple(errors))
    try:
        return Row(number, build(), tuple(errors))
    except InvalidField as refused:
        return Row(number, None, (*errors, plan.refused(line, refused)))


def _too_wide(line: Line, width: int) -> Iterator[RowError]:
    number, cells = line
    if any(cell.strip() for cell in cells[width:]):
        error = CellError(ErrorCode.TOO_MANY_CELLS, found=len(cells), expected=width)
        yield remark(number, "", "", error=error)


def _as_id(text: str) -> str:
    return text if len(text) <= ID_LENGTH else _fingerprint(text)


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
