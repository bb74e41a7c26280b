"""What an author cannot publish, and where the editor says so."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.cms.lessons import BLOCKS, example, value_of


def marked_places(error: dict[str, Any], path: str = "") -> list[str]:
    """Every place that carries a message, as a dotted path."""
    here = [path.lstrip(".")] if error.get("messages") else []
    below = error.get("blockErrors", {})
    return here + [
        place for step in below for place in marked_places(below[step], f"{path}.{step}")
    ]


def refused_places(name: str, data: dict[str, Any]) -> list[str]:
    try:
        BLOCKS[name].clean(value_of(name, data))
    except ValidationError as refused:
        return marked_places(refused.as_json_data())
    return []


def omission(key: str, *, missing: bool) -> dict[str, Any]:
    return {"key": key, "text": "The deadline", "missing": missing, "feedback": "Needed."}


def put(data: Any, path: str, new: Any) -> None:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        data = data[step]
    data[last] = new


@pytest.mark.parametrize(
    ("name", "path", "new", "places"),
    [
        ("chart", "series.0.values.6", 1.0, []),
        ("chart", "series.0.values", [1.0, 2.0], ["series.0.values"]),
        ("chart", "kind", "bar", ["kind"]),
        ("chart", "y_min", 200.0, ["y_min"]),
        ("chart", "categories.1.key", "w31", ["categories.0.key", "categories.1.key"]),
        ("read_chart", "statements.0.right", True, ["statements"]),
        ("read_chart", "statements.1.right", False, ["statements"]),
        ("read_chart", "right_mark", "w99", ["right_mark"]),
        ("read_chart", "chart.series.1.values", [1.0], ["chart.series.1.values"]),
        ("definition_match", "rounds.0.items.2.right", "aht", ["rounds.0.items.2.right"]),
        ("spot_hallucination", "sentences.0.flaw", "wrong", ["sentences"]),
        (
            "spot_hallucination",
            "omissions",
            [omission("o1", missing=False)],
            ["omissions", "omissions_prompt"],
        ),
        (
            "branching_dialogue",
            "start",
            "n9",
            ["start", "nodes.0.key", "nodes.1.key", "endings.0.key", "endings.1.key"],
        ),
        ("branching_dialogue", "nodes.0.choices.1.next", "n9", ["nodes.0.choices.1.next"]),
        ("branching_dialogue", "nodes.0.choices.1.next", "n1", ["nodes.0.choices.1.next"]),
        (
            "branching_dialogue",
            "nodes.1.choices.1.next",
            "n1",
            ["nodes.1.choices.1.next", "endings.1.key"],
        ),
        ("branching_dialogue", "nodes.1.choices.1.next", "good", ["endings.1.key"]),
        (
            "branching_dialogue",
            "endings.1.key",
            "n2",
            ["nodes.1.choices.1.next", "endings.1.key"],
        ),
        ("item", "options.1.right", True, ["options"]),
        ("item", "options.0.right", False, ["options"]),
    ],
)
def test_error_sits_on_the_child_that_is_meant(
    name: str, path: str, new: Any, places: list[str]
) -> None:
    data = example(name)
    put(data, path, new)

    assert sorted(refused_places(name, data)) == sorted(places)


def test_all_sentences_supported_is_refused() -> None:
    data = example("spot_hallucination")
    for sentence in data["sentences"]:
        sentence["flaw"] = "none"

    assert refused_places("spot_hallucination", data) == ["sentences"]


@pytest.mark.parametrize("right", [[], [0, 1]])
def test_choose_all_needs_a_right_and_a_wrong_answer(right: list[int]) -> None:
    data = example("item") | {"multiple": True}
    for index, option in enumerate(data["options"]):
        option["right"] = index in right

    assert refused_places("item", data) == ["options"]
