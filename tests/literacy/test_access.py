"""Who may see what, asked for four people: self, own manager, other manager, outsider."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from literacy.calendar import next_season_start, season_start
from literacy.models import Learner, Role
from literacy.privacy import access
from tests.factories import UserFactory, make_member, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, Learner]:
    root = make_team("Root")
    own, other = make_team("Own", root), make_team("Other", root)
    return {
        "agent": make_member(own),
        "own manager": make_member(own, Role.MANAGER),
        "other manager": make_member(other, Role.MANAGER),
        "outsider": make_member(other),
    }


@pytest.mark.parametrize(
    ("who", "may"),
    [("agent", True), ("own manager", False), ("other manager", False), ("outsider", False)],
)
def test_only_the_person_takes_personal_data_home(
    client: Client, people: dict[str, Learner], who: str, may: bool
) -> None:
    client.force_login(people[who].user)

    taken = client.get("/sv/my/data/export/").content.decode()

    assert (people["agent"].user.email in taken) is may


def test_somebody_not_signed_in_sees_nobody() -> None:
    with pytest.raises(access.NoLearner):
        access.team_scope(AnonymousUser())


def test_team_scope_of_a_manager_is_the_team_and_everything_below() -> None:
    root = make_team("Root")
    site = make_team("Site", root)
    first, second = make_team("First", site), make_team("Second", site)
    make_team("Elsewhere", root)
    manager = make_member(site, Role.MANAGER)

    scope = access.team_scope(manager.user)

    assert scope.team_ids == {site.pk, first.pk, second.pk}
    assert scope.is_manager


def test_team_scope_ends_with_the_membership() -> None:
    manager = make_member(make_team(), Role.MANAGER)
    manager.memberships.update(ends_on=timezone.localdate())

    assert not access.team_scope(manager.user).is_manager


def test_team_scope_tells_a_newcomer_from_when_they_count() -> None:
    today = timezone.localdate()
    newcomer = make_member(make_team(), starts_on=today)

    scope = access.team_scope(newcomer.user)

    assert scope.own_unit_key == ""
    assert scope.counts_from == next_season_start(today + timedelta(days=28))


def test_an_account_that_is_no_learner_reads_no_team() -> None:
    with pytest.raises(access.NoLearner):
        access.team_scope(UserFactory())


@pytest.mark.parametrize("room", ["my/", "my/data/", "my/data/export/", "team/"])
def test_every_room_tells_an_account_that_is_no_learner_the_same(client: Client, room: str) -> None:
    client.force_login(UserFactory())

    response = client.get(f"/sv/{room}")

    assert response.status_code == 403
    assert "literacy/no_place.html" in [template.name for template in response.templates]


@pytest.mark.parametrize(
    "address", ["me/attempts/", "me/reviews/", "me/mastery/", "me/suggestions/", "team/cells/"]
)
def test_every_api_tells_an_account_that_is_no_learner_the_same(
    client: Client, address: str
) -> None:
    client.force_login(UserFactory())

    response = client.get(f"/api/v1/{address}")

    assert response.status_code == 403
    assert response.json()["detail"].startswith("Ditt konto är inte kopplat till någon ")


def test_seasons_are_four_weeks_from_the_first_monday_of_2024() -> None:
    assert season_start(date(2024, 1, 28)) == date(2024, 1, 1)
    assert season_start(date(2024, 1, 29)) == date(2024, 1, 29)
    assert season_start(date(2023, 12, 31)) == date(2023, 12, 4)
    assert next_season_start(date(2024, 1, 30)) == date(2024, 2, 26)
    assert next_season_start(date(2024, 1, 29)) == date(2024, 1, 29)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.AGENT, False),
        (Role.MANAGER, False),
        (Role.STEWARD, False),
        (Role.AUTHOR, True),
        (Role.ADMINISTRATOR, True),
    ],
)
def test_authors_and_administrators_enter_the_cms_while_they_hold_the_role(
    role: Role, may: bool
) -> None:
    member = make_member(make_team(), role)
    assert member.user.has_perm("wagtailadmin.access_admin") is may

    member.memberships.update(ends_on=timezone.localdate())

    later = Learner.objects.get(pk=member.pk)
    assert not later.user.has_perm("wagtailadmin.access_admin")
