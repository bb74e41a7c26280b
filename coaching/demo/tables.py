"""Contacts that no platform sees, social media and visits, kept as tables that are imported."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from operator import itemgetter

from coaching.demo.organisation import chance
from coaching.demo.world import World

HEADER = ("Ärendenummer", "Medarbetare", "Kanal", "Starttid", "Samtalstid (min)", "Ärendetyp")


def table(world: World, weeks: Iterable[int]) -> bytes:
    """Return some weeks' contacts as a spreadsheet saves them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADER)
    for week in weeks:
        rows: list[tuple[str, ...]] = sorted(_rows(world, week), key=itemgetter(3))
        writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _rows(world: World, week: int) -> Iterator[tuple[str, ...]]:
    for kept in world.organisation.facts["files"]["teams"]:
        for person in world.organisation.agents:
            if person.team_in(week) != kept["team"]:
                continue
            luck = chance(person.email, "table", week)
            for number in range(luck.choice((2, 3, 4))):
                day = world.monday(week) + timedelta(days=luck.randrange(5))
                clock = f"{luck.randrange(9, 18):02}:{luck.randrange(60):02}"
                minutes = f"{luck.uniform(2, 20):.1f}".replace(".", ",")
                key = f"{day:%y%m%d}-{luck.randrange(10_000):04}-{number}"
                subject = luck.choice(kept["subjects"])
                yield key, person.email, kept["channel"], f"{day} {clock}", minutes, subject
