"""Keys, what languages share, and errors on the child that is meant."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from wagtail_localize.segments.extract import StreamFieldSegmentExtractor
from wagtail_localize.segments.ingest import StreamFieldSegmentsWriter

from cms.blocks import LessonStream, content_keys, signature
from tests.cms.lessons import BLOCKS, LESSON, example, stream_of, value_of


def errors_of(name: str, data: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ValidationError) as refused:
        BLOCKS[name].clean(value_of(name, data))
    return refused.value.as_json_data()


@pytest.mark.parametrize("key", ["Sv", "a b", "å", "-a", "a-", "a--b", "", "x" * 41])
def test_key_is_refused_where_it_is_written(key: str) -> None:
    data = example("prose") | {"key": key}

    errors = errors_of("prose", data)

    assert list(errors["blockErrors"]) == ["key"]


def test_option_key_used_twice_is_marked_at_both_options() -> None:
    data = example("hook")
    data["options"][1]["key"] = data["options"][0]["key"]

    errors = errors_of("hook", data)

    marked = errors["blockErrors"]["options"]["blockErrors"]
    assert {index: list(each["blockErrors"]) for index, each in marked.items()} == {
        0: ["key"],
        1: ["key"],
    }


def test_item_key_used_in_two_rounds_is_refused() -> None:
    data = example("definition_match")
    data["rounds"].append({**data["rounds"][0], "key": "again"})

    errors = errors_of("definition_match", data)

    assert set(errors["blockErrors"]["rounds"]["blockErrors"]) == {0, 1}


def test_options_of_two_blocks_may_share_a_key() -> None:
    stream = stream_of(("hook", example("hook")), ("takeaway", example("takeaway")))

    assert LESSON.clean(stream)
    assert content_keys(stream) == [
        "hook",
        "hook.options.a",
        "hook.options.b",
        "takeaway",
        "takeaway.options.a",
        "takeaway.options.b",
    ]


def test_key_of_another_block_is_refused_at_the_second_block() -> None:
    stream = stream_of(("hook", example("hook")), ("prose", example("prose") | {"key": "hook"}))

    with pytest.raises(ValidationError) as refused:
        LESSON.clean(stream)

    errors = refused.value.as_json_data()["blockErrors"]
    assert {index: list(each["blockErrors"]) for index, each in errors.items()} == {1: ["key"]}


def test_item_key_of_another_exercise_is_refused_at_the_item() -> None:
    again = example("definition_match") | {"key": "exercise-2"}
    again["rounds"][0]["key"] = "match-2"
    stream = stream_of(
        ("definition_match", example("definition_match")), ("definition_match", again)
    )

    with pytest.raises(ValidationError) as refused:
        LESSON.clean(stream)

    rounds = refused.value.as_json_data()["blockErrors"][1]["blockErrors"]["rounds"]
    items = rounds["blockErrors"][0]["blockErrors"]["items"]["blockErrors"]
    assert {index: list(each["blockErrors"]) for index, each in items.items()} == {
        0: ["key"],
        1: ["key"],
        2: ["key"],
    }


def test_draft_may_be_half_done() -> None:
    data = example("read_chart") | {"right_mark": "nowhere", "prompt": ""}
    stream = stream_of(("read_chart", data), ("read_chart", data))

    assert LESSON.clean_deferred(stream)

    with pytest.raises(ValidationError):
        LESSON.clean(stream)


def test_signature_is_the_same_for_other_words() -> None:
    data = example("branching_dialogue")
    other = example("branching_dialogue") | {"prompt": "Andra ord"}
    other["nodes"][0]["choices"][0]["feedback"] = "Annat"

    assert signature(stream_of(("branching_dialogue", data))) == signature(
        stream_of(("branching_dialogue", other))
    )


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("read_chart", lambda data: data.update(right_mark="w36")),
        ("read_chart", lambda data: data["statements"][0].update(right=True)),
        ("read_chart", lambda data: data["chart"]["series"][0]["values"].append(1.0)),
        ("chart", lambda data: data.update(kind="bar")),
        ("chart", lambda data: data["categories"][0].update(key="w30")),
        ("definition_match", lambda data: data["rounds"][0]["items"][0].update(right="not")),
        ("spot_hallucination", lambda data: data["sentences"][0].update(flaw="wrong")),
        ("spot_hallucination", lambda data: data.update(verdict_right="accept")),
        ("branching_dialogue", lambda data: data["nodes"][0]["choices"][0].update(seconds=11)),
        ("branching_dialogue", lambda data: data["nodes"][0]["choices"][0].update(value=0.9)),
        ("branching_dialogue", lambda data: data["nodes"][0]["choices"][0].update(next="poor")),
        ("hook", lambda data: data["options"].pop()),
        ("hook", lambda data: data.update(key="other")),
    ],
)
def test_signature_differs_with_each_fact(name: str, change: Any) -> None:
    data = example(name)

    change(data)

    assert signature(stream_of((name, data))) != signature(stream_of((name, example(name))))


def test_signature_is_given_by_block_key_with_its_type() -> None:
    facts = signature(stream_of(("prose", example("prose"))))

    assert facts == {"idea": {"type": "prose", "key": "idea", "role": "idea"}}


def test_translators_get_every_word_and_no_key() -> None:
    stream = stream_of(("read_chart", example("read_chart")), ("hook", example("hook")))

    segments = StreamFieldSegmentExtractor(None).handle_stream_block(stream)

    words = {segment.string.render_text() for segment in segments if hasattr(segment, "string")}
    assert {"31", "phone", "Which week shows it?", "Which report is right?"} <= words
    assert not {"w31", "w35", "s1", "exercise", "line"} & words


def test_translated_words_come_back_into_the_chart() -> None:
    stream = stream_of(("read_chart", example("read_chart")))
    before = signature(stream)
    segments = StreamFieldSegmentExtractor(None).handle_stream_block(stream)
    for segment in segments:
        segment.string = segment.string.from_translated_html(segment.string.data.upper())

    StreamFieldSegmentsWriter(None, None, None).handle_stream_block(stream, segments)

    assert stream[0].value["chart"]["series"][0]["name"] == "PHONE"
    assert signature(stream) == before


def test_block_names_are_those_of_the_module_files() -> None:
    assert list(LessonStream().child_blocks) == [
        "hook",
        "prose",
        "image",
        "chart",
        "read_chart",
        "definition_match",
        "spot_hallucination",
        "branching_dialogue",
        "takeaway",
    ]
