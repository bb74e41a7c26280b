"""What each answer earns."""

from typing import Any

import pytest
from django.http import QueryDict

from cms.blocks import (
    Grade,
    IncompleteAnswer,
    UnreadableAnswer,
    grade_recall,
    public_recall,
    walk,
)
from tests.cms.lessons import BLOCKS, EXERCISES, example, value_of

DIALOGUE = "branching_dialogue"


def grade(name: str, answer: Any, data: dict[str, Any] | None = None) -> Grade:
    return EXERCISES[name].grade(data or example(name), answer)


def choose_all(right: str, keys: str = "abcd") -> dict[str, Any]:
    """A recall item with several right answers, named by their letters."""
    options = [
        {"key": key, "text": key, "right": key in right, "feedback": f"why {key}"} for key in keys
    ]
    return example("item") | {"multiple": True, "options": options}


@pytest.mark.parametrize(
    ("statement", "mark", "share"),
    [("s2", "w35", 1.0), ("s2", "w31", 0.5), ("s1", "w35", 0.5), ("s1", "w31", 0.0)],
)
def test_read_chart_gives_half_for_the_statement_and_half_for_the_point(
    statement: str, mark: str, share: float
) -> None:
    assert grade("read_chart", {"statement": statement, "mark": mark}).share == share


def test_read_chart_tells_what_was_chosen_and_expected_and_why() -> None:
    result = grade("read_chart", {"statement": "s1", "mark": "w35"})

    statement, mark = result.tasks
    assert (statement.chosen, statement.expected, statement.right) == (("s1",), ("s2",), False)
    assert (mark.chosen, mark.expected, mark.right) == (("w35",), ("w35",), True)
    assert mark.feedback == example("read_chart")["mark_feedback_right"]
    assert set(result.reasons) == {"s1", "s2", "s3"}
    assert result.turning_point == "statement"


def test_definition_match_gives_a_point_for_each_line() -> None:
    result = grade("definition_match", {"i1": "counts", "i2": "not", "i3": "counts"})

    assert result.share == pytest.approx(2 / 3)
    assert [task.right for task in result.tasks] == [True, True, False]
    assert result.guess == 0.5


@pytest.mark.parametrize(
    ("sentences", "verdict", "share"),
    [
        (["x2", "x4"], "revise", 1.0),
        (["x2", "x4"], "accept", 2 / 3),
        (["x2"], "revise", 2 / 3),
        (["x1", "x2", "x4"], "revise", 2 / 3),
        ([], "revise", 1 / 3),
        (["x1", "x2", "x3", "x4"], "revise", 1 / 3),
        (["x1", "x3"], "reject", 0.0),
    ],
)
def test_spot_hallucination_takes_false_alarms_off(
    sentences: list[str], verdict: str, share: float
) -> None:
    answer = {"sentences": sentences, "omissions": [], "verdict": verdict}

    assert grade("spot_hallucination", answer).share == pytest.approx(share)


def test_marking_everything_in_a_full_exercise_earns_little() -> None:
    data = example("spot_hallucination")
    data["omissions"] = [
        {"key": f"o{index}", "text": "x", "missing": index < 2, "feedback": "y"}
        for index in range(4)
    ]
    answer = {
        "sentences": ["x1", "x2", "x3", "x4"],
        "omissions": ["o0", "o1", "o2", "o3"],
        "verdict": "revise",
    }

    result = grade("spot_hallucination", answer, data)

    assert result.share == 0.25
    assert result.right_count == 5


def test_omissions_must_be_answered_where_they_are_asked() -> None:
    data = example("spot_hallucination")
    data["omissions"] = [{"key": "o1", "text": "x", "missing": True, "feedback": "y"}]

    with pytest.raises(IncompleteAnswer):
        grade("spot_hallucination", {"sentences": [], "verdict": "accept"}, data)


@pytest.mark.parametrize(
    ("path", "share", "outcome"),
    [
        (["n1:a", "n2:a"], 1.0, "The customer catches the train."),
        (["n1:b", "n2:a"], 0.75, "The customer catches the train."),
        (["n1:b", "n2:b"], 0.25, "The customer calls again tomorrow."),
    ],
)
def test_dialogue_gives_the_mean_of_its_turns(path: list[str], share: float, outcome: str) -> None:
    result = grade(DIALOGUE, {"path": path})

    assert result.share == share
    assert result.outcome == outcome
    assert [task.key for task in result.tasks] == ["n1", "n2"]
    assert [task.expected for task in result.tasks] == [("a",), ("a",)]


@pytest.mark.parametrize("path", [[], ["n1:a"]])
def test_dialogue_that_has_not_ended_is_not_graded(path: list[str]) -> None:
    with pytest.raises(IncompleteAnswer):
        grade(DIALOGUE, {"path": path})


@pytest.mark.parametrize(
    "path", [["n2:a"], ["n1:z"], ["n1:a", "n1:a"], ["n1:a", "n2:a", "n2:a"], [None], "n1:a", {}]
)
def test_path_that_does_not_exist_is_unreadable(path: Any) -> None:
    with pytest.raises(UnreadableAnswer) as refused:
        grade(DIALOGUE, {"path": path})

    assert not isinstance(refused.value, IncompleteAnswer)


def test_walk_shows_what_was_said_and_where_it_stands() -> None:
    talk = walk(value_of(DIALOGUE), ["n1:b"])

    assert [(turn.node, turn.choice, turn.seconds) for turn in talk.turns] == [("n1", "b", 30)]
    assert talk.turns[0].said == "Please read me your customer number."
    assert talk.node
    assert talk.node["key"] == "n2"
    assert talk.node["choices"][0] == {
        "key": "a",
        "text": "In five working days. You get a message now.",
    }
    assert (talk.ending, talk.outcome, talk.seconds) == ("", "", 30)


def test_walk_to_the_end_has_an_outcome_and_no_node() -> None:
    talk = walk(example(DIALOGUE), ["n1:a", "n2:b"])

    assert talk.node is None
    assert (talk.ending, talk.seconds) == ("poor", 20)


def test_walk_of_the_public_form_keeps_the_ending_to_itself() -> None:
    public = BLOCKS[DIALOGUE].public(example(DIALOGUE))

    talk = walk(public, ["n1:a", "n2:b"])

    assert (talk.node, talk.ending, talk.outcome) == (None, "", "")
    assert "poor" not in str(public)


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ("", []),
        ("exercise-choice=n1:a", ["n1:a"]),
        ("exercise-path=n1:a&exercise-choice=n2:b", ["n1:a", "n2:b"]),
        ("exercise-path=n1:a,n2:b&exercise-rewind=0", []),
        ("exercise-path=n1:a,n2:b&exercise-rewind=1", ["n1:a"]),
    ],
)
def test_dialogue_form_moves_the_path(form: str, path: list[str]) -> None:
    answer = EXERCISES[DIALOGUE].answer_from_form(example(DIALOGUE), QueryDict(form))

    assert answer == {"path": path}


@pytest.mark.parametrize(
    "form",
    [
        "exercise-choice=n2:a",
        "exercise-path=n2:a",
        "exercise-path=n1:a&exercise-rewind=5",
        "exercise-path=n1:a&exercise-rewind=-1",
        "exercise-rewind=" + "9" * 5000,
    ],
)
def test_tampered_dialogue_form_is_unreadable(form: str) -> None:
    with pytest.raises(UnreadableAnswer):
        EXERCISES[DIALOGUE].answer_from_form(example(DIALOGUE), QueryDict(form))


@pytest.mark.parametrize(("chosen", "share"), [(["a"], 1.0), (["b"], 0.0)])
def test_recall_with_one_right_answer_is_right_or_not(chosen: list[str], share: float) -> None:
    result = grade_recall(example("item"), chosen)

    assert result.share == share
    assert result.guess == 0.5
    assert result.tasks[0].key == "r1"


@pytest.mark.parametrize(
    ("chosen", "share"),
    [(["a", "b"], 1.0), (["a"], 0.5), (["a", "b", "c"], 0.5), (["a", "b", "c", "d"], 0.0)],
)
def test_recall_with_several_right_answers_takes_false_alarms_off(
    chosen: list[str], share: float
) -> None:
    result = grade_recall(choose_all("ab"), chosen)

    assert result.share == share
    assert result.tasks[0].right is (share == 1.0)
    assert result.guess == pytest.approx(1 / 15)


def test_recall_refuses_two_answers_where_one_is_right() -> None:
    with pytest.raises(UnreadableAnswer):
        grade_recall(example("item"), ["a", "b"])


def test_public_recall_holds_the_question_and_its_options_alone() -> None:
    assert public_recall(choose_all("a", "ab")) == {
        "key": "r1",
        "multiple": True,
        "question": example("item")["question"],
        "options": [{"key": "a", "text": "a"}, {"key": "b", "text": "b"}],
    }


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("", ""),
        ("takeaway-option=a", "Next time I read the definition first."),
        ("takeaway-option=z", ""),
        ("takeaway-option=a&takeaway-own= My own ", "My own"),
    ],
)
def test_take_away_is_own_words_or_the_sentence_picked(form: str, words: str) -> None:
    block = BLOCKS["takeaway"]

    assert block.words_from_form(value_of("takeaway"), QueryDict(form)) == words
