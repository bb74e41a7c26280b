"""Answers of the demo's people, against the exercises of the real modules."""

from collections.abc import Iterator
from typing import Any

import pytest

from cms.blocks import ExerciseBlock, grade_recall
from coaching.demo.answers import answer, recall_answer
from coaching.demo.organisation import chance
from literacy.modulefiles.files import FOLDER, read_module

PATHS = sorted((FOLDER / "modules").glob("*.yaml"))


def exercises() -> Iterator[Any]:
    for path in PATHS:
        for child in read_module(path).words["sv"].body:
            if isinstance(child.block, ExerciseBlock):
                yield pytest.param(child, id=f"{path.stem}-{child.block_type}")


EXERCISES = list(exercises())


@pytest.mark.parametrize("child", EXERCISES)
def test_who_knows_everything_gets_everything_right(child: Any) -> None:
    given = answer(child.block_type, child.value, 1, chance("test"))

    assert child.block.grade(child.value, given).share == 1


@pytest.mark.parametrize("child", EXERCISES)
def test_who_knows_nothing_gets_something_wrong(child: Any) -> None:
    given = answer(child.block_type, child.value, 0, chance("test"))

    assert child.block.grade(child.value, given).share < 1


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_recall_items_are_answered_right_or_wrong_as_asked(path: Any) -> None:
    items = [child.value for child in read_module(path).words["sv"].recall]

    right = [grade_recall(item, recall_answer(item, 1, chance("test"))).share for item in items]
    wrong = [grade_recall(item, recall_answer(item, 0, chance("test"))).share for item in items]

    assert set(right) == {1}
    assert max(wrong) < 1
