"""The cells of a line -> what it asks for, or a sentence about what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching.intake.people_file.state import State
from coaching.intake.people_file.words import LANGUAGES, ROLES, words
from coaching.integrations.csv_file.outcome import CellError
from coaching.integrations.csv_file.values import parse_moment
from literacy import people
from literacy.languages import to_language
from literacy.models import Role, Team

Value = TypeVar("Value")

LONGEST_NAME = 150
EARLIEST_ON = date(1950, 1, 1)
LATEST_AHEAD = timedelta(days=366)


class Problem(Exception):
    """Something is wrong in a line; its arguments say what, in the reader's language."""


class _Problems:
    """Gathers what is wrong in a line, so that it can be mended in one go."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def catch(self, read: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return read()
        except Problem as problem:
            self.found.extend(problem.args)
            return otherwise


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that can be carried out."""

    email: str
    first_name: str
    last_name: str
    language: str
    role: str
    team: Team | None  # None: the whole organisation
    starts_on: date


def entry_of(email: str, cells: dict[str, str], state: State, today: date) -> Entry:
    """Read a line. Raises: Problem with a sentence for each cell that is wrong."""
    wrong = _Problems()
    wrong.catch(lambda: _check_address(email, state), None)
    role = wrong.catch(lambda: _role(cells.get("role", "")), str(Role.AGENT))
    team = wrong.catch(lambda: _team_for(role, cells.get("team", ""), state), None)
    entry = Entry(
        email=email,
        first_name=wrong.catch(lambda: _name(cells.get("first_name", "")), ""),
        last_name=wrong.catch(lambda: _name(cells.get("last_name", "")), ""),
        language=wrong.catch(lambda: _language(cells.get("language", "")), "")
        or state.language_of(team),
        role=role,
        team=team,
        starts_on=wrong.catch(lambda: _day(cells.get("starts_on", ""), today), today),
    )
    if not wrong.found:
        wrong.catch(lambda: _check_fits(entry, state), None)
    if wrong.found:
        raise Problem(*wrong.found)
    return entry


def _check_address(email: str, state: State) -> None:
    if not email:
        raise Problem(_("The e-mail address is missing."))
    try:
        validate_email(email)
    except ValidationError:
        text = _("“%(value)s” is no e-mail address.") % {"value": email[:80]}
        raise Problem(text) from None
    if len(email) > people.ADDRESS_MAX_LENGTH:
        raise Problem(_("The e-mail address is too long."))
    if email in state.ambiguous:
        raise Problem(_("More than one account has the address %(address)s.") % {"address": email})


def _role(text: str) -> str:
    if not text:
        return Role.AGENT
    try:
        return ROLES[words(text)]
    except KeyError:
        raise Problem(_("We know no role “%(value)s”.") % {"value": text[:80]}) from None


def _team_for(role: str, text: str, state: State) -> Team | None:
    if role in people.EVERYWHERE:
        return None
    if not text:
        raise Problem(_("The team is missing."))
    found = state.teams_called(text)
    if not found:
        raise Problem(_("There is no team called “%(value)s”.") % {"value": text[:80]})
    if len(found) > 1:
        text = _("Several teams are called “%(value)s”. Write the site too: Site / Team.") % {
            "value": text[:80]
        }
        raise Problem(text)
    return found[0]


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise Problem(_("A name is too long."))
    return text


def _language(text: str) -> str:
    if not text:
        return ""
    language = LANGUAGES.get(words(text)) or to_language(text)
    if language is None:
        raise Problem(_("We know no language “%(value)s”.") % {"value": text[:80]})
    return language


def _day(text: str, today: date) -> date:
    if not text:
        return today
    try:
        day = parse_moment(text, zone=ZoneInfo("UTC")).astimezone(UTC).date()
    except (CellError, OverflowError):
        raise Problem(_("“%(value)s” is no date.") % {"value": text[:80]}) from None
    if not EARLIEST_ON <= day <= today + LATEST_AHEAD:
        raise Problem(_("The day %(day)s is too far away.") % {"day": shown(day)})
    return day


def _check_fits(entry: Entry, state: State) -> None:
    """Refuse what contradicts an earlier line, or would rewrite where somebody was."""
    known = state.learners.get(entry.email)
    is_named = entry.first_name and entry.last_name
    if known is None and entry.email not in state.planned and not is_named:
        raise Problem(_("A new person needs a first and a last name."))
    earlier = state.planned.get(entry.email, {}).get((entry.role, _place(entry)))
    if earlier:
        text = _("Line %(number)s says the same, or gives another home team already.")
        raise Problem(text % {"number": earlier})
    home = state.home_of(entry.email)
    if entry.role != Role.AGENT or home is None or entry.team == home.team:
        return
    if entry.starts_on <= home.starts_on:
        text = _("The home team is %(team)s from %(day)s. A move must begin after that day.")
        raise Problem(text % {"team": home.team, "day": shown(home.starts_on)})


def _place(entry: Entry) -> int | None:
    """Return what makes two lines of a person the same: of a home team there is only one."""
    return entry.team.pk if entry.team and entry.role != Role.AGENT else None


def shown(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
