from collections import Counter
from datetime import date, timedelta

import pytest
from fsrs import Rating

from cms.blocks import IncompleteAnswer
from literacy import reviews
from literacy.models import Answer, Attempt, Belief, Check, LedgerEntry, ReviewCard
from tests.engine import make_items, make_page
from tests.factories import NOW, LearnerFactory, make_module

DAY = timedelta(days=1)
RIGHT, WRONG = ["a"], ["c"]


@pytest.fixture
def learner(db):
    return LearnerFactory()


@pytest.fixture
def module(db):
    return make_module("CO-03", "CO3")


@pytest.fixture
def page(module):
    return make_page(module)


def complete(learner, module, *, at=NOW, shares=()):
    attempt = Attempt.objects.create(
        learner=learner, module=module, language="sv", started_at=at, completed_at=at
    )
    for number, share in enumerate(shares, start=1):
        Answer.objects.create(
            attempt=attempt, key="exercise", number=number, given={}, share=share, answered_at=at
        )
    return attempt


def plan(learner, module, *, due_on, reviewed_at=NOW - 10 * DAY):
    reviews.first_review(complete(learner, module, at=reviewed_at), reviewed_at)
    check = Check.objects.get(learner=learner, module=module)
    check.due_on = due_on
    check.save()
    return check


def answer(check, page, now, *given):
    keys = [item["key"] for item in reviews.start(check, page, now)]
    return reviews.take(check, page, dict(zip(keys, given, strict=True)), now, 60)


def test_a_completed_module_comes_back_after_four_days_on_a_working_day(learner, module):
    due_on = reviews.first_review(complete(learner, module), NOW)  # a Wednesday

    assert due_on == date(2026, 11, 23)  # Sunday the 22nd moved to Monday
    check = Check.objects.get()
    assert (check.due_on, check.planned_at, check.completed_at) == (due_on, NOW, None)
    assert ReviewCard.objects.get().stability == pytest.approx(2.3, abs=0.01)


@pytest.mark.parametrize(
    ("shares", "stability"), [([], 2.3065), ([0.6], 2.3065), ([0.59], 1.2931), ([0.2, 1.0], 1.2931)]
)
def test_an_exercise_that_went_badly_at_first_comes_back_as_hard(
    learner, module, shares, stability
):
    reviews.first_review(complete(learner, module, shares=shares), NOW)

    assert ReviewCard.objects.get().stability == pytest.approx(stability, abs=0.01)


def test_no_interval_is_shorter_than_three_days(learner, module):
    monday = NOW - 2 * DAY

    due_on = reviews.first_review(complete(learner, module, at=monday, shares=[0.0]), monday)

    assert due_on == date(2026, 11, 19)  # FSRS alone would say two days


def test_first_review_counts_an_attempt_once(learner, module):
    attempt = complete(learner, module)
    due_on = reviews.first_review(attempt, NOW)
    card = ReviewCard.objects.get().card

    again = reviews.first_review(attempt, NOW + DAY)

    assert again == due_on
    assert ReviewCard.objects.get().card == card


def test_taking_a_module_again_moves_its_one_open_check(learner, module):
    reviews.first_review(complete(learner, module), NOW)
    later = NOW + 30 * DAY

    due_on = reviews.first_review(complete(learner, module, at=later), later)

    assert Check.objects.get().due_on == due_on
    assert due_on > date(2026, 12, 21)


@pytest.mark.parametrize(
    ("right", "rating"),
    [
        ([True, True, True], Rating.Good),
        ([True, False, True], Rating.Hard),
        ([True, False, False], Rating.Again),
        ([True, False], Rating.Again),
        ([True, True], Rating.Good),
    ],
)
@pytest.mark.pure
def test_a_check_is_rated_by_what_went_wrong(right, rating):
    assert reviews.rate(right) is rating


def test_due_checks_come_fading_first_and_two_a_day(learner):
    modules = [make_module(f"CO-0{number}", "CO3") for number in (1, 2, 3)]
    for module in modules:
        make_page(module)
    ages = {"CO-01": 10, "CO-02": 40, "CO-03": 20}
    for module in modules:
        plan(learner, module, due_on=NOW.date(), reviewed_at=NOW - ages[module.pk] * DAY)

    due = reviews.due_checks(learner, NOW)

    assert [check.module_id for check in due] == ["CO-02", "CO-03"]


def test_due_checks_are_due_and_have_items_in_the_learners_language(learner):
    due, not_yet, not_translated, no_items = (
        make_module(f"CO-0{number}", "CO3") for number in (1, 2, 3, 4)
    )
    for module in (due, not_yet, no_items):
        page = make_page(module)
    page.recall = []
    page.save()
    make_page(not_translated, "da")
    for module in (due, not_translated, no_items):
        plan(learner, module, due_on=NOW.date())
    plan(learner, not_yet, due_on=NOW.date() + DAY)

    assert [check.module_id for check in reviews.due_checks(learner, NOW)] == ["CO-01"]


@pytest.mark.parametrize(
    ("days_ago", "left"),
    [([0], 1), ([0, 0], 0), ([1, 1], 2), ([1, 1, 2], 1), ([1, 1, 2, 2], 0), ([3, 3, 3, 3], 2)],
)
def test_checks_are_capped_by_day_and_week(learner, days_ago, left):
    for number in (1, 2, 3):
        module = make_module(f"CO-0{number}", "CO3")
        make_page(module)
        plan(learner, module, due_on=NOW.date())
    for days in days_ago:  # NOW is a Wednesday: three days ago was another week
        moment = NOW - days * DAY
        Check.objects.create(
            learner=learner,
            module=module,
            due_on=moment.date(),
            planned_at=moment,
            completed_at=moment,
        )

    assert len(reviews.due_checks(learner, NOW)) == left


def test_start_draws_three_items_once_with_one_in_a_new_situation(learner, module, page):
    check = plan(learner, module, due_on=NOW.date())

    items = reviews.start(check, page, NOW)

    assert len(items) == 3
    assert [item["transfer"] for item in items].count(True) == 1
    again = reviews.start(Check.objects.get(), page, NOW + DAY)
    assert [item["key"] for item in again] == [item["key"] for item in items]
    assert Check.objects.get().started_at == NOW


def test_start_replaces_items_that_the_author_took_away(learner, module, page):
    check = plan(learner, module, due_on=NOW.date())
    drawn = {item["key"] for item in reviews.start(check, page, NOW)}
    left = [item for item in make_items() if item["key"] not in drawn]
    page.recall = [("item", item) for item in left]

    items = reviews.start(check, page, NOW)

    assert {item["key"] for item in items} == {item["key"] for item in left}


def test_items_come_back_only_when_the_bank_is_used_up(learner, module, page):
    asked = []
    now = NOW
    reviews.first_review(complete(learner, module), now)
    for _ in range(3):
        now += 40 * DAY
        check = Check.objects.get(completed_at=None)
        answer(check, page, now, RIGHT, RIGHT, RIGHT)
        asked.append(set(check.item_keys))

    assert asked[0] | asked[1] == {item["key"] for item in make_items()}
    assert len(asked[2]) == 3


@pytest.mark.pure
def test_draw_is_the_same_for_the_same_seed_and_differs_between_checks():
    bank = {item["key"]: item for item in make_items()}

    draws = [reviews.draw(bank, Counter(), seed=f"check:{number}") for number in range(20)]

    assert reviews.draw(bank, Counter(), seed="check:3") == draws[3]
    assert len({tuple(draw) for draw in draws}) > 5


def test_take_keeps_the_answers_and_learns_from_each(learner, module, page):
    check = plan(learner, module, due_on=NOW.date())

    result = answer(check, page, NOW, RIGHT, WRONG, RIGHT)

    assert result.rating is Rating.Hard
    assert [grade.share for grade in result.grades.values()] == [1.0, 0.0, 1.0]
    kept = list(Answer.objects.filter(check_taken=check).order_by("pk"))
    assert [row.share for row in kept] == [1.0, 0.0, 1.0]
    assert [row.given for row in kept] == [RIGHT, WRONG, RIGHT]
    assert {row.seconds for row in kept} == {20}
    entries = LedgerEntry.objects.order_by("pk")
    assert [entry.source_key for entry in entries] == [f"answer:{row.pk}" for row in kept]
    assert {entry.source_kind for entry in entries} == {"recall"}
    assert entries[0].observation == {
        "kind": "item",
        "share": 1.0,
        "level": -0.5,
        "guess": pytest.approx(1 / 3),
        "slip": 0.05,
        "weight": 1.0,
    }
    assert entries[0].title == {"sv": "CO-03 sv"}
    assert entries[0].skill_delta > 0 > entries[1].skill_delta


def test_take_plans_the_next_check(learner, module, page):
    check = plan(learner, module, due_on=NOW.date())

    result = answer(check, page, NOW, RIGHT, RIGHT, RIGHT)

    waiting = Check.objects.get(completed_at=None)
    assert waiting.due_on == result.next_due_on
    assert waiting.due_on > NOW.date() + 14 * DAY
    assert not result.is_forgotten


def test_take_brings_a_forgotten_module_back_soon_but_not_at_once(learner, module, page):
    check = plan(learner, module, due_on=NOW.date())

    result = answer(check, page, NOW, WRONG, WRONG, RIGHT)

    assert result.is_forgotten
    assert NOW.date() + 3 * DAY <= result.next_due_on <= NOW.date() + 7 * DAY


def test_take_twice_gives_the_result_it_had(learner, module, page):
    check = plan(learner, module, due_on=NOW.date())
    first = answer(check, page, NOW, RIGHT, WRONG, RIGHT)
    before = (Answer.objects.count(), LedgerEntry.objects.count(), Check.objects.count())

    again = answer(check, page, NOW + DAY, WRONG, WRONG, WRONG)

    assert again == first
    assert (Answer.objects.count(), LedgerEntry.objects.count(), Check.objects.count()) == before


def test_take_with_an_open_item_writes_nothing(learner, module, page):
    check = plan(learner, module, due_on=NOW.date())
    keys = [item["key"] for item in reviews.start(check, page, NOW)]

    with pytest.raises(IncompleteAnswer):
        reviews.take(check, page, {keys[0]: RIGHT, keys[1]: RIGHT}, NOW)

    assert not Answer.objects.filter(check_taken=check).exists()
    assert not Belief.objects.exists()
    assert Check.objects.get().completed_at is None


def test_an_item_of_an_untrained_competence_counts_for_the_module(learner, page, module):
    items = make_items(3, 0)
    for item in items:
        item["competence"] = "ZZ9"
    page.recall = [("item", item) for item in items]
    check = plan(learner, module, due_on=NOW.date())

    answer(check, page, NOW, RIGHT, RIGHT, RIGHT)

    assert set(LedgerEntry.objects.values_list("competence", flat=True)) == {"CO3"}


def test_forgotten_names_a_module_from_three_days_after_the_check(learner, module, page):
    answer(plan(learner, module, due_on=NOW.date()), page, NOW, WRONG, WRONG, RIGHT)

    assert reviews.forgotten([learner.pk], NOW + 2 * DAY) == {}
    assert reviews.forgotten([learner.pk], NOW + 3 * DAY) == {(learner.pk, module.pk): NOW}
    assert reviews.forgotten([learner.pk + 1], NOW + 3 * DAY) == {}


def test_a_module_that_was_remembered_since_is_not_forgotten(learner, module, page):
    answer(plan(learner, module, due_on=NOW.date()), page, NOW, WRONG, WRONG, RIGHT)
    later = NOW + 7 * DAY
    answer(Check.objects.get(completed_at=None), page, later, RIGHT, RIGHT, RIGHT)

    assert reviews.forgotten([learner.pk], later + 7 * DAY) == {}
