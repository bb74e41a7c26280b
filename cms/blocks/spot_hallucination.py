"""Hold an AI answer against its source: mark what is not so, find what is missing, decide."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    ListBlock,
    StructBlock,
    TextBlock,
)

from cms.blocks import previews
from cms.blocks.base import (
    ExerciseBlock,
    Grade,
    TaskResult,
    Value,
    marked_share,
    pick,
    read_answer,
    read_choice,
    read_choices,
)
from cms.blocks.structure import KeyBlock, Problem, RichBlock, plain

FLAWS = [
    ("none", _("Supported by the source")),
    ("invented", _("Invented")),
    ("outdated", _("Outdated")),
    ("wrong", _("Wrong")),
]
VERDICTS = [("accept", _("Accept")), ("revise", _("Revise")), ("reject", _("Reject"))]
WEIGHTS = {"sentences": 2, "omissions": 1, "verdict": 1}


class SentenceBlock(StructBlock):
    key = KeyBlock()
    text = TextBlock(label=_("Sentence"))
    flaw = ChoiceBlock(choices=FLAWS, default="none", label=_("Flaw"))
    feedback = TextBlock(label=_("Feedback"))


class OmissionBlock(StructBlock):
    key = KeyBlock()
    text = CharBlock(label=_("What may be missing"))
    missing = BooleanBlock(required=False, label=_("It is missing"))
    feedback = TextBlock(label=_("Feedback"))


class VerdictFeedbackBlock(StructBlock):
    accept = TextBlock(label=_("To “Accept”"))
    revise = TextBlock(label=_("To “Revise”"))
    reject = TextBlock(label=_("To “Reject”"))


class SpotHallucinationBlock(ExerciseBlock):
    guess = 0.3

    prompt = CharBlock(label=_("Question"))
    source_heading = CharBlock(label=_("Heading of the source"))
    source = RichBlock(label=_("Source"), help_text=_("What is true here."))
    answer_heading = CharBlock(label=_("Heading of the AI answer"))
    sentences = ListBlock(
        SentenceBlock(),
        label=_("Sentences of the AI answer"),
        min_num=4,
        max_num=10,
        help_text=_("At least one is flawed, and at most half."),
    )
    omissions_prompt = CharBlock(required=False, label=_("Question about what is missing"))
    omissions = ListBlock(OmissionBlock(), default=[], label=_("What may be missing"), max_num=5)
    verdict_right = ChoiceBlock(choices=VERDICTS, default="revise", label=_("Right decision"))
    verdict_feedback = VerdictFeedbackBlock(label=_("Feedback to each decision"))

    class Meta:
        icon = "search"
        label = _("Check an AI answer")
        group = _("Exercises")
        description = _("Mark what an AI answer made up, and decide what to do with it.")
        template = "cms/blocks/spot_hallucination.html"
        answered_template = "cms/blocks/spot_hallucination_answered.html"
        preview_value = staticmethod(previews.spot_hallucination)

    def problems(self, data: dict[str, Any]) -> Iterator[Problem]:
        if not _flawed(data):
            yield ("sentences",), gettext("At least one sentence must be flawed.")
        if 2 * len(_flawed(data)) > len(data["sentences"]):
            message = gettext("At most half may be flawed, or marking everything would pay.")
            yield ("sentences",), message
        if data["omissions"] and not _missing(data):
            yield ("omissions",), gettext("At least one of these must be missing.")
        if data["omissions"] and not data["omissions_prompt"]:
            yield ("omissions_prompt",), gettext("Ask what is missing.")

    def public(self, value: Value) -> dict[str, Any]:
        data = plain(value)
        return {
            "type": self.name,
            **pick(data, "key", "prompt", "source_heading", "source", "answer_heading"),
            "sentences": [pick(sentence, "key", "text") for sentence in data["sentences"]],
            "omissions_prompt": data["omissions_prompt"],
            "omissions": [pick(omission, "key", "text") for omission in data["omissions"]],
            "verdicts": [{"key": key, "text": str(text)} for key, text in VERDICTS],
        }

    def grade(self, value: Value, answer: Any) -> Grade:
        """Grade the marks on sentences, the marks on omissions and the decision.

        Marks earn max(0, (hits - false alarms) / flaws), so that marking everything earns nothing
        where at most half is flawed. The whole is (2 x sentences + omissions + decision), divided
        by the weights that apply. Each sentence is a task of its own: 1 for a flaw marked or a
        supported sentence left alone.
        """
        data = plain(value)
        given = read_answer(answer, WEIGHTS)
        marked = read_choices(given, "sentences", {each["key"] for each in data["sentences"]})
        missed = self._read_omissions(data, given)
        verdict = read_choice(given, "verdict", dict(VERDICTS))
        shares = {
            "sentences": marked_share(marked, _flawed(data)),
            "verdict": float(verdict == data["verdict_right"]),
        }
        if data["omissions"]:
            shares["omissions"] = marked_share(missed, _missing(data))
        weight = sum(WEIGHTS[part] for part in shares)
        return Grade(
            share=sum(WEIGHTS[part] * share for part, share in shares.items()) / weight,
            tasks=(
                *(_mark_task(each, marked, _flawed(data)) for each in data["sentences"]),
                *(_mark_task(each, missed, _missing(data)) for each in data["omissions"]),
                _verdict_task(data, verdict),
            ),
            guess=self.guess,
            reasons=data["verdict_feedback"],
        )

    def _read_omissions(self, data: dict[str, Any], given: dict[str, Any]) -> set[str]:
        if not data["omissions"] and "omissions" not in given:
            return set()
        return read_choices(given, "omissions", {each["key"] for each in data["omissions"]})

    def answer_from_form(self, value: Value, data: QueryDict) -> dict[str, Any]:
        prefix = value["key"]
        answer: dict[str, Any] = {
            name: data.getlist(f"{prefix}-{name}") for name in ("sentences", "omissions")
        }
        if f"{prefix}-verdict" in data:
            answer["verdict"] = data[f"{prefix}-verdict"]
        return answer


def _flawed(data: dict[str, Any]) -> set[str]:
    return {sentence["key"] for sentence in data["sentences"] if sentence["flaw"] != "none"}


def _missing(data: dict[str, Any]) -> set[str]:
    return {omission["key"] for omission in data["omissions"] if omission["missing"]}


def _mark_task(part: dict[str, Any], marked: set[str], wanted: set[str]) -> TaskResult:
    mark = {part["key"]}
    right = (mark & marked) == (mark & wanted)
    return TaskResult(
        part["key"],
        float(right),
        right,
        part["feedback"],
        tuple(mark & marked),
        tuple(mark & wanted),
    )


def _verdict_task(data: dict[str, Any], verdict: str) -> TaskResult:
    right = verdict == data["verdict_right"]
    feedback = data["verdict_feedback"][verdict]
    return TaskResult(
        "verdict", float(right), right, feedback, (verdict,), (data["verdict_right"],)
    )
