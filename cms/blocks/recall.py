"""A question that comes back after days: one right answer, or several."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, ListBlock, RegexBlock, TextBlock

from cms.blocks import previews
from cms.blocks.base import (
    ExerciseBlock,
    Grade,
    IncompleteAnswer,
    TaskResult,
    UnreadableAnswer,
    Value,
    by_key,
    marked_share,
    pick,
    read_answer,
    read_choices,
)
from cms.blocks.structure import OptionBlock, Problem, plain


class RecallOptionBlock(OptionBlock):
    text = CharBlock(label=_("Answer"))
    right = BooleanBlock(required=False, label=pgettext_lazy("answer", "Right"))
    feedback = TextBlock(label=_("Feedback"), help_text=_("Why it is right, or why it tempts."))


class RecallItemBlock(ExerciseBlock):
    guess = 0.25

    competence = RegexBlock(
        regex=r"^[A-Z]{2}[0-9]{1,2}$", label=_("Competence"), help_text=_("For example VA4.")
    )
    transfer = BooleanBlock(
        required=False, label=_("New situation"), help_text=_("Asks for the idea where it is new.")
    )
    multiple = BooleanBlock(required=False, label=_("Several answers may be right"))
    question = TextBlock(label=_("Question"))
    options = ListBlock(RecallOptionBlock(), label=_("Answers"), min_num=2, max_num=6)

    class Meta:
        icon = "rotate"
        label = _("Recall item")
        description = _("A question for the short check that comes days later.")
        template = "cms/blocks/recall_item.html"
        answered_template = "cms/blocks/recall_item_answered.html"
        preview_value = staticmethod(previews.recall_item)

    def problems(self, data: dict[str, Any]) -> Iterator[Problem]:
        right_count, count = len(_right_keys(data)), len(data["options"])
        if data["multiple"] and not 0 < right_count < count:
            yield ("options",), gettext("At least one answer must be right, and one wrong.")
        if not data["multiple"] and right_count != 1:
            yield ("options",), gettext("Exactly one answer must be right.")

    def public(self, value: Value) -> dict[str, Any]:
        return {"type": self.name, **public_recall(value)}

    def grade(self, value: Value, answer: Any) -> Grade:
        return grade_recall(value, read_answer(answer, {"chosen"}).get("chosen"))

    def answer_from_form(self, value: Value, data: QueryDict) -> dict[str, Any]:
        return {"chosen": data.getlist(f"{value['key']}-chosen")}


def public_recall(value: Value) -> dict[str, Any]:
    """Return a recall item as it is asked."""
    data = plain(value)
    options = [pick(option, "key", "text") for option in data["options"]]
    return {**pick(data, "key", "multiple", "question"), "options": options}


def grade_recall(value: Value, chosen: Any) -> Grade:
    """Grade the keys chosen: right or not, or (hits - false alarms) / right where several may be.

    Chance is one in as many as there are answers, or as there are ways to choose some of them.
    """
    data = plain(value)
    options = by_key(data["options"])
    keys = read_choices({"chosen": chosen}, "chosen", options)
    if not keys:
        raise IncompleteAnswer(gettext("Choose an answer."), "chosen")
    if len(keys) > 1 and not data["multiple"]:
        raise UnreadableAnswer(gettext("Only one answer can be chosen."), "chosen")
    right_keys = _right_keys(data)
    task = TaskResult(
        key=data["key"],
        share=marked_share(keys, right_keys),
        right=keys == right_keys,
        feedback=" ".join(each["feedback"] for key, each in options.items() if key in keys),
        chosen=tuple(key for key in options if key in keys),
        expected=tuple(key for key in options if key in right_keys),
    )
    return Grade(
        share=task.share,
        tasks=(task,),
        guess=1 / (2 ** len(options) - 1 if data["multiple"] else len(options)),
        reasons={key: option["feedback"] for key, option in options.items()},
    )


def _right_keys(data: dict[str, Any]) -> set[str]:
    return {option["key"] for option in data["options"] if option["right"]}
