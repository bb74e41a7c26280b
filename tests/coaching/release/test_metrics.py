"""How people are scored: borders of the week, what is missing, one vote each."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching.release import metrics
from coaching.release.catalogue import METRICS
from coaching.release.metrics import SCORINGS, Week
from literacy.calendar import start_of
from literacy.mastery import mastery_by_learner
from literacy.models import Answer, Competence
from tests.coaching.release.factories import (
    SEASON_ON,
    WEEK,
    attempt_answer,
    check,
    evidence,
    framework,
    learner,
)

pytestmark = pytest.mark.django_db

WEEK_ON = SEASON_ON
STARTS_AT = start_of(WEEK_ON)
ENDS_AT = start_of(WEEK_ON + WEEK)
MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _framework() -> None:
    framework()


def score(metric: str, person) -> float:
    return SCORINGS[metric].scores(Week(WEEK_ON, [person.pk]))[person.pk]


def test_every_metric_of_the_catalogue_has_a_score_and_the_other_way_round() -> None:
    assert METRICS.keys() == SCORINGS.keys()


@pytest.mark.parametrize("metric", SCORINGS)
def test_everybody_asked_for_is_scored_and_nobody_else(metric) -> None:
    people = [learner(), learner()]
    busy = learner()
    attempt_answer(busy, STARTS_AT)
    check(busy, WEEK_ON, completed_at=STARTS_AT)
    evidence(busy, "DL1", STARTS_AT)

    scores = SCORINGS[metric].scores(Week(WEEK_ON, [person.pk for person in people]))

    assert scores.keys() == {person.pk for person in people}


# Learned


@pytest.mark.parametrize(
    ("answered_at", "expected"),
    [(STARTS_AT - MOMENT, 0), (STARTS_AT, 1), (ENDS_AT - MOMENT, 1), (ENDS_AT, 0)],
)
def test_learned_counts_answers_of_the_week_alone(answered_at, expected) -> None:
    person = learner()
    attempt_answer(person, answered_at, share=0.0)

    assert score("learned", person) == expected


def test_learned_is_one_vote_however_many_answers() -> None:
    person = learner()
    for hours in range(5):
        attempt_answer(person, STARTS_AT + timedelta(hours=hours))

    assert score("learned", person) == 1


def test_learned_counts_the_answer_to_a_check() -> None:
    person = learner()
    taken = check(person, WEEK_ON, completed_at=STARTS_AT)
    Answer.objects.create(check_taken=taken, key="r1", given=[], share=1, answered_at=STARTS_AT)

    assert score("learned", person) == 1


def test_learned_is_nothing_without_an_answer() -> None:
    assert score("learned", learner()) == 0


# Checks


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        (WEEK_ON - 3 * WEEK - timedelta(days=1), 1),
        (WEEK_ON - 3 * WEEK, 0),
        (WEEK_ON + timedelta(days=6), 0),
        (WEEK_ON + WEEK, 1),
    ],
)
def test_checks_kept_looks_at_four_weeks_of_due_days(due_on, expected) -> None:
    person = learner()
    check(person, due_on)

    assert score("checks_kept", person) == expected


@pytest.mark.parametrize(("completed_at", "expected"), [(ENDS_AT - MOMENT, 1), (ENDS_AT, 0)])
def test_checks_kept_counts_what_was_taken_before_the_week_ended(completed_at, expected) -> None:
    person = learner()
    check(person, WEEK_ON, completed_at=completed_at)

    assert score("checks_kept", person) == expected


def test_checks_kept_is_the_share_of_those_due() -> None:
    person = learner()
    for days in range(3):
        check(person, WEEK_ON + timedelta(days=days), completed_at=STARTS_AT)
    check(person, WEEK_ON)

    assert score("checks_kept", person) == 0.75


def test_checks_kept_is_all_when_none_was_due() -> None:
    assert score("checks_kept", learner()) == 1


# Mastery


def test_mastery_is_the_mean_over_the_area_with_nothing_for_no_evidence() -> None:
    person = learner()
    evidence(person, "DL1", STARTS_AT)

    share = mastery_by_learner([person.pk], before=ENDS_AT)[person.pk]["DL1"]

    assert 0.5 < share < 1
    assert score("mastery_dl", person) == share / 2
    assert score("mastery_va", person) == 0


@pytest.mark.parametrize(("at", "is_known"), [(ENDS_AT - MOMENT, True), (ENDS_AT, False)])
def test_mastery_knows_what_was_recorded_before_the_week_ended(at, is_known) -> None:
    person = learner()
    evidence(person, "DL1", at)

    assert (score("mastery_dl", person) > 0) is is_known


def test_mastery_of_an_area_without_competences_scores_nobody() -> None:
    Competence.objects.filter(area="CO").delete()

    assert SCORINGS["mastery_co"].scores(Week(WEEK_ON, [learner().pk])) == {}


def test_mastery_is_read_for_some_people_at_a_time(monkeypatch) -> None:
    monkeypatch.setattr(metrics, "LEARNERS_AT_ONCE", 2)
    people = [learner() for _ in range(5)]
    for person in people:
        evidence(person, "DL1", STARTS_AT)

    scores = SCORINGS["mastery_dl"].scores(Week(WEEK_ON, [person.pk for person in people]))

    assert sorted(scores) == sorted(person.pk for person in people)
    assert len(set(scores.values())) == 1


# Cost


@pytest.mark.parametrize("metric", SCORINGS)
def test_scoring_takes_the_same_number_of_queries_for_one_and_three(metric) -> None:
    people = [learner() for _ in range(3)]
    for person in people:
        attempt_answer(person, STARTS_AT)
        check(person, WEEK_ON)
        evidence(person, "DL1", STARTS_AT)

    counts = []
    for number in (1, 3):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            SCORINGS[metric].scores(Week(WEEK_ON, [person.pk for person in people[:number]]))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 2
