"""The demo's company on the calendar: its weeks, its local hours, and lasting ids."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Self
from uuid import NAMESPACE_DNS, uuid5
from zoneinfo import ZoneInfo

from coaching.demo.organisation import Organisation, Person, Platform, organisation
from literacy.calendar import monday

NAMESPACE = uuid5(NAMESPACE_DNS, "demo.example")


@lru_cache(maxsize=10_000)
def identity(*parts: object) -> str:
    """Return an id as platforms give them, the same for the same thing."""
    return str(uuid5(NAMESPACE, "/".join(map(str, parts))))


@dataclass(frozen=True)
class World:
    """An organisation in its weeks. It goes on after the last of them, without new events."""

    first_week_on: date
    weeks: int
    scale: float = 1.0

    @classmethod
    def ending(cls, until: date, *, weeks: int, scale: float) -> Self:
        """Return the world whose last week is the last to have ended before a day."""
        return cls(monday(until) - timedelta(weeks=weeks), weeks, scale)

    @classmethod
    def of_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Return the world that a connection of the demo belongs to."""
        known = settings["demo"]
        return cls(date.fromisoformat(known["first_week_on"]), known["weeks"], known["scale"])

    def as_settings(self) -> dict[str, Any]:
        return {"demo": {**asdict(self), "first_week_on": self.first_week_on.isoformat()}}

    @property
    def organisation(self) -> Organisation:
        return organisation(self.scale)

    @property
    def last_week(self) -> int:
        return self.weeks - 1

    def monday(self, week: int) -> date:
        return self.first_week_on + timedelta(weeks=week)

    def week_of(self, day: date) -> int:
        return (day - self.first_week_on).days // 7

    def zone(self, country: str) -> ZoneInfo:
        return _ZONES[self.organisation.country(country)["time_zone"]]

    def moment(self, country: str, day: date, minutes: float) -> datetime:
        """Return a local time of day, given in minutes after midnight, in UTC."""
        midnight = datetime.combine(day, time.min, tzinfo=self.zone(country))
        return (midnight + timedelta(minutes=minutes)).astimezone(UTC)

    def people_on(self, platform: Platform, week: int) -> list[Person]:
        """Return the agents whom a platform has in one of its teams in a week."""
        teams = {team.name for team in self.organisation.teams_of(platform)}
        return [person for person in self.organisation.agents if person.team_in(week) in teams]


_ZONES = {name: ZoneInfo(name) for name in ("Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen")}
