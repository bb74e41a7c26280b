"""Answering on a page: what is right is read from the page's own content."""

import random
from typing import Any

from playwright.sync_api import Locator, Page

from cms.blocks import plain
from coaching.demo.answers import answer, recall_answer
from literacy.models import Check, ModulePage


def right_answer(lesson: ModulePage, key: str) -> dict[str, Any]:
    child = next(child for child in lesson.body if child.value["key"] == key)
    return answer(child.block_type, child.value, 1.0, random.Random())


def fill_in(page: Page, key: str, given: dict[str, Any]) -> None:
    """Choose on the page what an answer names; a conversation is held turn by turn."""
    for name, chosen in given.items():
        for each in chosen if isinstance(chosen, list) else [chosen]:
            choose(page, f"{key}-{'choice' if name == 'path' else name}", each)


def choose(page: Page, name: str, value: str) -> None:
    field = page.locator(f'[name="{name}"]')
    option = page.locator(f'[name="{name}"][value="{value}"]')
    match field.first.evaluate("field => field.type"):
        case "select-one":
            field.select_option(value)
        case "submit":
            option.click()
        case _:
            option.check()


def answer_check(page: Page, check: Check, lesson: ModulePage) -> None:
    bank = {child.value["key"]: plain(child.value) for child in lesson.recall}
    for key in check.item_keys:
        for chosen in recall_answer(bank[key], 1.0, random.Random()):
            choose(page, f"{key}-chosen", chosen)


def step(page: Page, key: str) -> Locator:
    return page.locator(f"#step-{key}")
