"""What the demo's people really can, which nobody sees: the source of evaluations and answers."""

from functools import cache
from math import exp

from coaching.demo.organisation import Person, chance
from literacy.modulefiles.files import FOLDER, read_yaml

USUAL = 0.55  # logits
STRONG, WEAK = 1.0, -0.5  # in a story: everywhere else, and at its weak point
PER_WEEK = 0.02  # work itself teaches


def sigmoid(logits: float) -> float:
    return 1 / (1 + exp(-logits))


@cache
def feeds(criterion: str) -> tuple[str, ...]:
    """Return the competences that a quality criterion says something about."""
    criteria = read_yaml(FOLDER / "framework.yaml")["criteria"]
    return next(tuple(known["feeds"]) for known in criteria if known["id"] == criterion)


def ability(person: Person, competence: str, week: int) -> float:
    """Return a person's ability in a competence in logits."""
    return _inborn(person.email, competence, _weak_points(person)) + PER_WEEK * week


def criterion_ability(person: Person, criterion: str, week: int) -> float:
    competences = feeds(criterion)
    return sum(ability(person, each, week) for each in competences) / len(competences)


@cache
def _inborn(email: str, competence: str, weak: tuple[str, ...]) -> float:
    if weak:
        return WEAK if competence in weak else STRONG
    general = chance(email, "general").gauss(USUAL, 0.4)
    return general + chance(email, competence).gauss(0, 0.5)


def _weak_points(person: Person) -> tuple[str, ...]:
    return feeds(person.story.criterion) if person.story else ()
