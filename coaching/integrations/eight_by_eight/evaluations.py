"""8x8 users and filled forms -> agents and evaluations; forms have neither a list nor ids."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.eight_by_eight import payloads
from coaching.integrations.normalise import clean
from coaching.records import ID_LENGTH, EvaluationStatus, EvaluatorKind


@dataclass(frozen=True, slots=True)
class Users:
    """The ids that reports use, by the number that forms use; remembered from the list of users."""

    keys: dict[str, str] = field(default_factory=dict)

    def read_user(self, payload: Any, _unknown: Counter[str]) -> Iterator[records.AgentRef]:
        user = payloads.User.model_validate(payload)
        self.keys[user.user_reference] = user.key
        yield records.AgentRef(
            external_id=user.key,
            email=user.email.strip().lower() or None,
            display_name=clean(user.name, 120),
            active=user.active,
        )


def read_evaluation(
    payload: Any, _unknown: Counter[str], *, keys: Mapping[str, str], score_is_pct: bool
) -> Iterator[records.Evaluation]:
    """Read a line of the list of evaluations that carries its details."""
    found = payloads.Evaluation.model_validate(payload)
    score, template = found.result.score, clean(found.template_name, ID_LENGTH)
    yield records.Evaluation(
        external_id=found.evaluation_id,
        revision=(found.updated_at or found.created_at).isoformat(),
        interaction_external_id=found.interaction_guid,
        agent_external_id=_key(found.agent, keys),
        evaluator_external_id=_key(found.evaluator, keys),
        evaluator_kind=EvaluatorKind.HUMAN if found.evaluator else EvaluatorKind.UNKNOWN,
        form_external_id=template or None,
        form_context_id=template or None,
        form_name=clean(found.template_name, 200),
        status=EvaluationStatus.RELEASED,
        score_pct=score.quantize(Decimal("0.001")) if score is not None and score_is_pct else None,
        passed=found.result.has_passed,
        created_at=found.created_at,
        submitted_at=found.created_at,
        released_at=found.created_at,
        raw_score="" if score is None else str(score),
        raw_scale="0-100" if score_is_pct else "",
        answers=tuple(_answers(found)),
    )


def _key(user: payloads.User | None, keys: Mapping[str, str]) -> str | None:
    return (keys.get(user.user_reference) or user.key or None) if user else None


def _answers(found: payloads.Evaluation) -> Iterator[records.Answer]:
    """Yield the answers as texts: the platform tells no points, weights or critical questions."""
    asked: Counter[tuple[str, str]] = Counter()
    lines = ((section, line) for section in found.sections for line in section.questions)
    for position, (section, line) in enumerate(lines):
        asked[section.section_name, line.question] += 1
        nth = asked[section.section_name, line.question]
        question = _question_id(found.template_name, section.section_name, line.question, nth)
        yield records.Answer(
            question_external_id=question,
            question_context_id=question,
            question_text=clean(line.question, 500),
            group_name=clean(section.section_name, 200),
            answer_text=clean("; ".join(line.answer), 2000) or None,
            position=position,
        )


def _question_id(template: str, section: str, question: str, nth: int) -> str:
    """Return an id that lasts as long as the question's words do."""
    words = "\n".join((template, section, question, str(nth)))
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def is_newer(payload: Any, since: datetime) -> bool:
    """Tell whether a form was filled or changed since a moment."""
    found = payloads.Evaluation.model_validate(payload)
    return (found.updated_at or found.created_at) >= since
