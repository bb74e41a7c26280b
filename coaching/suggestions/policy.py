"""Which module to offer: expected gain x importance x likely acceptance. Numbers only, no rows.

Mostly the best one; now and then, by a lot that can be drawn again, one of the best three, so
that the log of what was shown can tell a better policy from a worse one.
"""

import math
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from coaching.suggestions.taste import Taste
from literacy import mastery

VERSION = "gain-1"
EXPLORED_SHARE = 0.10
TOP = 3

GAP_SHARE = 0.6  # who does this share of tasks well has no gap
GAP_CHANCE = 0.7
STRETCH = 1.3  # how far, in logits, a module's level may lie from a person's and still teach
LIFT = 0.5  # what a fitting module teaches its main competence, in logits
SIDE_LIFT = 0.25  # and its others
REPEAT = 0.7  # what a module gives when it is taken again


@dataclass(frozen=True, slots=True)
class Offer:
    """A module as the policy sees it."""

    module: str
    level: int
    format: str
    competences: tuple[str, ...]  # the main one first


@dataclass(frozen=True, slots=True)
class Person:
    """A learner as the policy sees them."""

    learner_id: int
    beliefs: mastery.Beliefs
    queue: int | None = None
    importance: Mapping[str, float] = field(default_factory=dict)  # 1 where nobody has said
    dismissed: Mapping[str, int] = field(default_factory=dict)  # module -> times "not relevant"
    completed: Collection[str] = ()  # modules


@dataclass(frozen=True, slots=True)
class Candidate:
    module: str
    competence: str  # where the module is expected to give most
    gain: float
    accept: float
    features: Mapping[str, float]

    @property
    def score(self) -> float:
        return self.gain * self.accept


@dataclass(frozen=True, slots=True)
class Choice:
    candidate: Candidate
    propensity: float
    explored: bool


def consider(offer: Offer, person: Person, taste: Taste) -> Candidate | None:
    """Return what a module promises this person, or None where there is nothing to gain."""
    beliefs = {name: person.beliefs.of([name]) for name in offer.competences}
    gains = {
        name: person.importance.get(name, 1.0) * lift(belief, offer, name)
        for name, belief in beliefs.items()
    }
    worth = [name for name in offer.competences if is_worth(name, person.beliefs)]
    if not worth:
        return None
    target = max(worth, key=lambda name: gains[name])
    features = features_of(offer, person, beliefs[target])
    repeat = REPEAT if offer.module in person.completed else 1.0
    gain = repeat * sum(gains.values())
    return Candidate(offer.module, target, gain, taste.chance(features), features)


def is_worth(competence: str, beliefs: mastery.Beliefs) -> bool:
    """Tell whether there is a likely gap, or too little evidence to know."""
    is_gap = beliefs.of([competence]).chance_below(GAP_SHARE) >= GAP_CHANCE
    return is_gap or not is_known(competence, beliefs)


def is_known(competence: str, beliefs: mastery.Beliefs) -> bool:
    return competence in beliefs and beliefs.of([competence]).sd_share <= mastery.SURE_SD_SHARE


def lift(belief: mastery.Gaussian, offer: Offer, competence: str) -> float:
    """Return how much the share is expected to rise; most where level and person meet."""
    distance = (belief.mean - mastery.DIFFICULTY[offer.level]) / STRETCH
    most = LIFT if competence == offer.competences[0] else SIDE_LIFT
    return (belief + mastery.Step(most * math.exp(-(distance**2) / 2))).share - belief.share


def features_of(offer: Offer, person: Person, belief: mastery.Gaussian) -> dict[str, float]:
    too_easy_from = mastery.sigmoid(mastery.DIFFICULTY[offer.level] + STRETCH)
    features = {
        "bias": 1.0,
        "need": belief.chance_below(GAP_SHARE),
        "easy": 1 - belief.chance_below(too_easy_from),
        "dismissed": float(person.dismissed.get(offer.module, 0)),
        f"agent:{person.learner_id}": 1.0,
        f"format:{person.learner_id}:{offer.format}": 1.0,
        f"module:{offer.module}": 1.0,
    }
    if person.queue:
        features[f"queue:{person.queue}:{offer.module}"] = 1.0
    return features


def choose(candidates: Sequence[Candidate], seed: str) -> Choice:
    """Choose one candidate, the same for the same seed, and say how likely that was."""
    # A lot that can be drawn again, not a secret.
    chance = random.Random(seed)  # noqa: S311 # nosec B311
    top = ranked(candidates)[:TOP]
    explored = chance.random() < EXPLORED_SHARE
    chosen = chance.choice(top) if explored else top[0]
    return Choice(chosen, propensity(chosen, candidates), explored)


def propensity(candidate: Candidate, candidates: Sequence[Candidate]) -> float:
    """Return how likely this candidate was to be chosen among all."""
    top = ranked(candidates)[:TOP]
    by_lot = EXPLORED_SHARE / len(top) if candidate in top else 0.0
    return by_lot + (1 - EXPLORED_SHARE if candidate == top[0] else 0.0)


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.module))
