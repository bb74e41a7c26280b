"""What a line would do, in sentences."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from coaching.intake.people_file.cells import Entry, shown
from coaching.intake.people_file.state import State
from literacy.models import Learner, Role


def happens(entry: Entry, state: State, *, is_new: bool, is_held: bool) -> Iterator[str]:
    known = state.learners.get(entry.email)
    if is_new:
        in_use = entry.email in state.accounts
        yield _("An account gets a place here.") if in_use else _("A new person.")
    if known and known.left_on:
        yield _("Comes back.")
    if known and _is_renamed(known, entry):
        yield _("The name becomes %(name)s.") % {
            "name": f"{entry.first_name or known.user.first_name} "
            f"{entry.last_name or known.user.last_name}"
        }
    yield _("The role stays as it is.") if is_held else _role_words(entry, state)


def _is_renamed(known: Learner, entry: Entry) -> bool:
    user = known.user
    return (entry.first_name or user.first_name, entry.last_name or user.last_name) != (
        user.first_name,
        user.last_name,
    )


def _role_words(entry: Entry, state: State) -> str:
    told = {
        "role": Role(entry.role).label,
        "team": entry.team,
        "day": shown(entry.starts_on),
    }
    home = state.home_of(entry.email)
    if entry.role == Role.AGENT and home and home.team != entry.team:
        text = _("Moves from %(before)s to %(team)s on %(day)s.")
        return text % {**told, "before": home.team}
    if entry.role == Role.AGENT:
        return _("Home team %(team)s from %(day)s.") % told
    if entry.team:
        return _("%(role)s of %(team)s from %(day)s.") % told
    return _("%(role)s from %(day)s.") % told
