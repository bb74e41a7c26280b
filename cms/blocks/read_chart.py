"""Read a chart: pick the statement it supports, then mark the point that shows it."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, ListBlock, TextBlock

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
from cms.blocks.chart import ChartFields, chart_problems
from cms.blocks.structure import KeyBlock, OptionBlock, Problem, plain


class StatementBlock(OptionBlock):
    text = CharBlock(label=_("Statement"))
    right = BooleanBlock(required=False, label=_("The chart supports it"))
    feedback = TextBlock(label=_("Feedback"), help_text=_("Why it is right, or why it tempts."))


class ReadChartBlock(ExerciseBlock):
    guess = 0.25

    prompt = CharBlock(label=_("Question"))
    chart = ChartFields(label=_("Chart"))
    statements = ListBlock(
        StatementBlock(), label=_("Statements"), min_num=3, max_num=5, help_text=_("One is right.")
    )
    mark_prompt = CharBlock(label=_("Question about the point"))
    right_mark = KeyBlock(
        label=_("Point that shows it"), help_text=_("The key of a category in the chart.")
    )
    mark_feedback_right = TextBlock(label=_("Feedback to the right point"))
    mark_feedback_wrong = TextBlock(label=_("Feedback to any other point"))

    class Meta:
        icon = "view"
        label = _("Read a chart")
        group = _("Exercises")
        description = _("Pick the statement that a chart supports and mark where it shows.")
        template = "cms/blocks/read_chart.html"
        answered_template = "cms/blocks/read_chart_answered.html"
        preview_value = staticmethod(previews.read_chart)

    def problems(self, data: dict[str, Any]) -> Iterator[Problem]:
        yield from ((("chart", *path), text) for path, text in chart_problems(data["chart"]))
        if sum(statement["right"] for statement in data["statements"]) != 1:
            yield ("statements",), gettext("Exactly one statement must be right.")
        if data["right_mark"] not in by_key(data["chart"]["categories"]):
            yield ("right_mark",), gettext("No category of the chart has this key.")

    def public(self, value: Value) -> dict[str, Any]:
        data = plain(value)
        return {
            "type": self.name,
            **pick(data, "key", "prompt", "chart", "mark_prompt"),
            "statements": [pick(statement, "key", "text") for statement in data["statements"]],
        }

    def grade(self, value: Value, answer: Any) -> Grade:
        """Half for the statement, half for the point."""
        data = plain(value)
        given = read_answer(answer, {"statement", "mark"})
        statements = by_key(data["statements"])
        chosen = read_choice(given, "statement", statements)
        mark = read_choice(given, "mark", by_key(data["chart"]["categories"]))
        tasks = (self._statement_task(statements, chosen), self._mark_task(data, mark))
        return Grade(
            share=sum(task.share for task in tasks) / 2,
            tasks=tasks,
            guess=self.guess,
            reasons={key: statement["feedback"] for key, statement in statements.items()},
        )

    def _statement_task(self, statements: dict[str, dict[str, Any]], chosen: str) -> TaskResult:
        right = statements[chosen]["right"]
        expected = tuple(key for key, statement in statements.items() if statement["right"])
        feedback = statements[chosen]["feedback"]
        return TaskResult("statement", float(right), right, feedback, (chosen,), expected)

    def _mark_task(self, data: dict[str, Any], mark: str) -> TaskResult:
        right = mark == data["right_mark"]
        feedback = data["mark_feedback_right" if right else "mark_feedback_wrong"]
        return TaskResult("mark", float(right), right, feedback, (mark,), (data["right_mark"],))

    def answer_from_form(self, value: Value, data: QueryDict) -> dict[str, Any]:
        prefix = value["key"]
        return {
            name: data[f"{prefix}-{name}"]
            for name in ("statement", "mark")
            if f"{prefix}-{name}" in data
        }
