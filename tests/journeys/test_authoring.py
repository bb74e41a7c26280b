"""An author changes a module's words, sees it as a learner does, and publishes one language."""

import re

from playwright.sync_api import Locator, Page, expect

from literacy.models import ModulePage
from tests.browser import Visit

NEW_QUESTION = "Vad skriver du, så att kollegan slipper ringa upp?"


def test_author_publishes_new_words_in_one_language(visit: Visit) -> None:
    lesson = lesson_of("CO-07")
    agent, norwegian = visit("agent.sv"), visit("agent.nb")
    before = words_of(norwegian, "/nb/modules/co-07/")
    page = visit("author", width=1400)
    expect(page).to_have_url(re.compile("/cms/$"))
    assert behind(page, "CO-07").count() == 0

    page.goto(f"/cms/pages/{lesson.pk}/edit/")
    page.fill("[name=body-0-value-question]", NEW_QUESTION)
    page.click("[data-side-panel-toggle=preview]")
    preview = page.frame_locator("iframe[id*=preview]")
    expect(preview.locator(".step--current h2")).to_have_text(NEW_QUESTION)
    expect(preview.locator("[data-next]")).to_be_visible()
    assert NEW_QUESTION not in words_of(agent, "/sv/modules/co-07/")
    publish(page)

    expect(page.locator(".messages .success")).to_be_visible()
    assert NEW_QUESTION in words_of(agent, "/sv/modules/co-07/")
    assert words_of(norwegian, "/nb/modules/co-07/") == before
    expect(behind(page, "CO-07")).to_have_count(2)


def test_changed_right_answer_is_refused_in_words(visit: Visit) -> None:
    lesson = lesson_of("DL-08")
    item = lesson.recall[0].value
    right = next(place for place, option in enumerate(item["options"]) if option["right"])
    page = visit("author", width=1400)

    page.goto(f"/cms/pages/{lesson.pk}/edit/")
    page.set_checked(f"[name=recall-0-value-options-{right}-value-right]", False)
    page.set_checked(f"[name=recall-0-value-options-{1 - min(right, 1)}-value-right]", True)
    publish(page)

    refusals = page.locator(".messages .errorlist li")
    expect(refusals).to_have_count(2)
    expect(refusals.first).to_contain_text(f"{item['key']} › options › {right + 1} › right")
    kept = lesson_of("DL-08").recall[0].value["options"][right]
    assert kept["right"] is True


def lesson_of(module: str) -> ModulePage:
    return ModulePage.objects.get(module=module, locale__language_code="sv")


def words_of(page: Page, address: str) -> str:
    page.goto(address)
    return page.locator(".lesson__steps").text_content() or ""


def behind(page: Page, module: str) -> Locator:
    """Return the marks of languages that are behind, from the authors' report."""
    page.goto("/cms/modules/languages/")
    row = page.locator("tbody tr", has=page.get_by_role("rowheader", name=module, exact=True))
    expect(row).to_have_count(1)
    return row.locator(".icon-warning")


def publish(page: Page) -> None:
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("[name=action-publish]").click()
    page.wait_for_load_state()
