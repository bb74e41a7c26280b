"""A short check that is due, from the day to its result."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from literacy import catalogue, reviews
from literacy.models import LedgerEntry
from tests.browser import Visit
from tests.journeys import lessons
from tests.journeys.people import learner_of


def test_agent_takes_a_due_check(visit: Visit) -> None:
    learner = learner_of("agent.da")
    due = reviews.due_checks(learner, timezone.now())[0]
    lesson = catalogue.module_page(due.module_id, "da")
    assert lesson
    page = visit("agent.da", width=360)

    page.locator(f"a[href='/da/modules/{due.module.slug}/check/']").click()
    expect(page.locator(".check__item")).to_have_count(reviews.ITEM_COUNT)
    due.refresh_from_db()
    lessons.answer_check(page, due, lesson)
    page.locator("main form [type=submit]").click()

    expect(page).to_have_url(re.compile(rf"/check/\?done={due.pk}$"))
    for item in page.locator(".check__item").all():
        expect(item.locator(".tag--right").first).to_be_visible()
        expect(item.locator(".tag--missed")).to_have_count(0)
    due.refresh_from_db()
    answers = list(due.answers.all())
    assert due.completed_at
    assert [answer.share for answer in answers] == [1.0] * reviews.ITEM_COUNT
    keys = [f"answer:{answer.pk}" for answer in answers]
    assert LedgerEntry.objects.filter(source_kind="recall", source_key__in=keys).count() >= 3
    assert learner.checks.get(module=due.module, completed_at=None).due_on > timezone.localdate()


def test_check_taken_too_early_says_when_it_comes(visit: Visit) -> None:
    learner = learner_of("agent.sv")
    planned = learner.checks.filter(completed_at=None, due_on__gt=timezone.localdate()).first()
    assert planned
    page = visit("agent.sv")

    page.goto(f"/sv/modules/{planned.module.slug}/check/")

    expect(page.locator(".calm h1")).to_be_visible()
    expect(page.locator("main form")).to_have_count(0)
