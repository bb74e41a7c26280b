"""Zendesk QA reviews and disputes -> evaluations, with each answer readable without its form."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.base import Unreadable
from coaching.integrations.normalise import clean
from coaching.integrations.zendesk_qa import payloads
from coaching.records import EvaluationKind, EvaluationStatus, EvaluatorKind

PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """Read reviews as the settings say, with the open disputes that were read before them."""

    max_points: Decimal | None  # of a category; None: scores of categories are not read
    all_are_released: bool
    disputed: set[str] = field(default_factory=set)

    def read_dispute(self, payload: Any, _unknown: Counter[str]) -> Iterable[records.Record]:
        dispute = payloads.Dispute.model_validate(payload)
        if dispute.is_open:
            self.disputed.add(dispute.review_id)
        return ()

    def read_review(self, payload: Any, unknown: Counter[str]) -> Iterator[records.Evaluation]:
        review = payloads.Review.model_validate(payload)
        if not review.reviewee.key:
            raise Unreadable("reviewee.email", "is missing")
        is_self = review.reviewer.key == review.reviewee.key
        released = review.received or self.all_are_released
        score = review.score
        yield records.Evaluation(
            external_id=review.id,
            revision=(review.updated_at or review.created_at).isoformat(timespec="milliseconds"),
            interaction_external_id=review.conversation.external_id,
            agent_external_id=review.reviewee.key,
            evaluator_external_id=review.reviewer.key or None,
            evaluator_kind=_evaluator_kind(review, is_self=is_self),
            form_external_id=review.scorecard.key,
            form_context_id=review.scorecard.key,
            form_name=clean(review.scorecard.name, 200),
            kind=EvaluationKind.SELF_ASSESSMENT if is_self else EvaluationKind.STANDARD,
            status=self._status(review, released=released),
            score_pct=None if score is None else score.quantize(Decimal("0.001")),
            comments=clean(review.comment, 10_000) or None,
            agent_comments=_agent_comments(review),
            interaction_at=review.conversation.created_at,
            created_at=review.created_at,
            submitted_at=review.created_at,
            released_at=review.created_at if released else None,
            raw_score="" if score is None else str(score),
            raw_scale="0-100",
            answers=tuple(self._answers(review, unknown)),
        )

    def _status(self, review: payloads.Review, *, released: bool) -> EvaluationStatus:
        if review.id in self.disputed:
            return EvaluationStatus.DISPUTED
        return EvaluationStatus.RELEASED if released else EvaluationStatus.SUBMITTED

    def _answers(self, review: payloads.Review, unknown: Counter[str]) -> Iterator[records.Answer]:
        for position, rating in enumerate(review.ratings):
            causes = rating.causes or [rating.cause]
            yield records.Answer(
                question_external_id=rating.category_id,
                question_context_id=rating.category_id,
                question_text=clean(rating.category_name, 500),
                group_name=clean(rating.group_name, 200),
                points=self._points(rating, unknown),
                max_points=self.max_points,
                weight=rating.weight,
                is_critical=rating.critical,
                not_applicable=rating.skipped,
                causes=tuple(text for cause in causes if (text := clean(cause, 500))),
                position=position,
            )

    def _points(self, rating: payloads.Rating, unknown: Counter[str]) -> Decimal | None:
        if rating.score is None or self.max_points is None:
            return None
        if not 0 <= rating.score <= self.max_points:
            unknown[f"rating score={rating.score}"] += 1
            return None
        return rating.score


def _evaluator_kind(review: payloads.Review, *, is_self: bool) -> EvaluatorKind:
    if is_self:
        return EvaluatorKind.SELF
    return EvaluatorKind.HUMAN if review.reviewer.key else EvaluatorKind.UNKNOWN


def _agent_comments(review: payloads.Review) -> str | None:
    """Return what the reviewed person answered; what others said in the thread stays there."""
    own = (reply.comment for reply in review.thread if reply.owner.key == review.reviewee.key)
    return clean("\n".join(own), 10_000) or None
