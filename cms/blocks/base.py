"""What each block of a lesson promises, and what an exercise promises on top of it.

Grading is pure: a block's value and an answer go in, a `Grade` comes out; no learner, no clock.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.blocks import StructBlock, StructValue

from cms.blocks.structure import (
    KeyBlock,
    Problem,
    keys_within,
    nested_error,
    plain,
    shared_facts,
)

Value = Mapping[str, Any]  # of a block: from the editor, or as stored


class UnreadableAnswer(ValueError):
    """The answer does not fit the exercise; the text says why, `field` where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class IncompleteAnswer(UnreadableAnswer):
    """The answer is readable so far, but a part is still open."""


@dataclass(frozen=True)
class TaskResult:
    """How one sub-task went. Chosen and expected are keys of options, empty for none."""

    key: str
    share: float  # 0.0-1.0
    right: bool
    feedback: str
    chosen: tuple[str, ...]
    expected: tuple[str, ...]


@dataclass(frozen=True)
class Grade:
    """What an answer earned, with the reason for each option whether chosen or not."""

    share: float  # 0.0-1.0
    tasks: tuple[TaskResult, ...]
    guess: float  # share to expect from chance alone
    reasons: Mapping[str, str] = field(default_factory=dict)  # option key -> feedback
    outcome: str = ""  # how a dialogue ended

    @cached_property
    def by_key(self) -> dict[str, TaskResult]:
        return {task.key: task for task in self.tasks}

    @property
    def right_count(self) -> int:
        return sum(task.right for task in self.tasks)

    @property
    def turning_point(self) -> str:
        """The key of the first task that went wrong."""
        return next((task.key for task in self.tasks if not task.right), "")


class LessonBlock(StructBlock):
    """One screen of a lesson, known by its key in every language."""

    key = KeyBlock()

    class Meta:
        preview_template = "cms/blocks/preview.html"

    def problems(self, data: dict[str, Any]) -> Iterator[Problem]:
        """Yield what the fields alone cannot see, with the path of the field to mend."""
        yield from ()

    def clean(self, value: Value) -> StructValue:
        cleaned = super().clean(value)
        if self.is_deferred_validation:  # a draft may be half done
            return cleaned
        data = plain(cleaned)
        if found := [*self._repeated_keys(data), *self.problems(data)]:
            raise nested_error(found)
        return cleaned

    def public(self, value: Value) -> dict[str, Any]:
        """Return what a learner may see before answering, ready for JSON."""
        return {"type": self.name, **plain(value)}

    def signature(self, value: Value) -> Any:
        """Return what must not differ between languages: keys, right answers, numbers."""
        return shared_facts(self, plain(value))

    def get_context(
        self, value: Value, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        return {**context, "block": self.public(value), "prefix": value["key"]}

    def _repeated_keys(self, data: dict[str, Any]) -> Iterator[Problem]:
        keys = list(keys_within(self, data))
        counts = Counter(key for _path, key in keys)
        for path, key in keys:
            if counts[key] > 1:
                yield (*path, "key"), _("This key is used more than once.")


class ExerciseBlock(LessonBlock):
    """A block that a learner answers.

    `Meta.template` shows the question, `Meta.answered_template` the graded answer; both get
    `block` (the public form), `answer`, `grade` and `prefix`, and stand inside a form of the page.
    They get nothing else: the value itself, or a page that holds it, would give the answer away.
    """

    guess: float  # share to expect from chance alone

    def grade(self, value: Value, answer: Any) -> Grade:
        """Grade an answer as it came from outside.

        Raises: IncompleteAnswer when a part is missing, UnreadableAnswer for all that is odd.
        """
        raise NotImplementedError

    def answer_from_form(self, value: Value, data: QueryDict) -> dict[str, Any]:
        """Return the answer in a submitted form, without judging it; `grade` does."""
        raise NotImplementedError

    def get_context(
        self, value: Value, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        given = {name: (parent_context or {}).get(name) for name in ("answer", "grade")}
        return {**given, "block": self.public(value), "prefix": value["key"]}

    def get_template(
        self, value: Value | None = None, context: Mapping[str, Any] | None = None
    ) -> str:
        is_answered = bool(context and context.get("grade"))
        return str(self.meta.answered_template if is_answered else self.meta.template)


def pick(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return only the named fields: what is public is listed, never what is secret."""
    return {name: data.get(name) for name in names}


def by_key(options: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {option["key"]: option for option in options}


def read_answer(answer: Any, fields: Collection[str]) -> dict[str, Any]:
    """Return the answer if it is an object with no other fields than these."""
    if not isinstance(answer, dict):
        raise UnreadableAnswer(_("An answer must be an object with named fields."))
    if any(name not in fields for name in answer):
        raise UnreadableAnswer(_("The answer has a field that this exercise does not know."))
    return answer


def read_choice(answer: Mapping[str, Any], name: str, allowed: Collection[str]) -> str:
    """Return the one key chosen in a field."""
    chosen = answer.get(name)
    if chosen is None or chosen == "":
        raise IncompleteAnswer(_("Choose an answer in each part."), name)
    if not isinstance(chosen, str) or chosen not in allowed:
        raise UnreadableAnswer(_("The answer names a choice that does not exist."), name)
    return chosen


def read_choices(answer: Mapping[str, Any], name: str, allowed: Collection[str]) -> set[str]:
    """Return the keys chosen in a field where none, one or several may be."""
    chosen = answer.get(name)
    if chosen is None:
        raise IncompleteAnswer(_("Choose an answer in each part."), name)
    if not isinstance(chosen, list) or not all(isinstance(key, str) for key in chosen):
        raise UnreadableAnswer(_("The choices must be a list of keys."), name)
    if not set(chosen) <= set(allowed):
        raise UnreadableAnswer(_("The answer names a choice that does not exist."), name)
    return set(chosen)


def marked_share(marked: set[str], wanted: set[str]) -> float:
    """Return (hits - false alarms) / wanted, never below 0: marking everything does not pay."""
    if not wanted:
        return 0.0 if marked else 1.0
    return max(0.0, (len(marked & wanted) - len(marked - wanted)) / len(wanted))
