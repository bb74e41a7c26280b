"""Who has a place here: added, moved, given roles, let go, with no account lost on the way."""

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import mail
from django.utils import timezone

from literacy import accounts, people
from literacy.models import Learner, Membership, Role, Team
from literacy.privacy import access
from literacy.tasks import send_invitation, settle_roles
from literacy.teams import Refused, organisation
from tests.factories import LearnerFactory, UserFactory, make_member, make_team

pytestmark = pytest.mark.django_db

KIM = people.Person("Kim@Demo.example ", " Kim", "Berg", "nb")
TODAY = timezone.localdate()
EARLIER, LATER = TODAY - timedelta(days=40), TODAY + timedelta(days=40)


def held(learner: Learner) -> list[tuple[str, str, date, date | None]]:
    rows = learner.memberships.order_by("starts_on", "role")
    return list(rows.values_list("role", "team__name", "starts_on", "ends_on"))


@pytest.fixture
def teams() -> tuple[Team, Team]:
    root = make_team("Bolaget")
    return make_team("Nord", root), make_team("Syd", root)


def test_add_gives_an_account_with_a_verified_address_and_no_password() -> None:
    learner = people.add(KIM)

    user = learner.user
    assert (user.username, user.email) == ("kim@demo.example", "kim@demo.example")
    assert (user.first_name, user.last_name, learner.language) == ("Kim", "Berg", "nb")
    assert not user.has_usable_password()
    assert (user.is_staff, user.is_superuser) == (False, False)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (user.email, True, True)


def test_add_gives_a_place_to_an_account_that_has_none() -> None:
    user = UserFactory(username="kim", email="KIM@demo.example")
    user.set_password("hemligt-och-långt")
    user.save()

    learner = people.add(KIM)

    assert learner.user == user
    assert learner.user.has_usable_password()
    assert learner.user.username == "kim"


def test_add_refuses_an_address_that_is_a_person_s_already() -> None:
    people.add(KIM)

    with pytest.raises(Refused, match=r"There is a person with the address kim@demo\.example\."):
        people.add(KIM)


def test_add_refuses_an_address_of_several_accounts() -> None:
    UserFactory(username="a", email="kim@demo.example")
    UserFactory(username="b", email="Kim@demo.example")

    with pytest.raises(Refused, match="More than one account"):
        people.add(KIM)


def test_change_of_the_address_lets_the_old_one_sign_nobody_in() -> None:
    learner = people.add(KIM)

    people.change(learner, people.Person("ny@demo.example", "Kim", "Ny", "da"))

    learner.refresh_from_db()
    assert learner.language == "da"
    assert (learner.user.username, learner.user.email) == ("ny@demo.example", "ny@demo.example")
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ny@demo.example"]


def test_change_refuses_somebody_else_s_address() -> None:
    LearnerFactory(user=UserFactory(username="other@demo.example"))
    learner = people.add(KIM)

    with pytest.raises(Refused, match="is somebody else's"):
        people.change(learner, people.Person("Other@demo.example", "Kim", "Berg", "nb"))


def test_move_ends_one_home_and_begins_another_on_the_same_day(teams) -> None:
    nord, syd = teams
    learner = make_member(nord, starts_on=EARLIER)

    people.give_role(learner, Role.AGENT, syd, TODAY)

    assert held(learner) == [
        ("agent", "Nord", EARLIER, TODAY),
        ("agent", "Syd", TODAY, None),
    ]
    assert get_user_model().objects.get(pk=learner.user_id).is_active


def test_move_to_the_home_team_keeps_since_when_it_is_the_home(teams) -> None:
    nord, syd = teams
    learner = make_member(nord, starts_on=EARLIER)
    people.give_role(learner, Role.AGENT, syd, LATER)

    people.give_role(learner, Role.AGENT, nord, TODAY)

    assert held(learner) == [("agent", "Nord", EARLIER, None)]


def test_move_replaces_what_would_not_have_begun(teams) -> None:
    nord, syd = teams
    learner = make_member(nord, starts_on=EARLIER)
    people.give_role(learner, Role.AGENT, syd, TODAY)

    people.give_role(learner, Role.AGENT, make_team("Väst"), EARLIER + timedelta(days=1))

    assert held(learner) == [
        ("agent", "Nord", EARLIER, EARLIER + timedelta(days=1)),
        ("agent", "Väst", EARLIER + timedelta(days=1), None),
    ]


def test_give_role_lets_somebody_lead_two_teams_and_have_a_home(teams) -> None:
    nord, syd = teams
    learner = make_member(nord, starts_on=EARLIER)

    for team in (nord, syd, nord):
        people.give_role(learner, Role.MANAGER, team, TODAY)

    assert access.team_scope(learner.user).team_ids == {nord.pk, syd.pk}
    assert learner.memberships.count() == 3


def test_give_role_again_lets_it_begin_earlier_and_last(teams) -> None:
    learner = make_member(teams[0], Role.MANAGER, starts_on=TODAY)
    learner.memberships.update(ends_on=LATER)

    people.give_role(learner, Role.MANAGER, teams[0], EARLIER)

    assert held(learner) == [("manager", "Nord", EARLIER, None)]


@pytest.mark.parametrize("role", people.EVERYWHERE)
def test_give_role_for_the_organisation_needs_no_team(role: Role) -> None:
    learner = people.add(KIM)

    people.give_role(learner, role, None, TODAY)

    assert held(learner) == [(role, organisation().name, TODAY, None)]
    assert learner.user.wagtail_userprofile.preferred_language == "nb"


def test_author_gets_what_authors_may_in_the_cms_and_loses_it_again() -> None:
    learner = people.add(KIM)
    given = people.give_role(learner, Role.AUTHOR, None, TODAY - timedelta(days=1))
    assert set(learner.user.groups.all()) == set(
        Group.objects.filter(name__in=people.AUTHOR_GROUPS)
    )
    assert learner.user.groups.exists()

    people.end_role(given, TODAY)

    assert not learner.user.groups.exists()


def test_author_to_come_enters_when_the_day_has_come() -> None:
    learner = people.add(KIM)
    given = people.give_role(learner, Role.AUTHOR, None, TODAY + timedelta(days=1))
    assert not learner.user.groups.exists()

    Membership.objects.filter(pk=given.pk).update(starts_on=TODAY)
    settle_roles()

    assert learner.user.groups.exists()


def test_editor_without_the_role_is_left_alone() -> None:
    user = UserFactory()
    user.groups.add(Group.objects.get(name="Editors"))

    settle_roles()

    assert user.groups.exists()


def test_former_administrator_is_no_superuser() -> None:
    make_member(make_team(), Role.ADMINISTRATOR)
    learner = make_member(make_team(), Role.ADMINISTRATOR, user=UserFactory(is_superuser=True))

    people.end_role(learner.memberships.get(), TODAY)

    learner.user.refresh_from_db()
    assert not learner.user.is_superuser
    assert not access.is_administrator(Learner.objects.get(pk=learner.pk).user)


def test_only_administrator_stays() -> None:
    learner = make_member(make_team(), Role.ADMINISTRATOR)
    make_member(make_team(), Role.ADMINISTRATOR, user=UserFactory(is_active=False))

    with pytest.raises(Refused, match="only administrator"):
        people.end_role(learner.memberships.get(), TODAY)
    with pytest.raises(Refused, match="only administrator"):
        people.leave(learner, TODAY)

    assert access.is_administrator(learner.user)


def test_end_role_that_had_not_begun_takes_it_back(teams) -> None:
    learner = make_member(teams[0], Role.MANAGER, starts_on=LATER)

    people.end_role(learner.memberships.get(), TODAY)

    assert held(learner) == []


def test_leave_ends_every_role_and_closes_the_account(teams) -> None:
    learner = make_member(teams[0], starts_on=EARLIER)
    make_member(teams[1], Role.MANAGER, starts_on=LATER, learner=learner)

    people.leave(learner, TODAY)

    learner.user.refresh_from_db()
    assert held(learner) == [("agent", "Nord", EARLIER, TODAY)]
    assert learner.left_on == TODAY
    assert not learner.user.is_active


def test_leave_later_closes_the_account_when_the_day_has_come(teams) -> None:
    learner = make_member(teams[0], starts_on=EARLIER)
    people.leave(learner, LATER)
    settle_roles()
    learner.user.refresh_from_db()
    assert learner.user.is_active

    people.settle(LATER)

    learner.user.refresh_from_db()
    assert not learner.user.is_active


def test_somebody_who_left_comes_back_with_a_role(teams) -> None:
    learner = make_member(teams[0], starts_on=EARLIER)
    people.leave(learner, TODAY - timedelta(days=5))

    people.give_role(learner, Role.AGENT, teams[1], TODAY)

    learner.refresh_from_db()
    assert learner.left_on is None
    assert get_user_model().objects.get(pk=learner.user_id).is_active


def test_invitation_leads_to_a_password_in_the_reader_s_language(client) -> None:
    learner = people.add(KIM)

    send_invitation(learner.pk)

    letter = mail.outbox[0]
    address = next(word for word in letter.body.split() if "/password/reset/key/" in word)
    assert letter.to == ["kim@demo.example"]
    assert "passord" in letter.body
    assert address.startswith("http://127.0.0.1:8000/accounts/password/reset/key/")
    asked = client.get(address.removeprefix("http://127.0.0.1:8000"), follow=True)
    word = "ett-långt-lösenord"
    client.post(asked.request["PATH_INFO"], {"password1": word, "password2": word})
    learner.user.refresh_from_db()
    assert learner.user.check_password(word)


def test_new_address_is_told_to_the_old_one() -> None:
    learner = people.add(KIM)

    accounts.tell_of_new_address(learner, "gammal@demo.example")

    assert mail.outbox[0].to == ["gammal@demo.example"]
    assert "kim@demo.example" in mail.outbox[0].body
