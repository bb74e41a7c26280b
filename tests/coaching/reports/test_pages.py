"""What the team page says: levels as words and bands, changes, and the empty states."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from coaching.reports.registry import REPORTS
from literacy.models import Role
from tests.coaching.release.factories import agent, learner, manager, member, team
from tests.coaching.reports.factories import WEEK, WEEK_ON, counted_in, released

SEASON_ON = WEEK_ON - 2 * WEEK


@pytest.fixture(autouse=True)
def _english(settings) -> None:
    settings.LOCALE_PATHS = []  # source strings, with the dates of the page's language


def text(response) -> str:
    """Return what stands on a page, in words with single spaces."""
    found = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


def table(response, title: str) -> list[str]:
    """Return the cells of a metric's row in the table of levels."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", response.content.decode(), re.S)
    cells = next(row for row in rows if f">{title}<" in row)
    return [
        " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<span.*?</span>", "", cell)).split())
        for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", cells, re.S)
    ]


def page(get, house, report: str = "skills"):
    return get(house.manager, f"/sv/team/{report}/")


def release_weeks(house, *levels, first_on=SEASON_ON) -> None:
    for number, level in enumerate(levels):
        released(house.chat, week_on=first_on + number * WEEK, level=level)


def test_page_asks_one_question_and_says_who_and_when(week, get) -> None:
    found = text(page(get, week))

    assert "Is the team's competence growing?" in found
    assert "Chat · 14–28 people · week 47, which ended on 22 november 2026" in found


def test_what_was_drawn_once_is_kept_for_each_language_apart(week, get) -> None:
    pages = [text(get(week.manager, f"/{language}/team/")) for language in ("sv", "nb", "sv")]

    assert pages[0] == pages[2]
    assert "22 november 2026" in pages[0]
    assert "22. november 2026" in pages[1]


def test_first_page_is_the_first_report(week, get) -> None:
    assert text(get(week.manager, "/sv/team/")) == text(page(get, week))


def test_row_says_level_words_and_change(house, get) -> None:
    release_weeks(house, 1, 1, 2)

    row = table(page(get, house), "Business and analysis")

    assert row == ["Business and analysis", "3 of 5", "about two to three fifths", "up one level"]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((1, 1), "unchanged"),
        ((1, 2), "up one level"),
        ((0, 1, 3), "up 3 levels"),
        ((2, 1), "down one level"),
        ((4, 3, 1), "down 3 levels"),
        ((2,), "new group"),
    ],
)
def test_change_is_told_from_the_first_week_of_the_season(house, get, levels, expected) -> None:
    release_weeks(house, *levels)

    assert table(page(get, house), "Business and analysis")[-1] == expected


def test_change_is_never_told_across_seasons(house, get) -> None:
    release_weeks(house, 0, 0, 4, first_on=SEASON_ON - 2 * WEEK)

    assert table(page(get, house), "Business and analysis")[-1] == "new group"


def test_change_is_never_told_between_groups_of_another_size(house, get) -> None:
    released(house.chat, week_on=SEASON_ON, level=3, of=5)
    released(house.chat, week_on=SEASON_ON + WEEK, level=0, of=3, size_class="8-13")

    assert table(page(get, house), "Business and analysis")[-1] == "new group"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ({}, {}, "No level has changed since week 45."),
        ({}, {"mastery_va": 2}, "Since week 45, 1 of 5 went up."),
        ({"mastery_va": 2}, {}, "Since week 45, 1 of 5 went down."),
        (
            {"mastery_va": 2},
            {"mastery_dl": 2, "mastery_ts": 2},
            "Since week 45, 2 of 5 went up and 1 went down.",
        ),
    ],
)
def test_message_sums_up_the_season(house, get, first, last, expected) -> None:
    released(house.chat, week_on=SEASON_ON, metrics=first)
    released(house.chat, week_on=SEASON_ON + WEEK, metrics=last)

    assert expected in text(page(get, house))


def test_message_of_a_new_group_promises_no_change(house, get) -> None:
    release_weeks(house, 2)

    assert "A new group: from next week you see what changes." in text(page(get, house))


def test_week_that_is_not_shown_says_the_one_sentence(house, get) -> None:
    release_weeks(house, 2, None)

    response = page(get, house)

    assert "Not shown, to protect individuals." in text(response)
    assert "Level now" not in text(response)
    assert "14–28" not in text(response)
    assert "Weeks without a band are not shown, to protect individuals." in text(response)


def test_large_groups_are_told_in_per_cent(week, get) -> None:
    row = table(get(week.other_manager, "/sv/team/"), "Business and analysis")

    assert row[1:3] == ["10 of 10", "about 90 per cent or more"]


def test_page_shows_the_last_26_weeks_and_the_file_all(house, get) -> None:
    released(house.chat, weeks=30)

    found = page(get, house)
    rows = get(house.manager, "/sv/team/skills/?format=csv").content.decode().splitlines()

    assert len(re.findall(r'<tr><th scope="row">\d+</th>', found.content.decode())) == 26
    assert len(rows) == 1 + 30 * 5


@pytest.mark.parametrize("report", REPORTS)
def test_page_needs_no_script_and_breaks_no_policy(week, get, report) -> None:
    found = page(get, week, report).content.decode()

    assert found.count("<svg") == len(REPORTS[report].metrics)
    assert not re.findall(r"<[^>]+\sstyle=", found)
    assert not re.findall(r"<[^>]+\son\w+=", found)
    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", found) == []
    assert 'src="/static/coaching/reports/plotly' not in found


# Which unit


def test_manager_of_several_units_picks_by_place_in_the_tree(house, get) -> None:
    leader = manager(house.root)
    alpha = team("Alpha", house.oslo)
    released(house.phone, level=4)
    released(house.chat, level=0)
    released(alpha, level=2)

    found = get(leader, "/sv/team/").content.decode()

    assert re.findall(r'class="units__link"[^>]*>([^<]+)<', found) == ["Phone", "Alpha", "Chat"]


def test_unit_is_chosen_by_its_key_and_kept_between_reports(house, get) -> None:
    leader = manager(house.root)
    key = released(house.chat, house.phone)
    released(team("Alpha", house.oslo))

    found = get(leader, f"/sv/team/?unit={key.replace('+', '%2B')}")

    assert "Chat + Phone ·" in text(found)
    assert f"/sv/team/uptake/?unit={key.replace('+', '%2B')}" in found.content.decode()


def test_units_of_earlier_seasons_stay_in_reach(house, get) -> None:
    released(house.chat, week_on=WEEK_ON - 4 * WEEK)
    released(house.chat, house.phone, week_on=WEEK_ON)

    found = text(get(house.manager, "/sv/team/"))
    older = text(get(house.manager, f"/sv/team/?unit={house.chat.pk}"))

    assert "Chat + Phone ·" in found
    assert "until week 43" in found
    assert "Chat · 14–28 people · week 43" in older


def test_one_unit_needs_no_picker(week, get) -> None:
    assert 'class="units' not in page(get, week).content.decode()


def test_led_team_with_two_units_is_worked_out_from_their_levels(house, get) -> None:
    leader = manager(house.root)
    released(house.chat, level=0, of=5, size_class="14-28")
    released(house.phone, level=9, of=10, size_class="29-58")

    found = get(leader, "/sv/team/")

    assert table(found, "Nordic Service")[1:] == ["about 7 of 10"] * 5


def test_nobody_but_a_leader_of_two_units_sees_units_together(week, get) -> None:
    for person in (week.manager, week.agent):
        assert "Several groups together" not in text(get(person, "/sv/team/"))


def test_manager_who_is_counted_elsewhere_sees_both_and_first_the_one_they_lead(week, get) -> None:
    member(week.agent, week.phone, Role.MANAGER)

    found = text(get(week.agent, "/sv/team/"))

    assert "Phone · 29–58 people" in found
    assert "2 groups" in found


# Nothing to show


def test_before_the_first_release_the_page_says_when_it_comes(house, get) -> None:
    found = text(page(get, house))

    assert "No week has been released yet." in found


def test_manager_without_a_unit_meets_the_one_sentence(week, get) -> None:
    leader = manager(team("Empty", week.oslo))

    assert "Not shown, to protect individuals." in text(get(leader, "/sv/team/"))


def test_agent_outside_any_cohort_learns_from_when_they_count(week, get, time_machine) -> None:
    time_machine.move_to("2026-11-24T12:00:00+01:00")
    newcomer = agent(week.chat, since=WEEK_ON)

    found = text(get(newcomer, "/sv/team/"))

    assert "You count in the levels of your team from 28 december 2026." in found
    assert "Chat" not in found


def test_agent_whose_unit_is_not_shown_meets_the_one_sentence(house, get) -> None:
    counted_in(house.agent, released(house.chat, level=None))

    assert "Not shown, to protect individuals." in text(get(house.agent, "/sv/team/"))


def test_file_of_somebody_without_a_unit_holds_no_row(week, get) -> None:
    leader = manager(team("Empty", week.oslo))

    assert len(get(leader, "/sv/team/?format=csv").content.decode().splitlines()) == 1


def test_page_says_what_is_shown_and_what_never_is(week, get) -> None:
    found = text(page(get, week))

    assert "a group of at least 8 people" in found
    assert "You never see who did what" in found
    assert "Managers and the people in the group see this same page." in found


def test_no_learner_stands_on_the_page_not_even_the_reader(week, get) -> None:
    person = learner()
    member(person, week.chat, Role.MANAGER)
    person.user.first_name = "Ragnhild-Canary"
    person.user.save()

    found = get(person, "/sv/team/").content.decode()

    assert "Ragnhild-Canary" not in found
    assert person.user.email not in found


# Cost


@pytest.mark.parametrize("weeks", [10, 150])
@pytest.mark.parametrize("units", [1, 3])
def test_page_takes_the_same_number_of_queries_however_many_weeks_and_units(
    house, django_assert_num_queries, units, weeks
) -> None:
    client = Client()
    client.force_login(manager(house.oslo).user)
    teams = [house.chat, *(team(f"Team {number}", house.oslo) for number in range(units - 1))]
    for each in teams:
        released(each, weeks=weeks)

    with django_assert_num_queries(7):
        client.get("/sv/team/")


def test_last_shown_week_is_the_last_released_one_however_old(house, get, time_machine) -> None:
    released(house.chat)
    time_machine.move_to(f"{WEEK_ON + timedelta(days=400)}T12:00:00+01:00")

    assert "week 47, which ended on 22 november 2026" in text(page(get, house))
