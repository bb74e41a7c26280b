"""People and teams: who enters the room, what it tells, and what an administrator does there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coaching.admin_views.people import files, roster
from literacy.models import Learner, Membership, Role, Team
from literacy.privacy import notices
from tests.coaching.room import make_user, signed_in
from tests.factories import LearnerFactory, UserFactory, make_connection, make_member, make_team

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
NOBODY_SINCE = datetime(2019, 7, 5, tzinfo=UTC)
ROSTER = "E-post;Förnamn;Efternamn;Team;Roll\nny@demo.example;Ny;Nyström;Nord;chef\n"


@pytest.fixture
def nord() -> Team:
    return make_team("Nord", make_team("Bolaget"))


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_user(Role.ADMINISTRATOR))


@pytest.fixture
def sanna(nord: Team) -> Learner:
    user = UserFactory(
        username="sanna@demo.example", first_name="Sanna", last_name="Ek", last_login=NOBODY_SINCE
    )
    return make_member(nord, user=user, activated_at=NOBODY_SINCE)


def page(client: Client, at: str, *arguments: object, **asked: object) -> str:
    response = client.get(reverse(f"people:{at}", args=arguments), asked)
    assert response.status_code == 200, response
    return response.content.decode()


def post(client: Client, at: str, *arguments: object, **given: object) -> str:
    response = client.post(reverse(f"people:{at}", args=arguments), given, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def everything(sanna: Learner) -> list[str]:
    membership = sanna.memberships.get()
    return [
        *(reverse(f"people:{name}") for name in ("index", "add", "file", "teams")),
        reverse("people:team", args=[membership.team_id]),
        *(
            reverse(f"people:{name}", args=[sanna.pk])
            for name in ("person", "give_role", "leave", "invite")
        ),
        reverse("people:end_role", args=[sanna.pk, membership.pk]),
    ]


def test_every_address_of_the_room_is_walked_below(sanna: Learner) -> None:
    from coaching.admin_views.people.urls import urlpatterns

    assert len(everything(sanna)) == len(urlpatterns)


@pytest.mark.parametrize(
    ("role", "answers"),
    [
        (Role.ADMINISTRATOR, {200, 302, 405}),
        (Role.AUTHOR, {404}),
        (Role.STEWARD, {302}),
        (Role.MANAGER, {302}),
        (Role.AGENT, {302}),
        (None, {302}),
    ],
)
def test_only_an_administrator_enters(sanna: Learner, role: Role | None, answers: set) -> None:
    client = signed_in(make_user(role))

    for address in everything(sanna):
        for response in (client.get(address), client.post(address)):
            assert response.status_code in answers, address
            if answers == {302}:
                assert response["Location"].startswith(reverse(settings.WAGTAILADMIN_LOGIN_URL))
    assert sanna.memberships.get().ends_on is None
    assert bool(mail.outbox) == (role == Role.ADMINISTRATOR)


@pytest.mark.parametrize(("role", "shown"), [(Role.ADMINISTRATOR, True), (Role.AUTHOR, False)])
def test_menu_has_the_entry_for_administrators_alone(role: Role, shown: bool) -> None:
    home = signed_in(make_user(role)).get(reverse("wagtailadmin_home")).content.decode()

    assert (reverse("people:index") in home) == shown


def test_list_tells_names_teams_and_roles_but_not_when_somebody_was_here(
    administrator: Client, sanna: Learner, nord: Team
) -> None:
    make_member(nord, Role.MANAGER, learner=sanna)

    shown = page(administrator, "index")

    assert "Sanna Ek" in shown
    assert "sanna@demo.example" in shown
    assert "Manager, Nord" in shown
    for trace in ("2019", "last_login", "export", "Learned"):
        assert trace not in shown
    assert "2019" not in page(administrator, "person", sanna.pk)


def test_room_reads_nothing_about_learning(administrator: Client, sanna: Learner) -> None:
    with CaptureQueriesContext(database) as asked:
        page(administrator, "index", q="Sanna")
        page(administrator, "person", sanna.pk)

    about_sanna = [query["sql"] for query in asked if "Sanna" in query["sql"]]
    tables = {
        word for query in asked for word in re.findall(r"(?:literacy|coaching)_\w+", query["sql"])
    }
    assert tables == {"literacy_learner", "literacy_membership", "literacy_team"}
    assert about_sanna
    assert not [sql for sql in about_sanna if "last_login" in sql or "activated_at" in sql]


def test_list_is_searched_by_words_and_by_team(administrator: Client, sanna: Learner) -> None:
    syd = make_team("Syd", Team.objects.get(name="Bolaget"))
    below = make_team("Faktura", syd)
    make_member(below, user=UserFactory(first_name="Omar", last_name="Lind"))

    assert "Omar" not in page(administrator, "index", q="ek SANNA")
    assert "Sanna Ek" in page(administrator, "index", q="ek SANNA")
    assert "Sanna Ek" in page(administrator, "index", q="sanna@demo")
    assert "Sanna Ek" not in page(administrator, "index", team=syd.pk)
    assert "Omar Lind" in page(administrator, "index", team=syd.pk)
    assert "Nobody matches" in page(administrator, "index", q="finns inte")


def test_list_shows_who_has_left_when_asked(administrator: Client, sanna: Learner) -> None:
    post(administrator, "leave", sanna.pk, day=TODAY)

    assert "Sanna Ek" not in page(administrator, "index")
    assert "Left on" in page(administrator, "index", left="on")


def test_list_keeps_the_search_on_its_next_page(
    administrator: Client, nord: Team, monkeypatch
) -> None:
    monkeypatch.setattr(roster, "PAGE_SIZE", 1)
    for _number in range(2):
        make_member(nord)

    assert "?q=Provsson&amp;p=2" in page(administrator, "index", q="Provsson")


def test_list_of_three_takes_as_many_queries_as_of_one(administrator: Client, nord: Team) -> None:
    def queries() -> int:
        with CaptureQueriesContext(database) as asked:
            page(administrator, "index")
        return len(asked)

    queries()
    make_member(nord)
    first = queries()
    for _number in range(2):
        make_member(nord)

    assert queries() == first


def added(nord: Team, **more: object) -> dict[str, object]:
    given = {"email": "Ny@demo.example", "first_name": "Ny", "last_name": "Nyström"}
    given |= {"language": "da", "role": "agent", "team": nord.pk, "starts_on": TODAY}
    return {**given, **more}


def test_add_makes_a_person_and_sends_the_invitation(administrator: Client, nord: Team) -> None:
    shown = post(administrator, "add", **added(nord, invite="on"))

    learner = Learner.objects.get(user__email="ny@demo.example")
    assert "Ny Nyström is added." in shown
    assert "The invitation is on its way to ny@demo.example." in shown
    assert learner.memberships.get().team == nord
    assert mail.outbox[0].to == ["ny@demo.example"]


def test_add_without_an_invitation_sends_none(administrator: Client, nord: Team) -> None:
    post(administrator, "add", **added(nord))

    assert mail.outbox == []


def test_add_says_what_is_wrong_and_adds_nobody(administrator: Client, nord: Team, sanna) -> None:
    taken = post(administrator, "add", **added(nord, email="sanna@demo.example"))
    no_team = post(administrator, "add", **added(nord, team=""))

    assert "There is a person with the address sanna@demo.example." in taken
    assert "Choose the team." in no_team
    assert not get_user_model().objects.filter(last_name="Nyström").exists()


def test_invitation_that_cannot_be_sent_says_so(
    administrator: Client, nord: Team, settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there

    shown = post(administrator, "add", **added(nord, invite="on"))

    assert "The mail could not be sent" in shown
    assert Learner.objects.filter(user__email="ny@demo.example").exists()


def test_person_moves_and_keeps_the_account(administrator: Client, sanna: Learner) -> None:
    syd = make_team("Syd", Team.objects.get(name="Bolaget"))

    shown = post(administrator, "give_role", sanna.pk, role="agent", team=syd.pk, starts_on=TODAY)

    assert "Agent, Syd: the role is saved." in shown
    assert Membership.objects.on(TODAY).get(learner=sanna).team == syd
    sanna.user.refresh_from_db()
    assert sanna.user.is_active


def test_role_ends_on_a_day(administrator: Client, sanna: Learner) -> None:
    membership, day = sanna.memberships.get(), TODAY + timedelta(days=7)

    shown = post(administrator, "end_role", sanna.pk, membership.pk, day=day)

    membership.refresh_from_db()
    assert membership.ends_on == day
    assert f"{day:%m/%d/%Y}" in shown


def test_role_of_somebody_else_is_out_of_reach(administrator: Client, sanna: Learner) -> None:
    other = make_member(make_team())
    address = reverse("people:end_role", args=[other.pk, sanna.memberships.get().pk])

    assert administrator.post(address, {"day": TODAY}).status_code == 404


def test_only_administrator_cannot_be_taken_away(administrator: Client) -> None:
    learner = Learner.objects.get()

    shown = post(administrator, "end_role", learner.pk, learner.memberships.get().pk, day=TODAY)
    left = post(administrator, "leave", learner.pk, day=TODAY)

    assert "This is the only administrator." in shown
    assert "This is the only administrator." in left


def test_day_that_is_none_changes_nothing(administrator: Client, sanna: Learner) -> None:
    for at, more in (("end_role", [sanna.memberships.get().pk]), ("leave", [])):
        assert "Say from which day on" in post(administrator, at, sanna.pk, *more, day="i morgon")
    assert sanna.memberships.get().ends_on is None


def test_person_is_changed_and_the_old_address_is_told(
    administrator: Client, sanna: Learner
) -> None:
    given = {"email": "ny@demo.example", "first_name": "Sanna", "last_name": "Ny"}

    shown = post(administrator, "person", sanna.pk, **given, language="sv")

    sanna.user.refresh_from_db()
    assert "The changes are saved." in shown
    assert (sanna.user.email, sanna.user.last_name) == ("ny@demo.example", "Ny")
    assert mail.outbox[0].to == ["sanna@demo.example"]


def test_person_keeps_an_address_that_is_nobody_else_s(administrator: Client, sanna) -> None:
    LearnerFactory(user=UserFactory(username="other@demo.example"))
    given = {"email": "other@demo.example", "first_name": "S", "last_name": "E", "language": "sv"}

    assert "is somebody else&#x27;s" in post(administrator, "person", sanna.pk, **given)


def test_superuser_is_changed_by_superusers_alone(administrator: Client) -> None:
    root = make_member(make_team(), Role.ADMINISTRATOR, user=UserFactory(is_superuser=True))
    given = {"email": "mine@demo.example", "first_name": "R", "last_name": "T", "language": "sv"}

    shown = page(administrator, "person", root.pk)
    for at in ("person", "give_role", "leave"):
        administrator.post(reverse(f"people:{at}", args=[root.pk]), {**given, "day": TODAY})

    root.user.refresh_from_db()
    assert "Only somebody who may do that too can change it." in shown
    assert root.user.email != "mine@demo.example"
    assert root.memberships.get().ends_on is None
    assert "Save the role" in page(signed_in(root.user), "person", root.pk)


def test_account_of_somebody_who_left_gets_no_invitation(
    administrator: Client, sanna: Learner
) -> None:
    post(administrator, "leave", sanna.pk, day=TODAY)

    post(administrator, "invite", sanna.pk)

    assert mail.outbox == []


def test_ids_above_a_thousand_are_written_as_they_are(administrator: Client) -> None:
    team = Team.add_root(pk=123456, name="Stor", country="SE")
    learner = LearnerFactory(pk=234567)
    Membership.objects.create(pk=345678, learner=learner, team=team, starts_on=TODAY)

    shown = page(administrator, "person", learner.pk)

    assert f'action="{reverse("people:end_role", args=[234567, 345678])}"' in shown
    assert 'value="123456"' in shown
    assert 'id="end-345678-day"' in shown
    assert "345,678" not in shown


def test_teams_are_a_tree_with_its_levels(administrator: Client, nord: Team) -> None:
    shown = post(administrator, "teams", name="Faktura", parent=nord.pk, country="")

    assert "The team Faktura is added." in shown
    assert "\u2003\u2003<a" in shown
    assert "Sweden (as above)" in shown
    assert "Site" in shown


def test_teams_are_not_added_twice(administrator: Client, nord: Team) -> None:
    parent = nord.get_parent().pk

    shown = post(administrator, "teams", name="nord", parent=parent, country="")

    assert "There is a team called nord in this place." in shown


def test_team_is_renamed_with_the_connections_and_notices_of_its_site(
    administrator: Client, nord: Team
) -> None:
    found = make_connection(site="Nord")
    notice = notices.record("SE", TODAY, site="Nord")

    shown = post(administrator, "team", nord.pk, name="Norr", country="NO")

    for row in (found, notice, nord):
        row.refresh_from_db()
    assert "The changes are saved." in shown
    assert (nord.name, nord.country, found.site, notice.site) == ("Norr", "NO", "Norr", "Norr")


def test_team_keeps_its_name_beside_a_namesake(administrator: Client, nord: Team) -> None:
    make_team("Syd", nord.get_parent())

    shown = post(administrator, "team", nord.pk, name="Syd", country="")

    assert "There is a team called Syd in this place." in shown


def uploaded(text: str = ROSTER, name: str = "lista.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode("cp1252"))


def kept(shown: str) -> str:
    return shown.split('name="content" value="')[1].split('"')[0]


def test_file_is_tried_and_then_imported(administrator: Client, nord: Team) -> None:
    tried = post(administrator, "file", file=uploaded())
    assert "A new person. Manager of Nord" in tried
    assert not Learner.objects.filter(user__last_name="Nyström").exists()

    done = post(administrator, "file", content=kept(tried), invite="on")

    assert "1 line is imported." in done
    assert Membership.objects.get(learner__user__email="ny@demo.example").role == Role.MANAGER
    assert mail.outbox[0].to == ["ny@demo.example"]


def test_file_with_errors_shows_them_and_cannot_be_imported(administrator: Client, nord) -> None:
    tried = post(administrator, "file", file=uploaded(ROSTER + "x@demo.example;X;Y;Väst;\n"))

    assert "There is no team called “Väst”." in tried
    assert "Nyström" not in tried
    assert 'name="content"' not in tried


def test_file_that_no_longer_fits_imports_nothing(administrator: Client, nord: Team) -> None:
    tried = post(administrator, "file", file=uploaded())
    Team.objects.filter(pk=nord.pk).update(name="Norr")

    shown = post(administrator, "file", content=kept(tried))

    assert "Lines with errors are left; nothing was imported." in shown
    assert "There is no team called “Nord”." in shown


@pytest.mark.parametrize("content", ["", "inte base64", "bm9ib2R5"])
def test_file_that_came_back_damaged_is_asked_for_again(
    administrator: Client, content: str
) -> None:
    post(administrator, "file", content=content)

    assert Learner.objects.count() == 1


def test_file_that_cannot_be_read_says_why(administrator: Client, monkeypatch) -> None:
    assert "The file is empty" in post(administrator, "file", file=uploaded(" "))
    assert "No column is called" in post(administrator, "file", file=uploaded("a;b\n1;2\n"))
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    assert "The file is larger than" in post(administrator, "file", file=uploaded())


def test_first_visit_says_what_to_do_first(administrator: Client) -> None:
    Team.objects.all().update(depth=1)

    assert "There are no teams yet" in page(administrator, "file")


def test_import_people_tries_and_imports(nord: Team, tmp_path: Any, capsys) -> None:
    path = tmp_path / "lista.csv"
    path.write_text(ROSTER)

    call_command("import_people", str(path), "--dry-run")
    assert "line 2, ny@demo.example: A new person. Manager of Nord" in capsys.readouterr().out
    assert not Learner.objects.exists()

    call_command("import_people", str(path))
    assert capsys.readouterr().out == "1 lines imported, 1 new people.\n"
    assert Learner.objects.get().role_names() == {Role.MANAGER}


@pytest.mark.parametrize("text", ["e-mail;team\nny@demo.example;Väst\n", "a;b\n1;2\n"])
def test_import_people_imports_nothing_of_a_bad_file(tmp_path: Any, text: str) -> None:
    path = tmp_path / "lista.csv"
    path.write_text(text)

    with pytest.raises(CommandError):
        call_command("import_people", str(path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_people", str(tmp_path / "ingen.csv"))


@pytest.mark.parametrize("address", ["/sv/my/", "/sv/my/data/"])
def test_account_that_is_nobody_s_gets_a_page_that_says_so(address: str) -> None:
    client = Client()
    client.force_login(UserFactory(email="ny@demo.example"))

    response = client.get(address)

    assert response.status_code == 403
    shown = response.content.decode()
    assert "ny@demo.example" in shown
    assert reverse("wagtailadmin_home") not in shown
    assert client.get("/start/").status_code == 200


def test_superuser_without_a_place_is_led_to_the_cms() -> None:
    client = Client()
    client.force_login(UserFactory(is_superuser=True))

    assert client.get("/start/")["Location"] == reverse("wagtailadmin_home")
    assert reverse("wagtailadmin_home") in client.get("/sv/my/").content.decode()
