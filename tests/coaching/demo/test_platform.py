"""The stand-in for the network, asked by the real adapter."""

import json
from collections import Counter
from datetime import date, datetime, timedelta

import httpx
import pytest

from coaching import integrations, records
from coaching.demo import evaluations
from coaching.demo.organisation import Organisation
from coaching.demo.platform import DemoPlatform
from coaching.demo.world import World
from coaching.integrations.base import Adapter, Batch, Resource
from coaching.release.levels import size_class

SETTINGS = {"client_id": "demo", "client_secret": "demo"}
WORLD = World(date(2026, 5, 25), weeks=26)


def asked_at(moment: datetime, slug: str = "genesys-se") -> Adapter:
    http = httpx.Client(transport=DemoPlatform(WORLD, slug, lambda: moment))
    return integrations.adapter("genesys")(SETTINGS, http, clock=lambda: moment, sleep=no_sleep)


def no_sleep(_seconds: float) -> None:
    raise AssertionError("the demo never lets anybody wait")


def monday_night(week: int) -> datetime:
    return WORLD.moment("SE", WORLD.monday(week), 120)


def pulled(week: int, resource: Resource) -> list[Batch]:
    moment = monday_night(week)
    marks = dict.fromkeys(Resource, moment - timedelta(days=7))
    return [batch for batch in asked_at(moment).pull(marks) if batch.resource is resource]


def roster(week: int) -> dict[str, str]:
    batches = asked_at(monday_night(week)).pull({})
    snapshot = next(batch for batch in batches if batch.resource is Resource.ROSTER)
    return {entry.agent_external_id: entry.team_name for entry in snapshot.records}


def test_connection_test_passes() -> None:
    assert asked_at(monday_night(3)).check().passed


def test_roster_follows_joiners_leavers_and_movers() -> None:
    before, after = roster(9), roster(11)

    moved = {
        (before[agent], after[agent])
        for agent in before.keys() & after.keys()
        if before[agent] != after[agent]
    }
    assert moved == {("Faktura Göteborg", "Teknik Göteborg")}
    assert roster(5).keys() - roster(4).keys() == set()
    assert len(roster(4).keys() - roster(5).keys()) == 1  # a leaver
    assert len(roster(6).keys() - roster(5).keys()) == 1  # a joiner


def test_contacts_of_a_week_can_all_be_read() -> None:
    batches = pulled(6, Resource.INTERACTIONS)

    contacts = [record for batch in batches for record in batch.records]
    per_agent = Counter(contact.agent_external_id for contact in contacts)

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    assert sum((batch.unknown_values for batch in batches), Counter()) == Counter()
    assert 3 <= sum(per_agent.values()) / len(per_agent) <= 5
    assert batches[-1].watermark is not None


def test_last_week_has_one_contact_that_cannot_be_read() -> None:
    rejected = [one for batch in pulled(26, Resource.INTERACTIONS) for one in batch.unreadable]

    assert [one.field for one in rejected] == ["conversationStart"]


def test_platform_goes_on_after_the_demo() -> None:
    contacts = [record for batch in pulled(30, Resource.INTERACTIONS) for record in batch.records]

    assert len(contacts) > 300


def test_evaluation_changes_when_its_evaluator_looks_again() -> None:
    platform = WORLD.organisation.platforms[0]
    filled = next(
        one
        for week in range(26)
        for one in evaluations.evaluations(WORLD, platform, week)
        if one.changed_at and not one.is_reopened
    )
    week = WORLD.week_of(filled.released_at.date())

    first, second = (read(number, filled.id) for number in (week + 1, week + 2))

    assert (first.revision, second.revision) == ("1", "2")
    assert first.score_pct != second.score_pct
    assert first.status is second.status is records.EvaluationStatus.RELEASED


def test_reopened_evaluation_is_not_shown_until_it_is_released_again() -> None:
    platform = WORLD.organisation.platforms[0]
    filled = next(
        one
        for week in range(26)
        for one in evaluations.evaluations(WORLD, platform, week)
        if one.is_reopened
    )
    week = WORLD.week_of(filled.released_at.date())

    states = [read(number, filled.id).status for number in (week + 1, week + 2)]

    status = records.EvaluationStatus
    assert states == [status.IN_PROGRESS, status.RELEASED]


def read(week: int, evaluation_id: str) -> records.Evaluation:
    return next(
        record
        for batch in pulled(week, Resource.EVALUATIONS)
        for record in batch.records
        if record.external_id == evaluation_id
    )


# The organisation itself


@pytest.fixture
def company() -> Organisation:
    return WORLD.organisation


def test_people_have_an_address_each(company: Organisation) -> None:
    addresses = [person.email for person in company.people]

    assert len(set(addresses)) == len(addresses)


def test_teams_cover_each_size_class_at_the_start_of_every_season(company: Organisation) -> None:
    for week in range(4, 26):
        counted = Counter(
            person.team_in(week)
            for person in company.agents
            if person.team_in(week) and person.team_in(week) == person.team_in(week - 4)
        )
        shown = {size_class(people, k=8) for people in counted.values() if people >= 8}
        assert shown == {"8-13", "14-28", "29-58", "59+"}
        assert counted["Teknik Aarhus"] == 8


def test_platforms_share_no_site(company: Organisation) -> None:
    sites = [site for platform in company.platforms for site in platform.sites]

    assert sorted(sites) == sorted({team.site for team in company.teams})


def test_world_is_found_again_from_a_connections_settings() -> None:
    assert World.of_settings(json.loads(json.dumps(WORLD.as_settings()))) == WORLD
