"""The one line about their own team that an agent meets on their day."""

from django.utils.translation import gettext as _

from coaching.release.catalogue import range_words
from coaching.reports.cells import cells_of, first_shown_on, last_week_on
from literacy.privacy.access import TeamScope


def own_team_line(scope: TeamScope) -> str:
    """Say how many of the unit that counts a person learned last week; "" when not released."""
    last_on = last_week_on()
    if last_on is None or not scope.own_unit_key:
        return ""
    cells = cells_of([scope.own_unit_key], ["learned"], since=first_shown_on(last_on))
    if not cells or cells[-1].level is None or cells[-1].of is None:
        return ""
    return _("In week %(week)s, %(share)s of %(team)s learned something.") % {
        "week": cells[-1].week_on.isocalendar().week,
        "share": range_words(cells[-1].level, cells[-1].of),
        "team": cells[-1].unit_label,
    }
