"""A learner takes a module: answers are graded and observed, the last step completes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import transaction
from django.utils.translation import gettext as _

from cms.blocks import Grade, IncompleteAnswer, UnreadableAnswer
from literacy import catalogue, mastery, reviews
from literacy.lessons import DIALOGUE, TRIES, Given, Sitting
from literacy.mastery.standing import SURE_SD_SHARE
from literacy.models import Answer, Attempt, Competence, Learner, LedgerEntry, Module, ModulePage

NOTICEABLE = 0.01  # a smaller change of a share is not worth a word
RETRY_WEIGHT = 0.3  # right after the feedback, an answer says less
LEARNED = mastery.Step(mean=0.3, variance=0.1)  # what a module is expected to give, until checked


class NoTriesLeft(ValueError):
    """The exercise has been answered as often as counts."""


class AlreadyCompleted(ValueError):
    """The attempt has ended; a new one can be opened."""


def open_attempt(learner: Learner, module: Module, *, language: str, now: datetime) -> Attempt:
    """Return the attempt that is under way, or begin one."""
    attempt, _is_new = Attempt.objects.get_or_create(
        learner=learner,
        module=module,
        completed_at=None,
        defaults={"language": language, "started_at": now},
    )
    return attempt


def under_way(user: Any, module_id: str) -> Attempt | None:
    """Return the attempt that an account has under way, without loading its learner."""
    own = Attempt.objects.filter(learner__user=user, module_id=module_id)
    return own.filter(completed_at=None).first()


def sitting_of(attempt: Attempt | None) -> Sitting:
    """Return where an attempt stands; a draft is newer than the answer it follows."""
    if attempt is None:
        return Sitting()
    answers = attempt.answers.order_by("number").values_list("key", "given", "number")
    given = {key: Given(answer, number) for key, answer, number in answers}
    drafts = {key: Given(answer, 0) for key, answer in attempt.draft.items()}
    return Sitting({**given, **drafts}, attempt.step)


@transaction.atomic
def answer(
    attempt: Attempt,
    page: ModulePage,
    key: str,
    given: Any,
    *,
    now: datetime,
    seconds: int | None = None,
) -> tuple[Answer, Grade]:
    """Grade an answer, keep it, and let it move what we believe of the learner.

    The same answer twice in a row is one answer, so that a double click changes nothing.
    Raises: UnreadableAnswer (IncompleteAnswer when a part is open), NoTriesLeft, AlreadyCompleted.
    """
    exercise = catalogue.exercise(page, key)
    if exercise is None:
        raise UnreadableAnswer(_("The module has no such exercise."), "key")
    grade = exercise.block.grade(exercise.value, given)
    _lock(attempt)
    earlier = attempt.answers.filter(key=key).order_by("-number").first()
    if earlier and earlier.given == given:
        _forget_draft(attempt, key)
        return earlier, grade
    number = earlier.number + 1 if earlier else 1
    if number > TRIES:
        raise NoTriesLeft(key)
    if attempt.completed_at:
        raise AlreadyCompleted(attempt.pk)
    kept = Answer.objects.create(
        attempt=attempt,
        key=key,
        number=number,
        given=given,
        share=grade.share,
        tasks={task.key: task.share for task in grade.tasks},
        seconds=seconds,
        answered_at=now,
    )
    _observe_answer(attempt, kept, grade)
    _forget_draft(attempt, key)
    return kept, grade


def take(
    attempt: Attempt,
    page: ModulePage,
    key: str,
    given: Any,
    *,
    now: datetime,
    seconds: int | None = None,
) -> None:
    """Keep an answer as it comes from a screen, whole or not.

    A conversation under way, or played again beyond the tries that count, is kept as a draft.
    Raises: as `answer` does.
    """
    try:
        answer(attempt, page, key, given, now=now, seconds=seconds)
    except (IncompleteAnswer, NoTriesLeft):
        exercise = catalogue.exercise(page, key)
        if exercise is None or exercise.block.name != DIALOGUE:
            raise
        keep_draft(attempt, key, given)


def keep_draft(attempt: Attempt, key: str, given: Any) -> None:
    """Keep a half-given answer, so that leaving loses nothing."""
    if attempt.draft.get(key) != given:
        attempt.draft[key] = given
        attempt.save(update_fields=["draft"])


def keep_place(attempt: Attempt, key: str) -> None:
    if attempt.step != key:
        attempt.step = key
        attempt.save(update_fields=["step"])


def open_exercises(attempt: Attempt, page: ModulePage) -> list[str]:
    """Return the exercises that have no answer yet."""
    answered = set(attempt.answers.values_list("key", flat=True))
    return [found.key for found in catalogue.exercises(page) if found.key not in answered]


@transaction.atomic
def complete(attempt: Attempt, *, now: datetime, take_away: str = "") -> Attempt:
    """End an attempt and plan when the module comes back; safe to call twice."""
    _lock(attempt)
    if attempt.completed_at:
        return attempt
    attempt.completed_at = now
    attempt.take_away = take_away
    attempt.save(update_fields=["completed_at", "take_away"])
    source = _source("completion", f"attempt:{attempt.pk}", attempt, now)
    mastery.observe(attempt.learner, attempt.module.competence_ids, LEARNED, source)
    reviews.first_review(attempt, now)
    return attempt


def recent(learner: Learner, limit: int = 5) -> list[Attempt]:
    """Return what a learner has completed, newest first."""
    done = learner.attempts.filter(completed_at__isnull=False).select_related("module")
    return list(done.order_by("-completed_at")[:limit])


def last_completed(learner: Learner, module_id: str) -> Attempt | None:
    done = learner.attempts.filter(module_id=module_id, completed_at__isnull=False)
    return done.select_related("module").order_by("-completed_at").first()


def completed_module_ids(learner: Learner | None) -> set[str]:
    done = Attempt.objects.filter(learner=learner, completed_at__isnull=False)
    return set(done.values_list("module_id", flat=True)) if learner else set()


# What an attempt changed


@dataclass(frozen=True)
class Movement:
    """How our belief in one competence moved with an attempt."""

    competence: Competence
    before: "Band"
    now: "Band"

    @property
    def direction(self) -> int:
        """Return 1, 0 or -1: more, much the same, or less than before."""
        change = self.now.share - self.before.share
        return 0 if abs(change) < NOTICEABLE else 1 if change > 0 else -1


@dataclass(frozen=True)
class Band:
    """A belief as it may be shown; shares of 0.0-1.0."""

    low: float
    share: float
    high: float
    known: bool

    @classmethod
    def of(cls, belief: mastery.Gaussian) -> Self:
        share, doubt = belief.share, belief.sd_share
        return cls(max(share - doubt, 0), share, min(share + doubt, 1), doubt <= SURE_SD_SHARE)


def movements(attempt: Attempt) -> list[Movement]:
    """Return what the attempt's own ledger entries moved, seen from today's belief."""
    keys = [f"answer:{pk}" for pk in attempt.answers.values_list("pk", flat=True)]
    entries = list(
        LedgerEntry.objects.filter(
            learner=attempt.learner, source_key__in=[*keys, f"attempt:{attempt.pk}"]
        ).select_related("competence")
    )
    beliefs = mastery.beliefs_of([attempt.learner_id])[attempt.learner_id]
    competences = {entry.competence_id: entry.competence for entry in entries}
    return [
        Movement(
            competence,
            before=Band.of(_without(entries, beliefs.of([key]), key)),
            now=Band.of(beliefs.of([key])),
        )
        for key, competence in competences.items()
    ]


def _without(
    entries: Iterable[LedgerEntry], belief: mastery.Gaussian, competence_id: str
) -> mastery.Gaussian:
    """Take entries out of a belief: a competence's own, and every part of the general factor."""
    mean, variance = belief.mean, belief.variance
    for entry in entries:
        own = entry.competence_id == competence_id
        mean -= entry.general_delta + (entry.skill_delta if own else 0)
        variance -= entry.general_variance_delta + (entry.skill_variance_delta if own else 0)
    return mastery.Gaussian(mean, variance)


def _observe_answer(attempt: Attempt, kept: Answer, grade: Grade) -> None:
    module = attempt.module
    seen = mastery.ItemSeen(
        share=grade.share,
        level=mastery.DIFFICULTY[module.level],
        guess=grade.guess,
        weight=1.0 if kept.number == 1 else RETRY_WEIGHT,
    )
    source = _source("exercise", f"answer:{kept.pk}", attempt, kept.answered_at)
    mastery.observe(attempt.learner, module.competence_ids, seen, source)


def _source(kind: str, key: str, attempt: Attempt, now: datetime) -> mastery.Source:
    title = attempt.module.titles
    return mastery.Source(kind, key, observed_at=now, recorded_at=now, title=title)


def _lock(attempt: Attempt) -> None:
    """Let one request at a time write to an attempt, and see what the one before wrote."""
    fresh = Attempt.objects.select_for_update()
    attempt.refresh_from_db(fields=["completed_at", "draft"], from_queryset=fresh)


def _forget_draft(attempt: Attempt, key: str) -> None:
    if attempt.draft.pop(key, None) is not None:
        attempt.save(update_fields=["draft"])
