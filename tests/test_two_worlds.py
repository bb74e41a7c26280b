"""Two worlds that differ in one person's data, and look the same to everybody else.

Each difference stays within the released levels; then every byte that a manager or a colleague
can reach must be equal, and so must sizes, order, headers and status codes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from coaching.models import ReleaseCell, Suggestion
from coaching.release.close import close_week
from literacy.calendar import start_of
from literacy.models import Attempt, Check, Learner, Team
from tests.coaching.release.factories import (
    SEASON_ON,
    WEEK,
    agents,
    attempt_answer,
    check,
    closing,
    evidence,
    framework,
    manager,
    objection,
    organisation,
    team,
)

pytestmark = pytest.mark.django_db

WEEKS = 3
DURING = start_of(SEASON_ON + WEEK) + timedelta(hours=30)


@dataclass
class World:
    chat: Team
    phone: Team
    person: Learner  # whose data differ
    colleague: Learner
    manager: Learner
    leader: Learner  # of the whole organisation


@pytest.fixture
def world(time_machine) -> World:
    framework()
    root = organisation()
    chat, phone = team("Chat", root), team("Phone", root)
    person, colleague, *others = agents(chat, 10)
    for someone in [person, colleague, *others]:
        check(someone, SEASON_ON, completed_at=start_of(SEASON_ON))
    agents(phone, 16)
    attempt_answer(colleague, DURING)
    evidence(colleague, "DL1", DURING)
    time_machine.move_to(closing(SEASON_ON + WEEKS * WEEK), tick=False)
    return World(chat, phone, person, colleague, manager(chat), manager(root))


def same(world: World) -> None:
    """Change nothing."""


def learned(world: World) -> None:
    attempt_answer(world.person, DURING)


def learned_a_lot(world: World) -> None:
    for minutes in range(40):
        attempt_answer(world.person, DURING + timedelta(minutes=7 * minutes), share=0.1)


def learned_at_night_on_the_last_second(world: World) -> None:
    attempt_answer(world.person, start_of(SEASON_ON + 2 * WEEK) - timedelta(seconds=1))


def missed_a_check(world: World) -> None:
    Check.objects.filter(learner=world.person).update(completed_at=None)


def masters_everything(world: World) -> None:
    for area in ("VA", "DL", "TS", "TK", "CO"):
        for number in (1, 2):
            evidence(world.person, f"{area}{number}", DURING, pct=100.0)


def masters_nothing(world: World) -> None:
    evidence(world.person, "DL1", DURING, pct=0.0)


def wrote_something_private(world: World) -> None:
    Attempt.objects.create(
        learner=world.person,
        module_id="DL-01",
        language="da",
        started_at=DURING,
        draft={"exercise": "canary-draft"},
        take_away="canary-take-away",
    )


def has_another_name_and_language(world: World) -> None:
    Learner.objects.filter(pk=world.person.pk).update(language="da")
    world.person.user.first_name, world.person.user.email = "Canary", "canary@example.org"
    world.person.user.last_login = DURING
    world.person.user.save()


def dismissed_a_suggestion(world: World) -> None:
    Suggestion.objects.create(
        learner=world.person,
        module_id="DL-01",
        competence_id="DL1",
        made_at=DURING,
        reason={"kind": "unknown"},
        propensity=0.5,
        policy_version="1",
        state="not_relevant",
        decided_at=DURING,
    )


def opened_the_account_earlier(world: World) -> None:
    earlier = start_of(SEASON_ON - 40 * WEEK)
    Learner.objects.filter(pk=world.person.pk).update(activated_at=earlier)


def objected_and_took_it_back(world: World) -> None:
    start = start_of(SEASON_ON)
    objection(world.person, start, withdrawn_at=start + timedelta(hours=1))


def left_the_company(world: World) -> None:
    Learner.objects.filter(pk=world.person.pk).update(left_on=SEASON_ON + timedelta(days=9))


DIFFERENCES = [
    learned,
    learned_a_lot,
    learned_at_night_on_the_last_second,
    missed_a_check,
    masters_everything,
    masters_nothing,
    wrote_something_private,
    has_another_name_and_language,
    dismissed_a_suggestion,
    opened_the_account_earlier,
    objected_and_took_it_back,
    left_the_company,
]

Seen = dict[tuple[str, str], tuple[int, dict[str, str], bytes]]


def live(world: World, difference: Callable[[World], None]) -> tuple[list[tuple], Seen]:
    """Let a world happen, close its weeks, look at it from everywhere, and forget it."""
    with transaction.atomic():
        difference(world)
        for weeks in range(WEEKS):
            close_week(SEASON_ON + weeks * WEEK, closing(SEASON_ON + weeks * WEEK))
        levels = ReleaseCell.objects.order_by("week_on", "unit_key", "metric")
        found = list(levels.values_list("week_on", "unit_key", "metric", "level", "of"))
        seen = look(world)
        transaction.set_rollback(True)
    return found, seen


def look(world: World) -> Seen:
    seen: Seen = {}
    units = [str(world.chat.pk), str(world.phone.pk), "999999"]
    for who in ("colleague", "manager", "leader"):
        client = Client()
        client.force_login(getattr(world, who).user)
        for address in addresses(units):
            response = client.get(address)
            seen[who, address] = response.status_code, dict(response.headers), masked(response)
    return seen


def addresses(units: list[str]) -> list[str]:
    of_units = [
        address.format(unit)
        for unit in units
        for address in (
            "/nb/team/uptake/?unit={}",
            "/nb/team/skills/?unit={}",
            "/nb/team/skills/?unit={}&format=csv",
            "/api/v1/team/cells/?unit={}",
        )
    ]
    return [
        *of_units,
        "/sv/team/",
        "/da/team/uptake/?format=csv",
        "/da/team/nothing/",
        "/api/v1/team/cells/?metric=learned&limit=2&offset=1",
    ]


def masked(response) -> bytes:
    """Return a page without its anti-forgery tokens."""
    return re.sub(rb"[0-9A-Za-z]{64}", b"a token", response.content)


def test_one_person_s_data_change_nothing_that_others_can_reach(world) -> None:
    levels, seen = live(world, same)

    for difference in DIFFERENCES:
        other_levels, other_seen = live(world, difference)

        name = difference.__name__
        assert (name, other_levels) == (name, levels)
        assert (name, [place for place in seen if other_seen[place] != seen[place]]) == (name, [])
        assert other_seen.keys() == seen.keys()


def test_what_is_compared_would_show_a_difference(world) -> None:
    def everybody_learned(world: World) -> None:
        for person in Learner.objects.filter(memberships__team=world.chat):
            attempt_answer(person, DURING)

    _, seen = live(world, same)
    _, other_seen = live(world, everybody_learned)

    different = {who for who, address in seen if other_seen[who, address] != seen[who, address]}
    assert different == {"colleague", "manager", "leader"}
    assert all(status in {200, 404} for status, _, _ in seen.values())
