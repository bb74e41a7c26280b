"""A week of contacts on a platform, in the words and shapes of Genesys Cloud."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from coaching.demo.organisation import Person, Platform, Team, chance
from coaching.demo.world import World, identity

Payload = dict[str, Any]

TALK_MINUTES = {"voice": 6.0, "message": 9.0, "email": 11.0}
AFTERWARDS_SECONDS = {"voice": 70, "message": 45, "email": 20}
WEEKS_IN_MEMORY = 12


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@lru_cache(maxsize=WEEKS_IN_MEMORY)
def conversations(world: World, platform: Platform, week: int) -> tuple[Payload, ...]:
    """Return a platform's contacts of a week in the order of their end."""
    found = [
        contact
        for person in world.people_on(platform, week)
        for contact in _contacts_of(world, platform, person, week)
    ]
    if has_mishaps(world, platform, week):
        found += [_by_the_consultant(world, platform, week), _damaged(platform, found[0])]
    found.sort(key=lambda contact: (contact["conversationEnd"], contact["conversationId"]))
    return tuple(found)


def has_mishaps(world: World, platform: Platform, week: int) -> bool:
    """Tell whether a platform tells of somebody unknown, and something unreadable, in a week."""
    return week == world.last_week and platform is world.organisation.platforms[0]


def _contacts_of(world: World, platform: Platform, person: Person, week: int) -> Iterator[Payload]:
    team = world.organisation.team_named[person.team_in(week) or ""]
    luck = chance(person.email, "contacts", week)
    for number in range(luck.choice((3, 4, 4, 5))):
        agent_id = agent_identity(platform, person)
        name = identity(platform.slug, person.email, week, number)
        yield _contact(world, platform, team, week, name=name, agent_id=agent_id, luck=luck)


def agent_identity(platform: Platform, person: Person) -> str:
    return identity(platform.slug, "user", person.email)


def consultant_identity(platform: Platform) -> str:
    """Return the id of somebody whom no learner's address fits: an administrator has to say who."""
    return identity(platform.slug, "user", "consultant")


def _by_the_consultant(world: World, platform: Platform, week: int) -> Payload:
    agent_id, luck = consultant_identity(platform), chance(platform.slug, "consultant")
    team, name = world.organisation.teams_of(platform)[0], identity(platform.slug, "hired")
    return _contact(world, platform, team, week, name=name, agent_id=agent_id, luck=luck)


def _damaged(platform: Platform, contact: Payload) -> Payload:
    """Return a contact whose start got lost on the way."""
    rest = {name: value for name, value in contact.items() if name != "conversationStart"}
    return {**rest, "conversationId": identity(platform.slug, "damaged")}


def _contact(
    world: World,
    platform: Platform,
    team: Team,
    week: int,
    *,
    name: str,
    agent_id: str,
    luck: Random,
) -> Payload:
    media = luck.choice(team.channels)
    opens, closes = team.hours
    day = world.monday(week) + timedelta(days=luck.randrange(5))
    minutes = luck.uniform(opens * 60, closes * 60 - 40)
    start = world.moment(team.country, day, minutes)
    facts = world.organisation.country(team.country)
    wait = luck.randrange(2_000, 180_000) if media != "email" else luck.randrange(3_600_000)
    leg = {
        "sessionId": identity(name, "agent"),
        "mediaType": media,
        "direction": "inbound",
        **_customer_address(media, facts["phone"], luck),
        "recording": False,
        **_handled(platform, team, media, start + timedelta(milliseconds=wait), luck=luck),
    }
    return {
        "conversationId": name,
        "conversationStart": timestamp(start),
        "conversationEnd": leg["segments"][-1]["segmentEnd"],
        "originatingDirection": "inbound",
        "participants": [
            {"participantId": identity(name, "customer"), "purpose": "customer", "sessions": []},
            {
                "participantId": identity(name, "leg"),
                "purpose": "agent",
                "userId": agent_id,
                "sessions": [leg],
            },
        ],
    }


def _customer_address(media: str, phone: str, luck: Random) -> dict[str, str]:
    number = luck.randrange(10_000)
    if media == "email":
        return {"addressFrom": f"kund{number}@example.org"}
    return {"ani": f"tel:{phone}{number:04}"}


def _handled(
    platform: Platform, team: Team, media: str, answered: datetime, *, luck: Random
) -> Payload:
    """Return what an agent's leg was made of: its metrics in milliseconds and its segments."""
    talk = round(luck.lognormvariate(0, 0.5) * TALK_MINUTES[media] * 60_000)
    held = luck.randrange(15_000, 120_000) if luck.random() < 0.2 else 0
    after = round(luck.lognormvariate(0, 0.5) * AFTERWARDS_SECONDS[media] * 1000)
    ended = answered + timedelta(milliseconds=talk + held)
    done = ended + timedelta(milliseconds=after)
    spans = {"tAlert": luck.randrange(2_000, 9_000), "tTalk": talk, "tHeld": held, "tAcw": after}
    counts = {"tHandle": talk + held + after, "nTransferred": int(luck.random() < 0.12)}
    code = wrapup_identity(platform, luck.randrange(10))
    talked = {
        "segmentType": "interact",
        "segmentStart": timestamp(answered),
        "segmentEnd": timestamp(ended),
        "queueId": identity(platform.slug, "queue", luck.choice(team.queues)),
        "requestedLanguageId": identity(platform.slug, "language"),
    }
    wrapped = {
        "segmentType": "wrapup",
        "segmentStart": timestamp(ended),
        "segmentEnd": timestamp(done),
        "wrapUpCode": code,
    }
    metrics = [
        {"name": name, "value": value, "emitDate": timestamp(done)}
        for name, value in {**spans, **counts}.items()
        if value
    ]
    return {"metrics": metrics, "segments": [talked, wrapped]}


def wrapup_identity(platform: Platform, number: int) -> str:
    return identity(platform.slug, "wrap-up", number)
