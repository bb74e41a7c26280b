"""What an author may insert into a module. Block names are stored in content: written by hand."""

from typing import Any

from django.utils.translation import gettext
from wagtail.blocks import StreamBlock, StreamValue
from wagtail.blocks.stream_block import StreamBlockValidationError

from cms.blocks.base import (
    ExerciseBlock,
    Grade,
    IncompleteAnswer,
    LessonBlock,
    TaskResult,
    UnreadableAnswer,
)
from cms.blocks.branching_dialogue import BranchingDialogueBlock, Turn, Walk, walk
from cms.blocks.chart import ChartBlock
from cms.blocks.definition_match import DefinitionMatchBlock
from cms.blocks.media import ImageBlock
from cms.blocks.read_chart import ReadChartBlock
from cms.blocks.recall import RecallItemBlock, grade_recall, public_recall
from cms.blocks.spot_hallucination import SpotHallucinationBlock
from cms.blocks.structure import Problem, keys_within, nested_error, plain
from cms.blocks.text import HookBlock, ProseBlock, TakeawayBlock

__all__ = [
    "ExerciseBlock",
    "Grade",
    "IncompleteAnswer",
    "LessonBlock",
    "LessonStream",
    "RecallStream",
    "TaskResult",
    "Turn",
    "UnreadableAnswer",
    "Walk",
    "content_keys",
    "grade_recall",
    "plain",
    "public_recall",
    "signature",
    "walk",
]


class KeyedStream(StreamBlock):
    """Blocks whose keys are unique among them all."""

    def clean(self, value: StreamValue) -> StreamValue:
        cleaned = super().clean(value)
        if not self.is_deferred_validation and (found := _keys_used_twice(cleaned)):
            raise nested_error(found, StreamBlockValidationError)
        return cleaned


class LessonStream(KeyedStream):
    hook = HookBlock()
    prose = ProseBlock()
    image = ImageBlock()
    chart = ChartBlock()
    read_chart = ReadChartBlock()
    definition_match = DefinitionMatchBlock()
    spot_hallucination = SpotHallucinationBlock()
    branching_dialogue = BranchingDialogueBlock()
    takeaway = TakeawayBlock()


class RecallStream(KeyedStream):
    item = RecallItemBlock()


def content_keys(stream: StreamValue) -> list[str]:
    """Return the keys that must be unique in a module; an option's is led by its owner's."""
    return [key for child in stream for _path, key in keys_within(child.block, plain(child.value))]


def signature(stream: StreamValue) -> dict[str, Any]:
    """Return, by block key, what must be equal in all languages of a module."""
    return {
        child.value["key"]: {"type": child.block_type, **child.block.signature(child.value)}
        for child in stream
    }


def _keys_used_twice(stream: StreamValue) -> list[Problem]:
    seen: set[str] = set()
    found: list[Problem] = []
    for index, child in enumerate(stream):
        keys = list(keys_within(child.block, plain(child.value)))
        found += [
            ((index, *path, "key"), gettext("Another block of this module has this key."))
            for path, key in keys
            if key in seen
        ]
        seen.update(key for _path, key in keys)
    return found
