"""Answers as a person gives them who masters a part of what is asked: built from the right ones."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from cms.blocks import plain

Value = Mapping[str, Any]
FALSE_ALARM_SHARE = 0.25  # of what is missed elsewhere


def answer(kind: str, value: Value, share: float, luck: Random) -> dict[str, Any]:
    """Return an answer to an exercise in which each part is right with the given chance."""
    return _ANSWERS[kind](plain(value), share, luck)


def recall_answer(value: Value, share: float, luck: Random) -> list[str]:
    """Return the keys chosen in a recall item, all right with the given chance."""
    item = plain(value)
    right = [option["key"] for option in item["options"] if option["right"]]
    if luck.random() < share:
        return right
    wrong = [option["key"] for option in item["options"] if not option["right"]]
    return [luck.choice(wrong)] if not item["multiple"] else [right[0], luck.choice(wrong)]


def _read_chart(data: Value, share: float, luck: Random) -> dict[str, Any]:
    statements = [statement["key"] for statement in data["statements"]]
    right = next(each["key"] for each in data["statements"] if each["right"])
    points = [category["key"] for category in data["chart"]["categories"]]
    return {
        "statement": _one(right, statements, share, luck),
        "mark": _one(data["right_mark"], points, share, luck),
    }


def _definition_match(data: Value, share: float, luck: Random) -> dict[str, Any]:
    return {
        item["key"]: _one(item["right"], [each["key"] for each in match["bins"]], share, luck)
        for match in data["rounds"]
        for item in match["items"]
    }


def _spot_hallucination(data: Value, share: float, luck: Random) -> dict[str, Any]:
    flawed = {each["key"]: each["flaw"] != "none" for each in data["sentences"]}
    missing = {each["key"]: each["missing"] for each in data["omissions"]}
    verdicts = ["accept", "revise", "reject"]
    return {
        "sentences": _marked(flawed, share, luck),
        "omissions": _marked(missing, share, luck),
        "verdict": _one(data["verdict_right"], verdicts, share, luck),
    }


def _branching_dialogue(data: Value, share: float, luck: Random) -> dict[str, Any]:
    nodes = {node["key"]: node for node in data["nodes"]}
    here, path = data["start"], []
    while here in nodes:
        choices = {choice["key"]: choice for choice in nodes[here]["choices"]}
        best = max(choices, key=lambda key: choices[key]["value"])
        chosen = _one(best, list(choices), share, luck)
        path.append(f"{here}:{chosen}")
        here = choices[chosen]["next"]
    return {"path": path}


def _one(right: str, keys: list[str], share: float, luck: Random) -> str:
    return right if luck.random() < share else luck.choice([key for key in keys if key != right])


def _marked(wanted: Mapping[str, bool], share: float, luck: Random) -> list[str]:
    mistake = 1 - share
    return [
        key
        for key, is_wanted in wanted.items()
        if luck.random() < (share if is_wanted else mistake * FALSE_ALARM_SHARE)
    ]


_ANSWERS: dict[str, Callable[[Value, float, Random], dict[str, Any]]] = {
    "read_chart": _read_chart,
    "definition_match": _definition_match,
    "spot_hallucination": _spot_hallucination,
    "branching_dialogue": _branching_dialogue,
}
