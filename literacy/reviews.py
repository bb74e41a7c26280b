"""When a module comes back: a card for each learner and module, and short checks drawn from it.

Answers to a check move the card (FSRS) and, as recall evidence, the beliefs.
"""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Avg, Count, Q
from django.utils import timezone
from fsrs import Card, Rating, Scheduler

from cms.blocks import Grade, grade_recall
from literacy import mastery
from literacy.calendar import monday, start_of
from literacy.models import Answer, Attempt, Check, Learner, Module, ModulePage, ReviewCard

ITEM_COUNT = 3
CHECKS_PER_DAY = 2
CHECKS_PER_WEEK = 4
LEAST_INTERVAL = timedelta(days=3)
HARD_BELOW_SHARE = 0.6

SCHEDULER = Scheduler(
    desired_retention=0.85,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=180,
    enable_fuzzing=settings.REVIEW_FUZZ,
)


@dataclass(frozen=True, slots=True)
class CheckResult:
    grades: dict[str, Grade]  # by item key, in the order asked
    rating: Rating
    next_due_on: date

    @property
    def is_forgotten(self) -> bool:
        return self.rating is Rating.Again


@transaction.atomic
def first_review(attempt: Attempt, now: datetime) -> date:
    """Plan when a completed module comes back; safe to call twice. A retake is a review too."""
    row = _card_row(attempt.learner, attempt.module, now)
    last_review = Card.from_dict(row.card).last_review
    if last_review and attempt.completed_at and last_review >= attempt.completed_at:
        return timezone.localdate(row.due_at)
    share = attempt.answers.filter(number=1).aggregate(mean=Avg("share"))["mean"]
    is_hard = share is not None and share < HARD_BELOW_SHARE
    return _review(row, Rating.Hard if is_hard else Rating.Good, now)


def due_checks(learner: Learner, now: datetime) -> list[Check]:
    """Return the checks to offer now: what is fading most first, never more than fits a day."""
    today = timezone.localdate(now)
    due = learner.checks.filter(completed_at=None, due_on__lte=today).select_related("module")
    askable = _askable(learner.language, due)
    cards = dict(learner.review_cards.values_list("module_id", "card"))
    retrievability = {
        check: SCHEDULER.get_card_retrievability(Card.from_dict(cards[check.module_id]), now)
        for check in due
        if check.module_id in askable
    }
    first = sorted(retrievability, key=lambda check: (retrievability[check], check.pk))
    return first[: _checks_left(learner, today)]


def start(check: Check, page: ModulePage, now: datetime) -> list[Mapping[str, Any]]:
    """Draw a check's items once and return them; items that an author took away are replaced."""
    bank = _bank(page)
    if not check.item_keys or not set(check.item_keys) <= bank.keys():
        earlier = Check.objects.filter(learner=check.learner_id, module=check.module_id)
        used = Counter(
            key
            for keys in earlier.exclude(pk=check.pk).values_list("item_keys", flat=True)
            for key in keys
        )
        check.item_keys = draw(bank, used, seed=f"check:{check.pk}")
        check.started_at = check.started_at or now
        check.save(update_fields=["item_keys", "started_at"])
    return [bank[key] for key in check.item_keys]


def draw(bank: Mapping[str, Mapping[str, Any]], used: Counter[str], *, seed: str) -> list[str]:
    """Draw items that were used least, one of them in a new situation where there is one."""
    # A lot that can be drawn again, not a secret.
    chance = random.Random(seed)  # noqa: S311 # nosec B311
    keys = sorted(bank)
    chance.shuffle(keys)
    keys.sort(key=lambda key: (used[key], bank[key]["transfer"]))
    drawn = [key for key in keys if bank[key]["transfer"]][:1]
    drawn += [key for key in keys if key not in drawn][: ITEM_COUNT - len(drawn)]
    chance.shuffle(drawn)
    return drawn


@transaction.atomic
def take(
    check: Check,
    page: ModulePage,
    answers: Mapping[str, Any],
    now: datetime,
    seconds: int | None = None,
) -> CheckResult:
    """Grade a check, keep its answers, learn from them, and plan the next one.

    A check that was taken already gives the result it had.
    Raises: UnreadableAnswer (IncompleteAnswer when an item is open); nothing is written then.
    """
    fresh = Check.objects.select_for_update(of=("self",))
    check.refresh_from_db(fields=["completed_at", "item_keys", "started_at"], from_queryset=fresh)
    row = _card_row(check.learner, check.module, now)
    if check.completed_at:
        return _result_again(check, page, row)
    items = start(check, page, now)
    grades = {item["key"]: grade_recall(item, answers.get(item["key"])) for item in items}
    _keep(check, page.module, items, grades, now, seconds)
    check.completed_at = now
    check.save(update_fields=["completed_at"])
    rating = rate([grade.share == 1 for grade in grades.values()])
    return CheckResult(grades, rating, _review(row, rating, now))


def rate(right: Collection[bool]) -> Rating:
    """Rate a check; three items are too few for FSRS's "easy"."""
    wrong_count = len(right) - sum(right)
    if wrong_count == 0:
        return Rating.Good
    return Rating.Hard if wrong_count == 1 and len(right) >= ITEM_COUNT else Rating.Again


def forgotten(learner_ids: Collection[int], now: datetime) -> dict[tuple[int, str], datetime]:
    """Return (learner, module) whose last check showed the module forgotten, and when.

    A module is named from three days after that check on, when it may be offered again.
    """
    taken = (
        Check.objects.filter(learner__in=learner_ids, completed_at__isnull=False)
        .annotate(items=Count("answers"), right=Count("answers", filter=Q(answers__share__gte=1)))
        .order_by("completed_at")
        .values_list("learner_id", "module_id", "completed_at", "items", "right")
    )
    last = {
        (learner_id, module_id): (taken_at, [True] * right + [False] * (items - right))
        for learner_id, module_id, taken_at, items, right in taken
    }
    return {
        key: taken_at
        for key, (taken_at, right) in last.items()
        if taken_at and taken_at <= now - LEAST_INTERVAL and rate(right) is Rating.Again
    }


def _askable(language: str, checks: Iterable[Check]) -> set[str]:
    """Return the modules of some checks that have items in a language."""
    pages = ModulePage.objects.live().filter(
        locale__language_code=language, module__in=[check.module_id for check in checks]
    )
    return {page.module_id for page in pages.defer("body") if page.recall}


def _bank(page: ModulePage) -> dict[str, Mapping[str, Any]]:
    return {child.value["key"]: child.value for child in page.recall}


def _checks_left(learner: Learner, today: date) -> int:
    done = learner.checks.filter(completed_at__gte=start_of(monday(today))).aggregate(
        this_week=Count("pk"), today=Count("pk", filter=Q(completed_at__gte=start_of(today)))
    )
    return max(min(CHECKS_PER_DAY - done["today"], CHECKS_PER_WEEK - done["this_week"]), 0)


def _result_again(check: Check, page: ModulePage, row: ReviewCard) -> CheckResult:
    """Grade the answers kept, as far as the author has left their items."""
    bank, answers = _bank(page), list(check.answers.order_by("pk"))
    grades = {
        answer.key: grade_recall(bank[answer.key], answer.given)
        for answer in answers
        if answer.key in bank
    }
    rating = rate([answer.share == 1 for answer in answers])
    return CheckResult(grades, rating, timezone.localdate(row.due_at))


def _card_row(learner: Learner, module: Module, now: datetime) -> ReviewCard:
    row = ReviewCard.objects.select_for_update().filter(learner=learner, module=module).first()
    new = Card(card_id=learner.pk, due=now)
    return row or ReviewCard(learner=learner, module=module, card=new.to_dict())


def _review(row: ReviewCard, rating: Rating, now: datetime) -> date:
    """Move the card by a rating and let the module's one open check follow it."""
    card, _log = SCHEDULER.review_card(Card.from_dict(row.card), rating, now.astimezone(UTC))
    due_on = _working_day(max(card.due, now + LEAST_INTERVAL))
    row.card = dict(card.to_dict())
    row.stability, row.difficulty, row.due_at = card.stability, card.difficulty, start_of(due_on)
    row.save()
    Check.objects.update_or_create(
        learner=row.learner,
        module=row.module,
        completed_at=None,
        defaults={"due_on": due_on},
        create_defaults={"due_on": due_on, "planned_at": now},
    )
    return due_on


def _working_day(moment: datetime) -> date:
    day = timezone.localdate(moment)
    return day if day.weekday() < 5 else monday(day) + timedelta(weeks=1)


def _keep(
    check: Check,
    module: Module,
    items: list[Mapping[str, Any]],
    grades: Mapping[str, Grade],
    now: datetime,
    seconds: int | None,
) -> None:
    kept = Answer.objects.bulk_create(
        Answer(
            check_taken=check,
            key=item["key"],
            given=list(grades[item["key"]].tasks[0].chosen),
            share=grades[item["key"]].share,
            tasks={item["key"]: grades[item["key"]].share},
            seconds=seconds and round(seconds / len(items)),
            answered_at=now,
        )
        for item in items
    )
    trained = module.competence_ids
    with mastery.open_ledgers([check.learner_id]) as ledgers:
        for item, answer in zip(items, kept, strict=True):
            seen = mastery.ItemSeen(
                share=answer.share,
                level=mastery.DIFFICULTY[module.level],
                guess=grades[item["key"]].guess,
            )
            source = mastery.Source("recall", f"answer:{answer.pk}", now, now, module.titles)
            own = [name for name in trained if name == item["competence"]] or trained
            ledgers.observe(check.learner_id, own, seen, source)
