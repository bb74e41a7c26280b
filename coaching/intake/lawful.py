"""The gate: before its notice is in force, a connection may be tested and mapped, no more."""

from dataclasses import dataclass
from datetime import date

from coaching.models import Connection
from literacy.models import Covers
from literacy.privacy import notices


class NotLawful(Exception):
    """The step that this country's rules ask for is missing or not in force yet."""


@dataclass(frozen=True)
class Lawful:
    allowed: bool
    waits_until: date | None = None  # None with `allowed` false: no notice has been recorded


def lawful(connection: Connection, day: date, covers: str = Covers.CONTACTS) -> Lawful:
    where = {"covers": covers, "site": connection.site}
    if notices.in_force(connection.country, day, **where):
        return Lawful(allowed=True)
    waits_until = notices.waiting_until(connection.country, day, **where)
    return Lawful(allowed=False, waits_until=waits_until)
