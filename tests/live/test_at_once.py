"""Two workers at the same row at the same moment: one of them wins, nothing is doubled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.db.models import Count
from django.utils import timezone

from coaching import suggestions
from coaching.models import Cohort, ReleaseCell, WeekClose
from coaching.release.close import close_missing
from literacy import attempts, catalogue, reviews
from literacy.models import Attempt, Check, Learner, LedgerEntry, Module, ModulePage, Role
from tests.journeys import lessons
from tests.journeys.ledger import beliefs_of, explained, moved

WORKERS = 4


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Work in as many threads, each on a connection of its own; one task is done by all."""
    each_one = tasks * WORKERS if len(tasks) == 1 else tasks
    ready = Barrier(len(each_one))

    def work(task: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(each_one)) as pool:
        return list(pool.map(work, each_one))


@pytest.fixture
def learner() -> Learner:
    """An agent who has taken few modules, not this one, and to whom nothing is suggested."""
    agents = Learner.objects.filter(memberships__role=Role.AGENT, language="sv")
    newcomers = agents.exclude(attempts__module="VA-04").filter(activated_at__isnull=False)
    found = newcomers.annotate(taken=Count("attempts")).order_by("taken", "pk").first()
    assert found
    found.suggestions.all().delete()
    return found


@pytest.fixture
def lesson() -> ModulePage:
    found = catalogue.module_page("VA-04", "sv")
    assert found
    return found


def test_one_suggestion_is_made(learner: Learner) -> None:
    now = timezone.now()

    made = at_once(lambda: suggestions.current_suggestion(learner, now))

    assert len({suggestion.pk for suggestion in made}) == 1
    assert learner.suggestions.count() == 1


def test_suggestion_is_decided_once(learner: Learner) -> None:
    now = timezone.now()
    suggestion = suggestions.current_suggestion(learner, now)
    assert suggestion

    at_once(lambda: suggestions.decide(suggestion, "known", now))

    claims = LedgerEntry.objects.filter(source_key=f"suggestion:{suggestion.pk}")
    assert claims.count() == len(competences_of(suggestion.module))


def test_exercise_is_answered_and_module_finished_once(
    learner: Learner, lesson: ModulePage
) -> None:
    now = timezone.now()
    [exercise] = catalogue.exercises(lesson)
    given = lessons.right_answer(lesson, exercise.key)

    opened = at_once(
        lambda: attempts.open_attempt(learner, lesson.module, language="sv", now=now).pk
    )
    attempt = Attempt.objects.get(pk__in=set(opened))
    at_once(lambda: attempts.answer(fresh(attempt), lesson, exercise.key, given, now=now))
    at_once(lambda: attempts.complete(fresh(attempt), now=now))

    answer = attempt.answers.get()
    trained = len(competences_of(lesson.module))
    for key in (f"answer:{answer.pk}", f"attempt:{attempt.pk}"):
        assert LedgerEntry.objects.filter(source_key=key).count() == trained
    assert learner.checks.filter(module=lesson.module).count() == 1


def test_belief_stays_the_sum_of_its_ledger(learner: Learner) -> None:
    now = timezone.now()
    before, last = beliefs_of(learner), LedgerEntry.objects.latest("pk").pk
    untaken = catalogue.live_pages("sv").exclude(module__attempts__learner=learner)

    at_once(*[partial(take, learner, lesson, now) for lesson in untaken[:WORKERS]])

    entries = learner.ledger.filter(pk__gt=last)
    assert len({entry.source_key for entry in entries}) == 2 * WORKERS
    assert moved(before, beliefs_of(learner)) == pytest.approx(explained(entries))


def take(learner: Learner, lesson: ModulePage, now: datetime) -> None:
    attempt = attempts.open_attempt(learner, lesson.module, language="sv", now=now)
    [exercise] = catalogue.exercises(lesson)
    given = lessons.right_answer(lesson, exercise.key)
    attempts.answer(attempt, lesson, exercise.key, given, now=now)
    attempts.complete(attempt, now=now)


def test_check_is_taken_once() -> None:
    planned = Check.objects.filter(completed_at=None, learner__language="da").earliest("due_on")
    lesson = catalogue.module_page(planned.module_id, "da")
    assert lesson
    now = timezone.now()
    items = reviews.start(planned, lesson, now)
    answers = {item["key"]: [item["options"][0]["key"]] for item in items}

    at_once(lambda: reviews.take(Check.objects.get(pk=planned.pk), lesson, answers, now))

    assert planned.answers.count() == reviews.ITEM_COUNT
    following = planned.learner.checks.filter(module=planned.module, completed_at=None)
    assert following.count() == 1


def test_week_is_closed_once_and_alike() -> None:
    week_on = WeekClose.objects.latest("week_on").week_on
    before = cells_of(week_on)
    ReleaseCell.objects.filter(week_on=week_on).delete()
    WeekClose.objects.filter(week_on=week_on).delete()
    Cohort.objects.filter(season_on=week_on).delete()  # frozen by the first week of a season

    at_once(lambda: close_missing(timezone.now()))

    assert WeekClose.objects.filter(week_on=week_on).count() == 1
    assert sorted(cells_of(week_on)) == sorted(before)


def cells_of(week_on: Any) -> list[tuple[str, str, str]]:
    cells = ReleaseCell.objects.filter(week_on=week_on)
    return [
        (unit, metric, f"{level} of {of}, {size}")
        for unit, metric, level, of, size in cells.values_list(
            "unit_key", "metric", "level", "of", "size_class"
        )
    ]


def competences_of(module: Module) -> list[str]:
    return list(module.competence_links.values_list("competence_id", flat=True))


def fresh(attempt: Attempt) -> Attempt:
    """Return the row as another request would load it."""
    return Attempt.objects.select_related("module", "learner").get(pk=attempt.pk)
