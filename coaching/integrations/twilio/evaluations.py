"""Flex Insights questionnaires and answered questions -> forms and evaluations.

Twilio keeps one row per answered question and no total. The rows of one assessor on one
questionnaire and segment are one evaluation, and its score is ours: answer points by row weight.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.normalise import clean, known
from coaching.integrations.twilio import payloads
from coaching.integrations.twilio.lists import Names
from coaching.integrations.twilio.words import QUESTION_KINDS, text_at
from coaching.records import EvaluationStatus

SCALE = "points by answer set, weighted by row"
_THOUSANDTH = Decimal("0.001")


@dataclass(slots=True)
class Choices:
    """What answers are worth, remembered while the answer sets are read."""

    _sets: dict[str, payloads.AnswerSet] = field(default_factory=dict)
    _of_answer: dict[str, payloads.AnswerSet] = field(default_factory=dict)
    not_applicable_id: str | None = None

    def read_answer_sets(self, payload: Any, _unknown: Counter[str]) -> Iterable[records.Record]:
        found = payloads.AnswerSets.model_validate(payload)
        self._sets.update({one.id: one for one in found.answer_sets})
        self._of_answer.update(
            {answer.id: one for one in found.answer_sets for answer in one.answers}
        )
        self.not_applicable_id = found.not_applicable.id if found.not_applicable else None
        return ()

    def read_questionnaire(
        self, payload: Any, unknown: Counter[str]
    ) -> Iterator[records.EvaluationForm]:
        form = payloads.Questionnaire.model_validate(payload)
        categories: dict[str, list[payloads.FormQuestion]] = {}
        for question in form.questions:
            categories.setdefault(question.category.category_sid, []).append(question)
        yield records.EvaluationForm(
            external_id=form.questionnaire_sid,
            context_id=form.questionnaire_sid,
            name=clean(form.name, 200),
            scoring_mode=records.ScoringMode.WEIGHTED_PERCENT,
            groups=tuple(
                records.FormGroup(
                    external_id=category,
                    context_id=category,
                    name=clean(questions[0].category.category_name, 200),
                    position=position,
                    questions=tuple(self._question(question, unknown) for question in questions),
                )
                for position, (category, questions) in enumerate(categories.items())
            ),
        )

    def _question(self, question: payloads.FormQuestion, unknown: Counter[str]) -> records.Question:
        answers = self._sets.get(question.answer_set_id)
        return records.Question(
            external_id=question.question_sid,
            context_id=question.question_sid,
            text=clean(question.question, 500),
            help_text=clean(question.description, 2000),
            kind=known(
                QUESTION_KINDS,
                answers.type if answers else None,
                field="answer set type",
                default=records.QuestionKind.UNKNOWN,
                unknown=unknown,
            ),
            max_points=_best(answers),
            na_allowed=question.allow_na,
            options=tuple(
                records.Option(
                    external_id=answer.id, text=clean(answer.name, 500), points=answer.score
                )
                for answer in (answers.answers if answers else ())
            ),
        )

    def points(self, answer_id: str | None) -> Decimal | None:
        answers = self._of_answer.get(answer_id or "")
        scores = (one.score for one in (answers.answers if answers else ()) if one.id == answer_id)
        return next(scores, None)

    def max_points(self, answer_id: str | None) -> Decimal | None:
        return _best(self._of_answer.get(answer_id or ""))


def _best(answers: payloads.AnswerSet | None) -> Decimal | None:
    scores = (one.score for one in (answers.answers if answers else ()) if one.score is not None)
    return max(scores, default=None)


def by_assessment(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Put the rows of one assessor on one questionnaire and segment together."""
    rows: dict[tuple[str, ...], list[Any]] = {}
    for row in page["assessments"]:
        rows.setdefault(_key(row), []).append(row)
    return [
        {
            "id": _id(*key),
            "contact": page.get("contact"),
            "rows": found,
            "comments": [one for one in page.get("comments") or () if _assessor(one) == key[2]],
        }
        for key, found in rows.items()
    ]


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    form = text_at(row, "assessment", "questionnaire", "questionnaire_sid")
    return text_at(row, "segment_id") or "", form or "", _assessor(row)


def _assessor(row: dict[str, Any]) -> str:
    return (text_at(row, "user_email") or "").strip().lower()


def _id(segment: str, form: str, assessor: str) -> str:
    """Return an id of our own: Twilio has one per row only. It tells no assessor's address."""
    return f"{segment}:{form}:{hashlib.sha256(assessor.encode()).hexdigest()[:16]}"


def read_assessment(
    payload: Any, _unknown: Counter[str], *, choices: Choices, names: Names
) -> Iterator[records.Evaluation]:
    found = payloads.Assessment.model_validate(payload)
    rows = sorted(found.rows, key=lambda row: row.timestamp)
    latest = {row.assessment.questionnaire.question.question_sid: row for row in rows}
    answers = tuple(_answers(latest.values(), choices))
    earned, most = _sums(answers)
    form, saved_at = rows[-1].assessment.questionnaire, rows[-1].timestamp
    reported = all(row.report for row in latest.values())
    comments = (clean(one.comment.comment, 10_000) for one in found.comments if one.report)
    yield records.Evaluation(
        external_id=found.id,
        revision=str(int(saved_at.timestamp() * 1000)),
        interaction_external_id=found.contact.task_sid if found.contact else None,
        agent_external_id=found.contact.worker_sid if found.contact else None,
        evaluator_external_id=names.workers_by_email.get(rows[-1].user_email.strip().lower()),
        evaluator_kind=records.EvaluatorKind.HUMAN,
        form_external_id=form.questionnaire_sid,
        form_context_id=form.questionnaire_sid,
        form_name=clean(form.name, 200),
        status=EvaluationStatus.RELEASED if reported else EvaluationStatus.SUBMITTED,
        score_pct=(100 * earned / most).quantize(_THOUSANDTH) if most else None,
        earned_points=earned if most else None,
        max_points=most or None,
        comments="\n".join(comment for comment in comments if comment) or None,
        created_at=rows[0].timestamp,
        submitted_at=saved_at,
        released_at=saved_at if reported else None,
        raw_score=str(earned) if most else "",
        raw_scale=SCALE if most else "",
        answers=answers,
    )


def _answers(rows: Iterable[payloads.Row], choices: Choices) -> Iterator[records.Answer]:
    for position, row in enumerate(rows):
        question = row.assessment.questionnaire.question
        skipped = bool(row.answer_id) and row.answer_id == choices.not_applicable_id
        yield records.Answer(
            question_external_id=question.question_sid,
            question_context_id=question.question_sid,
            question_text=clean(question.name, 500),
            group_name=clean(question.category.name, 200),
            answer_text=clean(row.answer_text, 500) or None,
            answer_option_external_id=row.answer_id,
            points=None if skipped else choices.points(row.answer_id),
            max_points=None if skipped else choices.max_points(row.answer_id),
            weight=row.weight,
            not_applicable=skipped,
            position=position,
        )


def _sums(answers: Iterable[records.Answer]) -> tuple[Decimal, Decimal]:
    """Return earned and greatest points, weighted, of the answers that have points."""
    earned = most = Decimal()
    for answer in answers:
        if answer.points is not None and answer.max_points is not None:
            weight = answer.weight or Decimal()
            earned += answer.points * weight
            most += answer.max_points * weight
    return earned, most
