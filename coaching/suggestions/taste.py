"""How likely a suggestion is to be accepted: the filter of mastery over what describes it.

It learns from a start, a "not relevant" and, half, a "know it already"; "not now" says nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from coaching.models import TasteWeight
from literacy import mastery

# What we expect before anybody has answered, in logits, by the first part of a weight's key.
PRIORS = {
    "bias": mastery.Gaussian(0.4, 0.5),
    "need": mastery.Gaussian(0.6, 0.5),
    "easy": mastery.Gaussian(-0.6, 0.5),
    "dismissed": mastery.Gaussian(-0.7, 0.5),
    "agent": mastery.Gaussian(0.0, 0.4),
    "format": mastery.Gaussian(0.0, 0.3),
    "module": mastery.Gaussian(0.0, 0.3),
    "queue": mastery.Gaussian(0.0, 0.3),
}
OWN = ("agent", "format")  # weights that are about one learner, named second in the key


@dataclass(frozen=True, slots=True)
class Taste:
    """Weights by key; what has no weight yet stands at its prior."""

    weights: Mapping[str, mastery.Gaussian]

    def weight(self, key: str) -> mastery.Gaussian:
        return self.weights.get(key) or PRIORS[key.split(":")[0]]

    def chance(self, features: Mapping[str, float]) -> float:
        """Return the probability of a start."""
        parts = self._parts(features)
        mean = sum(amount * weight.mean for amount, weight in parts)
        return mastery.Gaussian(
            mean, sum(amount**2 * weight.variance for amount, weight in parts)
        ).share

    def learned(
        self, features: Mapping[str, float], *, accepted: bool, force: float = 1.0
    ) -> dict[str, mastery.Gaussian]:
        """Return the weights after one answer, which counts with its force."""
        parts = self._parts(features)
        expected = mastery.sigmoid(sum(amount * weight.mean for amount, weight in parts))
        reading = mastery.Reading(expected * (1 - expected), accepted - expected)
        steps = mastery.filtered(parts, reading.weighted(force))
        return {
            key: weight + step
            for key, (_, weight), step in zip(features, parts, steps, strict=True)
        }

    def _parts(self, features: Mapping[str, float]) -> list[tuple[float, mastery.Gaussian]]:
        return [(amount, self.weight(key)) for key, amount in features.items()]


def taste_of(learner_ids: Collection[int]) -> Taste:
    """Return the common weights and those of some learners."""
    rows = TasteWeight.objects.filter(Q(learner=None) | Q(learner__in=learner_ids))
    return _taste(rows)


@transaction.atomic
def learn(features: Mapping[str, float], *, accepted: bool, force: float = 1.0) -> None:
    """Move the stored weights by one answer; two answers at once wait for each other."""
    keys = sorted(features)
    TasteWeight.objects.bulk_create([_new(key) for key in keys], ignore_conflicts=True)
    rows = list(TasteWeight.objects.select_for_update().filter(key__in=keys).order_by("key"))
    weights = _taste(rows).learned(features, accepted=accepted, force=force)
    for row in rows:
        row.mean, row.variance = weights[row.key].mean, weights[row.key].variance
    TasteWeight.objects.bulk_update(rows, ["mean", "variance"])


def _new(key: str) -> TasteWeight:
    kind, *names = key.split(":")
    prior = PRIORS[kind]
    owner = int(names[0]) if kind in OWN else None
    return TasteWeight(key=key, learner_id=owner, mean=prior.mean, variance=prior.variance)


def _taste(rows: Iterable[TasteWeight]) -> Taste:
    return Taste({row.key: mastery.Gaussian(row.mean, row.variance) for row in rows})
