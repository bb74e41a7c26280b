"""From the lines of a file to a plan, and from a plan to rows: every line or none."""

from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from coaching.intake.people_file.cells import Entry, Problem, entry_of
from coaching.intake.people_file.state import State
from coaching.intake.people_file.telling import happens
from coaching.intake.people_file.words import COLUMNS, words
from coaching.integrations.base import Unreadable, gettext_noop
from coaching.integrations.csv_file.tables import read_lines
from literacy import people
from literacy.models import Learner


class Refused(Exception):
    """The import was refused as a whole; the text says where and why."""


@dataclass(slots=True)
class Line:
    """One line of the file: what it would do, or what is wrong with it."""

    number: int
    email: str
    happens: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    entry: Entry | None = None
    is_new: bool = False  # it makes a person
    is_held: bool = False  # the role is there already


@dataclass(frozen=True)
class Plan:
    lines: list[Line]
    unused_columns: list[str]

    @cached_property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.errors]

    @cached_property
    def new_count(self) -> int:
        return sum(line.is_new for line in self.lines)


def plan(source: BinaryIO, today: date, *, most_lines: int | None = None) -> Plan:
    """Say what every line of a file would do; nothing is stored.

    Raises: Unreadable when the file itself cannot be read, has no address column, or is too long.
    """
    lines = read_lines(source)
    _number, header = next(lines)
    columns = _columns(header)
    rows = list(lines)
    if most_lines is not None and len(rows) > most_lines:
        raise Unreadable("file", gettext_noop("The file has too many lines. Split it."))
    cells = [(number, _cells(row, columns)) for number, row in rows]
    state = State.of(found.get("email", "") for _number, found in cells)
    planned = [_line(number, found, state, today) for number, found in cells]
    unused = [name for at, name in enumerate(header) if at not in columns.values()]
    return Plan(planned, unused)


@transaction.atomic
def carry_out(found: Plan) -> list[Learner]:
    """Do what the lines say, all of them or none, and return the people who are new.

    Raises: Refused when a line cannot be carried out, or has an error.
    """
    if found.wrong:
        raise Refused(_("Lines with errors are left; nothing was imported."))
    known: dict[str, Learner] = {}
    new = []
    for line in found.lines:
        assert line.entry is not None  # noqa: S101 - a line has an entry or errors
        try:
            learner = known.get(line.email) or _person(line.entry)
            if line.is_new:
                new.append(learner)
            known[line.email] = learner
            if not line.is_held:
                entry = line.entry
                people.give_role(learner, entry.role, entry.team, entry.starts_on)
        except people.Refused as refused:
            text = _("Line %(number)s: %(reason)s Nothing was imported.")
            raise Refused(text % {"number": line.number, "reason": refused}) from refused
    return new


def _person(entry: Entry) -> Learner:
    learner = Learner.objects.select_related("user").filter(user__email__iexact=entry.email).first()
    if learner is None:
        return people.add(
            people.Person(entry.email, entry.first_name, entry.last_name, entry.language)
        )
    user = learner.user
    user.first_name = entry.first_name or user.first_name
    user.last_name = entry.last_name or user.last_name
    user.save(update_fields=["first_name", "last_name"])
    return learner


def _columns(header: list[str]) -> dict[str, int]:
    """Return where each field stands, by what its column is called in four languages."""
    found: dict[str, int] = {}
    for at, name in enumerate(header):
        meant = COLUMNS.get(words(name))
        if meant and meant not in found:
            found[meant] = at
    if "email" not in found:
        raise Unreadable("file", gettext_noop("No column is called “E-mail”."))
    return found


def _cells(row: list[str], columns: dict[str, int]) -> dict[str, str]:
    return {
        name: " ".join(row[at].replace("\0", "").split()) if at < len(row) else ""
        for name, at in columns.items()
    }


def _line(number: int, cells: dict[str, str], state: State, today: date) -> Line:
    line = Line(number, people.plain_address(cells["email"]))
    try:
        entry = entry_of(line.email, cells, state, today)
        line.is_new = line.email not in state.learners and line.email not in state.planned
        line.is_held = state.holds(entry.email, entry.role, entry.team, entry.starts_on)
        line.happens = list(happens(entry, state, is_new=line.is_new, is_held=line.is_held))
    except Problem as problem:
        line.errors.extend(problem.args)
        return line
    line.entry = entry
    state.note(number, entry.email, entry.role, entry.team)
    return line
