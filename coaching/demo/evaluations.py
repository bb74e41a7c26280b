"""A week of quality evaluations on a platform: who is evaluated, how it goes, what changes later.

Evaluators differ in how strict they are, and some look again and change their mind.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from coaching.demo.contacts import Payload, agent_identity, consultant_identity, conversations
from coaching.demo.organisation import Person, Platform, chance
from coaching.demo.skills import criterion_ability, sigmoid
from coaching.demo.world import World, identity

MOST_POINTS = 10
EVALUATORS = 4
RARELY_ASKED = {"Q04": 0.4, "Q12": 0.25}  # criterion -> how often a contact gives no reason to ask
EXTRA_SHARE = 0.08  # of the weeks in between
STORY_WEEKS = 14  # in a story, somebody is evaluated from so many weeks before the end on
EARLIER = (3, 4, 3)  # and this is what their weak point gave before the last evaluations
FRIDAY = 4
REOPENED_SHARE = 0.5  # of those that are looked at again
AGAIN_SHARE = 0.5  # of Friday's evaluations: the next pull still sees them
WEEKS_IN_MEMORY = 12


Points = dict[str, int | None]  # by criterion; None where it did not apply


@dataclass(frozen=True, slots=True)
class Filled:
    """One evaluation over its whole life; what a reader gets depends on when they ask."""

    id: str
    contact: Payload
    agent_id: str
    evaluator: int
    released_at: datetime
    points: Points
    changed_at: datetime | None = None  # when the evaluator looked again
    changed_points: Points = field(default_factory=dict)
    is_reopened: bool = False  # between release and change it is open again

    def changed_by(self, now: datetime) -> datetime | None:
        return self.changed_at if self.changed_at and self.changed_at <= now else None


@lru_cache(maxsize=WEEKS_IN_MEMORY)
def evaluations(world: World, platform: Platform, week: int) -> tuple[Filled, ...]:
    """Return a platform's evaluations that are released in a week, in that order."""
    contacts: dict[str, Payload] = {}  # everybody's first
    for contact in conversations(world, platform, week):
        if "conversationStart" in contact:
            contacts.setdefault(contact["participants"][-1]["userId"], contact)
    found = [
        _fill(world, platform, person, week, contact=contacts[agent_identity(platform, person)])
        for number, person in enumerate(world.people_on(platform, week))
        if _is_evaluated(world, person, number, week)
    ]
    if unknown := contacts.get(consultant_identity(platform)):
        found.append(_of_the_consultant(platform, unknown))
    return tuple(sorted(found, key=lambda filled: (filled.released_at, filled.id)))


def _is_evaluated(world: World, person: Person, number: int, week: int) -> bool:
    if person.story:
        return world.last_week - week < STORY_WEEKS
    extra = chance(person.email, "evaluated", week).random() < EXTRA_SHARE
    return (number + week) % 2 == 0 or extra


def _fill(
    world: World, platform: Platform, person: Person, week: int, *, contact: Payload
) -> Filled:
    luck = chance(person.email, "evaluation", week)
    evaluator = luck.randrange(EVALUATORS)
    severity = chance(platform.slug, "evaluator", evaluator).gauss(0, 0.35)
    points: Points = {}
    for criterion in criteria(world, platform):
        ability = criterion_ability(person, criterion, week)
        points[criterion] = _points(criterion, ability + severity, luck)
    points |= _told(world, person, week)
    filled = Filled(
        id=identity(platform.slug, "evaluation", contact["conversationId"]),
        contact=contact,
        agent_id=agent_identity(platform, person),
        evaluator=evaluator,
        released_at=_release(world, platform, contact, luck),
        points=points,
    )
    is_late = filled.released_at.weekday() >= FRIDAY
    looks_again = is_late and not person.story and luck.random() < AGAIN_SHARE
    return _looked_at_again(filled, luck) if looks_again else filled


def _release(world: World, platform: Platform, contact: Payload, luck: Random) -> datetime:
    """Return an hour in the days after a contact, in the same week where that can be."""
    ended_at = datetime.fromisoformat(contact["conversationEnd"])
    weekday = min(FRIDAY, ended_at.weekday() + luck.choice((1, 1, 1, 2)))
    day = ended_at.date() + timedelta(days=weekday - ended_at.weekday())
    released_at = world.moment(platform.country, day, luck.uniform(15 * 60, 17 * 60))
    return max(released_at, ended_at + timedelta(hours=2))


def criteria(world: World, platform: Platform) -> list[str]:
    """Return what the questions of a platform's form are about, in their order."""
    groups = world.organisation.country(platform.country)["form"]["groups"]
    return [criterion for group in groups for criterion in group["lines"]]


def _points(criterion: str, logits: float, luck: Random) -> int | None:
    noise, is_asked = luck.gauss(0, 0.9), luck.random()
    if is_asked < RARELY_ASKED.get(criterion, 0):
        return None
    share = 1.16 * sigmoid(logits + noise) - 0.08
    return min(MOST_POINTS, max(0, round(MOST_POINTS * share)))


def _told(world: World, person: Person, week: int) -> Points:
    """Return what a person's story says of a week of the demo: near its end, and before that."""
    if person.story is None or week > world.last_week:
        return {}
    back = world.last_week - week
    near_the_end = person.story.points[::-1]
    points = near_the_end[back] if back < len(near_the_end) else EARLIER[week % len(EARLIER)]
    return {person.story.criterion: points}


def _looked_at_again(filled: Filled, luck: Random) -> Filled:
    """Return an evaluation of Friday that is given two points more on a line the week after."""
    answered = [name for name, points in filled.points.items() if points is not None]
    line = min(answered, key=lambda name: filled.points[name] or 0)
    better = min(MOST_POINTS, (filled.points[line] or 0) + 2)
    return replace(
        filled,
        changed_at=filled.released_at + timedelta(days=luck.choice((4, 5))),
        changed_points={**filled.points, line: better},
        is_reopened=luck.random() < REOPENED_SHARE,
    )


def _of_the_consultant(platform: Platform, contact: Payload) -> Filled:
    return Filled(
        id=identity(platform.slug, "evaluation", contact["conversationId"]),
        contact=contact,
        agent_id=consultant_identity(platform),
        evaluator=0,
        released_at=datetime.fromisoformat(contact["conversationEnd"]) + timedelta(hours=3),
        points={"Q02": 7, "Q03": 8, "Q05": 6},
    )
