"""The Gaussian filter behind mastery: numbers in, steps out, no rows and no clock of its own.

Ability in a competence is θ = G + S: a general factor of the person and a skill, each believed
as a mean and a variance in logits. One observation moves every factor that it depends on.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

GENERAL = None  # the key of the person's general factor, beside those of competences
GENERAL_VARIANCE = 0.5
SKILL_VARIANCE = 0.7
DRIFT_PER_WEEK = 0.002  # what we knew of a skill grows old, never older than not knowing
DIFFICULTY = {1: -0.5, 2: 0.3, 3: 1.1}  # of a module's level, in logits

_STEEPNESS = 1.4
_WEEK = timedelta(weeks=1)


def sigmoid(logits: float) -> float:
    if logits >= 0:
        return 1 / (1 + math.exp(-logits))
    return 1 - 1 / (1 + math.exp(logits))


def logit(share: float) -> float:
    return math.log(share / (1 - share))


@dataclass(frozen=True, slots=True)
class Step:
    """A move of a mean and a variance; observed as such, learning that we expect or are told of."""

    kind: ClassVar[str] = "step"
    mean: float
    variance: float = 0.0


@dataclass(frozen=True, slots=True)
class Gaussian:
    mean: float
    variance: float

    def __add__(self, step: Step) -> "Gaussian":
        return Gaussian(self.mean + step.mean, self.variance + step.variance)

    @property
    def share(self) -> float:
        """Return the expected share of tasks done well, 0.0-1.0."""
        return sigmoid(self.mean / math.sqrt(1 + math.pi * self.variance / 8))

    @property
    def sd_share(self) -> float:
        return self.share * (1 - self.share) * math.sqrt(self.variance)

    def chance_below(self, share: float) -> float:
        """Return the probability that the true share is smaller than this one."""
        distance = (logit(share) - self.mean) / math.sqrt(self.variance)
        return 0.5 * (1 + math.erf(distance / math.sqrt(2)))


@dataclass(frozen=True, slots=True)
class Reading:
    """What an observation says about θ: how much, and how far from what was expected."""

    information: float
    residual: float  # already weighted by the information

    def weighted(self, weight: float) -> "Reading":
        return Reading(self.information * weight, self.residual * weight)


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """An answered task; its level is in logits, `guess` is the share that chance alone earns."""

    kind: ClassVar[str] = "item"
    share: float
    level: float
    guess: float
    slip: float = 0.05
    weight: float = 1.0

    def reading(self, theta: float) -> Reading:
        room = max(1 - self.guess - self.slip, 0.01)
        chance = sigmoid(_STEEPNESS * (theta - self.level))
        expected = (1 - self.slip - room) + room * chance
        slope = _STEEPNESS * room * chance * (1 - chance)
        noise = max(expected * (1 - expected), 1e-9)
        return Reading(slope**2 / noise, slope * (self.share - expected) / noise).weighted(
            self.weight
        )


@dataclass(frozen=True, slots=True)
class ScoreSeen:
    """A judged line of a quality form. `severity` is what its evaluator tends to add or take."""

    kind: ClassVar[str] = "score"
    score_pct: float
    severity: float = 0.0
    noise: float = 1.6

    @property
    def logits(self) -> float:
        return logit((min(max(self.score_pct, 0.0), 100.0) + 8) / 116)

    def reading(self, theta: float) -> Reading:
        return Reading(1 / self.noise, (self.logits - self.severity - theta) / self.noise)


Seen = ItemSeen | ScoreSeen | Step
_KINDS: Mapping[str, type[Seen]] = {seen.kind: seen for seen in (ItemSeen, ScoreSeen, Step)}


def to_json(seen: Seen) -> dict[str, Any]:
    return {"kind": seen.kind, **asdict(seen)}


def from_json(stored: Mapping[str, Any]) -> Seen:
    return _KINDS[stored["kind"]](**{name: stored[name] for name in stored if name != "kind"})


def filtered(parts: Sequence[tuple[float, Gaussian]], reading: Reading) -> list[Step]:
    """Return how independent Gaussians move, of which a reading saw the weighted sum.

    Shape: one (weight, belief) for each part; mastery and taste share this one filter.
    """
    spread = sum(weight**2 * belief.variance for weight, belief in parts)
    damping = 1 + reading.information * spread
    return [
        Step(
            weight * belief.variance * reading.residual / damping,
            -((weight * belief.variance) ** 2) * reading.information / damping,
        )
        for weight, belief in parts
    ]


@dataclass(frozen=True, slots=True)
class Factor:
    """A belief with the moment of its last observation."""

    belief: Gaussian
    updated_at: datetime

    def aged(self, now: datetime) -> Gaussian:
        weeks = max((now - self.updated_at) / _WEEK, 0.0)
        older = min(self.belief.variance + DRIFT_PER_WEEK * weeks, SKILL_VARIANCE)
        return replace(self.belief, variance=max(older, self.belief.variance))


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the ledger: what an observation moved for one competence."""

    competence: str
    skill: Step
    general: Step  # this competence's part of the general factor's move


class Beliefs:
    """What is believed of one learner, by competence; what was never seen stands at its prior."""

    def __init__(self, factors: Mapping[str | None, Factor] | None = None) -> None:
        self.factors: dict[str | None, Factor] = dict(factors or {})

    def __contains__(self, competence: str) -> bool:
        return competence in self.factors

    @property
    def updated_at(self) -> datetime | None:
        general = self.factors.get(GENERAL)
        return general.updated_at if general else None

    def of(self, competences: Iterable[str]) -> Gaussian:
        """Return the belief in the mean ability over some competences."""
        parts = self._parts([self._belief(name) for name in competences])
        mean = sum(weight * belief.mean for weight, belief in parts)
        return Gaussian(mean, sum(weight**2 * belief.variance for weight, belief in parts))

    def observe(self, competences: Sequence[str], seen: Seen, at: datetime) -> list[Change]:
        """Move the beliefs by one observation and return what moved, by competence."""
        aged = [self._aged(name, at) for name in competences]
        if isinstance(seen, Step):
            general, skills = Step(0.0), [seen] * len(competences)
        else:
            reading = seen.reading(self.of(competences).mean)
            general, *skills = filtered(self._parts(aged), reading)
        part = Step(general.mean / len(competences), general.variance / len(competences))
        return [
            self._apply(name, belief + step, part, at)
            for name, belief, step in zip(competences, aged, skills, strict=True)
        ]

    def _apply(self, name: str, target: Gaussian, general: Step, at: datetime) -> Change:
        """Add the steps rather than set the target: the ledger's sum is the belief to the bit."""
        old = self._belief(name)
        skill = Step(target.mean - old.mean, target.variance - old.variance)
        self.factors[name] = Factor(old + skill, at)
        self.factors[GENERAL] = Factor(self._belief(GENERAL) + general, at)
        return Change(name, skill, general)

    def _parts(self, skills: Sequence[Gaussian]) -> list[tuple[float, Gaussian]]:
        weight = 1 / len(skills)
        return [(1.0, self._belief(GENERAL)), *((weight, skill) for skill in skills)]

    def _aged(self, name: str, now: datetime) -> Gaussian:
        factor = self.factors.get(name)
        return factor.aged(now) if factor else self._belief(name)

    def _belief(self, name: str | None) -> Gaussian:
        if factor := self.factors.get(name):
            return factor.belief
        return Gaussian(0.0, GENERAL_VARIANCE if name is GENERAL else SKILL_VARIANCE)
