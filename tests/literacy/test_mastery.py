import math
import threading
from datetime import timedelta
from functools import reduce

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from literacy import mastery
from literacy.mastery import Beliefs, Gaussian, ItemSeen, ScoreSeen, Step
from literacy.models import Area, Belief, Competence, LedgerEntry
from tests.engine import make_source
from tests.factories import NOW, LearnerFactory, make_competence

WEEK = timedelta(weeks=1)

shares = st.sampled_from([0.0, 0.25, 0.5, 1.0])
seen_things = st.one_of(
    st.builds(ItemSeen, share=shares, level=st.floats(-2, 2), guess=st.sampled_from([0.0, 0.25])),
    st.builds(ScoreSeen, score_pct=st.floats(0, 100), severity=st.floats(-1, 1)),
    st.builds(Step, mean=st.just(0.3), variance=st.sampled_from([0.0, 0.1])),
)
competence_sets = st.sampled_from([["CO1"], ["CO1", "CO2"], ["CO3", "CO1", "CO2"]])
histories = st.lists(
    st.tuples(competence_sets, seen_things, st.integers(0, 120)), min_size=1, max_size=12
)


def observe_all(learner, history):
    for number, (competences, seen, days) in enumerate(history):
        mastery.observe(learner, competences, seen, make_source(f"answer:{number}", days=days))


def beliefs_by_competence(learner):
    rows = Belief.objects.filter(learner=learner)
    return {row.competence_id: (row.mean, row.variance, row.updated_at) for row in rows}


@pytest.mark.pure
def test_a_score_moves_general_and_skill_as_computed_by_hand():
    beliefs = Beliefs()

    [change] = beliefs.observe(["CO3"], ScoreSeen(score_pct=50), NOW)

    # logit((50 + 8) / 116) = 0, so the mean stays; v = 0.5 + 0.7 = 1.2, I = 1 / 1.6 = 0.625
    # den = 1 + 0.625 * 1.2 = 1.75
    assert (change.skill.mean, change.general.mean) == (0.0, 0.0)
    assert change.general.variance == pytest.approx(-(0.5**2) * 0.625 / 1.75)
    assert change.skill.variance == pytest.approx(-(0.7**2) * 0.625 / 1.75)


@pytest.mark.pure
def test_a_score_of_two_competences_is_shared_as_computed_by_hand():
    beliefs = Beliefs()

    first, second = beliefs.observe(["TS3", "CO5"], ScoreSeen(score_pct=100, severity=0.2), NOW)

    # v = 0.5 + 2 * 0.7 / 4 = 0.85; den = 1 + 0.625 * 0.85; r = (ln(108 / 8) - 0.2) / 1.6
    e = ((math.log(108 / 8) - 0.2) / 1.6) / (1 + 0.625 * 0.85)
    assert first.skill.mean == pytest.approx(0.7 * e / 2)
    assert second.skill.mean == first.skill.mean
    assert first.general.mean == second.general.mean == pytest.approx(0.5 * e / 2)
    assert beliefs.of(["TS3"]).mean == pytest.approx(0.7 * e / 2 + 0.5 * e)


@pytest.mark.pure
def test_an_item_is_read_as_computed_by_hand():
    reading = ItemSeen(share=1.0, level=0.0, guess=0.25).reading(0.0)

    expected = 0.25 + 0.7 * 0.5
    slope = 1.4 * 0.7 * 0.25
    assert reading.information == pytest.approx(slope**2 / (expected * (1 - expected)))
    assert reading.residual == pytest.approx(slope * (1 - expected) / (expected * (1 - expected)))


@pytest.mark.pure
def test_an_immediate_retry_tells_less():
    first = ItemSeen(share=1.0, level=0.0, guess=0.25).reading(0.0)

    retry = ItemSeen(share=1.0, level=0.0, guess=0.25, weight=0.3).reading(0.0)

    assert retry == first.weighted(0.3)
    assert retry.information < first.information


@pytest.mark.pure
@pytest.mark.parametrize("theta", [-800.0, -3.0, 0.0, 3.0, 800.0])
@pytest.mark.parametrize("guess", [0.0, 0.5, 1.0])
def test_an_item_can_be_read_at_every_ability_and_guess(theta, guess):
    reading = ItemSeen(share=0.5, level=0.3, guess=guess).reading(theta)

    assert math.isfinite(reading.information)
    assert math.isfinite(reading.residual)
    assert reading.information >= 0


@pytest.mark.pure
@pytest.mark.parametrize(("score", "same_as"), [(-20, 0), (140, 100)])
def test_deducted_and_bonus_points_count_as_the_ends_of_the_scale(score, same_as):
    assert ScoreSeen(score).reading(0.0) == ScoreSeen(same_as).reading(0.0)


@pytest.mark.pure
def test_a_completed_module_raises_each_skill_and_its_doubt_but_not_the_general_factor():
    beliefs = Beliefs()

    beliefs.observe(["CO1", "CO2"], Step(0.3, 0.1), NOW)

    assert beliefs.of(["CO1"]) == Gaussian(0.3, pytest.approx(0.5 + 0.8))
    assert beliefs.of(["CO2"]) == beliefs.of(["CO1"])
    assert beliefs.of(["CO3"]) == Gaussian(0.0, pytest.approx(1.2))


@pytest.mark.pure
def test_doubt_of_a_skill_grows_with_weeks_up_to_its_prior():
    soon, later, much_later = Beliefs(), Beliefs(), Beliefs()
    for beliefs, weeks in ((soon, 0), (later, 10), (much_later, 5000)):
        beliefs.observe(["CO1"], ScoreSeen(60), NOW)
        before = beliefs.factors["CO1"].belief.variance
        beliefs.observe(["CO1"], Step(0.0), NOW + weeks * WEEK)
        beliefs.grown = beliefs.factors["CO1"].belief.variance - before

    assert soon.grown == 0
    assert later.grown == pytest.approx(0.02)
    assert much_later.factors["CO1"].belief.variance == pytest.approx(0.7)


@pytest.mark.pure
def test_age_does_not_remove_the_doubt_that_a_completed_module_added():
    beliefs = Beliefs()
    beliefs.observe(["CO1"], Step(0.3, 0.1), NOW)

    beliefs.observe(["CO1"], Step(0.0), NOW + WEEK)

    assert beliefs.factors["CO1"].belief.variance == pytest.approx(0.8)


@pytest.mark.pure
def test_share_shrinks_towards_a_half_with_doubt():
    assert Gaussian(0.0, 1.2).share == 0.5
    assert Gaussian(1.0, 0.0).share == pytest.approx(1 / (1 + math.exp(-1)))
    assert Gaussian(1.0, 1.0).share == pytest.approx(
        1 / (1 + math.exp(-1 / math.sqrt(1 + math.pi / 8)))
    )
    assert Gaussian(1.0, 2.0).share < Gaussian(1.0, 1.0).share


@pytest.mark.pure
def test_chance_below_is_a_half_where_the_mean_is():
    at_the_mean = 1 / (1 + math.exp(-0.4))

    assert Gaussian(0.4, 0.3).chance_below(at_the_mean) == pytest.approx(0.5)
    assert Gaussian(0.4, 0.3).chance_below(0.2) < 0.05


@pytest.mark.pure
@given(histories)
def test_variances_stay_positive_whatever_is_seen(history):
    beliefs = Beliefs()

    for competences, seen, days in history:
        beliefs.observe(competences, seen, NOW + timedelta(days=days))

    assert all(factor.belief.variance > 0 for factor in beliefs.factors.values())


@pytest.mark.pure
@given(histories)
def test_steps_add_up_to_the_belief_to_the_bit(history):
    beliefs = Beliefs()
    changes = [
        change
        for competences, seen, days in history
        for change in beliefs.observe(competences, seen, NOW + timedelta(days=days))
    ]

    general = reduce(lambda sum_, each: sum_ + each.general, changes, Gaussian(0.0, 0.5))
    skills = {
        name: reduce(
            lambda sum_, each: sum_ + each.skill,
            [each for each in changes if each.competence == name],
            Gaussian(0.0, 0.7),
        )
        for name in {each.competence for each in changes}
    }

    assert general == beliefs.factors[None].belief
    assert skills == {name: beliefs.factors[name].belief for name in skills}


@pytest.mark.pure
@given(seen_things)
def test_what_was_seen_survives_its_storage(seen):
    assert mastery.beliefs.from_json(mastery.beliefs.to_json(seen)) == seen


@pytest.fixture
def learner(db):
    for name in ("CO1", "CO2", "CO3", "DL1"):
        make_competence(name, name[:2])
    return LearnerFactory()


def test_observe_writes_one_entry_for_each_competence_that_explains_itself(learner):
    source = make_source("evaluation:17:line:4", kind="evaluation")
    source.title.update({"en": "Asking questions", "sv": "Frågor"})

    entries = mastery.observe(learner, ["CO1", "CO2"], ScoreSeen(40), source)

    assert [entry.competence_id for entry in entries] == ["CO1", "CO2"]
    stored = LedgerEntry.objects.get(competence="CO1")
    assert stored.pk == entries[0].pk
    assert stored.title == {"en": "Asking questions", "sv": "Frågor"}
    assert stored.observation == {"kind": "score", "score_pct": 40, "severity": 0.0, "noise": 1.6}
    assert (stored.source_kind, stored.recorded_at) == ("evaluation", NOW)
    assert stored.skill_delta < 0
    assert stored.general_delta < 0


def test_observe_takes_competences_or_their_ids(learner):
    mastery.observe(learner, [make_competence("CO1")], Step(0.3), make_source("a"))

    assert LedgerEntry.objects.get().competence_id == "CO1"


def test_observe_counts_a_source_once(learner):
    first = mastery.observe(learner, ["CO1"], ScoreSeen(40), make_source("answer:1"))
    before = beliefs_by_competence(learner)

    again = mastery.observe(learner, ["CO1", "CO2"], ScoreSeen(90), make_source("answer:1"))

    assert again == first
    assert beliefs_by_competence(learner) == before


def test_observe_keeps_learners_apart(learner):
    other = LearnerFactory()

    mastery.observe(learner, ["CO1"], ScoreSeen(40), make_source("same"))
    mastery.observe(other, ["CO1"], ScoreSeen(90), make_source("same"))

    low, high = (mastery.beliefs_of([each.pk])[each.pk].of(["CO1"]) for each in (learner, other))
    assert low.mean < 0 < high.mean


def own_queries(captured):
    return [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize("known", [[], [["CO1", "CO2"]], [["CO1"]], [["CO3"]]])
def test_observe_takes_at_most_five_queries(learner, known):
    for number, competences in enumerate(known):
        mastery.observe(learner, competences, ScoreSeen(40), make_source(f"first:{number}"))

    with CaptureQueriesContext(connection) as captured:
        mastery.observe(learner, ["CO1", "CO2"], ScoreSeen(40), make_source("next", days=1))

    assert len(own_queries(captured)) <= 5


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories)
def test_ledger_adds_up_to_the_beliefs(learner_pool, history):
    learner = learner_pool()

    observe_all(learner, history)

    entries = list(LedgerEntry.objects.filter(learner=learner).order_by("recorded_at", "pk"))
    mean, variance = 0.0, 0.5
    for entry in entries:
        mean, variance = mean + entry.general_delta, variance + entry.general_variance_delta
    beliefs = beliefs_by_competence(learner)
    assert (mean, variance) == beliefs.pop(None)[:2]
    for name, (belief_mean, belief_variance, _) in beliefs.items():
        mean, variance = 0.0, 0.7
        for entry in entries:
            if entry.competence_id == name:
                mean += entry.skill_delta
                variance += entry.skill_variance_delta
        assert (mean, variance) == (belief_mean, belief_variance)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories, data=st.data())
def test_forget_leaves_what_never_having_seen_it_would(learner_pool, history, data):
    numbers = range(len(history))
    forgotten = data.draw(st.sets(st.sampled_from(numbers)))
    learner, other = learner_pool(), learner_pool()
    observe_all(learner, history)
    for number in numbers:
        if number not in forgotten:
            competences, seen, days = history[number]
            source = make_source(f"answer:{number}", days=days)
            mastery.observe(other, competences, seen, source)

    mastery.forget(learner, [f"answer:{number}" for number in forgotten])

    assert beliefs_by_competence(learner) == beliefs_by_competence(other)
    assert steps(learner) == steps(other)


@pytest.fixture
def learner_pool(learner):
    return LearnerFactory


def steps(learner):
    return list(
        LedgerEntry.objects.filter(learner=learner)
        .order_by("recorded_at", "pk")
        .values_list("source_key", "competence", "skill_delta", "general_delta")
    )


def test_what_arrives_late_gives_the_same_as_in_order(learner):
    other = LearnerFactory()
    early, late = (ScoreSeen(20), make_source("e")), (ScoreSeen(90), make_source("l", days=30))

    for seen, source in (early, late):
        mastery.observe(learner, ["CO1"], seen, source)
    for seen, source in (late, early):
        [entry] = mastery.observe(other, ["CO1"], seen, source)

    assert beliefs_by_competence(learner) == beliefs_by_competence(other)
    assert entry.skill_delta == LedgerEntry.objects.get(learner=learner, source_key="e").skill_delta


def test_forget_everything_leaves_no_belief(learner):
    mastery.observe(learner, ["CO1"], ScoreSeen(40), make_source("a"))

    count = mastery.forget(learner, ["a", "unknown"])

    assert count == 1
    assert not Belief.objects.exists()


def test_forget_does_not_touch_another_learner(learner):
    other = LearnerFactory()
    for each in (learner, other):
        mastery.observe(each, ["CO1"], ScoreSeen(40), make_source("a"))

    mastery.forget(learner, ["a"])

    assert list(LedgerEntry.objects.values_list("learner", flat=True)) == [other.pk]


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Rows that other connections can see; taken away by hand, so that nothing else is."""
    with django_db_blocker.unblock():
        for name in ("CO1", "CO2"):
            make_competence(name)
        learners = [LearnerFactory(), LearnerFactory()]
        yield learners
        for learner in learners:
            learner.user.delete()
        Competence.objects.filter(pk__in=["CO1", "CO2"]).delete()
        Area.objects.filter(pk="CO").delete()


def test_two_workers_at_once_lose_nothing_and_count_once(committed):
    learner, twin = committed

    def work():
        mastery.observe(learner, ["CO1", "CO2"], ScoreSeen(40), make_source("both"))
        mastery.observe(learner, ["CO1"], ScoreSeen(80), make_source("own"))
        connections.close_all()

    worker = threading.Thread(target=work)
    with mastery.open_ledgers([learner.pk]) as ledgers:
        worker.start()
        worker.join(timeout=0.5)
        had_to_wait = worker.is_alive()
        ledgers.observe(learner.pk, ["CO1", "CO2"], ScoreSeen(40), make_source("both"))
    worker.join(timeout=30)

    mastery.observe(twin, ["CO1", "CO2"], ScoreSeen(40), make_source("both"))
    mastery.observe(twin, ["CO1"], ScoreSeen(80), make_source("own"))
    assert had_to_wait
    assert beliefs_by_competence(learner) == beliefs_by_competence(twin)
    assert steps(learner) == steps(twin)


def test_profile_says_what_is_not_known_yet(learner):
    known = {each.competence.pk: each for each in mastery.profile(learner).competences}

    assert {each.known for each in known.values()} == {False}
    assert known["CO1"].share == 0.5
    assert known["CO1"].entries == 0


def test_profile_knows_a_competence_after_a_few_evaluations(learner):
    for number in range(3):
        mastery.observe(learner, ["CO1"], ScoreSeen(50), make_source(f"e:{number}", days=number))

    competences = {each.competence.pk: each for each in mastery.profile(learner).competences}
    areas = {each.area.pk: each for each in mastery.profile(learner).areas}

    assert competences["CO1"].known
    assert competences["CO1"].entries == 3
    assert not competences["CO2"].known
    assert areas["CO"].known
    assert not areas["DL"].known
    assert areas["CO"].low < areas["CO"].mid < areas["CO"].high


def test_profile_of_a_newcomer_who_was_seen_elsewhere_leans_on_the_general_factor(learner):
    for number in range(4):
        mastery.observe(learner, ["CO1"], ScoreSeen(95), make_source(f"e:{number}"))

    unseen = next(
        each for each in mastery.profile(learner).competences if each.competence.pk == "DL1"
    )

    assert unseen.share > 0.6
    assert not unseen.known


@pytest.mark.parametrize("extra", [0, 6])
def test_profile_takes_three_queries(learner, extra, django_assert_num_queries):
    for number in range(extra):
        mastery.observe(learner, ["CO1", "DL1"], ScoreSeen(50), make_source(f"e:{number}"))

    with django_assert_num_queries(3):
        mastery.profile(learner)


def test_mastery_by_learner_is_what_the_profile_says(learner):
    other = LearnerFactory()
    mastery.observe(learner, ["CO1", "DL1"], ScoreSeen(30), make_source("a"))
    mastery.observe(learner, ["CO1"], ItemSeen(1.0, 0.3, 0.25), make_source("b", days=1))

    shares = mastery.mastery_by_learner([learner.pk, other.pk], NOW + timedelta(days=2))

    seen = {each.competence.pk: each for each in mastery.profile(learner).competences}
    assert shares == {
        learner.pk: {name: pytest.approx(seen[name].share) for name in ("CO1", "DL1")},
        other.pk: {},
    }


def test_mastery_by_learner_does_not_know_what_became_known_later(learner):
    mastery.observe(learner, ["CO1"], ScoreSeen(30), make_source("a"))
    before = mastery.mastery_by_learner([learner.pk], NOW + timedelta(days=1))
    mastery.observe(learner, ["CO1"], ScoreSeen(30), make_source("b", days=1))

    after = mastery.mastery_by_learner([learner.pk], NOW + timedelta(days=1))

    assert after == before


def test_mastery_by_learner_asks_once_for_all(learner, django_assert_num_queries):
    learners = [learner, LearnerFactory(), LearnerFactory()]
    for each in learners:
        mastery.observe(each, ["CO1"], ScoreSeen(30), make_source("a"))

    with django_assert_num_queries(1):
        shares = mastery.mastery_by_learner([each.pk for each in learners], NOW + WEEK)

    assert len(shares) == 3


def test_explained_gives_each_belief_its_reasons_in_words(learner):
    score, item = make_source("e", kind="evaluation"), make_source("a", kind="recall", days=1)
    score.title.update({"en": "Asking questions", "sv": "Frågor"})
    item.title.update({"sv": "Rätt fråga"})
    mastery.observe(learner, ["CO1"], ScoreSeen(45), score)
    mastery.observe(learner, ["CO1"], ItemSeen(1.0, -0.5, 0.25), item)
    done = make_source("c", kind="completion", days=2)
    mastery.observe(learner, ["CO1"], Step(0.0), done)

    [area] = mastery.explained(learner)

    [belief] = area.beliefs
    assert (area.area.pk, belief.competence.pk) == ("CO", "CO1")
    assert belief.low < belief.share < belief.high
    assert [(line.text, line.value, line.effect) for line in belief.lines] == [
        ("Evaluation: Asking questions", "45 of 100", "lowers it"),
        ("Finished: ", "", "hardly moves it"),
        ("Short check: Rätt fråga", "100 % right", "raises it"),
    ]
    assert belief.lines[2].on == (NOW + timedelta(days=1)).date()


def test_explained_is_empty_while_nothing_is_known(learner):
    assert mastery.explained(learner) == []


@pytest.mark.pure
@pytest.mark.parametrize(
    ("texts", "expected"),
    [({"sv": "ord", "en": "word"}, "ord"), ({"en": "word"}, "word"), ({"da": "ord"}, "ord")],
)
def test_texts_fall_back_rather_than_vanish(texts, expected):
    with translation.override("sv"):
        assert mastery.in_language(texts) == expected
