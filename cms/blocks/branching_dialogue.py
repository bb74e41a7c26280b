"""A conversation that goes where the learner takes it, with a clock and a way back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import FloatBlock, IntegerBlock, ListBlock, StructBlock, TextBlock

from cms.blocks import previews
from cms.blocks.base import (
    ExerciseBlock,
    Grade,
    IncompleteAnswer,
    TaskResult,
    UnreadableAnswer,
    Value,
    by_key,
    pick,
    read_answer,
)
from cms.blocks.structure import KeyBlock, OptionBlock, Problem, plain

WORKED = 0.75  # a choice worth this much or more counts as right


class ReplyBlock(OptionBlock):
    text = TextBlock(label=_("What the agent says"))
    next = KeyBlock(label=_("Leads to"), help_text=_("The key of a turn or of an ending."))
    value = FloatBlock(min_value=0, max_value=1, label=_("Worth"), help_text=_("From 0 to 1."))
    seconds = IntegerBlock(min_value=0, max_value=600, label=_("Seconds it takes"))
    feedback = TextBlock(label=_("Feedback"), help_text=_("What it leads to, and why."))


class NodeBlock(StructBlock):
    key = KeyBlock()
    customer = TextBlock(label=_("What the customer says"), help_text=_("The words only."))
    suggestion = TextBlock(required=False, label=_("What the AI assistant suggests"))
    choices = ListBlock(ReplyBlock(), label=_("Choices"), min_num=2, max_num=4)


class EndingBlock(OptionBlock):
    outcome = TextBlock(label=_("How it ended"))
    value = FloatBlock(min_value=0, max_value=1, label=_("Worth"), help_text=_("From 0 to 1."))


@dataclass(frozen=True)
class Turn:
    """One exchange that has been said."""

    node: str
    choice: str
    customer: str
    said: str
    suggestion: str
    seconds: int


@dataclass(frozen=True)
class Walk:
    """Where a path has come to: at a node, or at an ending when the node is None."""

    turns: tuple[Turn, ...]
    node: dict[str, Any] | None  # key, customer, suggestion, choices with key and text
    ending: str
    outcome: str
    seconds: int


class BranchingDialogueBlock(ExerciseBlock):
    guess = 0.33

    prompt = TextBlock(label=_("Scene"), help_text=_("One or two sentences."))
    clock_seconds = IntegerBlock(
        min_value=30, max_value=1800, label=_("Time the customer gives, in seconds")
    )
    start = KeyBlock(label=_("First turn"), help_text=_("The key of the turn it begins with."))
    nodes = ListBlock(NodeBlock(), label=_("Turns"), min_num=2, max_num=16)
    endings = ListBlock(EndingBlock(), label=_("Endings"), min_num=2, max_num=8)

    class Meta:
        icon = "comment"
        label = _("Conversation with branches")
        group = _("Exercises")
        description = _("A customer, a clock and choices that have consequences.")
        template = "cms/blocks/branching_dialogue.html"
        answered_template = "cms/blocks/branching_dialogue_answered.html"
        preview_value = staticmethod(previews.branching_dialogue)

    def problems(self, data: dict[str, Any]) -> Iterator[Problem]:
        yield from _lost_ends(data)
        yield from _circles(data)
        yield from _never_reached(data)

    def public(self, value: Value) -> dict[str, Any]:
        """Return the turns; a choice that ends the talk leads to None, not to a named ending."""
        data = plain(value)
        nodes = by_key(data["nodes"])
        return {
            "type": self.name,
            **pick(data, "key", "prompt", "clock_seconds", "start"),
            "nodes": [
                {
                    **pick(node, "key", "customer", "suggestion"),
                    "choices": [
                        {
                            **pick(choice, "key", "text", "seconds"),
                            "next": choice["next"] if choice["next"] in nodes else None,
                        }
                        for choice in node["choices"]
                    ],
                }
                for node in data["nodes"]
            ],
        }

    def grade(self, value: Value, answer: Any) -> Grade:
        """The mean worth of the choices on the path; each turn is a task."""
        data = plain(value)
        path = read_answer(answer, {"path"}).get("path", [])
        talk = walk(data, path)
        if talk.node:
            raise IncompleteAnswer(gettext("The conversation has not ended yet."), "path")
        nodes = by_key(data["nodes"])
        tasks = tuple(_task(nodes[turn.node], turn.choice) for turn in talk.turns)
        return Grade(
            share=fmean(task.share for task in tasks),
            tasks=tasks,
            guess=self.guess,
            outcome=talk.outcome,
        )

    def answer_from_form(self, value: Value, data: QueryDict) -> dict[str, Any]:
        """Return the path so far with the step just taken, or cut off where it is tried again.

        Raises: UnreadableAnswer when the path does not exist.
        """
        prefix = value["key"]
        path = [step for step in data.get(f"{prefix}-path", "").split(",") if step]
        if f"{prefix}-rewind" in data:
            path = _cut(path, str(data[f"{prefix}-rewind"]))
        elif f"{prefix}-choice" in data:
            path.append(str(data[f"{prefix}-choice"]))
        walk(value, path)
        return {"path": path}


def _cut(path: list[str], turn: str) -> list[str]:
    kept = {str(index): path[:index] for index in range(len(path))}
    if turn not in kept:
        raise UnreadableAnswer(gettext("The conversation has no such turn."), "rewind")
    return kept[turn]


def walk(value: Value, path: Sequence[str]) -> Walk:
    """Follow a path of "node:choice" steps through a dialogue, whole or in its public form.

    Raises: UnreadableAnswer for a step that the dialogue does not have there.
    """
    data = plain(value)
    nodes, endings = by_key(data["nodes"]), by_key(data.get("endings", []))
    if not isinstance(path, list | tuple):
        raise UnreadableAnswer(gettext("The path must be a list of steps."), "path")
    turns: list[Turn] = []
    here = data["start"]
    for step in path:
        node = nodes.get(here)
        choice = _choice_of(node, step) if node else None
        if not node or not choice:
            message = gettext("The conversation has no such step there.")
            raise UnreadableAnswer(message, "path")
        turns.append(_turn(node, choice))
        here = choice["next"]
    return Walk(
        turns=tuple(turns),
        node=_public_node(nodes[here]) if here in nodes else None,
        ending=here if here in endings else "",
        outcome=endings[here]["outcome"] if here in endings else "",
        seconds=sum(turn.seconds for turn in turns),
    )


def _choice_of(node: Mapping[str, Any], step: Any) -> dict[str, Any] | None:
    return next((each for each in node["choices"] if step == f"{node['key']}:{each['key']}"), None)


def _turn(node: dict[str, Any], choice: dict[str, Any]) -> Turn:
    return Turn(
        node=node["key"],
        choice=choice["key"],
        customer=node["customer"],
        said=choice["text"],
        suggestion=node.get("suggestion") or "",
        seconds=choice["seconds"],
    )


def _public_node(node: dict[str, Any]) -> dict[str, Any]:
    choices = [pick(choice, "key", "text") for choice in node["choices"]]
    return {**pick(node, "key", "customer", "suggestion"), "choices": choices}


def _task(node: dict[str, Any], chosen: str) -> TaskResult:
    choices = by_key(node["choices"])
    worth, best = choices[chosen]["value"], max(each["value"] for each in node["choices"])
    return TaskResult(
        key=node["key"],
        share=worth,
        right=worth >= WORKED,
        feedback=choices[chosen]["feedback"],
        chosen=(chosen,),
        expected=tuple(key for key, each in choices.items() if each["value"] == best),
    )


def _steps(data: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    for number, node in enumerate(data["nodes"]):
        for index, choice in enumerate(node["choices"]):
            yield ("nodes", number, "choices", index, "next"), node["key"], choice["next"]


def _lost_ends(data: dict[str, Any]) -> Iterator[Problem]:
    nodes, endings = by_key(data["nodes"]), by_key(data["endings"])
    if data["start"] not in nodes:
        yield ("start",), gettext("No turn has this key.")
    for path, _node, target in _steps(data):
        if target not in nodes and target not in endings:
            yield path, gettext("No turn and no ending has this key.")
    for index, ending in enumerate(data["endings"]):
        if ending["key"] in nodes:
            yield ("endings", index, "key"), gettext("A turn has the same key.")


def _circles(data: dict[str, Any]) -> Iterator[Problem]:
    leads_to: dict[str, set[str]] = {}
    for path, node, target in _steps(data):
        if node in _reachable(leads_to, target):
            yield path, gettext("This leads in a circle, and the conversation would never end.")
        else:
            leads_to.setdefault(node, set()).add(target)


def _never_reached(data: dict[str, Any]) -> Iterator[Problem]:
    leads_to: dict[str, set[str]] = {}
    for _path, node, target in _steps(data):
        leads_to.setdefault(node, set()).add(target)
    reached = _reachable(leads_to, data["start"])
    for name in ("nodes", "endings"):
        for index, place in enumerate(data[name]):
            if place["key"] not in reached:
                yield (name, index, "key"), gettext("Nothing leads here.")


def _reachable(leads_to: Mapping[str, set[str]], start: str) -> set[str]:
    reached, open_ends = {start}, [start]
    while open_ends:
        new = leads_to.get(open_ends.pop(), set()) - reached
        reached |= new
        open_ends.extend(new)
    return reached
