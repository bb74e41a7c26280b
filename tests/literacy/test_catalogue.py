"""Module files: what is refused, what is loaded once, what is left alone, what comes back."""

from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image as Picture
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site

from literacy import catalogue
from literacy.catalogue import dump_modules, load_framework, load_modules
from literacy.models import AreaPage, Competence, Criterion, HomePage, Module, ModulePage
from literacy.modulefiles import files
from literacy.modulefiles.files import UnreadableModule, as_text, content_hash, read_module
from tests.literacy.modules import EXERCISES, TAKEAWAY, load, module_data, page_of, write

FIXTURES = sorted((files.FOLDER / "modules").glob("*.yaml"))


def problems_of(folder: Path, data: dict[str, Any]) -> list[str]:
    with pytest.raises(UnreadableModule) as error:
        read_module(write(folder, data))
    return error.value.problems


# Reading


def test_missing_language_is_named_with_its_path(tmp_path: Path) -> None:
    data = deepcopy(module_data())
    del data["body"][2]["rounds"][0]["items"][1]["text"]["nb"]

    assert problems_of(tmp_path, data) == [
        "dl-01.yaml: body[2].rounds[0].items[1].text.nb: is missing or not a text"
    ]


def test_all_problems_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    data = module_data(level=True, title={"sv": "x", "nb": "", "da": "x"}, colour="red")
    data["body"] = [{**TAKEAWAY, "type": "poem"}]

    assert problems_of(tmp_path, data) == [
        "dl-01.yaml: colour: is not a field here",
        "dl-01.yaml: title.nb: must have from 1 to 255 characters",
        "dl-01.yaml: body[0].type: must be one of hook, prose, image, chart, read_chart, "
        "definition_match, spot_hallucination, branching_dialogue, takeaway",
    ]


def test_blocks_judge_their_values_once_for_all_languages(tmp_path: Path) -> None:
    data = deepcopy(module_data(exercise="read_chart"))
    data["body"][2]["right_mark"] = "w9"

    assert problems_of(tmp_path, data) == [
        "dl-01.yaml: body[2].right_mark: No category of the chart has this key."
    ]


def test_key_that_yaml_takes_for_a_truth_value_is_refused(tmp_path: Path) -> None:
    data = deepcopy(module_data())
    data["body"][0]["options"][0]["key"] = True

    assert problems_of(tmp_path, data) == [
        "dl-01.yaml: body[0].options[0].key: must be a short text "
        "(in quotes, if it looks like a number or like yes or no)"
    ]


def test_tag_that_a_lesson_does_not_know_is_refused(tmp_path: Path) -> None:
    data = deepcopy(module_data())
    data["body"][1]["text"]["da"] = '<p onclick="x">Hej</p>'

    assert problems_of(tmp_path, data) == [
        'dl-01.yaml: body[1].text.da: only p, b, i, ul, ol and li are known, not <p onclick="x">'
    ]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("level", 4, "level: must be 1, 2 or 3"),
        ("audience", "X", "audience: must be A, M or B"),
        ("minutes", 0, "minutes: must be from 1 to 15"),
        ("competences", [], "competences: name at least one"),
        ("exercise", "read_chart", "exercise: no block of the body has this type"),
        ("id", "DL-1", "id: must look like DL-01"),
    ],
)
def test_odd_fact_is_refused(tmp_path: Path, field: str, value: Any, problem: str) -> None:
    data = {**module_data(), field: value}
    path = tmp_path / "odd.yaml"
    write(tmp_path, {**data, "id": "odd"}).replace(path)
    path.write_text(path.read_text().replace("id: odd", f"id: {data['id']}"))

    with pytest.raises(UnreadableModule) as error:
        read_module(path)

    assert error.value.problems == [f"odd.yaml: {problem}"]


def test_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("body: [")

    with pytest.raises(UnreadableModule, match=r"^broken\.yaml: "):
        read_module(path)


# Round trip


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_module_file_survives_a_round_trip(path: Path, tmp_path: Path) -> None:
    module = read_module(path)

    text = as_text(module.facts, module.words)
    copy = tmp_path / path.name
    copy.write_text(text, encoding="utf-8")
    again = read_module(copy)

    assert as_text(again.facts, again.words) == text
    assert again.facts == module.facts
    for language, words in module.words.items():
        assert content_hash(again.words[language]) == content_hash(words)


@pytest.mark.django_db
@pytest.mark.parametrize("exercise", EXERCISES)
def test_dump_gives_back_what_was_loaded(tmp_path: Path, exercise: str) -> None:
    data = module_data(exercise=exercise)
    load(tmp_path, data)
    first, second = tmp_path / "first", tmp_path / "second"

    outcome = dump_modules(first)
    load_modules(first.glob("*.yaml"))
    dump_modules(second)

    assert outcome.written == ["dl-01.yaml"]
    assert files.read_yaml(first / "dl-01.yaml") == data
    assert (first / "dl-01.yaml").read_bytes() == (second / "dl-01.yaml").read_bytes()
    assert dump_modules(first).unchanged == 1


@pytest.mark.django_db
def test_dump_says_which_module_lacks_a_language(tmp_path: Path) -> None:
    load(tmp_path)
    page_of(language="da").unpublish()

    assert dump_modules(tmp_path / "out").skipped == ["DL-01: no live page in da"]


@pytest.mark.django_db
def test_dump_leaves_a_module_with_pictures_to_the_cms(tmp_path: Path) -> None:
    load(tmp_path)
    file = BytesIO()
    Picture.new("RGB", (8, 8)).save(file, "PNG")
    image = get_image_model().objects.create(
        title="Bild", file=ContentFile(file.getvalue(), "picture.png")
    )
    words = {"key": "picture", "image": image, "alt": "En bild", "caption": ""}
    ModulePage.objects.update(live=False)
    for language in ("sv", "nb", "da"):
        page = page_of(language=language)
        page.body.append(("image", words))
        page.save_revision().publish()

    assert dump_modules(tmp_path / "out").skipped == ["DL-01: a picture cannot be kept in a file"]


# Loading


@pytest.mark.django_db
def test_load_framework_writes_names_and_links_once() -> None:
    load_framework()

    assert load_framework() == 0
    assert Competence.objects.get(pk="TK2").names["nb"] == "Stille spørsmål ved KI-svar"
    assert set(Criterion.objects.get(pk="Q08").feeds.values_list("pk", flat=True)) == {
        "CO5",
        "TS3",
    }


@pytest.mark.django_db
def test_load_makes_the_tree_of_three_languages(tmp_path: Path) -> None:
    load(tmp_path)

    homes = HomePage.objects.live()
    assert {home.locale.language_code for home in homes} == {"sv", "nb", "da"}
    assert len({home.translation_key for home in homes}) == 1
    assert Site.objects.get().root_page.locale == Locale.objects.get(language_code="sv")
    assert not Page.objects.filter(title__startswith="Welcome").exists()
    assert AreaPage.objects.live().count() == 15
    assert page_of(language="nb").get_parent().title == "Dataanalyse og logikk"
    assert page_of(language="nb").translation_key == page_of(language="da").translation_key
    assert page_of(language="nb").title == "Title DL-01 nb"


@pytest.mark.django_db
def test_second_load_writes_nothing(tmp_path: Path) -> None:
    load(tmp_path)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        outcome = load(tmp_path)

    verbs = {query["sql"].split()[0] for query in queries}
    assert (outcome.written, outcome.unchanged, outcome.skipped) == ([], 3, [])
    assert verbs.isdisjoint({"INSERT", "UPDATE", "DELETE"})


@pytest.mark.django_db
def test_changed_file_changes_only_its_language(tmp_path: Path) -> None:
    load(tmp_path)
    data = module_data()
    data["summary"] = {**data["summary"], "nb": "Bedre"}

    outcome = load(tmp_path, data)

    assert (outcome.written, outcome.unchanged) == (["DL-01 nb"], 2)
    assert page_of(language="nb").summary == "Bedre"


@pytest.mark.django_db
def test_module_can_change_keys_and_answers_in_all_languages_at_once(tmp_path: Path) -> None:
    load(tmp_path)
    data = deepcopy(module_data())
    data["body"][2]["rounds"][0]["items"][0]["right"] = "fcr"

    outcome = load(tmp_path, data)

    assert outcome.written == ["DL-01 sv", "DL-01 nb", "DL-01 da"]
    assert all(page_of(language=language).live for language in ("sv", "nb", "da"))


@pytest.mark.django_db
def test_page_edited_in_the_cms_is_left_alone_and_named(tmp_path: Path) -> None:
    load(tmp_path)
    page = page_of(language="da")
    page.summary = "Skrevet her"
    page.save_revision().publish()

    outcome = load(tmp_path, module_data(summary=module_data()["title"]))

    assert outcome.written == ["DL-01 sv", "DL-01 nb"]
    assert outcome.skipped == ["DL-01 da: it was changed in the CMS"]
    assert page_of(language="da").summary == "Skrevet her"


@pytest.mark.django_db
def test_editor_marks_in_rich_text_are_no_change(tmp_path: Path) -> None:
    load(tmp_path)
    page = page_of()
    idea = next(child for child in page.body if child.value["key"] == "idea")
    idea.value["text"].source = idea.value["text"].source.replace(
        "<p>", '<p data-block-key="a1b2c">'
    )
    page.save_revision().publish()

    assert load(tmp_path).unchanged == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda page: page.unpublish(), "it was unpublished in the CMS"),
        (lambda page: page.delete(), "it was removed in the CMS"),
        (lambda page: page.save_revision(), "it has an unpublished draft"),
    ],
    ids=["unpublished", "removed", "draft"],
)
def test_authors_decision_about_a_page_stands(tmp_path: Path, change: Any, reason: str) -> None:
    load(tmp_path)
    page = page_of(language="nb")
    page.title = "Utkast"
    change(page)

    outcome = load(tmp_path, module_data(summary=module_data()["title"]))

    assert outcome.skipped == [f"DL-01 nb: {reason}"]


@pytest.mark.django_db
def test_file_that_contradicts_an_edited_page_is_not_loaded_at_all(tmp_path: Path) -> None:
    load(tmp_path)
    page = page_of(language="da")
    page.summary = "Skrevet her"
    page.save_revision().publish()
    data = deepcopy(module_data())
    data["body"][2]["rounds"][0]["items"][0]["right"] = "fcr"

    outcome = load(tmp_path, data)

    reason = "the da page has other keys or right answers"
    assert outcome.written == []
    assert outcome.skipped == [
        "DL-01 da: it was changed in the CMS",
        f"DL-01 sv: {reason}",
        f"DL-01 nb: {reason}",
    ]


@pytest.mark.django_db
def test_one_bad_file_stops_the_load_before_anything_is_written(tmp_path: Path) -> None:
    bad = module_data("DL-02", competences=["DL9"])

    with pytest.raises(UnreadableModule) as error:
        load(tmp_path, module_data(), bad)

    assert error.value.problems == ["dl-02.yaml: competences: DL9 is not in the framework"]
    assert not Module.objects.exists()


@pytest.mark.django_db
def test_load_command_names_the_problem(tmp_path: Path) -> None:
    path = write(tmp_path, module_data(level=9))

    with pytest.raises(CommandError, match=r"dl-01\.yaml: level: must be 1, 2 or 3"):
        call_command("load_modules", str(path))


# Lookups


@pytest.mark.django_db
def test_module_page_is_the_live_page_of_that_language_or_none(tmp_path: Path) -> None:
    load(tmp_path)
    page_of(language="nb").unpublish()

    assert catalogue.module_page("DL-01", "da") == page_of(language="da")
    assert catalogue.module_page("DL-01", "nb") is None
    assert catalogue.languages_of("DL-01") == ["sv", "da"]
    assert catalogue.titles(["DL-01"], "nb") == {}
    assert Module.objects.get().titles == {
        "sv": "Title DL-01 sv",
        "da": "Title DL-01 da",
    }


@pytest.mark.django_db
def test_exercises_are_the_blocks_that_are_answered(tmp_path: Path) -> None:
    load(tmp_path)

    assert [found.key for found in catalogue.exercises(page_of())] == ["exercise"]
    assert catalogue.exercise(page_of(), "idea") is None
    assert ModulePage.objects.count() == 3
