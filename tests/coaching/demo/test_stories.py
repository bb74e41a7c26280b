"""What each demo account shows follows from its evaluations alone, over its weeks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import httpx
import pytest

from coaching import evidence, integrations, suggestions
from coaching.demo.connections import make_connections, map_lines
from coaching.demo.contacts import agent_identity
from coaching.demo.organisation import Person
from coaching.demo.people import make_people
from coaching.demo.platform import DemoPlatform
from coaching.demo.world import World
from coaching.intake import Intake
from coaching.integrations.base import Batch, Resource
from coaching.models import Connection, Run
from literacy.calendar import start_of
from literacy.catalogue import load_modules
from literacy.models import Learner
from literacy.modulefiles.files import FOLDER

WORLD = World(date(2026, 8, 10), weeks=14, scale=0.01)
ENDED_AT = start_of(WORLD.monday(WORLD.weeks))


@pytest.mark.parametrize(
    ("account", "slug", "module", "criterion"),
    [
        ("agent.sv", "genesys-se", "CO-03", "Q02"),
        ("agent.nb", "genesys-no", "TK-04", "Q12"),
        ("agent.da", "genesys-aarhus", "CO-07", "Q08"),
    ],
)
def test_story_leads_to_its_module(
    db: None, account: str, slug: str, module: str, criterion: str
) -> None:
    load_modules([FOLDER / "modules" / f"{module.lower()}.yaml"])
    make_people(WORLD)
    make_connections(WORLD)
    email = f"{account}@demo.example"
    person = next(one for one in WORLD.organisation.agents if one.email == email)
    take_in_evaluations(person, slug)

    learner = Learner.objects.get(user__email=email)
    found = suggestions.current_suggestion(learner, ENDED_AT + timedelta(days=2))

    assert found is not None
    assert (found.module_id, found.reason["criterion"]) == (module, criterion)
    assert (found.reason["low"], found.reason["count"]) == (3, 4)


def take_in_evaluations(person: Person, slug: str) -> None:
    run = Run.objects.create(connection=Connection.objects.get(slug=slug), kind="pull")
    for week in range(WORLD.weeks):
        now = start_of(WORLD.monday(week + 1)) + timedelta(hours=2)
        http = httpx.Client(transport=DemoPlatform(WORLD, slug, partial(returned, now)))
        settings = {"client_id": "demo", "client_secret": "demo"}
        adapter = integrations.adapter("genesys")(settings, http, clock=partial(returned, now))
        no_contacts = {Resource.INTERACTIONS: now + timedelta(days=1)}
        marks = {Resource.EVALUATIONS: now - timedelta(days=7), **no_contacts}
        for batch in of_one(adapter.pull(marks), person, slug):
            Intake(run, now=now).take(batch)
        map_lines(WORLD, now)
        evidence.weigh_waiting(now)


def returned(now: datetime) -> datetime:
    return now


def of_one(batches: Iterator[Batch], person: Person, slug: str) -> Iterator[Batch]:
    """Yield the evaluations of one person, and the lists they need."""
    platform = next(one for one in WORLD.organisation.platforms if one.slug == slug)
    agent_id = agent_identity(platform, person)
    for batch in batches:
        if batch.resource in {Resource.AGENTS, Resource.FORMS}:
            yield batch
        if batch.resource is Resource.EVALUATIONS:
            own = [record for record in batch.records if record.agent_external_id == agent_id]
            yield replace(batch, records=tuple(own))
