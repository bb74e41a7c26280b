"""A module is taken: answers are kept once, observed once, and the end plans what comes next."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from cms.blocks import IncompleteAnswer, UnreadableAnswer
from literacy import attempts, mastery
from literacy.models import Answer, Attempt, Check, Learner, LedgerEntry, Module, ModulePage
from tests.factories import LearnerFactory
from tests.literacy.modules import EXERCISES, RIGHT, WRONG, load, module_data, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("module_room")]

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
HALF = {"i1": "aht", "i2": "aht", "i3": "aht", "i4": "aht"}


@pytest.fixture
def page() -> ModulePage:
    return page_of()


@pytest.fixture
def attempt(page: ModulePage) -> Attempt:
    return opened(LearnerFactory(), page)


def opened(learner: Learner, page: ModulePage, now: datetime = NOW) -> Attempt:
    return attempts.open_attempt(learner, page.module, language="sv", now=now)


def given(attempt: Attempt, page: ModulePage, answer: Any, minutes: int = 0) -> Answer:
    now = NOW + timedelta(minutes=minutes)
    return attempts.answer(attempt, page, "exercise", answer, now=now)[0]


def test_open_attempt_goes_on_with_the_one_under_way(page: ModulePage) -> None:
    learner = LearnerFactory()

    first = opened(learner, page)
    again = opened(learner, page, NOW + timedelta(days=3))

    assert again == first
    assert again.started_at == NOW


def test_two_attempts_of_one_module_cannot_be_under_way(attempt: Attempt) -> None:
    with pytest.raises(IntegrityError):
        Attempt.objects.create(
            learner=attempt.learner, module=attempt.module, language="nb", started_at=NOW
        )


@pytest.mark.parametrize("exercise", EXERCISES)
def test_right_answer_is_kept_with_its_tasks_and_observed(tmp_path: Path, exercise: str) -> None:
    load(tmp_path, module_data(exercise=exercise))
    attempt = opened(LearnerFactory(), page_of())

    kept, grade = attempts.answer(
        attempt, page_of(), "exercise", RIGHT[exercise], now=NOW, seconds=40
    )

    entry = LedgerEntry.objects.get()
    assert (kept.number, kept.given, kept.seconds) == (1, RIGHT[exercise], 40)
    assert kept.share == grade.share > 0.7
    assert kept.tasks == {task.key: task.share for task in grade.tasks}
    assert (entry.source_kind, entry.source_key) == ("exercise", f"answer:{kept.pk}")
    assert entry.competence_id == "DL1"
    assert entry.observed_at == entry.recorded_at == NOW
    assert entry.title == {name: f"Title DL-01 {name}" for name in ("sv", "nb", "da")}
    assert entry.skill_delta > 0


@pytest.mark.parametrize("exercise", EXERCISES)
def test_wrong_answer_lowers_what_we_believe(tmp_path: Path, exercise: str) -> None:
    load(tmp_path, module_data(exercise=exercise))
    attempt = opened(LearnerFactory(), page_of())

    kept = given(attempt, page_of(), WRONG[exercise])

    assert kept.share < 0.3
    assert LedgerEntry.objects.get().skill_delta < 0


def test_same_answer_sent_twice_counts_once(attempt: Attempt, page: ModulePage) -> None:
    first = given(attempt, page, HALF)
    second = given(attempt, page, HALF, minutes=1)

    assert first == second
    assert LedgerEntry.objects.count() == 1


def test_second_try_counts_less(attempt: Attempt, page: ModulePage) -> None:
    given(attempt, page, HALF)
    again = given(attempt, page, RIGHT["definition_match"], minutes=1)

    weights = [entry.observation["weight"] for entry in LedgerEntry.objects.order_by("pk")]
    assert (again.number, again.share) == (2, 1.0)
    assert weights == [1.0, 0.3]


def test_third_try_is_refused_and_changes_nothing(attempt: Attempt, page: ModulePage) -> None:
    given(attempt, page, WRONG["definition_match"])
    given(attempt, page, HALF)

    with pytest.raises(attempts.NoTriesLeft):
        given(attempt, page, RIGHT["definition_match"])

    assert [answer.number for answer in attempt.answers.order_by("number")] == [1, 2]
    assert LedgerEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "answer", "error"),
    [
        ("exercise", {"i1": "aht"}, IncompleteAnswer),
        ("exercise", {**HALF, "i1": "nps"}, UnreadableAnswer),
        ("exercise", "aht", UnreadableAnswer),
        ("idea", HALF, UnreadableAnswer),
        ("nothing", HALF, UnreadableAnswer),
    ],
    ids=["incomplete", "no such choice", "no object", "not an exercise", "no such block"],
)
def test_unreadable_answer_writes_nothing(
    attempt: Attempt, page: ModulePage, key: str, answer: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        attempts.answer(attempt, page, key, answer, now=NOW)

    assert not Answer.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_completed_attempt_takes_no_answer(attempt: Attempt, page: ModulePage) -> None:
    attempts.complete(attempt, now=NOW)

    with pytest.raises(attempts.AlreadyCompleted):
        given(attempt, page, HALF)


def test_complete_keeps_the_words_and_plans_the_check(attempt: Attempt, page: ModulePage) -> None:
    given(attempt, page, RIGHT["definition_match"])

    attempts.complete(attempt, now=NOW, take_away="Först rubriken")

    attempt.refresh_from_db()
    assert (attempt.completed_at, attempt.take_away) == (NOW, "Först rubriken")
    assert LedgerEntry.objects.filter(
        source_kind="completion", source_key=f"attempt:{attempt.pk}"
    ).exists()
    assert Check.objects.get().due_on > NOW.date()


def test_complete_twice_is_once(attempt: Attempt) -> None:
    attempts.complete(attempt, now=NOW, take_away="Först")
    attempts.complete(attempt, now=NOW + timedelta(hours=1), take_away="Sedan")

    attempt.refresh_from_db()
    assert (attempt.completed_at, attempt.take_away) == (NOW, "Först")
    assert LedgerEntry.objects.count() == 1
    assert Check.objects.count() == 1


def test_conversation_under_way_is_kept_as_a_draft(tmp_path: Path) -> None:
    load(tmp_path, module_data(exercise="branching_dialogue"))
    attempt, page = opened(LearnerFactory(), page_of()), page_of()

    attempts.take(attempt, page, "exercise", {"path": ["n1:a"]}, now=NOW)

    attempt.refresh_from_db()
    assert attempt.draft == {"exercise": {"path": ["n1:a"]}}
    assert not Answer.objects.exists()


def test_conversation_that_ends_replaces_its_draft(tmp_path: Path) -> None:
    load(tmp_path, module_data(exercise="branching_dialogue"))
    attempt, page = opened(LearnerFactory(), page_of()), page_of()
    attempts.take(attempt, page, "exercise", {"path": ["n1:a"]}, now=NOW)

    attempts.take(attempt, page, "exercise", {"path": ["n1:a", "n2:b"]}, now=NOW)

    attempt.refresh_from_db()
    assert attempt.draft == {}
    assert Answer.objects.get().given == {"path": ["n1:a", "n2:b"]}


def test_conversation_played_a_third_time_is_practice(tmp_path: Path) -> None:
    load(tmp_path, module_data(exercise="branching_dialogue"))
    attempt, page = opened(LearnerFactory(), page_of()), page_of()
    for path in (["n1:b"], ["n1:a", "n2:b"], ["n1:a", "n2:a"]):
        attempts.take(attempt, page, "exercise", {"path": path}, now=NOW)

    sitting = attempts.sitting_of(attempt)

    assert Answer.objects.count() == 2
    assert sitting.given["exercise"].answer == {"path": ["n1:a", "n2:a"]}


def test_replaying_to_the_kept_end_clears_the_draft(tmp_path: Path) -> None:
    load(tmp_path, module_data(exercise="branching_dialogue"))
    attempt, page = opened(LearnerFactory(), page_of()), page_of()
    for path in (["n1:a", "n2:a"], ["n1:a"], ["n1:a", "n2:a"]):
        attempts.take(attempt, page, "exercise", {"path": path}, now=NOW)

    attempt.refresh_from_db()
    assert attempt.draft == {}
    assert Answer.objects.count() == 1


def test_incomplete_answer_of_another_exercise_is_no_draft(
    attempt: Attempt, page: ModulePage
) -> None:
    with pytest.raises(IncompleteAnswer):
        attempts.take(attempt, page, "exercise", {"i1": "aht"}, now=NOW)

    assert attempt.draft == {}


def test_open_exercises_are_those_without_an_answer(attempt: Attempt, page: ModulePage) -> None:
    assert attempts.open_exercises(attempt, page) == ["exercise"]

    given(attempt, page, HALF)

    assert attempts.open_exercises(attempt, page) == []


def test_recent_lists_what_is_completed_newest_first(tmp_path: Path) -> None:
    load(tmp_path, module_data("DL-01"), module_data("VA-01"), module_data("CO-01"))
    learner = LearnerFactory()
    for days, pk in enumerate(("DL-01", "VA-01")):
        now = NOW + timedelta(days=days)
        attempts.complete(opened(learner, page_of(pk), now), now=now)
    opened(learner, page_of("CO-01"))
    attempts.complete(opened(LearnerFactory(), page_of("CO-01")), now=NOW)

    assert [attempt.module_id for attempt in attempts.recent(learner)] == ["VA-01", "DL-01"]
    assert attempts.completed_module_ids(learner) == {"DL-01", "VA-01"}
    assert attempts.completed_module_ids(None) == set()


def test_movements_say_what_the_attempt_changed(attempt: Attempt, page: ModulePage) -> None:
    before = mastery.beliefs_of([attempt.learner_id])[attempt.learner_id].of(["DL1"])
    given(attempt, page, RIGHT["definition_match"])
    attempts.complete(attempt, now=NOW)

    (movement,) = attempts.movements(attempt)

    now = mastery.beliefs_of([attempt.learner_id])[attempt.learner_id].of(["DL1"])
    assert movement.competence.pk == "DL1"
    assert movement.before.share == pytest.approx(before.share)
    assert movement.now.share == pytest.approx(now.share)
    assert movement.direction == 1
    assert not movement.before.known


def test_movements_of_a_failed_exercise_point_down(attempt: Attempt, page: ModulePage) -> None:
    given(attempt, page, WRONG["definition_match"])

    assert [movement.direction for movement in attempts.movements(attempt)] == [-1]


def test_attempts_hang_on_the_module_not_the_language(page: ModulePage) -> None:
    learner = LearnerFactory()
    attempt = opened(learner, page)
    given(attempt, page, HALF)

    again = attempts.open_attempt(learner, Module.objects.get(), language="da", now=NOW)

    assert again == attempt
    assert attempts.open_exercises(again, page_of(language="da")) == []
