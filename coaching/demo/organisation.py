"""The company as its file describes it, and who worked where in which week of the demo."""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import product
from typing import Any

from literacy.modulefiles.files import FOLDER, read_yaml

SMALLEST_SCALED = 8  # a team that had enough people to be counted keeps enough


def chance(*parts: object) -> random.Random:
    """Return a source of chance that gives the same again for the same names and numbers."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311 - made-up data, no secret


@dataclass(frozen=True)
class Team:
    name: str
    site: str
    country: str
    size: int
    eagerness: float  # the share of it that learns something in a usual week
    channels: tuple[str, ...]
    queues: tuple[str, ...]
    hours: tuple[int, int] = (8, 17)
    joins: tuple[int, ...] = ()  # weeks
    leaves: tuple[int, ...] = ()
    moves: tuple[tuple[int, str], ...] = ()  # (week, team)


@dataclass(frozen=True)
class Stay:
    """A time in a team, in weeks of the demo."""

    team: str
    first_week: int | None = None  # None: since before the demo
    end_week: int | None = None  # the first week elsewhere

    def holds(self, week: int) -> bool:
        return (self.first_week or 0) <= week and (self.end_week is None or week < self.end_week)


@dataclass(frozen=True)
class Story:
    """What a demo account shows: its weak point, and what it has learned lately."""

    criterion: str
    points: tuple[int, ...]  # of ten in the last evaluations, oldest first
    modules: tuple[tuple[int, str], ...]  # (days before the demo was loaded, module)


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    email: str
    country: str
    role: str = "agent"
    stays: tuple[Stay, ...] = ()
    can_sign_in: bool = False
    story: Story | None = None

    def __str__(self) -> str:
        return f"{self.first} {self.last}"

    def team_in(self, week: int) -> str | None:
        return next((stay.team for stay in self.stays if stay.holds(week)), None)


@dataclass(frozen=True)
class Platform:
    slug: str
    name: str
    country: str
    sites: tuple[str, ...]
    site: str = ""  # where its notice is for a site alone


@dataclass(frozen=True, eq=False)
class Organisation:
    name: str
    teams: tuple[Team, ...]
    platforms: tuple[Platform, ...]
    people: tuple[Person, ...]
    facts: dict[str, Any]  # the file's other parts

    @cached_property
    def agents(self) -> tuple[Person, ...]:
        return tuple(person for person in self.people if person.role == "agent")

    @cached_property
    def team_named(self) -> dict[str, Team]:
        return {team.name: team for team in self.teams}

    def teams_of(self, platform: Platform) -> list[Team]:
        return [team for team in self.teams if team.site in platform.sites]

    def country(self, code: str) -> dict[str, Any]:
        facts: dict[str, Any] = self.facts["countries"][code]
        return facts


@cache
def organisation(scale: float) -> Organisation:
    """Read the company; a scale below 1 makes its larger teams smaller, for tests."""
    facts = read_yaml(FOLDER / "demo" / "organisation.yaml")
    teams = tuple(_team(site, team, scale) for site in facts["sites"] for team in site["teams"])
    return Organisation(
        name=facts["name"],
        teams=teams,
        platforms=tuple(
            Platform(**{**platform, "sites": tuple(platform["sites"])})
            for platform in facts["platforms"]
        ),
        people=tuple(_people(facts, teams)),
        facts=facts,
    )


def _team(site: dict[str, Any], team: dict[str, Any], scale: float) -> Team:
    tuples = {name: tuple(value) for name, value in team.items() if isinstance(value, list)}
    moves = tuple((move["week"], move["to"]) for move in team.get("moves", ()))
    size = min(team["size"], max(SMALLEST_SCALED, round(team["size"] * scale)))
    more = {"site": site["name"], "country": site["country"], "size": size, "moves": moves}
    return Team(**{**team, **tuples, **more})


def _people(facts: dict[str, Any], teams: tuple[Team, ...]) -> Iterator[Person]:
    """Yield everybody: who can sign in and has a role, then each team's agents and its leader."""
    known = {account["name"]: _account(facts, account, teams) for account in facts["accounts"]}
    yield from (person for person in known.values() if person.role != "agent")
    names = {country: _names(facts, country) for country in facts["countries"]}
    for team in teams:
        first = [person for person in known.values() if person.team_in(0) == team.name]
        yield from _agents(team, first, names[team.country])
        yield replace(next(names[team.country]), role="manager", stays=(Stay(team.name),))


def _account(facts: dict[str, Any], account: dict[str, Any], teams: tuple[Team, ...]) -> Person:
    country = {team.name: team.country for team in teams}
    story = account.get("story")
    return Person(
        first=account["first"],
        last=account["last"],
        email=f"{account['name']}@{facts['domain']}",
        country=country.get(account.get("team", ""), "SE"),
        role=account.get("role", "agent"),
        stays=(Stay(account.get("team", facts["name"])),),
        can_sign_in=True,
        story=_story(story) if story else None,
    )


def _story(story: dict[str, Any]) -> Story:
    modules = sorted(((days, module) for module, days in story["modules"].items()), reverse=True)
    return Story(story["criterion"], tuple(story["points"]), tuple(modules))


def _agents(team: Team, first: list[Person], names: Iterator[Person]) -> Iterator[Person]:
    """Yield a team's people; those who leave or move are among the last of its list."""
    here = first + [next(names) for _ in range(team.size - len(first))]
    ends: list[tuple[int, str | None]] = [(week, None) for week in team.leaves] + list(team.moves)
    staying = len(here) - len(ends)
    for person in here[:staying]:
        yield replace(person, stays=(Stay(team.name),))
    for person, (week, goal) in zip(here[staying:], ends, strict=True):
        after = (Stay(goal, week),) if goal else ()
        yield replace(person, stays=(Stay(team.name, None, week), *after))
    for week in team.joins:
        yield replace(next(names), stays=(Stay(team.name, week),))


def _names(facts: dict[str, Any], country: str) -> Iterator[Person]:
    """Yield people of a country without end of names, each with an address of their own."""
    words = facts["countries"][country]
    pairs = list(product(words["first"], words["last"]))
    chance(facts["name"], country, "names").shuffle(pairs)
    for first, last in pairs:
        address = f"{_ascii(first)}.{_ascii(last)}@{facts['domain']}"
        yield Person(first, last, address, country)


def _ascii(name: str) -> str:
    plain = name.lower().replace("ø", "o").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in decomposed if letter.isascii() and letter.isalnum())
