"""Blocks with their preview values, and the right answers to them, for the tests of cms."""

from typing import Any

from wagtail.blocks import StreamValue, StructValue

from cms.blocks import ExerciseBlock, LessonBlock, LessonStream, RecallStream, plain

LESSON, RECALL = LessonStream(), RecallStream()
BLOCKS: dict[str, LessonBlock] = {**LESSON.child_blocks, **RECALL.child_blocks}
EXERCISES = {name: each for name, each in BLOCKS.items() if isinstance(each, ExerciseBlock)}

RIGHT: dict[str, dict[str, Any]] = {
    "read_chart": {"statement": "s2", "mark": "w35"},
    "definition_match": {"i1": "counts", "i2": "not", "i3": "not"},
    "spot_hallucination": {"sentences": ["x2", "x4"], "omissions": [], "verdict": "revise"},
    "branching_dialogue": {"path": ["n1:a", "n2:a"]},
    "item": {"chosen": ["a"]},
}


def example(name: str) -> dict[str, Any]:
    """The preview value of a block, as plain data that a test may change."""
    data: dict[str, Any] = plain(BLOCKS[name].get_preview_value())
    return data


def value_of(name: str, data: dict[str, Any] | None = None) -> StructValue:
    return BLOCKS[name].to_python(data or example(name))


def stream_of(*parts: tuple[str, dict[str, Any]]) -> StreamValue:
    """A lesson as it comes back from the database, its lists with ids."""
    native = StreamValue(LESSON, [(name, value_of(name, data)) for name, data in parts])
    return LESSON.to_python(LESSON.get_prep_value(native))
