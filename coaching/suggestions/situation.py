"""What the policy needs to know of learners, for one or for hundreds in the same few queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from coaching.models import Importance, Interaction, Suggestion
from coaching.models.suggestions import SuggestionState
from coaching.suggestions.policy import Candidate, Offer, Person, consider
from coaching.suggestions.reasons import Grounds, grounds_of
from coaching.suggestions.taste import Taste, taste_of
from literacy import mastery, reviews
from literacy.models import (
    Attempt,
    Criterion,
    Learner,
    Membership,
    ModuleCompetence,
    ModulePage,
    Role,
)
from literacy.models.framework import Audience

REST = timedelta(weeks=8)  # after a module was taken, or begun
QUEUE_WINDOW = timedelta(weeks=8)

_AUDIENCES = {Role.AGENT: Audience.AGENT, Role.MANAGER: Audience.MANAGER}
Key = tuple[int, str]  # learner, module


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that is the same for all learners, read once."""

    offers: tuple[Offer, ...]
    audiences: Mapping[str, str]  # module -> A, M or B
    pages: Collection[tuple[str, str]]  # (module, language) with a live page
    importance: Mapping[int | None, Mapping[str, float]]  # queue, or none -> competence -> weight
    feeds: Mapping[str, Collection[str]]  # competence -> criteria

    def criteria_of(self, competences: Collection[str]) -> set[str]:
        return {criterion for name in competences for criterion in self.feeds.get(name, ())}


@dataclass(frozen=True, slots=True)
class Situation:
    """Where one learner stands, and what may be offered."""

    learner: Learner
    person: Person
    offers: tuple[Offer, ...]
    taste: Taste
    grounds: Grounds

    def candidates(self, without: Collection[str] = ()) -> list[Candidate]:
        considered = (
            consider(offer, self.person, self.taste)
            for offer in self.offers
            if offer.module not in without
        )
        return [candidate for candidate in considered if candidate]

    def competences_of(self, module: str) -> tuple[str, ...]:
        return next(offer.competences for offer in self.offers if offer.module == module)


def load_shelf() -> Shelf:
    trained: dict[str, list[ModuleCompetence]] = defaultdict(list)
    for link in ModuleCompetence.objects.select_related("module").order_by("module", "position"):
        trained[link.module_id].append(link)
    importance: dict[int | None, dict[str, float]] = defaultdict(dict)
    for queue, competence, weight in Importance.objects.values_list(
        "queue_id", "competence_id", "weight"
    ):
        importance[queue][competence] = weight
    feeds: dict[str, set[str]] = defaultdict(set)
    for criterion, competence in Criterion.feeds.through.objects.values_list(
        "criterion_id", "competence_id"
    ):
        feeds[competence].add(criterion)
    return Shelf(
        offers=tuple(_offer(links) for links in trained.values()),
        audiences={module: links[0].module.audience for module, links in trained.items()},
        pages=set(ModulePage.objects.live().values_list("module_id", "locale__language_code")),
        importance=importance,
        feeds=feeds,
    )


def situations(learners: Sequence[Learner], shelf: Shelf, now: datetime) -> list[Situation]:
    """Return where learners stand, in as many queries for many as for one."""
    ids = [learner.pk for learner in learners]
    beliefs, taste, grounds = mastery.beliefs_of(ids), taste_of(ids), grounds_of(ids)
    audiences, queues = _audiences(ids, now), _queues(ids, now)
    completed, resting = _attempts(ids, now)
    dismissed, quiet = _history(ids, now)
    kept_back = resting | quiet
    common = shelf.importance.get(None, {})
    found = []
    for learner in learners:
        queue = queues.get(learner.pk)
        person = Person(
            learner.pk,
            beliefs[learner.pk],
            queue,
            importance={**common, **shelf.importance.get(queue, {})},
            dismissed=dismissed[learner.pk],
            completed=completed[learner.pk],
        )
        offers = [
            offer
            for offer in shelf.offers
            if (offer.module, learner.language) in shelf.pages
            and shelf.audiences[offer.module] in audiences[learner.pk]
            and (learner.pk, offer.module) not in kept_back
        ]
        found.append(Situation(learner, person, tuple(offers), taste, grounds[learner.pk]))
    return found


def _offer(links: Sequence[ModuleCompetence]) -> Offer:
    module = links[0].module
    competences = tuple(link.competence_id for link in links)
    return Offer(module.pk, module.level, module.exercise, competences)


def _audiences(learner_ids: list[int], now: datetime) -> dict[int, set[str]]:
    audiences: dict[int, set[str]] = {learner_id: {Audience.BOTH} for learner_id in learner_ids}
    held = Membership.objects.on(timezone.localdate(now)).filter(
        learner__in=learner_ids, role__in=_AUDIENCES
    )
    for learner_id, role in held.values_list("learner_id", "role"):
        audiences[learner_id].add(_AUDIENCES[Role(role)])
    return audiences


def _queues(learner_ids: list[int], now: datetime) -> dict[int, int]:
    """Return the queue in which each learner had most contacts lately."""
    counts = (
        Interaction.objects.filter(
            learner__in=learner_ids,
            queue__isnull=False,
            started_at__gt=now - QUEUE_WINDOW,
            started_at__lte=now,
        )
        .values_list("learner_id", "queue_id")
        .annotate(contacts=Count("pk"))
        .order_by("contacts", "-queue_id")
    )
    return {learner_id: queue_id for learner_id, queue_id, _contacts in counts}


def _attempts(learner_ids: list[int], now: datetime) -> tuple[dict[int, set[str]], set[Key]]:
    """Return what each has completed, and what rests for now: taken or begun lately.

    A module that a check has shown to be forgotten since does not rest.
    """
    forgotten = reviews.forgotten(learner_ids, now)
    taken = (
        Attempt.objects.filter(learner__in=learner_ids)
        .values_list("learner_id", "module_id")
        .annotate(
            taken_at=Max("completed_at"),
            begun_at=Max("started_at", filter=Q(completed_at=None)),
        )
        .order_by()
    )
    completed: dict[int, set[str]] = {learner_id: set() for learner_id in learner_ids}
    resting: set[Key] = set()
    for learner_id, module, taken_at, begun_at in taken:
        key = (learner_id, module)
        if taken_at:
            completed[learner_id].add(module)
            if taken_at > now - REST and forgotten.get(key, taken_at) <= taken_at:
                resting.add(key)
        if begun_at and begun_at > now - REST:
            resting.add(key)
    return completed, resting


def _history(learner_ids: list[int], now: datetime) -> tuple[dict[int, Counter[str]], set[Key]]:
    """Return how often each module was "not relevant" to whom, and what is to be quiet."""
    dismissed: dict[int, Counter[str]] = {learner_id: Counter() for learner_id in learner_ids}
    quiet: set[Key] = set()
    rows = Suggestion.objects.filter(learner__in=learner_ids).values_list(
        "learner_id", "module_id", "state", "quiet_until"
    )
    for learner_id, module, state, quiet_until in rows:
        dismissed[learner_id][module] += state == SuggestionState.NOT_RELEVANT
        if quiet_until and quiet_until > now:
            quiet.add((learner_id, module))
    return dismissed, quiet
