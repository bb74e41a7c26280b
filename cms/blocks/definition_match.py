"""Match each line with the term or bin it belongs to."""

from collections.abc import Iterator
from statistics import fmean
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, StructBlock, TextBlock

from cms.blocks import previews
from cms.blocks.base import (
    ExerciseBlock,
    Grade,
    TaskResult,
    Value,
    by_key,
    pick,
    read_answer,
    read_choice,
)
from cms.blocks.structure import KeyBlock, OptionBlock, Problem, plain


class BinBlock(OptionBlock):
    label = CharBlock(label=_("Term or answer"))


class MatchItemBlock(StructBlock):
    key = KeyBlock()
    text = CharBlock(label=_("Line to match"))
    right = KeyBlock(label=_("Right choice"), help_text=_("The key of one of the choices above."))
    feedback = TextBlock(
        label=_("Feedback"), help_text=_("Why that is right, and what the usual mix-up is.")
    )


class RoundBlock(StructBlock):
    key = KeyBlock()
    prompt = CharBlock(label=_("Question"))
    bins = ListBlock(BinBlock(), label=_("Choices"), min_num=2, max_num=6)
    items = ListBlock(MatchItemBlock(), label=_("Lines"), min_num=3, max_num=10)


class DefinitionMatchBlock(ExerciseBlock):
    guess = 0.2

    rounds = ListBlock(RoundBlock(), label=_("Rounds"), min_num=1, max_num=3)

    class Meta:
        icon = "tag"
        label = _("Match definitions")
        group = _("Exercises")
        description = _("Match lines with terms, or decide what counts and what does not.")
        template = "cms/blocks/definition_match.html"
        answered_template = "cms/blocks/definition_match_answered.html"
        preview_value = staticmethod(previews.definition_match)

    def problems(self, data: dict[str, Any]) -> Iterator[Problem]:
        for number, match in enumerate(data["rounds"]):
            bins = by_key(match["bins"])
            for index, item in enumerate(match["items"]):
                if item["right"] not in bins:
                    path = ("rounds", number, "items", index, "right")
                    yield path, gettext("None of the choices has this key.")

    def public(self, value: Value) -> dict[str, Any]:
        data = plain(value)
        return {
            "type": self.name,
            "key": data["key"],
            "rounds": [
                {
                    **pick(match, "key", "prompt", "bins"),
                    "items": [pick(item, "key", "text") for item in match["items"]],
                }
                for match in data["rounds"]
            ],
        }

    def grade(self, value: Value, answer: Any) -> Grade:
        """One point per line; chance is one in as many choices as the line's round offers."""
        matches = [
            (item, by_key(match["bins"]))
            for match in plain(value)["rounds"]
            for item in match["items"]
        ]
        given = read_answer(answer, {item["key"] for item, _bins in matches})
        tasks = tuple(_task(item, read_choice(given, item["key"], bins)) for item, bins in matches)
        return Grade(
            share=fmean(task.share for task in tasks),
            tasks=tasks,
            guess=fmean(1 / len(bins) for _item, bins in matches),
        )

    def answer_from_form(self, value: Value, data: QueryDict) -> dict[str, Any]:
        prefix = value["key"]
        keys = [item["key"] for match in plain(value)["rounds"] for item in match["items"]]
        return {key: data[f"{prefix}-{key}"] for key in keys if f"{prefix}-{key}" in data}


def _task(item: dict[str, Any], chosen: str) -> TaskResult:
    right = chosen == item["right"]
    return TaskResult(
        item["key"], float(right), right, item["feedback"], (chosen,), (item["right"],)
    )
