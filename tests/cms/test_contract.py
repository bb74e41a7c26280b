"""What every block promises: a preview, a page that everybody can use, and no answer given away."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from wagtail.admin.telepath import JSContext
from wagtail.admin.views.generic.preview import StreamFieldBlockPreview

from cms.blocks import IncompleteAnswer, UnreadableAnswer, plain
from tests.cms.lessons import BLOCKS, EXERCISES, LESSON, RECALL, RIGHT, example, value_of

every_block = pytest.mark.parametrize("name", BLOCKS)
every_block_without_files = pytest.mark.parametrize("name", [n for n in BLOCKS if n != "image"])
every_exercise = pytest.mark.parametrize("name", EXERCISES)

SECRETS = {
    "right",
    "right_mark",
    "feedback",
    "mark_feedback_right",
    "mark_feedback_wrong",
    "value",
    "flaw",
    "missing",
    "verdict_right",
    "verdict_feedback",
    "outcome",
}


def scramble(data: Any, *, is_secret: bool = False) -> Any:
    """Change every secret and nothing else."""
    if isinstance(data, dict):
        return {
            name: scramble(child, is_secret=is_secret or name in SECRETS)
            for name, child in data.items()
        }
    if isinstance(data, list):
        return [scramble(child, is_secret=is_secret) for child in data]
    if not is_secret:
        return data
    return not data if isinstance(data, bool) else "canary" if isinstance(data, str) else 0.125


def render(name: str, **context: Any) -> str:
    return str(EXERCISES[name].render(value_of(name), context))


def names_in(data: Any) -> set[str]:
    if isinstance(data, dict):
        return set(data).union(*(names_in(child) for child in data.values()))
    return set().union(*(names_in(child) for child in data)) if isinstance(data, list) else set()


@every_block
def test_block_tells_the_author_what_it_is_for(name: str) -> None:
    block = BLOCKS[name]

    assert block.get_description()
    assert block.is_previewable
    assert block.meta.icon != "placeholder"


@every_block_without_files
@pytest.mark.parametrize("language", ["en", "sv", "nb", "da"])
def test_preview_value_is_sound(name: str, language: str) -> None:
    with translation.override(language):
        block = BLOCKS[name]

        cleaned = block.clean(block.get_preview_value())

    assert plain(cleaned)["key"]


@every_block
@pytest.mark.django_db
def test_preview_shows_the_block_with_its_style(name: str) -> None:
    request = RequestFactory().get("/", {"id": BLOCKS[name].definition_prefix})
    request.user = AnonymousUser()

    page = StreamFieldBlockPreview.as_view()(request).render()

    soup = BeautifulSoup(page.content, "html.parser")
    assert "cms/blocks.css" in str(soup.head)
    assert soup.main.get_text(strip=True)


@pytest.mark.parametrize("stream", [LESSON, RECALL])
def test_stream_can_be_edited(stream: Any) -> None:
    packed = json.dumps(JSContext().pack(stream))

    assert all(f'"{name}"' in packed for name in stream.child_blocks)


@every_exercise
def test_public_form_does_not_depend_on_what_is_secret(name: str) -> None:
    block, data = EXERCISES[name], example(name)
    scrambled = scramble(data)
    assert scrambled != data

    public = block.public(data)

    assert block.public(scrambled) == public
    assert not names_in(public) & SECRETS
    assert json.loads(json.dumps(public)) == public


@every_exercise
def test_question_page_does_not_depend_on_what_is_secret(name: str) -> None:
    block, data = EXERCISES[name], example(name)

    page = block.render(value_of(name, data), {})

    assert block.render(value_of(name, scramble(data)), {}) == page


@every_exercise
def test_no_template_of_an_exercise_can_reach_what_is_secret(name: str) -> None:
    block, data = EXERCISES[name], example(name)
    around = {"page": "holds the value", "bound_block": value_of(name), "request": "r"}

    context = block.get_context(value_of(name, data), {**around, "answer": RIGHT[name]})
    other = block.get_context(value_of(name, scramble(data)), {"answer": RIGHT[name]})

    assert context == other
    assert set(context) == {"block", "prefix", "answer", "grade"}
    assert not names_in(context["block"]) & SECRETS


@every_exercise
def test_right_answers_earn_the_whole(name: str) -> None:
    grade = EXERCISES[name].grade(value_of(name), RIGHT[name])

    assert grade.share == 1.0
    assert grade.right_count == len(grade.tasks)
    assert 0 < grade.guess <= 0.5


@every_exercise
def test_stored_and_plain_values_are_graded_and_shown_alike(name: str) -> None:
    block, value = EXERCISES[name], value_of(name)
    stored = json.loads(json.dumps(block.get_prep_value(value)))

    assert block.grade(stored, RIGHT[name]) == block.grade(value, RIGHT[name])
    assert block.grade(example(name), RIGHT[name]) == block.grade(value, RIGHT[name])
    assert block.public(stored) == block.public(value)
    assert block.signature(stored) == block.signature(value)


@every_exercise
def test_form_of_the_question_gives_the_answer_back(name: str) -> None:
    block, value = EXERCISES[name], value_of(name)
    given_answer = {"path": ["n1:a"]} if name == "branching_dialogue" else RIGHT[name]
    soup = BeautifulSoup(render(name, answer=given_answer), "html.parser")
    data = QueryDict(mutable=True)

    for field in soup.select("input[checked], input[type=hidden]"):
        data.appendlist(field["name"], field["value"])

    assert block.answer_from_form(value, data) == given_answer


@every_exercise
def test_empty_answer_is_incomplete(name: str) -> None:
    block, value = EXERCISES[name], value_of(name)

    answer = block.answer_from_form(value, QueryDict(""))

    with pytest.raises(IncompleteAnswer):
        block.grade(value, answer)


@every_exercise
@pytest.mark.parametrize("answer", [None, [], "", 7, True, {"odd": 1}, {"": None}])
def test_answer_of_another_shape_is_unreadable(name: str, answer: Any) -> None:
    with pytest.raises(UnreadableAnswer):
        EXERCISES[name].grade(value_of(name), answer)


def test_no_odd_answer_breaks_grading() -> None:
    keys = ["s1", "w35", "counts", "x2", "revise", "n1:a", "n2:b", "a", "path", "", "odd"]
    leaves = (
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(keys)
    )
    odd = st.recursive(
        leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
    )
    values = {name: value_of(name) for name in EXERCISES}

    @given(st.data())
    def grade_odd(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(list(EXERCISES)))
        fields = st.sampled_from([*RIGHT[name], "odd"])
        answer = data.draw(odd | st.dictionaries(fields, odd))
        with suppress(UnreadableAnswer):
            assert 0.0 <= EXERCISES[name].grade(values[name], answer).share <= 1.0

    grade_odd()


@every_exercise
def test_answered_page_says_right_in_words_and_is_locked(name: str) -> None:
    grade = EXERCISES[name].grade(value_of(name), RIGHT[name])

    soup = BeautifulSoup(render(name, answer=RIGHT[name], grade=grade), "html.parser")

    assert soup.select(".tag--right")[0].get_text(strip=True) == "Right"
    assert not soup.select("input:not([type=hidden]), select, textarea")
    for task in grade.tasks:
        assert task.feedback in soup.get_text()


@every_exercise
@pytest.mark.parametrize("is_answered", [False, True])
def test_page_is_fit_for_everybody(name: str, is_answered: bool) -> None:
    answer = RIGHT[name] if is_answered else None
    grade = EXERCISES[name].grade(value_of(name), answer) if is_answered else None

    page = render(name, answer=answer, grade=grade)

    soup = BeautifulSoup(page, "html.parser")
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert soup.select("h2, legend")
    for field in soup.select("input:not([type=hidden])"):
        assert field.find_parent("label").get_text(strip=True)
    for group in soup.select("fieldset"):
        assert group.find("legend").get_text(strip=True)
    for drawing in soup.select("svg"):
        assert drawing["role"] == "img"
        assert drawing.title.get_text(strip=True)
        assert drawing.desc.get_text(strip=True)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?:", page)


@every_exercise
def test_field_names_begin_with_the_key_of_the_block(name: str) -> None:
    soup = BeautifulSoup(render(name), "html.parser")

    names = {field["name"] for field in soup.select("[name]")}

    assert names
    assert all(each.startswith(f"{example(name)['key']}-") for each in names)


@every_exercise
def test_words_of_the_author_are_escaped(name: str) -> None:
    def spike(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: spike(child) for key, child in data.items()}
        if isinstance(data, list):
            return [spike(child) for child in data]
        is_text = isinstance(data, str) and " " in data
        return f"{data}<script>1</script>\"'&" if is_text else data

    value = value_of(name, spike(example(name)))
    grade = EXERCISES[name].grade(value, RIGHT[name])

    pages = [
        EXERCISES[name].render(value, {}),
        EXERCISES[name].render(value, {"answer": RIGHT[name], "grade": grade}),
    ]

    assert all("<script" not in page for page in pages)
    assert all("&lt;script" in page for page in pages)
