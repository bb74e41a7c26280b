import math
import random
from collections import Counter
from datetime import timedelta

import pytest

from coaching.suggestions import policy, taste
from coaching.suggestions.policy import Candidate, Offer, Person
from literacy import mastery
from tests.factories import NOW

WEEK = timedelta(weeks=1)
PRIOR_TASTE = taste.Taste({})


def candidate(module, score):
    return Candidate(module, "CO3", gain=score, accept=1.0, features={"bias": 1.0})


FIVE = [
    candidate(name, score) for name, score in zip("edcba", (0.1, 0.5, 0.3, 0.4, 0.2), strict=True)
]


@pytest.mark.pure
def test_propensities_add_up_to_one_and_only_the_best_three_are_ever_shown():
    shares = {each.module: policy.propensity(each, FIVE) for each in FIVE}

    assert sum(shares.values()) == pytest.approx(1)
    assert shares["d"] == pytest.approx(0.9 + 0.1 / 3)
    assert shares["b"] == shares["c"] == pytest.approx(0.1 / 3)
    assert shares["a"] == shares["e"] == 0


@pytest.mark.pure
def test_what_is_shown_follows_the_propensities():
    choices = [policy.choose(FIVE, seed=f"{number}:2026-11-18") for number in range(4000)]

    shown = Counter(choice.candidate.module for choice in choices)
    for module, count in shown.items():
        expected = policy.propensity(candidate(module, dict_of(FIVE)[module]), FIVE)
        assert count / 4000 == pytest.approx(expected, abs=0.015)
    assert sum(choice.explored for choice in choices) / 4000 == pytest.approx(0.1, abs=0.015)


def dict_of(candidates):
    return {each.module: each.score for each in candidates}


@pytest.mark.pure
def test_the_same_seed_shows_the_same_in_any_order():
    for number in range(100):
        forwards = policy.choose(FIVE, seed=str(number))
        backwards = policy.choose(FIVE[::-1], seed=str(number))

        assert forwards == backwards


@pytest.mark.pure
def test_a_lone_candidate_is_certain():
    assert policy.choose(FIVE[:1], seed="1").propensity == pytest.approx(1)


OFFER = Offer("CO-03", level=1, format="branching_dialogue", competences=("CO3", "CO7"))


def person_with(scores, learner_id=1, **fields):
    beliefs = mastery.Beliefs()
    for competence, score in scores:
        beliefs.observe([competence], mastery.ScoreSeen(score), NOW)
    return Person(learner_id, beliefs, **fields)


@pytest.mark.pure
def test_nothing_is_offered_to_who_is_known_to_master_it():
    expert = person_with([("CO3", 98), ("CO7", 98)] * 8)

    assert policy.consider(OFFER, expert, PRIOR_TASTE) is None


@pytest.mark.pure
def test_a_known_gap_is_offered_where_it_is():
    person = person_with([("CO3", 95)] * 8 + [("CO7", 20)] * 8)

    offered = policy.consider(OFFER, person, PRIOR_TASTE)

    assert offered.competence == "CO7"


@pytest.mark.pure
def test_a_newcomer_is_offered_the_main_competence_first():
    offered = policy.consider(OFFER, Person(1, mastery.Beliefs()), PRIOR_TASTE)

    assert offered.competence == "CO3"


@pytest.mark.pure
def test_a_module_lifts_most_where_level_and_person_meet():
    hard = Offer("CO-09", level=3, format="x", competences=("CO3",))
    easy = Offer("CO-03", level=1, format="x", competences=("CO3",))
    weak, strong = mastery.Gaussian(-1.2, 0.3), mastery.Gaussian(1.5, 0.3)

    assert policy.lift(weak, easy, "CO3") > policy.lift(weak, hard, "CO3")
    assert policy.lift(strong, hard, "CO3") > policy.lift(strong, easy, "CO3")


@pytest.mark.pure
@pytest.mark.parametrize(
    ("change", "is_better"),
    [
        ({"importance": {"CO3": 2.0, "CO7": 2.0}}, True),
        ({"completed": {"CO-03"}}, False),
        ({"dismissed": {"CO-03": 1}}, False),
    ],
)
def test_importance_helps_and_repeats_and_dismissals_do_not(change, is_better):
    beliefs = mastery.Beliefs()
    before = policy.consider(OFFER, Person(1, beliefs), PRIOR_TASTE).score

    after = policy.consider(OFFER, Person(1, beliefs, **change), PRIOR_TASTE).score

    assert (after > before) is is_better
    assert after != before


@pytest.mark.pure
def test_taste_moves_towards_what_was_answered_and_half_as_much_with_half_the_force():
    features = policy.features_of(
        OFFER, Person(7, mastery.Beliefs(), queue=3), mastery.Gaussian(0, 1.2)
    )
    before = PRIOR_TASTE.chance(features)

    liked = taste.Taste(PRIOR_TASTE.learned(features, accepted=True)).chance(features)
    refused = taste.Taste(PRIOR_TASTE.learned(features, accepted=False)).chance(features)
    half = taste.Taste(PRIOR_TASTE.learned(features, accepted=False, force=0.5)).chance(features)

    assert refused < half < before < liked
    assert set(features) == {
        "bias",
        "need",
        "easy",
        "dismissed",
        "agent:7",
        "format:7:branching_dialogue",
        "module:CO-03",
        "queue:3:CO-03",
    }


@pytest.mark.pure
def test_taste_learns_whom_a_format_does_not_suit():
    person = Person(7, mastery.Beliefs())
    other = Offer("DL-01", level=1, format="read_chart", competences=("DL1",))
    weights = {}
    for _ in range(6):
        for offer, accepted in ((OFFER, False), (other, True)):
            features = policy.features_of(offer, person, mastery.Gaussian(0, 1.2))
            weights |= taste.Taste(weights).learned(features, accepted=accepted)

    learned = taste.Taste(weights)

    liked, refused = (
        learned.chance(policy.features_of(offer, person, mastery.Gaussian(0, 1.2)))
        for offer in (other, OFFER)
    )
    assert liked > 0.6 > 0.4 > refused


# A world of its own: does the policy beat what anybody would try first?


class World:
    """Agents with hidden abilities and likings; half of the competences are ever judged."""

    skills = tuple(f"C{number}" for number in range(12))
    judged = skills[:6]
    agents = range(45)

    def __init__(self, seed):
        self.chance = random.Random(seed)
        normal = self.chance.gauss
        self.offers = [
            Offer(f"M{number}", 1 + number % 3, f"F{number % 4}", (skill, self.skills[-number - 1]))
            for number, skill in enumerate(self.skills)
        ]
        self.importance = [
            {skill: self.chance.choice([0.1, 0.4, 1.0, 2.0]) for skill in self.skills}
            for _queue in range(3)
        ]
        self.appeal = {
            (queue, offer): normal(0.2, 1.0) for queue in range(3) for offer in self.offers
        }
        self.severities = [normal(0, 0.4) for _evaluator in range(4)]
        general = [normal(0.1, 0.7) for _agent in self.agents]
        self.ability = [{skill: each + normal(0, 0.8) for skill in self.skills} for each in general]

    def gain_of(self, chooser, weeks):
        """Return what a way of choosing brings an agent, weighted by importance."""
        gained = 0.0
        for week in range(weeks):
            for agent in self.agents:
                scores = {skill: self.score(agent, skill) for skill in self.judged}
                offer = chooser.choose(self, agent, week, scores)
                if offer is None:
                    continue
                accepted = self.chance.random() < self.liking(agent, offer)
                gained += self.teach(agent, offer) if accepted else 0.0
                chooser.told(agent, week, offer, accepted=accepted)
        return gained / len(self.agents)

    def score(self, agent, skill):
        seen = self.ability[agent][skill] + self.chance.choice(self.severities)
        return 100 * mastery.sigmoid(seen + self.chance.gauss(0, 0.9))

    def liking(self, agent, offer):
        ability = self.ability[agent][offer.competences[0]]
        return mastery.sigmoid(
            self.appeal[agent % 3, offer] + 0.8 * (ability < 0.4) - 0.8 * (ability > 1.5)
        )

    def teach(self, agent, offer):
        ability, gain = self.ability[agent], 0.0
        for skill, most in zip(offer.competences, (0.7, 0.3), strict=True):
            before = ability[skill]
            distance = (before - mastery.DIFFICULTY[offer.level]) / 1.1
            ability[skill] += most * math.exp(-(distance**2) / 2)
            raised = mastery.sigmoid(ability[skill]) - mastery.sigmoid(before)
            gain += self.importance[agent % 3][skill] * raised
        return gain


class AtRandom:
    def choose(self, world, agent, week, scores):
        return world.chance.choice(world.offers)

    def told(self, agent, week, offer, *, accepted):
        pass


class LowestLine(AtRandom):
    """The module of the line with the lowest mean so far, unless it was taken lately."""

    def __init__(self):
        self.scores, self.taken = {}, {}

    def choose(self, world, agent, week, scores):
        for skill, score in scores.items():
            self.scores.setdefault((agent, skill), []).append(score)
        free = [
            offer
            for offer in world.offers
            if offer.competences[0] in world.judged
            and week - self.taken.get((agent, offer), -8) >= 8
        ]

        def mean(offer):
            seen = self.scores[agent, offer.competences[0]]
            return sum(seen) / len(seen)

        return min(free, key=mean, default=world.offers[0])

    def told(self, agent, week, offer, *, accepted):
        if accepted:
            self.taken[agent, offer] = week


class Ours(AtRandom):
    """The product's policy, fed with what the product would see."""

    def __init__(self):
        self.weights, self.taken = {}, {}
        self.beliefs = [mastery.Beliefs() for _ in World.agents]
        self.dismissed = [Counter() for _ in World.agents]

    def choose(self, world, agent, week, scores):
        for skill, score in scores.items():
            self.beliefs[agent].observe([skill], mastery.ScoreSeen(score), NOW + week * WEEK)
        person = Person(
            agent,
            self.beliefs[agent],
            queue=agent % 3 + 1,
            importance=world.importance[agent % 3],
            dismissed=self.dismissed[agent],
            completed={offer.module for who, offer in self.taken if who == agent},
        )
        liking = taste.Taste(self.weights)
        found = [
            candidate
            for offer in world.offers
            if week - self.taken.get((agent, offer), -8) >= 8
            and (candidate := policy.consider(offer, person, liking))
        ]
        if not found:
            return None
        shown = policy.choose(found, seed=f"{agent}:{week}").candidate
        self.features = shown.features
        return next(offer for offer in world.offers if offer.module == shown.module)

    def told(self, agent, week, offer, *, accepted):
        self.weights |= taste.Taste(self.weights).learned(self.features, accepted=accepted)
        if accepted:
            self.taken[agent, offer] = week
            learned = mastery.Step(0.3, 0.1)
            self.beliefs[agent].observe(offer.competences, learned, NOW + week * WEEK)
        else:
            self.dismissed[agent][offer.module] += 1


@pytest.mark.pure
def test_the_policy_beats_the_lowest_line_and_chance_clearly():
    ours, lowest, chance = (
        sum(World(seed).gain_of(chooser(), weeks=10) for seed in (1, 2, 3))
        for chooser in (Ours, LowestLine, AtRandom)
    )

    assert ours > 1.3 * lowest
    assert ours > 1.3 * chance
