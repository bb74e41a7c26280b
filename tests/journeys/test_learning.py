"""From the day's suggestion through a module to what has changed, with and without scripts."""

import re
from statistics import fmean

import pytest
from playwright.sync_api import Page, expect

from coaching.models import Evaluation, EvaluationAnswer, Suggestion
from literacy import attempts, catalogue
from literacy.models import Attempt, Criterion, Learner, LedgerEntry, ModulePage
from tests.browser import PHONE_HEIGHT, Visit
from tests.journeys import lessons
from tests.journeys.ledger import beliefs_of, explained, moved
from tests.journeys.people import learner_of

LOW_PCT = 60
WORDS = {
    "sv": ("en", "två", "tre", "fyra"),
    "nb": ("én", "to", "tre", "fire"),
}


def test_agent_takes_the_suggested_module_on_a_phone(visit: Visit) -> None:
    learner = learner_of("agent.sv")
    page = visit("agent.sv", width=360)
    expect(page).to_have_url(re.compile("/sv/my/$"))
    suggestion = learner.suggestions.open().get()
    lesson = page_of(suggestion, "sv")

    expect(page.locator(".letter__title")).to_have_text(lesson.title)
    expect_first_screen_holds(page, ".letter .button")
    expect_reason_from_evaluations(page, suggestion)
    expect_evidence_on_demand(page, suggestion)
    before = beliefs_of(learner)
    lines_before = ledger_lines(page)

    page.goto("/sv/my/")
    page.locator(".letter .button").press("Enter")
    expect(page).to_have_url(re.compile(f"/sv/modules/{lesson.module.slug}/$"))
    walk_by_keyboard(page, lesson)

    expect(page).to_have_url(re.compile(f"/sv/modules/{lesson.module.slug}/finish/$"))
    attempt = attempts.last_completed(learner, lesson.module_id)
    assert attempt
    expect(page.locator(".end__words")).to_have_text(attempt.take_away)
    assert attempt.take_away in take_aways(lesson)
    entries = entries_of(attempt)
    expect(page.locator(".movement")).to_have_count(len({e.competence_id for e in entries}))
    assert moved(before, beliefs_of(learner)) == pytest.approx(explained(entries))
    assert ledger_lines(page) == lines_before + len(entries)
    suggestion.refresh_from_db()
    assert suggestion.state == "accepted"


def test_agent_takes_a_module_without_scripts(visit: Visit) -> None:
    learner = learner_of("agent.nb")
    page = visit("agent.nb", java_script_enabled=False)
    suggestion = learner.suggestions.open().get()
    lesson = page_of(suggestion, "nb")
    expect_reason_from_evaluations(page, suggestion)

    page.locator(".letter .button").click()
    expect(page).to_have_url(re.compile(f"/nb/modules/{lesson.module.slug}/$"))
    expect(page.locator(".step")).to_have_count(len(lesson.body))
    for exercise in catalogue.exercises(lesson):
        lessons.fill_in(page, exercise.key, lessons.right_answer(lesson, exercise.key))
        if exercise.block.name != "branching_dialogue":
            lessons.step(page, exercise.key).locator("[data-submit]").click()
        expect_all_right(page, exercise.key)
    own_words = "Jeg spør én gang til før jeg svarer."
    page.locator("input[name$='-own']").fill(own_words)
    page.locator(".step [data-submit]").click()

    expect(page.locator(".end__words")).to_have_text(own_words)
    attempt = attempts.last_completed(learner, lesson.module_id)
    assert attempt
    assert attempt.take_away == own_words
    assert {answer.share for answer in attempt.answers.all()} == {1.0}
    assert LedgerEntry.objects.filter(source_key=f"attempt:{attempt.pk}").exists()


# What is on the page


def expect_first_screen_holds(page: Page, selector: str) -> None:
    box = page.locator(selector).bounding_box()
    assert box
    assert box["y"] + box["height"] < PHONE_HEIGHT
    assert box["height"] >= 44


def expect_reason_from_evaluations(page: Page, suggestion: Suggestion) -> None:
    """The sentence names the criterion and the numbers that the evaluations themselves give."""
    facts, language = suggestion.reason, suggestion.learner.language
    criterion = Criterion.objects.get(pk=facts["criterion"])

    found = judged(suggestion.learner, criterion)
    assert {**facts, **found} == facts
    assert 0 < found["low"] < found["count"]
    numbers = [WORDS[language][found[name] - 1] for name in ("low", "count")]
    for word in (*numbers, criterion.names[language], str(found["mean"])):
        said = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        expect(page.locator(".letter__reason")).to_contain_text(said)


def judged(learner: Learner, criterion: Criterion) -> dict[str, int]:
    released = Evaluation.objects.filter(learner=learner, status="released")
    latest = list(released.order_by("-released_at", "-pk")[:4])
    scores = []
    for evaluation in latest:
        lines = EvaluationAnswer.objects.filter(
            evaluation=evaluation,
            line__criterion=criterion,
            not_applicable=False,
            points__isnull=False,
        )
        if points := list(lines.values_list("points", "max_points")):
            scores.append(fmean(100 * float(given) / float(most) for given, most in points))
    low = [score for score in scores if score < LOW_PCT]
    return {"low": len(low), "count": len(latest), "mean": round(fmean(scores))}


def expect_evidence_on_demand(page: Page, suggestion: Suggestion) -> None:
    rows = page.locator(".letter .why__rows li")
    assert suggestion.evidence
    expect(rows.first).to_be_hidden()

    page.locator(".letter .why__open").press("Enter")

    expect(rows).to_have_count(len(suggestion.evidence))
    expect(rows.first).to_be_visible()


def walk_by_keyboard(page: Page, lesson: ModulePage) -> None:
    """Go through all steps with keys alone; leave once in the middle, and come back."""
    forward = page.locator("[data-next]")
    onwards = forward.inner_text()
    exercises = {exercise.key for exercise in catalogue.exercises(lesson)}
    for number, child in enumerate(lesson.body):
        key = child.value["key"]
        current = page.locator(".step--current")
        expect(current).to_have_id(f"step-{key}")
        expect(page.locator(".step:visible")).to_have_count(1)
        if number == 2:
            back_and_forth(page, lesson)
            leave_and_come_back(page, key)
        if child.block_type == "hook":
            current.locator("summary").first.press("Enter")
            expect(current.locator(".feedback").first).to_be_visible()
        if key in exercises:
            lessons.fill_in(page, key, lessons.right_answer(lesson, key))
            if child.block_type != "branching_dialogue":
                forward.press("Enter")
            expect_all_right(page, key)
            expect(forward).to_have_text(onwards)  # no longer "check my answer"
            expect(forward).to_be_visible()
        if child.block_type == "takeaway":
            current.locator("input[type=radio]").first.press("Space")
        forward.press("Enter")


def back_and_forth(page: Page, lesson: ModulePage) -> None:
    page.locator("[data-back]").press("Enter")
    expect(page.locator(".step--current")).to_have_id(f"step-{lesson.body[1].value['key']}")
    with page.expect_response(re.compile("/place/$")):
        page.locator("[data-next]").press("Enter")


def leave_and_come_back(page: Page, key: str) -> None:
    address = page.url.partition("#")[0]
    page.locator(".lesson-top__leave").click()
    expect(page).to_have_url(re.compile("/my/$"))
    page.goto(address)
    expect(page.locator(".step--current")).to_have_id(f"step-{key}")


def expect_all_right(page: Page, key: str) -> None:
    answered = lessons.step(page, key).locator(".exercise--answered")
    expect(answered.locator(".feedback").first).to_be_visible()
    expect(answered.locator(".tag--right").first).to_be_visible()
    expect(answered.locator(".tag--missed")).to_have_count(0)


def ledger_lines(page: Page) -> int:
    page.goto("/sv/my/data/")
    return page.locator(".belief .why__rows li").count()


# What is in the rows


def page_of(suggestion: Suggestion, language: str) -> ModulePage:
    lesson = catalogue.module_page(suggestion.module_id, language)
    assert lesson
    return lesson


def take_aways(lesson: ModulePage) -> list[str]:
    return [
        option["text"]
        for child in lesson.body
        if child.block_type == "takeaway"
        for option in child.value["options"]
    ]


def entries_of(attempt: Attempt) -> list[LedgerEntry]:
    keys = [f"answer:{answer.pk}" for answer in attempt.answers.all()]
    found = LedgerEntry.objects.filter(learner=attempt.learner)
    return list(found.filter(source_key__in=[*keys, f"attempt:{attempt.pk}"]))
