"""How blocks look in the states a learner meets."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import translation
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from cms.templatetags.lesson import clock, rich
from tests.cms.lessons import BLOCKS, EXERCISES, example, value_of


def show(name: str, data: dict[str, Any] | None = None, **context: Any) -> BeautifulSoup:
    page = BLOCKS[name].render(value_of(name, data), context)
    return BeautifulSoup(page, "html.parser")


def answered(name: str, answer: dict[str, Any]) -> BeautifulSoup:
    grade = EXERCISES[name].grade(example(name), answer)
    return show(name, answer=answer, grade=grade)


def test_wrong_statement_and_right_one_both_tell_why() -> None:
    page = answered("read_chart", {"statement": "s1", "mark": "w31"})

    missed, right = page.select(".choice--missed")[0], page.select(".choice--right")[0]
    assert "Your answer" in missed.get_text()
    assert "Not quite" in missed.get_text()
    assert "The chart counts contacts" in missed.get_text()
    assert "Right" in right.get_text()
    assert "One falls about as much" in right.get_text()


def test_point_that_was_asked_for_is_set_off_after_the_answer_alone() -> None:
    assert not show("read_chart").select(".chart__band")
    assert answered("read_chart", {"statement": "s1", "mark": "w31"}).select(".chart__band")


def test_more_than_three_choices_become_a_list_to_open() -> None:
    data = example("definition_match")
    data["rounds"][0]["bins"] += [{"key": "c", "label": "C"}, {"key": "d", "label": "D"}]

    page = show("definition_match", data, answer={"i1": "c"})

    chosen = page.select("select[name=exercise-i1] option[selected]")
    assert [option["value"] for option in chosen] == ["c"]
    assert all(page.select(f"label[for={field['id']}]") for field in page.select("select"))


def test_missed_flaw_and_false_alarm_are_told_apart() -> None:
    page = answered(
        "spot_hallucination", {"sentences": ["x1"], "omissions": [], "verdict": "accept"}
    )

    alarm, missed = page.select(".choice")[0], page.select(".choice")[1]
    assert "You marked this" in alarm.get_text()
    assert "You left this" in missed.get_text()
    assert all("Not quite" in each.get_text() for each in (alarm, missed))


def test_dialogue_begins_with_the_customer_and_a_clock() -> None:
    page = show("branching_dialogue")

    assert [each.get_text(" ", strip=True) for each in page.select(".bubble")] == [
        "Customer I have been charged twice. I have two minutes."
    ]
    assert "0:00 of 2:00 used" in page.get_text()
    assert [button["value"] for button in page.select("button")] == ["n1:a", "n1:b"]


def test_dialogue_shows_the_suggestion_of_the_assistant_where_there_is_one() -> None:
    page = show("branching_dialogue", answer={"path": ["n1:b"]})

    assert "Refunds take 5 working days." in page.select(".bubble--assistant")[0].get_text()
    assert "0:30 of 2:00 used" in page.get_text()
    assert page.select("[name=exercise-path]")[0]["value"] == "n1:b"


def test_finished_dialogue_shows_one_turning_point_and_a_way_back_to_each_turn() -> None:
    page = answered("branching_dialogue", {"path": ["n1:b", "n2:b"]})

    assert "The customer calls again tomorrow." in page.get_text()
    assert page.get_text().count("Turning point") == 1
    ways_back = [(b["name"], b["value"]) for b in page.select("button")]
    assert ways_back == [("exercise-rewind", "0"), ("exercise-rewind", "1")]
    assert len({button["aria-label"] for button in page.select("button")}) == 2


def test_hook_replies_open_without_script() -> None:
    page = show("hook")

    assert [each.summary.get_text() for each in page.select("details")] == [
        "Which report is right?",
        "What does “solved” mean here?",
    ]


def test_take_away_that_was_kept_is_picked_again() -> None:
    page = show("takeaway", answer="Next time I ask who made the report.")

    assert [field["value"] for field in page.select("input[checked]")] == ["b"]


@pytest.mark.parametrize(("role", "word"), [("example_good", "Works"), ("example_bad", "Does not")])
def test_example_says_in_words_whether_it_works(role: str, word: str) -> None:
    assert word in show("prose", example("prose") | {"role": role}).select(".tag")[0].get_text()


def test_picture_without_file_shows_its_words() -> None:
    page = show("image", {"key": "p", "image": None, "alt": "A phone", "caption": ""})

    assert "A phone" in page.get_text()


@pytest.mark.django_db
def test_picture_is_shown_with_the_words_of_this_page(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    picture = get_image_model().objects.create(title="File", file=get_test_image_file())
    data = {"key": "p", "image": picture.pk, "alt": "A phone", "caption": "Start"}

    page = show("image", data)

    assert page.img["alt"] == "A phone"
    assert page.img["width"]
    assert page.figcaption.get_text() == "Start"
    assert BLOCKS["image"].public(value_of("image", data)) == {"type": "image", **data}


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<p>a <b>b</b> &amp; c</p>", "<p>a <b>b</b> &amp; c</p>"),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', "a"),
        ("<img src=x onerror=x()>a", "a"),
        ("<script>x()</script>", "x()"),
    ],
)
def test_rich_text_keeps_emphasis_and_lists_alone(source: str, html: str) -> None:
    assert rich(source).strip() == html


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (65, "1:05"), (600, "10:00")])
def test_clock_reads_as_a_clock(seconds: int, text: str) -> None:
    assert clock(seconds) == text


def test_numbers_in_field_values_are_not_written_for_people() -> None:
    with translation.override("da"):
        page = answered("branching_dialogue", {"path": ["n1:b", "n2:b"]})

    assert [button["value"] for button in page.select("button")] == ["0", "1"]
