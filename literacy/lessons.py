"""A module page as screens: its blocks rendered once for everybody, one learner's answers beside.

Knows pages by what they hold, not by their model, so that the page types can preview themselves.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from wagtail.blocks.stream_block import StreamValue

from cms.blocks import ExerciseBlock, IncompleteAnswer, UnreadableAnswer

CACHE_SECONDS = 3600  # a published change shows at once: the key holds the revision
DIALOGUE = "branching_dialogue"  # the one exercise that is answered turn by turn
TAKE_AWAY = "takeaway"
TRIES = 2
PACE = {"hook": 30, "prose": 60, "chart": 20, "image": 15, "takeaway": 15}  # seconds, roughly
EXERCISE_PACE = 120


@dataclass(frozen=True)
class Step:
    """One block as everybody meets it."""

    number: int
    key: str
    type: str
    html: SafeString
    is_exercise: bool
    minutes_left: int  # from here to the end


@dataclass(frozen=True)
class Lesson:
    """The words of a module in one language, ready to show."""

    module_id: str
    title: str
    minutes: int
    steps: tuple[Step, ...]

    @property
    def slug(self) -> str:
        return self.module_id.lower()


@dataclass(frozen=True)
class Given:
    """What a learner has answered to an exercise so far."""

    answer: Any
    number: int  # which try; 0 while it is a draft


@dataclass(frozen=True)
class Screen:
    """A step as one learner meets it now."""

    step: Step
    html: SafeString
    is_answered: bool = False
    may_retry: bool = False
    problem: str = ""

    @property
    def key(self) -> str:
        return self.step.key

    @property
    def takes_answer(self) -> bool:
        return self.step.is_exercise and not self.is_answered

    @property
    def is_form(self) -> bool:
        return self.step.is_exercise or self.step.type == TAKE_AWAY

    @property
    def is_dialogue(self) -> bool:
        return self.step.type == DIALOGUE


@dataclass(frozen=True)
class Sitting:
    """Where a learner stands in a lesson: the last answer to each exercise, and the place."""

    given: Mapping[str, Given] = field(default_factory=dict)
    place: str = ""


def lesson_of(page: Any) -> Lesson:
    """Return a live page's lesson, rendered at most once for each revision."""
    language, minutes = page.locale.language_code, page.module.minutes
    key = f"lesson:{page.pk}:{page.live_revision_id}:{language}:{minutes}"
    lesson: Lesson | None = cache.get(key)
    if lesson is None:
        lesson = render(page)
        cache.set(key, lesson, CACHE_SECONDS)
    return lesson


def render(page: Any) -> Lesson:
    minutes = page.module.minutes
    paces = [PACE.get(child.block_type, EXERCISE_PACE) for child in page.body]
    scale = minutes / max(sum(paces), 1)
    steps = tuple(
        Step(
            number=index + 1,
            key=child.value["key"],
            type=child.block_type,
            html=_html(child, answer=None),
            is_exercise=isinstance(child.block, ExerciseBlock),
            minutes_left=max(1, math.ceil(sum(paces[index:]) * scale - 0.5)),
        )
        for index, child in enumerate(page.body)
    )
    return Lesson(page.module_id, page.title, minutes, steps)


def screens(page: Any, lesson: Lesson, sitting: Sitting, *, again: str = "") -> list[Screen]:
    """Return every step with the learner's answers; `again` is an exercise to try afresh."""
    return [screen(page, step, sitting.given.get(step.key), again=again) for step in lesson.steps]


def screen(page: Any, step: Step, given: Given | None, *, again: str = "") -> Screen:
    if given is None or not step.is_exercise:
        return Screen(step, step.html)
    may_retry = 0 < given.number < TRIES
    if may_retry and again == step.key:
        return Screen(step, step.html)
    child = child_of(page.body, step.key)
    try:
        grade = child.block.grade(child.value, given.answer)
    except IncompleteAnswer:
        return Screen(step, _html(child, answer=given.answer))
    except UnreadableAnswer:  # the author has changed the exercise since
        return Screen(step, step.html)
    html = _html(child, answer=given.answer, grade=grade)
    return Screen(step, html, is_answered=True, may_retry=may_retry and grade.share < 1)


def refused(page: Any, screen: Screen, answer: Any, problem: str) -> Screen:
    """Return a step with what was given, though it could not be taken, and why."""
    if answer is None:
        return replace(screen, problem=problem)
    html = _html(child_of(page.body, screen.key), answer=answer)
    return replace(screen, html=html, problem=problem)


def child_of(stream: StreamValue, key: str) -> Any:
    return next(child for child in stream if child.value["key"] == key)


def preview(request: HttpRequest, page: Any) -> HttpResponse:
    """Show an unpublished page as a learner would see it, where nothing is kept."""
    lesson = render(page)
    context = {
        "lesson": lesson,
        "screens": screens(page, lesson, Sitting()),
        "place": next((step.key for step in lesson.steps), ""),
        "is_preview": True,
    }
    return TemplateResponse(request, "literacy/module.html", context)


def _html(child: Any, **context: Any) -> SafeString:
    return child.block.render(child.value, context=context)
