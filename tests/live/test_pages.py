"""Every page of agents, managers and strangers: accessible, narrow enough, in its language."""

import random
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from coaching.demo.answers import answer
from coaching.models import ReleaseCell
from literacy import attempts, catalogue, reviews
from literacy.models import Learner, ModulePage
from tests import messages
from tests.browser import Visit
from tests.journeys.people import learner_of
from tests.live import english, walk

LANGUAGES = ("sv", "nb", "da")
SKILL = {"sv": None, "nb": 1.0, "da": 0.0}  # of those who have answered the exercises
MISSING = {"sv": "TS-01", "nb": "TK-04", "da": "DL-08"}
AS_TESTED: dict[str, Any] = {"bypass_csp": True, "reduced_motion": "reduce"}
FOR_STRANGERS = ("/accounts/login/", "/accounts/password/reset/", "/{}/nothing-here/")
MAIN = ("/sv/", "/sv/my/", "/sv/my/data/", "/sv/modules/", "/sv/modules/va-04/", "/sv/team/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_all_and_in_its_language(visit: Visit, language: str) -> None:
    prepare(learner_of(f"agent.{language}"), language)
    stranger = visit(**AS_TESTED, locale=language)
    agent = visit(f"agent.{language}", **AS_TESTED)
    manager = visit("manager", **AS_TESTED)
    pages = {
        stranger: pages_of_strangers(stranger, language),
        agent: pages_of_agent(agent, learner_of(f"agent.{language}"), language),
        manager: pages_of_manager(language),
    }

    wrong: list[str] = []
    for page, addresses in pages.items():
        for address in addresses:
            wrong += walk.flaws(page, address)
            left = english.catalogue(language).found_in(walk.texts(page))
            wrong += [f"{address} in English: {text}" for text in left]

    for addresses, least in zip(pages.values(), (8, 18, 5), strict=True):
        assert len(addresses) >= least
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_source_text_has_its_translation(language: str) -> None:
    assert messages.problems(language, english.all_sources()) == []


@pytest.mark.parametrize("address", MAIN)
def test_main_pages_are_open_to_all_in_the_dark(visit: Visit, address: str) -> None:
    page = visit("agent.sv", **AS_TESTED, color_scheme="dark")

    assert list(walk.flaws(page, address, widths=[360])) == []


# Who reaches what


def pages_of_strangers(page: Page, language: str) -> list[str]:
    fixed = [address.format(language) for address in FOR_STRANGERS]
    found = walk.crawl(page, f"/{language}/", within=f"/{language}/")
    return [address for address in found if not is_for_signed_in(address)] + fixed


def pages_of_agent(page: Page, learner: Learner, language: str) -> list[str]:
    taken = attempts.recent(learner)[0].module
    check, done = checks_of(learner, language)
    own = walk.crawl(page, f"/{language}/my/", within=f"/{language}/")
    more = [
        f"modules/{taken.slug}/finish/",
        f"modules/{MISSING[language].lower()}/",
        check,
        done,
        "team/?unit=no-such-unit",
        "nothing-here/",
    ]
    return list(dict.fromkeys([*own, *(f"/{language}/{path}" for path in more)]))


def pages_of_manager(language: str) -> list[str]:
    """A unit of each kind in both reports: large, merged, and not shown."""
    last = ReleaseCell.objects.filter(metric="learned").order_by("week_on")
    kinds = {(cell.size_class == "", "+" in cell.unit_key): cell.unit_key for cell in last}
    asked = [key.replace("+", "%2B") for key in kinds.values()]
    reports = ("skills", "uptake")
    return [f"/{language}/team/{report}/?unit={key}" for report in reports for key in asked]


def is_for_signed_in(address: str) -> bool:
    return bool(re.match(r"/../(my|team|modules)/", address))


# What there is to see


def prepare(learner: Learner, language: str) -> None:
    """Answer the exercises of a learner's modules, and leave one module out of the language."""
    now = timezone.now()
    ModulePage.objects.get(module=MISSING[language], locale__language_code=language).unpublish()
    skill = SKILL[language]
    for lesson in catalogue.live_pages(language):
        attempt = attempts.open_attempt(learner, lesson.module, language=language, now=now)
        for exercise in catalogue.exercises(lesson):
            given = answer(exercise.block.name, exercise.value, skill or 1.0, random.Random(1))
            if skill is not None:
                attempts.answer(attempt, lesson, exercise.key, given, now=now)
            elif "path" in given:
                attempts.keep_draft(attempt, exercise.key, {"path": given["path"][:1]})


def checks_of(learner: Learner, language: str) -> tuple[str, str]:
    """Make two checks due and take one of them; return the paths of the other and of its result."""
    now = timezone.now()
    due, taken = learner.checks.filter(completed_at=None).exclude(module=MISSING[language])[:2]
    learner.checks.filter(pk__in=[due.pk, taken.pk]).update(due_on=timezone.localdate(now))
    lesson = catalogue.module_page(taken.module_id, language)
    assert lesson
    items = reviews.start(taken, lesson, now)
    answers = {item["key"]: [item["options"][0]["key"]] for item in items}
    reviews.take(taken, lesson, answers, now)
    path = f"modules/{taken.module.slug}/check/?done={taken.pk}"
    return f"modules/{due.module.slug}/check/", path
