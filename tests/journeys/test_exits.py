"""The three quiet ways out of a suggestion: at once, without a new page, once."""

import re
from datetime import datetime
from itertools import islice

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching import suggestions
from coaching.models import Suggestion
from literacy.models import Learner, LedgerEntry, Membership, Role
from tests.browser import Visit

# Debian's only sans-serif is wider than what phones have; its condensed cut is as wide as those.
LIKE_A_PHONE = ":root { --sans: 'DejaVu Sans Condensed', sans-serif }"
# Tells whether the letter that takes the place of the first can be clicked on by a slow hand.
WATCH_NEW_LETTER = """() => document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
  const box = document.querySelector("#suggestion .exits button, #suggestion .exits a");
  const { left, top, width, height } = box.getBoundingClientRect();
  const under = document.elementFromPoint(left + width / 2, top + height / 2);
  window.takesClicks = box.contains(under);
}, 250))"""


@pytest.mark.parametrize(
    ("decision", "language"), [("not_now", "sv"), ("known", "nb"), ("not_relevant", "da")]
)
def test_exit_is_taken_in_place_and_once(visit: Visit, decision: str, language: str) -> None:
    learner = colleague(language)
    page = visit(learner.user, width=360)
    expect(page).to_have_url(re.compile(f"/{language}/my/$"))
    offered = learner.suggestions.open().get()
    page.evaluate(WATCH_NEW_LETTER)

    page.locator(f".exits__quiet form[action$='/{decision}/'] button").dblclick()

    expect(page.locator(f"form[action*='/suggestions/{offered.pk}/']")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("window.takesClicks === false")  # on the same page
    offered.refresh_from_db()
    assert (offered.state, bool(offered.quiet_until)) == (decision, True)
    assert claims(offered) == (decision == "known")
    expect_what_comes_next(page, learner, decision)


@pytest.mark.parametrize("language", ["sv", "nb", "da"])
def test_exits_fit_on_one_line_of_a_phone(visit: Visit, language: str) -> None:
    page = visit(colleague(language, 1).user, width=360, bypass_csp=True)
    page.add_style_tag(content=LIKE_A_PHONE)

    tops = page.locator(".exits__quiet .exit").evaluate_all(
        "all => all.map(each => Math.round(each.getBoundingClientRect().top))"
    )

    assert len(tops) == 3
    assert len(set(tops)) == 1


def expect_what_comes_next(page: Page, learner: Learner, decision: str) -> None:
    """After "not now" there is quiet until tomorrow; after the others another module, if any."""
    decided = learner.suggestions.decided().filter(decided_at__gte=start_of_today())
    assert decided.count() == 1
    following = learner.suggestions.open().first()
    if following is None:
        expect(page.locator("#suggestion .letter a[href$='/modules/']")).to_be_visible()
        return
    assert decision != "not_now"
    assert following.module_id != decided.get().module_id
    expect(page.locator(f"form[action*='/suggestions/{following.pk}/']")).to_have_count(4)


def colleague(language: str, place: int = 0) -> Learner:
    """Return an agent of the demo without a password, to whom something is suggested."""
    today, now = timezone.localdate(), timezone.now()
    agents = Membership.objects.on(today).filter(role=Role.AGENT).values("learner")
    learners = Learner.objects.active(today).filter(pk__in=agents, language=language)
    others = learners.filter(user__password__startswith="!", activated_at__isnull=False)
    offered = (each for each in others.order_by("pk") if suggestions.current_suggestion(each, now))
    return next(islice(offered, place, None))


def claims(suggestion: Suggestion) -> bool:
    return LedgerEntry.objects.filter(source_key=f"suggestion:{suggestion.pk}").exists()


def start_of_today() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0)
