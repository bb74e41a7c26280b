"""Words go live only where all languages agree, and authors see what has fallen behind."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Locale
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield
from wagtail.users.models import UserProfile
from wagtail_localize.models import Translation

from literacy import publishing
from literacy.checklist import language_states, points_of
from literacy.models import AreaPage, Attempt, HomePage, ModulePage
from tests.literacy.modules import load, module_data, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("module_room")]


@pytest.fixture
def editor() -> Client:
    client = Client()
    user = get_user_model().objects.create_superuser("root", "root@example.test", "x")
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


def rewrite_answer(page: ModulePage) -> None:
    """Make another choice right than in the other languages."""
    exercise = next(child for child in page.body if child.value["key"] == "exercise")
    exercise.value["rounds"][0]["items"][0]["right"] = "fcr"


def states(pk: str = "DL-01") -> list[str]:
    with override("en"):
        return [state.text for state in language_states(ModulePage.objects.all())[pk]]


def publish(page: ModulePage, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


# The guard


def test_page_with_another_right_answer_is_refused_in_words() -> None:
    page = page_of(language="nb")
    rewrite_answer(page)

    with pytest.raises(ValidationError) as error:
        page.save_revision().publish()

    assert error.value.messages == [
        f"Keys and right answers must be the same in all languages. In the live page in {name} "
        "these differ: exercise › rounds › 1 › items › 1 › right."
        for name in ("Svenska", "Dansk")
    ]
    assert publishing.differences(page_of(language="nb"), page_of()) == []


def test_missing_block_is_a_difference() -> None:
    page = page_of()
    del page.recall[0]

    assert publishing.differences(page, page_of(language="da")) == [
        "r1 › type",
        "r1 › key",
        "r1 › competence",
        "r1 › transfer",
        "r1 › multiple",
        *[f"r1 › options › {number} › {name}" for number in (1, 2, 3) for name in ("key", "right")],
    ]


def test_draft_may_differ() -> None:
    page = page_of(language="nb")
    rewrite_answer(page)

    page.save_revision()

    assert page_of(language="nb").has_unpublished_changes


def test_only_language_may_say_what_it_likes() -> None:
    for language in ("sv", "da"):
        page_of(language=language).unpublish()
    page = page_of(language="nb")
    rewrite_answer(page)

    publish(page)

    assert page_of(language="nb").live


def test_module_has_one_live_page_in_a_language() -> None:
    page = page_of()
    copy = page.copy(update_attrs={"slug": "copy", "live": False}, keep_live=False)

    with pytest.raises(ValidationError, match="already has a live page in this language"):
        copy.save_revision().publish()


@pytest.mark.parametrize(
    ("slug", "is_refused"),
    [("team", True), ("my", True), ("modules", True), ("ws", True), ("teams", False)],
)
def test_addresses_of_the_product_are_refused_for_areas(slug: str, is_refused: bool) -> None:
    page = AreaPage.objects.first()
    page.slug = slug

    if is_refused:
        with pytest.raises(ValidationError, match="used by the product"):
            page.full_clean()
    else:
        page.full_clean()


# In the editor


def form_of(page: ModulePage, right: str = "aht") -> dict[str, Any]:
    """Return a small module as the editor sends it."""
    options = [
        {"key": key, "text": key, "right": "on" if key == "a" else "", "feedback": "why"}
        for key in "ab"
    ]
    item = {"key": "i1", "text": "Line", "right": right, "feedback": "why"}
    match = {
        "key": "match",
        "prompt": "Match",
        "bins": _list([{"key": "aht", "label": "AHT"}, {"key": "fcr", "label": "FCR"}]),
        "items": _list([{**item, "key": f"i{number}"} for number in (1, 2, 3)]),
    }
    return nested_form_data(
        {
            "title": "Egen titel",
            "module": page.module_id,
            "summary": "Kort",
            "trains": "något",
            "body": streamfield(
                [
                    (
                        "prose",
                        {
                            "key": "idea",
                            "role": "idea",
                            "heading": "Idé",
                            "text": rich_text("<p>Idé</p>"),
                        },
                    ),
                    ("definition_match", {"key": "exercise", "rounds": _list([match])}),
                ]
            ),
            "recall": streamfield(
                [
                    (
                        "item",
                        {
                            "key": "r1",
                            "competence": "DL1",
                            "question": "Vad?",
                            "options": _list(options),
                        },
                    )
                ]
            ),
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
        }
    )


def _list(values: list[dict[str, Any]]) -> dict[str, Any]:
    items = {
        str(index): {"value": value, "deleted": "", "order": str(index), "type": "item"}
        for index, value in enumerate(values)
    }
    return {"count": str(len(values)), **items}


def test_editor_refuses_to_publish_what_differs_and_saves_it_as_a_draft(editor: Client) -> None:
    page = page_of()
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])

    refused = editor.post(url, {**form_of(page), "action-publish": "1"})
    saved = editor.post(url, form_of(page))

    assert refused.status_code == 200
    assert "must be the same in all languages" in refused.content.decode()
    assert saved.status_code == 302
    assert page_of().title == "Title DL-01 sv"
    assert page_of().get_latest_revision_as_object().title == "Egen titel"


def test_editor_publishes_what_agrees(editor: Client) -> None:
    page = page_of()
    for language in ("nb", "da"):
        page_of(language=language).unpublish()
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])

    response = editor.post(url, {**form_of(page), "action-publish": "1"})

    assert response.status_code == 302
    assert page_of().title == "Egen titel"


def test_preview_shows_the_lesson_as_the_learner_sees_it_and_keeps_nothing(editor: Client) -> None:
    page = page_of()
    editor.post(reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk]), form_of(page))

    response = editor.get(reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk]))

    text = response.content.decode()
    assert "Egen titel" in text
    assert 'data-step="exercise"' in text
    assert "data-place-url" not in text
    assert "/answer/" not in text
    assert not Attempt.objects.exists()


def test_language_page_opens_in_the_ordinary_editor(editor: Client) -> None:
    page = page_of(language="nb")

    text = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()

    assert 'name="summary"' in text
    assert "localize-restart-translation" not in text
    assert "localize-convert-to-alias" not in text


# What has fallen behind


def test_loaded_languages_are_level() -> None:
    assert states() == ["Live", "Live", "Live"]
    assert not Translation.objects.filter(enabled=True).exists()


def test_translations_fall_behind_when_the_source_changes() -> None:
    publish(page_of(), summary="Ny mening")

    assert states() == ["Live", "Behind the Swedish page", "Behind the Swedish page"]


def test_translation_catches_up_when_it_is_published() -> None:
    publish(page_of(), summary="Ny mening")

    publish(page_of(language="nb"), summary="Ny setning")

    assert states() == ["Live", "Live", "Behind the Swedish page"]


def test_source_published_again_unchanged_leaves_nobody_behind() -> None:
    publish(page_of())

    assert states() == ["Live", "Live", "Live"]


def test_draft_and_missing_language_are_named() -> None:
    page_of(language="nb").unpublish()
    page_of(language="da").delete()
    page = page_of()
    page.title = "Utkast"
    page.save_revision()

    assert states() == ["Live, with a draft", "Draft", "Missing"]


def test_file_loaded_again_brings_all_languages_level(tmp_path: Path) -> None:
    data = deepcopy(module_data())
    data["summary"]["sv"] = "Ny mening"

    load(tmp_path, data)

    assert states() == ["Live", "Live", "Live"]


def test_report_shows_each_module_in_each_language(editor: Client) -> None:
    publish(page_of(), summary="Ny mening")

    text = editor.get(reverse("module_languages")).content.decode()

    assert text.count("Behind the Swedish page") == 2
    assert "Title DL-01 da" in text


def test_missing_language_begins_as_a_draft_with_keys_and_answers_in_place(
    editor: Client,
) -> None:
    page_of(language="da").delete()
    url = reverse("module_draft", args=[page_of().pk, "da"])

    assert url in editor.get(reverse("module_languages")).content.decode()
    for _ in range(2):
        response = editor.post(url)

    draft = page_of(language="da")
    assert response.url == reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert not draft.live
    assert draft.get_parent().specific.area_id == "DL"
    assert publishing.differences(draft, page_of()) == []
    assert states() == ["Live", "Live", "Draft"]


def test_draft_asks_for_the_right_to_write(editor: Client) -> None:
    page_of(language="da").delete()
    user = get_user_model().objects.create_user("reader", "reader@example.test", "x")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(user)

    response = client.post(reverse("module_draft", args=[page_of().pk, "da"]))

    assert response.status_code in {302, 403}
    assert not ModulePage.objects.filter(locale__language_code="da").exists()


def test_page_made_in_the_cms_starts_its_own_line_of_translations() -> None:
    ModulePage.objects.all().delete()
    area = AreaPage.objects.get(area_id="DL", locale__language_code="sv")
    page = ModulePage(
        title="Ny",
        module_id="DL-01",
        summary="Kort",
        trains="något",
        locale=Locale.objects.get(language_code="sv"),
    )
    area.add_child(instance=page)
    page.save_revision().publish()

    assert page.url == "/sv/modules/dl-01/"
    assert states() == ["Live", "Missing", "Missing"]


def test_checklist_counts_what_a_module_needs() -> None:
    page = page_of()
    del page.recall[5]
    page.body.pop()

    points = {point.text: point.holds for point in points_of(page)}

    assert points == {
        "An opening question": True,
        "An exercise": True,
        "A take-away": False,
        "The idea: 4 of at most 170 words": True,
        "The lesson: 15 of at most 420 words": True,
        "Questions for the check: 5 of at least 6": False,
        "Of these in a new situation: 1 of at least 2": False,
    }


def test_home_pages_are_not_module_pages() -> None:
    assert HomePage.allowed_subpage_models() == [AreaPage]
    assert AreaPage.allowed_subpage_models() == [ModulePage]
