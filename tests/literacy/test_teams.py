"""The tree of teams: one organisation, names that can be told apart, notices that follow."""

from datetime import date

import pytest
from django.conf import settings

from literacy import teams
from literacy.models import Team
from literacy.privacy import notices
from tests.factories import make_team

pytestmark = pytest.mark.django_db


def test_organisation_is_made_once() -> None:
    assert teams.organisation() == teams.organisation()
    assert Team.objects.get().name == settings.ORGANISATION_NAME


def test_add_team_stands_below_another() -> None:
    root = teams.organisation()

    site = teams.add_team("Nord", root, "SE")
    team = teams.add_team("Faktura", site)

    assert team.get_parent() == site
    assert [(one.name, one.depth, one.country) for one in Team.objects.order_by("path")[1:]] == [
        ("Nord", 2, "SE"),
        ("Faktura", 3, ""),
    ]


def test_add_team_refuses_a_twin_but_not_a_namesake_elsewhere() -> None:
    root = teams.organisation()
    nord, syd = teams.add_team("Nord", root), teams.add_team("Syd", root)
    teams.add_team("Faktura", nord)

    with pytest.raises(teams.Refused, match="There is a team called faktura in this place"):
        teams.add_team("faktura", nord)
    assert teams.add_team("Faktura", syd)


def test_change_team_takes_the_notices_of_a_site_along() -> None:
    site = make_team("Nord", make_team("Bolaget"))
    notices.record("SE", date(2026, 1, 5), site="Nord")

    teams.change_team(site, "Norr", "SE")

    assert notices.in_force("SE", date(2026, 2, 1), site="Norr")
    assert not notices.in_force("SE", date(2026, 2, 1), site="Nord")


def test_change_team_refuses_the_name_of_the_team_beside_it() -> None:
    root = make_team("Bolaget")
    nord, _syd = make_team("Nord", root), make_team("Syd", root)

    with pytest.raises(teams.Refused, match="There is a team called Syd"):
        teams.change_team(nord, "Syd", "SE")
    teams.change_team(nord, "NORD", "NO")
