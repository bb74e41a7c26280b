import random
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from coaching import evidence
from coaching.intake import withdrawing
from coaching.models import EvaluatorSeverity, FormLine
from literacy import mastery
from literacy.models import Belief, LedgerEntry
from tests.engine import make_evaluation, make_form, make_source
from tests.factories import NOW, LearnerFactory, make_connection, make_criterion

DAY = timedelta(days=1)


@pytest.fixture
def learner(db):
    return LearnerFactory()


@pytest.fixture
def connection(db):
    return make_connection()


@pytest.fixture
def form(connection):
    return make_form(connection, make_criterion("Q02", "CO3"), make_criterion("Q08", "TS3", "CO5"))


def keys():
    return sorted(LedgerEntry.objects.values_list("source_key", "competence"))


def share(learner, competence="CO3"):
    return mastery.beliefs_of([learner.pk])[learner.pk].of([competence]).share


def test_each_mapped_line_is_one_observation_of_its_criterions_competences(learner, form):
    evaluation = make_evaluation(learner, form, 4, 9, received_at=NOW + DAY)
    first, second = form.lines.all()

    count = evidence.weigh(evaluation, NOW + 2 * DAY)

    assert count == 2
    key = f"evaluation:{form.connection_id}:evaluation-0:line"
    assert keys() == [
        (f"{key}:{first.pk}", "CO3"),
        (f"{key}:{second.pk}", "CO5"),
        (f"{key}:{second.pk}", "TS3"),
    ]
    entry = LedgerEntry.objects.get(competence="CO3")
    assert entry.observation == {"kind": "score", "score_pct": 40, "severity": 0.0, "noise": 1.6}
    assert entry.title == {"en": "Q02"}
    assert (entry.observed_at, entry.recorded_at) == (NOW, NOW + DAY)
    evaluation.refresh_from_db()
    assert evaluation.weighed_at == NOW + 2 * DAY


def test_lines_that_say_nothing_are_left_out(learner, connection):
    criterion = make_criterion("Q02", "CO3")
    form = make_form(connection, criterion, None, criterion, criterion)
    evaluation = make_evaluation(learner, form, None, 3, 8, 7)
    evaluation.answers.filter(points=7).update(max_points=None)

    count = evidence.weigh(evaluation, NOW)

    assert count == 1
    assert LedgerEntry.objects.get().observation["score_pct"] == 80


def test_a_machines_score_weighs_less(connection, form):
    by_person, by_machine = LearnerFactory(), LearnerFactory()
    make_evaluation(by_person, form, 2, None)
    make_evaluation(by_machine, form, 2, None, evaluator_kind="automatic")

    evidence.weigh_waiting(NOW)

    assert share(by_person) < share(by_machine) < 0.5


@pytest.mark.parametrize("status", ["retracted", "disputed", "pending"])
def test_only_a_released_evaluation_counts(learner, form, status):
    evaluation = make_evaluation(learner, form, 4, 9, status=status)

    assert evidence.weigh(evaluation, NOW) == 0
    assert not LedgerEntry.objects.exists()


def test_a_retracted_evaluation_is_forgotten(learner, form):
    kept = make_evaluation(learner, form, 8, 8)
    retracted = make_evaluation(learner, form, 1, 1, at=NOW + DAY)
    evidence.weigh(kept, NOW)
    before = list(Belief.objects.order_by("competence").values_list("mean", "variance"))
    evidence.weigh(retracted, NOW)
    retracted.delete()

    withdrawing.forget([retracted])

    after = list(Belief.objects.order_by("competence").values_list("mean", "variance"))
    assert after == before
    assert {key.split(":")[2] for key, _ in keys()} == {kept.external_id}


def test_an_evaluation_that_comes_in_again_counts_once(learner, form):
    first = make_evaluation(learner, form, 2, 9)
    evidence.weigh(first, NOW)
    before = (share(learner), keys())
    first.delete()

    evidence.weigh(make_evaluation(learner, form, 2, 9), NOW + DAY)

    assert (share(learner), keys()) == before


@pytest.mark.parametrize("other", ["e-1", "E-1:line:1", "E_1", "x" * 128])
def test_ids_that_are_nearly_the_same_are_two_evaluations(learner, form, other):
    first = make_evaluation(learner, form, 2, 9, external_id="E-1")
    evidence.weigh(first, NOW)

    evidence.weigh(make_evaluation(learner, form, 2, 9, external_id=other), NOW)
    assert LedgerEntry.objects.count() == 6
    withdrawing.forget([first])

    assert {key.rpartition(":line:")[0].partition(":")[2] for key, _ in keys()} == {
        f"{form.connection_id}:{other}"
    }


def test_a_changed_revision_replaces_what_the_earlier_one_said(learner, form):
    twin = LearnerFactory()
    changed = make_evaluation(learner, form, 2, 9)
    evidence.weigh(changed, NOW)
    changed.answers.filter(points=2).update(points=9)
    changed.answers.filter(line=form.lines.last()).delete()

    evidence.weigh(changed, NOW)
    evidence.weigh(make_evaluation(twin, form, 9, None), NOW)

    assert share(learner) == share(twin)
    assert LedgerEntry.objects.filter(learner=learner).count() == 1


def test_a_line_mapped_later_is_added_as_if_it_had_been_mapped_before(learner, connection):
    form = make_form(connection, make_criterion("Q02", "CO3"), None)
    evaluation = make_evaluation(learner, form, 2, 9)
    evidence.weigh_waiting(NOW)
    mastery.observe(learner, ["CO3"], mastery.Step(0.3, 0.1), make_source("attempt:1", days=1))

    FormLine.objects.filter(criterion=None).update(criterion=make_criterion("Q03", "CO2"))
    evaluation.weighed_at = None
    evaluation.save()
    count = evidence.weigh_waiting(NOW + 2 * DAY)

    assert count == 1
    order = LedgerEntry.objects.order_by("recorded_at", "pk").values_list("competence", flat=True)
    assert list(order) == ["CO3", "CO2", "CO3"]


def test_weighing_twice_changes_nothing(learner, form):
    evaluation = make_evaluation(learner, form, 2, 9, evaluator="strict")
    evidence.weigh(evaluation, NOW)
    before = (share(learner), keys(), EvaluatorSeverity.objects.get().form_count)

    evidence.weigh(evaluation, NOW + DAY)

    assert (share(learner), keys(), EvaluatorSeverity.objects.get().form_count) == before


def test_what_waits_is_weighed_oldest_first_in_chunks(learner, form, monkeypatch):
    monkeypatch.setattr(evidence, "CHUNK", 2)
    for days in (3, 1, 5, 2, 4):
        make_evaluation(learner, form, days, None, at=NOW + days * DAY)

    assert evidence.weigh_waiting(NOW) == 5
    assert evidence.weigh_waiting(NOW) == 0

    seen = LedgerEntry.objects.order_by("pk").values_list("observation__score_pct", flat=True)
    assert list(seen) == [10, 20, 30, 40, 50]


def test_only_the_learners_asked_for_are_weighed(learner, form):
    other = LearnerFactory()
    for each in (learner, other):
        make_evaluation(each, form, 5, 5)

    assert evidence.weigh_waiting(NOW, [learner.pk]) == 1

    assert set(LedgerEntry.objects.values_list("learner", flat=True)) == {learner.pk}


def test_weighing_a_chunk_takes_as_many_queries_as_weighing_one(form):
    def count_queries(number):
        for _ in range(number):
            make_evaluation(LearnerFactory(), form, 5, 5, evaluator="same")
        with CaptureQueriesContext(database) as captured:
            evidence.weigh_waiting(NOW)
        return len(captured)

    count_queries(1)  # the evaluator's row is made here

    assert count_queries(1) == count_queries(12)


def test_an_evaluator_who_gives_less_than_the_others_is_corrected(connection, form):
    chance = random.Random(1)
    people = [LearnerFactory() for _ in range(12)]
    for week in range(6):
        for person in people:
            is_strict = chance.random() < 0.5
            points = 5 if is_strict else 8  # all of them are equally good
            evaluator = "strict" if is_strict else "mild"
            make_evaluation(person, form, points, None, at=NOW + week * DAY, evaluator=evaluator)
    evidence.weigh_waiting(NOW)
    unlucky, lucky = LearnerFactory(), LearnerFactory()
    make_evaluation(unlucky, form, 5, None, evaluator="strict")
    make_evaluation(lucky, form, 8, None, evaluator="mild")

    evidence.weigh_waiting(NOW)

    severities = dict(
        LedgerEntry.objects.filter(learner__in=[unlucky, lucky]).values_list(
            "learner", "observation__severity"
        )
    )
    assert severities[unlucky.pk] < -0.3
    assert severities[lucky.pk] > 0.3
    uncorrected = share_after(mastery.ScoreSeen(80)) - share_after(mastery.ScoreSeen(50))
    assert share(lucky) - share(unlucky) < 0.5 * uncorrected


def share_after(seen):
    beliefs = mastery.Beliefs()
    beliefs.observe(["CO3"], seen, NOW)
    return beliefs.of(["CO3"]).share


def test_a_single_evaluator_sets_the_scale_and_is_not_corrected(connection, form):
    for number in range(30):
        make_evaluation(LearnerFactory(), form, 9, None, evaluator="only", at=NOW + number * DAY)

    evidence.weigh_waiting(NOW)

    severities = set(LedgerEntry.objects.values_list("observation__severity", flat=True))
    assert max(abs(severity) for severity in severities) < 1e-9
    assert EvaluatorSeverity.objects.get().form_count == 30


def test_severity_is_shrunk_by_ten_forms(connection, form):
    EvaluatorSeverity.objects.create(
        connection=connection, evaluator_key="strict", residual_sum=-10.0, form_count=10
    )
    EvaluatorSeverity.objects.create(
        connection=connection, evaluator_key="mild", residual_sum=10.0, form_count=10
    )
    other = make_connection("other")

    severities = evidence.Severities([connection.pk, other.pk])

    strict, unknown = (
        make_evaluation(LearnerFactory(), form, 5, 5, evaluator=key) for key in ("strict", "new")
    )
    assert severities.of(strict) == pytest.approx(-10 / 20)
    assert severities.of(unknown) == 0
