"""The gate: before its notice is in force, a connection may be tested and mapped, no more."""

from dataclasses import dataclass
from datetime import date

from coaching.models import Connection
from literacy.privacy import notices


class NotLawful(Exception):
    """The step that this country's rules ask for is missing or not in force yet."""


@dataclass(frozen=True)
class Lawful:
    allowed: bool
    waits_until: date | None = None  # None with `allowed` false: no notice has been recorded


def lawful(connection: Connection, day: date) -> Lawful:
    if notices.in_force(connection.country, day, site=connection.site):
        return Lawful(allowed=True)
    waits_until = notices.waiting_until(connection.country, day, site=connection.site)
    return Lawful(allowed=False, waits_until=waits_until)
