"""A file of people says line by line what it would do, and then does all of it or nothing."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.intake import people_file
from coaching.integrations.base import Unreadable
from literacy import people
from literacy.models import Learner, Membership, Role, Team
from tests.factories import UserFactory, make_member, make_team

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
HEADER = "E-post;Förnamn;Efternamn;Språk;Team;Roll;Från\n"


@pytest.fixture(autouse=True)
def teams() -> dict[str, Team]:
    root = make_team("Bolaget", country="")
    nord, oslo = make_team("Nord", root), make_team("Oslo", root, "NO")
    below = {"Faktura": make_team("Faktura", nord), "Teknikk": make_team("Teknikk", oslo, "")}
    return {"Bolaget": root, "Nord": nord, "Oslo": oslo, **below}


def planned(*lines: str, header: str = HEADER, encoding: str = "utf-8") -> people_file.Plan:
    content = (header + "\n".join(lines)).encode(encoding)
    return people_file.plan(io.BytesIO(content), TODAY)


def told(*lines: str) -> list[str]:
    """Return for each line what it says of itself."""
    return [" ".join(line.errors or line.happens) for line in planned(*lines).lines]


def held() -> list[tuple[str, str, str, date, date | None]]:
    rows = Membership.objects.order_by("learner__user__email", "starts_on", "role")
    names = ("learner__user__email", "role", "team__name", "starts_on", "ends_on")
    return list(rows.values_list(*names))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_file_is_read_whatever_wrote_it(encoding: str, mark: str) -> None:
    header, line = HEADER, "asa@demo.example;Åsa;Öberg;sv;Nord;Medarbetare;2026-01-05"

    found = planned(line.replace(";", mark), header=header.replace(";", mark), encoding=encoding)

    assert found.lines[0].errors == []
    assert found.lines[0].entry
    assert found.lines[0].entry.last_name == "Öberg"


def test_file_may_be_a_workbook() -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["E-mail", "First name", "Last name", "Team", "From"])
    book.active.append(["kim@demo.example", "Kim", "Berg", "Nord", date(2026, 1, 5)])
    book.save(content)

    people_file.carry_out(people_file.plan(content, TODAY))

    assert held() == [("kim@demo.example", "agent", "Nord", date(2026, 1, 5), None)]


def test_import_makes_people_with_their_roles() -> None:
    found = planned(
        "a@demo.example;Ada;Alm;;Nord / Faktura;;2026-01-05",
        "b@demo.example;Bo;Berg;;Teknikk;kundebehandler;05.01.2026",
        "b@demo.example;Bo;Berg;;Teknikk;Leder;05.02.2026",
        "c@demo.example;Cleo;Clausen;dansk;;Steward;",
    )

    new = people_file.carry_out(found)

    assert [found.new_count, len(new), found.wrong, found.unused_columns] == [3, 3, [], []]
    assert held() == [
        ("a@demo.example", "agent", "Faktura", date(2026, 1, 5), None),
        ("b@demo.example", "agent", "Teknikk", date(2026, 1, 5), None),
        ("b@demo.example", "manager", "Teknikk", date(2026, 2, 5), None),
        ("c@demo.example", "steward", "Bolaget", TODAY, None),
    ]
    languages = Learner.objects.order_by("user__email").values_list("language", flat=True)
    assert list(languages) == ["sv", "nb", "da"]


def test_plan_tells_what_each_line_would_do_and_stores_nothing(teams) -> None:
    make_member(teams["Nord"], user=UserFactory(username="old@demo.example"))
    gone = make_member(teams["Nord"], user=UserFactory(username="gone@demo.example"))
    make_member(teams["Nord"], Role.ADMINISTRATOR)
    people.leave(gone, TODAY)
    UserFactory(username="cms@demo.example")
    before = held()

    said = told(
        "new@demo.example;Ny;Nyström;;Nord;;2026-01-05",
        "new@demo.example;Ny;Nyström;;Oslo;chef;2026-01-05",
        "old@demo.example;;;;Nord;;",
        "old@demo.example;;;;;författare;2026-01-06",
        "gone@demo.example;Åter;;;Oslo;;2026-03-01",
        "cms@demo.example;Kim;Cms;;Oslo;;2026-01-05",
    )

    assert said[0] == "A new person. Home team Nord from 01/05/2026."
    assert said[1] == "Manager of Oslo from 01/05/2026."
    assert said[2] == "The role stays as it is."
    assert said[3] == "Author from 01/06/2026."
    assert said[4].startswith("Comes back. The name becomes Åter Provsson")
    assert said[4].endswith("Home team Oslo from 03/01/2026.")
    assert said[5] == "An account gets a place here. Home team Oslo from 01/05/2026."
    assert held() == before


def test_move_is_told_and_done(teams) -> None:
    make_member(teams["Nord"], user=UserFactory(username="old@demo.example"))
    line = "old@demo.example;;;;Oslo;;2026-03-01"

    assert told(line) == ["Moves from Nord to Oslo on 03/01/2026."]
    people_file.carry_out(planned(line))

    assert held() == [
        ("old@demo.example", "agent", "Nord", date(2026, 1, 5), date(2026, 3, 1)),
        ("old@demo.example", "agent", "Oslo", date(2026, 3, 1), None),
    ]


def test_same_file_twice_changes_nothing(teams) -> None:
    lines = ["a@demo.example;Ada;Alm;;Nord;;2026-01-05", "a@demo.example;;;;Nord;chef;2026-01-05"]
    people_file.carry_out(planned(*lines))
    before = held()

    assert told(*lines) == ["The role stays as it is."] * 2
    assert people_file.carry_out(planned(*lines)) == []
    assert held() == before


def test_people_keep_the_language_they_chose(teams) -> None:
    make_member(teams["Nord"], user=UserFactory(username="old@demo.example"))

    people_file.carry_out(planned("old@demo.example;;;da;Nord;;"))

    assert Learner.objects.get().language == "sv"


WRONG = [
    (";Kim;Berg;;Nord;;", "The e-mail address is missing."),
    ("kim;Kim;Berg;;Nord;;", "“kim” is no e-mail address."),
    (f"k@{'a' * 60}.{'b' * 60}.{'c' * 60}.se;Kim;B;;Nord;;", "The e-mail address is too long."),
    ("two@demo.example;Kim;Berg;;Nord;;", "More than one account has the address two@demo.example"),
    ("k@demo.example;Kim;;;Nord;;", "A new person needs a first and a last name."),
    (f"k@demo.example;{'K' * 151};Berg;;Nord;;", "A name is too long."),
    ("k@demo.example;Kim;Berg;Suomi;Nord;;", "We know no language “Suomi”."),
    ("k@demo.example;Kim;Berg;;;;", "The team is missing."),
    ("k@demo.example;Kim;Berg;;Väst;;", "There is no team called “Väst”."),
    ("k@demo.example;Kim;Berg;;Twin;;", "Several teams are called “Twin”."),
    ("k@demo.example;Kim;Berg;;Nord;kung;", "We know no role “kung”."),
    ("k@demo.example;Kim;Berg;;Nord;;i går", "“i går” is no date."),
    ("k@demo.example;Kim;Berg;;Nord;;2206-01-05", "The day 01/05/2206 is too far away."),
    ("old@demo.example;;;;Oslo;;2026-01-05", "The home team is Nord from 01/05/2026."),
]


@pytest.mark.parametrize(("line", "words"), WRONG)
def test_line_says_what_is_wrong_with_it(teams, line: str, words: str) -> None:
    for name in ("a", "b"):
        UserFactory(username=name, email="two@demo.example")
    for site in ("Nord", "Oslo"):
        make_team("Twin", teams[site])
    make_member(teams["Nord"], user=UserFactory(username="old@demo.example"))

    found = planned(line)

    assert found.lines[0].errors[0].startswith(words)
    assert found.lines[0].entry is None
    assert found.wrong == found.lines


def test_line_says_all_that_is_wrong_with_it() -> None:
    line = planned("k;Kim;Berg;;Väst;kung;i går").lines[0]

    assert line.errors == [
        "“k” is no e-mail address.",
        "We know no role “kung”.",
        "There is no team called “Väst”.",
        "“i går” is no date.",
    ]


def test_namesakes_are_told_apart_by_their_site(teams) -> None:
    for site in ("Nord", "Oslo"):
        make_team("Twin", teams[site])

    people_file.carry_out(planned("k@demo.example;Kim;Berg;;Oslo > twin;;2026-01-05"))

    assert Membership.objects.get().team.get_parent() == teams["Oslo"]


def test_second_home_team_in_a_file_is_an_error() -> None:
    said = told(
        "a@demo.example;Ada;Alm;;Nord;;2026-01-05", "A@demo.example;Ada;Alm;;Oslo;;2026-02-05"
    )

    assert said[1] == "Line 2 says the same, or gives another home team already."


def test_import_with_an_error_imports_nothing() -> None:
    found = planned("a@demo.example;Ada;Alm;;Nord;;", "b@demo.example;Bo;Berg;;Väst;;")

    with pytest.raises(people_file.Refused, match="nothing was imported"):
        people_file.carry_out(found)

    assert not Learner.objects.exists()


def test_import_that_is_refused_half_way_imports_nothing() -> None:
    """The second address became two accounts' after the file was tried."""
    found = planned("a@demo.example;Ada;Alm;;Nord;;", "b@demo.example;Bo;Berg;;Nord;;")
    for name in ("x", "y"):
        UserFactory(username=name, email="b@demo.example")

    with pytest.raises(people_file.Refused, match=r"^Line 3: More than one account .* imported\.$"):
        people_file.carry_out(found)

    assert not Learner.objects.exists()
    assert not get_user_model().objects.filter(email="a@demo.example").exists()


def test_file_without_an_address_column_is_refused() -> None:
    with pytest.raises(Unreadable, match="No column is called"):
        planned("Kim;Berg", header="Förnamn;Efternamn\n")


def test_file_with_too_many_lines_is_refused() -> None:
    content = io.BytesIO(b"e-mail;team\n" + b"a@demo.example;Nord\n" * 3)

    with pytest.raises(Unreadable, match="too many lines"):
        people_file.plan(content, TODAY, most_lines=2)


def test_columns_that_are_not_used_are_named() -> None:
    found = planned(
        "a@demo.example;47;Ada;Alm;Nord;x",
        header="Mail;Ålder;First name;Last name;Team;e-post\n",
    )

    assert found.unused_columns == ["Ålder", "e-post"]


def test_plan_asks_the_database_as_often_for_three_lines_as_for_one() -> None:
    def queries(count: int) -> int:
        lines = [f"{number}@demo.example;A;B;;Nord;;2026-01-05" for number in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            planned(*lines)
        return len(asked)

    assert queries(3) == queries(1)


def test_planned_home_moves_earlier(teams) -> None:
    learner = make_member(
        teams["Oslo"],
        starts_on=TODAY + timedelta(days=30),
        user=UserFactory(username="old@demo.example"),
    )

    people_file.carry_out(planned("old@demo.example;;;;Oslo;;"))

    assert learner.memberships.get().starts_on == TODAY
