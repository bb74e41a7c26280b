"""Small module files of every exercise, with words that must never reach a learner unasked."""

from pathlib import Path
from typing import Any

import yaml

from literacy.catalogue import load_modules
from literacy.models import ModulePage

LANGUAGES = ("sv", "nb", "da")
SECRET = "canary"  # in each feedback


def words(text: str) -> dict[str, str]:
    return {language: f"{text} {language}" for language in LANGUAGES}


def rich(text: str) -> dict[str, str]:
    return {language: f"<p>{text} <b>{language}</b></p>" for language in LANGUAGES}


def module_data(
    pk: str = "DL-01", exercise: str = "definition_match", **fields: Any
) -> dict[str, Any]:
    area = pk[:2]
    return {
        "id": pk,
        "area": area,
        "level": 1,
        "audience": "A",
        "minutes": 5,
        "competences": [f"{area}1"],
        "exercise": exercise,
        "triggers": ["S08"],
        "mapping": {"digcomp": "1.2", "ailit": None, "article_4": None},
        "title": words(f"Title {pk}"),
        "summary": words("Summary"),
        "trains": words("trains"),
        "body": [HOOK, IDEA, EXERCISES[exercise], TAKEAWAY],
        "recall": [recall_item(number, f"{area}1") for number in range(1, 7)],
        **fields,
    }


def recall_item(number: int, competence: str) -> dict[str, Any]:
    return {
        "key": f"r{number}",
        "competence": competence,
        "transfer": number > 4,
        "multiple": False,
        "question": words(f"Question {number}"),
        "options": [
            {"key": key, "text": words(key), "right": key == "a", "feedback": words(SECRET)}
            for key in "abc"
        ],
    }


def write(folder: Path, data: dict[str, Any]) -> Path:
    path = folder / f"{data['id'].lower()}.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def load(folder: Path, *modules: dict[str, Any]) -> Any:
    return load_modules([write(folder, data) for data in modules or (module_data(),)])


def page_of(pk: str = "DL-01", language: str = "sv") -> ModulePage:
    return ModulePage.objects.get(module_id=pk, locale__language_code=language)


HOOK = {
    "type": "hook",
    "key": "hook",
    "situation": rich("Situation"),
    "question": words("What first?"),
    "options": [{"key": key, "text": words(key), "reply": words("reply")} for key in "abc"],
}
IDEA = {
    "type": "prose",
    "key": "idea",
    "role": "idea",
    "heading": words("Heading"),
    "text": rich("Idea"),
}
TAKEAWAY = {
    "type": "takeaway",
    "key": "takeaway",
    "can_do": words("Now you can"),
    "options": [{"key": key, "text": words(f"Next time {key}")} for key in "abc"],
}
CHART = {
    "kind": "line",
    "title": words("Contacts"),
    "alt": words("Rises"),
    "y_min": 0,
    "categories": [{"key": f"w{week}", "label": words(f"w {week}")} for week in (1, 2)],
    "series": [{"key": "phone", "name": words("Phone"), "values": [1.5, 2]}],
}
EXERCISES: dict[str, dict[str, Any]] = {
    "definition_match": {
        "type": "definition_match",
        "key": "exercise",
        "rounds": [
            {
                "key": "match",
                "prompt": words("Match"),
                "bins": [{"key": key, "label": words(key)} for key in ("aht", "fcr")],
                "items": [
                    {
                        "key": f"i{number}",
                        "text": words(f"Line {number}"),
                        "right": "aht" if number < 3 else "fcr",
                        "feedback": words(SECRET),
                    }
                    for number in range(1, 5)
                ],
            }
        ],
    },
    "read_chart": {
        "type": "read_chart",
        "key": "exercise",
        "prompt": words("Which?"),
        "chart": CHART,
        "statements": [
            {"key": key, "text": words(key), "right": key == "s2", "feedback": words(SECRET)}
            for key in ("s1", "s2", "s3")
        ],
        "mark_prompt": words("Where?"),
        "right_mark": "w2",
        "mark_feedback_right": words(SECRET),
        "mark_feedback_wrong": words(SECRET),
    },
    "spot_hallucination": {
        "type": "spot_hallucination",
        "key": "exercise",
        "prompt": words("Check it"),
        "source_heading": words("Source"),
        "source": rich("True"),
        "answer_heading": words("AI"),
        "sentences": [
            {
                "key": f"x{number}",
                "text": words(f"Sentence {number}"),
                "flaw": "invented" if number == 2 else "none",
                "feedback": words(SECRET),
            }
            for number in range(1, 5)
        ],
        "verdict_right": "revise",
        "verdict_feedback": {key: words(SECRET) for key in ("accept", "revise", "reject")},
    },
    "branching_dialogue": {
        "type": "branching_dialogue",
        "key": "exercise",
        "prompt": words("Scene"),
        "clock_seconds": 240,
        "start": "n1",
        "nodes": [
            {
                "key": key,
                "customer": words(f"Customer {key}"),
                "choices": [
                    {
                        "key": choice,
                        "text": words(f"Say {choice}"),
                        "next": target,
                        "value": value,
                        "seconds": 20,
                        "feedback": words(SECRET),
                    }
                    for choice, target, value in choices
                ],
            }
            for key, choices in (
                ("n1", [("a", "n2", 1.0), ("b", "bad", 0.0)]),
                ("n2", [("a", "good", 0.5), ("b", "bad", 0.25)]),
            )
        ],
        "endings": [
            {"key": key, "outcome": words(f"Ended {key}"), "value": value}
            for key, value in (("good", 1.0), ("bad", 0.0))
        ],
    },
}
RIGHT: dict[str, Any] = {
    "definition_match": {"i1": "aht", "i2": "aht", "i3": "fcr", "i4": "fcr"},
    "read_chart": {"statement": "s2", "mark": "w2"},
    "spot_hallucination": {"sentences": ["x2"], "omissions": [], "verdict": "revise"},
    "branching_dialogue": {"path": ["n1:a", "n2:a"]},
}
WRONG: dict[str, Any] = {
    "definition_match": {"i1": "fcr", "i2": "fcr", "i3": "aht", "i4": "aht"},
    "read_chart": {"statement": "s1", "mark": "w1"},
    "spot_hallucination": {"sentences": ["x1"], "omissions": [], "verdict": "accept"},
    "branching_dialogue": {"path": ["n1:b"]},
}


def form(answer: dict[str, Any], prefix: str = "exercise") -> dict[str, Any]:
    """Return an answer as a browser sends it."""
    return {f"{prefix}-{name}": value for name, value in answer.items()}
