"""A week of learning: who takes a module or a check, when, and how well that goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from django.utils import timezone

from coaching import suggestions
from coaching.demo.answers import answer, recall_answer
from coaching.demo.organisation import Person, Story, Team, chance
from coaching.demo.skills import ability, sigmoid
from coaching.demo.world import World
from literacy import attempts, catalogue, mastery, reviews
from literacy.models import Check, Learner, Module, ModuleCompetence, ModulePage

STEEPNESS = 1.4
JUST_READ = 0.5  # logits that fresh reading adds
DAYS_LATER = -0.1
LEAST_HABIT = 0.4
NEW_MODULE_SHARE = 0.5  # of the times somebody learns
RETRY_BELOW, RETRY_SHARE, AFTER_FEEDBACK = 0.6, 0.5, 0.3
TAKE_AWAY_SHARE = 0.4
EXERCISE_SECONDS, CHECK_SECONDS = (60, 240), (40, 120)
SUGGESTED_WEEKS = 5  # before that, people chose for themselves
DECISIONS = ("accept", "accept", "accept", "accept", "not_now", "known", "not_relevant")
CHECKS_LEFT_DAYS = 5  # in a story, before the demo was loaded: one is to be due


@dataclass(frozen=True)
class Sitting:
    """Somebody has some minutes: for what is due, and for a module where one is named."""

    at: datetime
    person: Person
    wants_module: bool = False
    module_id: str = ""  # of a story
    takes_checks: bool = True


class School:
    """The demo's learners, and the modules there are in their languages."""

    def __init__(self, world: World, loaded_at: datetime) -> None:
        self.world = world
        self.loaded_at = loaded_at
        by_email = {
            learner.user.email: learner for learner in Learner.objects.select_related("user")
        }
        self._learners = {person: by_email[person.email] for person in world.organisation.agents}
        self._taken: dict[Person, set[str]] = {}

    @cached_property
    def _modules(self) -> dict[str, Module]:
        return Module.objects.order_by("pk").in_bulk()

    @cached_property
    def _competences(self) -> dict[str, list[str]]:
        trained: dict[str, list[str]] = {}
        for link in ModuleCompetence.objects.order_by("position"):
            trained.setdefault(link.module_id, []).append(link.competence_id)
        return trained

    @cached_property
    def _pages(self) -> dict[tuple[str, str], ModulePage]:
        pages = ModulePage.objects.live().select_related("module", "locale")
        return {(page.module_id, page.locale.language_code): page for page in pages}

    def hold(self, week: int) -> None:
        """Let everybody learn who does so in a week, as far as the week has gone."""
        ends_on = self.world.monday(week + 1)
        due = Check.objects.filter(completed_at=None, due_on__lt=ends_on)
        has_due = set(due.values_list("learner_id", flat=True))
        for sitting in sorted(self._sittings(week), key=lambda each: (each.at, each.person.email)):
            if sitting.at < self.loaded_at:
                self._sit(sitting, is_due=self._learners[sitting.person].pk in has_due)

    def _sittings(self, week: int) -> Iterator[Sitting]:
        for person, learner in self._learners.items():
            team = self.world.organisation.team_named.get(person.team_in(week) or "")
            if team is None or learner.activated_at is None:
                continue
            if person.story:
                yield from self._told(person, person.story, week)
                continue
            luck = chance(person.email, "learning", week)
            if luck.random() < self._eagerness(person, team, week):
                at = self._moment(person, week, luck.randrange(5), luck.uniform(*team.hours))
                yield Sitting(at, person, wants_module=luck.random() < NEW_MODULE_SHARE)

    def _eagerness(self, person: Person, team: Team, week: int) -> float:
        """Return how likely somebody learns in a week; the habit grows over the half year."""
        habit = LEAST_HABIT + (1 - LEAST_HABIT) * min(week / self.world.weeks, 1)
        return team.eagerness * habit * chance(person.email, "eagerness").uniform(0.5, 1.5)

    def _told(self, person: Person, story: Story, week: int) -> Iterator[Sitting]:
        """Yield what a story says of a week: its modules, and checks but for the last days."""
        stops_at = self.loaded_at - timedelta(days=CHECKS_LEFT_DAYS)
        at = self._moment(person, week, 2, 13.5)
        if at < stops_at:
            yield Sitting(at, person)
        today = timezone.localdate(self.loaded_at)
        for days, module_id in story.modules:
            day = today - timedelta(days=days)
            day -= timedelta(days=max(day.weekday() - 4, 0))
            if self.world.week_of(day) == week and module_id in self._modules:
                at = self._moment(person, week, day.weekday(), 10.25)
                yield Sitting(at, person, module_id=module_id, takes_checks=False)

    def _moment(self, person: Person, week: int, weekday: int, hour: float) -> datetime:
        day = self.world.monday(week) + timedelta(days=weekday)
        return self.world.moment(person.country, day, hour * 60)

    def _sit(self, sitting: Sitting, *, is_due: bool) -> None:
        learner, now = self._learners[sitting.person], sitting.at
        if is_due and sitting.takes_checks:
            for check in reviews.due_checks(learner, now):
                now += timedelta(minutes=2)
                self._take_check(check, sitting.person, now)
        module_id = sitting.module_id
        if sitting.wants_module:
            is_early = self._week(now) < self.world.weeks - SUGGESTED_WEEKS
            choose = self._own_choice if is_early else self._suggested
            module_id = choose(sitting.person, now)
        if module_id:
            self._taken.setdefault(sitting.person, set()).add(module_id)
            self._take_module(self._modules[module_id], sitting.person, now)

    def _own_choice(self, person: Person, _now: datetime) -> str:
        """Return what somebody has not taken yet, in an order of their own."""
        order = sorted(self._modules.keys() - self._taken.get(person, set()))
        return chance(person.email, "modules", len(order)).choice(order) if order else ""

    def _suggested(self, person: Person, now: datetime) -> str:
        """Return the module that is suggested, or nothing when its reader decides otherwise."""
        suggestion = suggestions.current_suggestion(self._learners[person], now)
        if suggestion is None:
            return ""
        decision = chance(person.email, "decision", suggestion.made_at).choice(DECISIONS)
        suggestions.decide(suggestion, decision, now)
        return suggestion.module_id if decision == "accept" else ""

    def _take_module(self, module: Module, person: Person, now: datetime) -> None:
        learner = self._learners[person]
        page = self._pages[module.pk, learner.language]
        luck = chance(person.email, module.pk, "exercise")
        share = self._share(person, module, now, more=JUST_READ)
        attempt = attempts.open_attempt(learner, module, language=learner.language, now=now)
        for exercise in catalogue.exercises(page):
            for more in (0.0, AFTER_FEEDBACK):
                seconds = luck.randrange(*EXERCISE_SECONDS)
                now += timedelta(seconds=seconds)
                given = answer(exercise.block.name, exercise.value, min(share + more, 1), luck)
                _, grade = attempts.answer(
                    attempt, page, exercise.key, given, now=now, seconds=seconds
                )
                if grade.share >= RETRY_BELOW or luck.random() > RETRY_SHARE:
                    break
        words = _take_away(page, luck)
        attempts.complete(attempt, now=now + timedelta(minutes=1), take_away=words)

    def _take_check(self, check: Check, person: Person, now: datetime) -> None:
        page = self._pages[check.module_id, self._learners[person].language]
        luck = chance(person.email, check.module_id, "check", check.due_on)
        share = self._share(person, check.module, now, more=DAYS_LATER)
        items = reviews.start(check, page, now)
        answers = {item["key"]: recall_answer(item, share, luck) for item in items}
        reviews.take(check, page, answers, now, seconds=luck.randrange(*CHECK_SECONDS))

    def _share(self, person: Person, module: Module, now: datetime, *, more: float) -> float:
        """Return how likely this person gets a part of this module right."""
        competences, week = self._competences[module.pk], self._week(now)
        logits = sum(ability(person, each, week) for each in competences) / len(competences)
        return sigmoid(STEEPNESS * (logits + more - mastery.DIFFICULTY[module.level]))

    def _week(self, moment: datetime) -> int:
        return self.world.week_of(timezone.localdate(moment))


def _take_away(page: ModulePage, luck: Random) -> str:
    """Return one of the sentences a module ends with, if the person chooses one at all."""
    found = [child.value for child in page.body if child.block_type == "takeaway"]
    if not found or luck.random() > TAKE_AWAY_SHARE:
        return ""
    return str(luck.choice(list(found[0]["options"]))["text"])
