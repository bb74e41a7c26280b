"""Who is counted: eligibility, freezing for a season, and leaving a cohort early."""

from datetime import timedelta

import pytest

from coaching.models.cohorts import Cohort, CohortMember, ReportUnit
from coaching.release import cohorts
from literacy.calendar import start_of
from literacy.models import Membership, Notice, Role, Team
from tests.coaching.release.factories import (
    SEASON_ON,
    WEEK,
    agent,
    agents,
    attempt_answer,
    closing,
    framework,
    learner,
    manager,
    member,
    objection,
    organisation,
    team,
)

pytestmark = pytest.mark.django_db

NOW = closing(SEASON_ON)
NEXT_SEASON_ON = SEASON_ON + 4 * WEEK


@pytest.fixture
def company() -> Team:
    return organisation()


@pytest.fixture
def support(company: Team) -> Team:
    support = team("Support", company)
    agents(support, 8)
    return support


def counted(season_on=SEASON_ON) -> dict[str, set[int]]:
    return {cohort.unit.key: people for cohort, people in cohorts.members_of(season_on).items()}


def freeze(season_on=SEASON_ON) -> dict[str, set[int]]:
    cohorts.freeze(season_on, closing(season_on))
    return counted(season_on)


def thin(*, weeks: int = 1) -> None:
    week_on = SEASON_ON + weeks * WEEK
    cohorts.thin(SEASON_ON, week_on + WEEK, closing(week_on))


def is_counted(person, units) -> bool:
    return any(person.pk in people for people in units.values())


# Who is eligible


@pytest.mark.parametrize(("days", "expected"), [(27, False), (28, True)])
def test_membership_counts_after_four_weeks(support, days, expected) -> None:
    person = agent(support, since=SEASON_ON - timedelta(days=days))

    assert is_counted(person, freeze()) is expected


@pytest.mark.parametrize(("hours", "expected"), [(-1, True), (0, False)])
def test_account_counts_when_opened_before_the_season(support, hours, expected) -> None:
    person = agent(support, activated_at=start_of(SEASON_ON) + timedelta(hours=hours))

    assert is_counted(person, freeze()) is expected


def test_account_never_opened_does_not_count(support) -> None:
    person = agent(support)
    type(person).objects.filter(pk=person.pk).update(activated_at=None)

    assert not is_counted(person, freeze())


@pytest.mark.parametrize(("days", "expected"), [(0, False), (1, True)])
def test_people_who_left_do_not_count(support, days, expected) -> None:
    person = agent(support, left_on=SEASON_ON + timedelta(days=days))

    assert is_counted(person, freeze()) is expected


def test_membership_that_ended_does_not_count(support) -> None:
    person = agent(support, until=SEASON_ON)

    assert not is_counted(person, freeze())


def test_people_who_object_do_not_count(support) -> None:
    person = agent(support)
    objection(person, NOW - timedelta(minutes=1))

    assert not is_counted(person, freeze())


def test_people_who_took_their_objection_back_count(support) -> None:
    person = agent(support)
    objection(person, NOW - 2 * WEEK, withdrawn_at=NOW - WEEK)

    assert is_counted(person, freeze())


@pytest.mark.parametrize("role", [Role.STEWARD, Role.ADMINISTRATOR])
def test_people_who_see_everything_do_not_count(support, company, role) -> None:
    person = agent(support)
    member(person, company, role)

    assert not is_counted(person, freeze())


def test_an_author_counts(support, company) -> None:
    person = agent(support)
    member(person, company, Role.AUTHOR)

    assert is_counted(person, freeze())


@pytest.mark.parametrize("led", ["Support", "Nordic Service"])
def test_a_manager_does_not_count_where_they_lead(support, led) -> None:
    person = agent(support)
    member(person, Team.objects.get(name=led), Role.MANAGER)

    assert not is_counted(person, freeze())


def test_a_manager_counts_in_a_team_they_do_not_lead(support, company) -> None:
    sales = team("Sales", company)
    agents(sales, 8)
    person = agent(support)
    member(person, sales, Role.MANAGER)

    assert is_counted(person, freeze())


def test_a_manager_does_not_count_in_a_unit_merged_with_their_team(support, company) -> None:
    sales = team("Sales", company)
    agents(sales, 3)
    person = agent(support)
    member(person, sales, Role.MANAGER)

    units = freeze()

    assert sizes(units) == [11]
    assert not is_counted(person, units)


def sizes(units) -> list[int]:
    return sorted(len(people) for people in units.values())


def test_learning_plays_no_part_in_who_counts(support) -> None:
    framework()
    attempt_answer(agent(support), start_of(SEASON_ON - timedelta(days=3)))
    agent(support)

    assert sizes(freeze()) == [10]


def test_the_oldest_membership_is_home(support, company) -> None:
    sales = team("Sales", company)
    agents(sales, 8)
    person = agent(support, since=SEASON_ON - 10 * WEEK, until=SEASON_ON + WEEK)
    member(person, sales, Role.AGENT, since=SEASON_ON - 9 * WEEK)

    assert person.pk in freeze()[str(support.pk)]


# Legal basis


def test_nobody_counts_before_a_notice_is_in_force(support) -> None:
    Notice.objects.update(in_force_on=SEASON_ON + timedelta(days=1))

    assert freeze() == {}


def test_a_notice_holds_for_its_own_country(support, company) -> None:
    oslo = team("Oslo", company, country="NO")
    agents(oslo, 8)

    assert freeze().keys() == {str(support.pk)}


def test_a_notice_of_a_site_holds_for_the_teams_below_it(company) -> None:
    oslo = team("Oslo", company, country="NO")
    bergen = team("Bergen", company, country="NO")
    below = team("Oslo chat", oslo)
    agents(below, 8)
    agents(bergen, 8)
    Notice.objects.create(
        country="NO", site="Oslo", kind="discussion", given_on=SEASON_ON, in_force_on=SEASON_ON
    )

    assert freeze().keys() == {str(below.pk)}


def test_a_team_without_any_country_does_not_count() -> None:
    root = organisation(country="SE")
    Team.objects.update(country="")
    agents(root, 8)

    assert freeze() == {}


# Units


def test_merged_unit_is_named_by_its_teams_and_placed_below_what_they_share(company) -> None:
    site = team("Malmö", company)
    chat, phone = team("Chat", site), team("Phone", site)
    agents(chat, 3)
    agents(phone, 6)

    freeze()

    unit = ReportUnit.objects.get()
    assert unit.key == f"{chat.pk}+{phone.pk}"
    assert unit.label == "Chat + Phone"
    assert unit.team_ids == [chat.pk, phone.pk]
    assert unit.path == [[company.pk, "Nordic Service"], [site.pk, "Malmö"]]


def test_organisation_below_k_has_no_reported_unit(company) -> None:
    support = team("Support", company)
    agents(support, 7)

    freeze()

    assert list(Cohort.objects.values_list("reported", flat=True)) == [False]


def test_a_smaller_k_reports_smaller_units(company, settings) -> None:
    settings.RELEASE_K = 5
    agents(team("Support", company), 5)

    freeze()

    assert list(Cohort.objects.values_list("reported", flat=True)) == [True]


def test_unit_keeps_its_row_and_takes_the_new_name_next_season(support) -> None:
    freeze()
    Team.objects.filter(pk=support.pk).update(name="Care")

    freeze(NEXT_SEASON_ON)

    assert ReportUnit.objects.get().label == "Care"
    assert Cohort.objects.count() == 2


def test_a_very_long_name_is_cut(company) -> None:
    for number in range(4):
        agents(team(f"{number}" * 100, company), 2)

    freeze()

    assert len(ReportUnit.objects.get().label) == 300


# During the season


def test_joiners_wait_and_leavers_stay_until_the_next_season(support) -> None:
    leaver = agent(support, left_on=SEASON_ON + WEEK)
    freeze()
    joiner = agent(support, since=SEASON_ON)

    thin()
    during = counted()
    after = freeze(NEXT_SEASON_ON)

    assert is_counted(leaver, during)
    assert not is_counted(joiner, during)
    assert not is_counted(leaver, after)
    assert is_counted(joiner, after)


def test_people_who_object_leave_at_the_next_close(support) -> None:
    person = agent(support)
    freeze()
    objection(person, start_of(SEASON_ON + WEEK))

    thin()

    assert not is_counted(person, counted())
    assert Cohort.objects.get().reported


def test_people_who_become_viewers_leave_at_the_next_close(support) -> None:
    person = agent(support)
    freeze()
    member(person, support, Role.MANAGER, since=SEASON_ON + timedelta(days=2))

    thin()

    assert not is_counted(person, counted())


def test_unit_that_falls_below_k_is_not_reported_until_the_next_season(support) -> None:
    freeze()
    agent(support, since=SEASON_ON)
    person = Membership.objects.filter(team=support).first().learner
    objection(person, start_of(SEASON_ON + WEEK))

    thin()
    thin(weeks=2)
    freeze(NEXT_SEASON_ON)

    assert list(Cohort.objects.order_by("season_on").values_list("reported", flat=True)) == [
        False,
        True,
    ]


def test_erasing_somebody_takes_them_out_at_once(support) -> None:
    freeze()
    Membership.objects.filter(team=support).first().learner.delete()

    thin()

    assert CohortMember.objects.count() == 7
    assert not Cohort.objects.get().reported


def test_somebody_who_moved_alone_stays_counted_where_they_were(support, company) -> None:
    sales = team("Sales", company)
    agents(sales, 10)
    person = agent(support)
    freeze()
    move(person, to=sales, on=SEASON_ON + timedelta(days=1))

    during, after = counted(), freeze(NEXT_SEASON_ON)

    assert person.pk in during[str(support.pk)]
    assert after == during


def test_somebody_whose_old_team_is_gone_is_counted_where_they_are(support, company) -> None:
    sales, kiosk = team("Sales", company), team("Kiosk", company)
    agents(sales, 10)
    person = agent(kiosk)
    agents(kiosk, 8)
    freeze()
    move(person, to=sales, on=SEASON_ON - timedelta(days=1))
    Team.objects.get(pk=kiosk.pk).delete()

    assert person.pk in freeze(NEXT_SEASON_ON)[str(sales.pk)]


def test_somebody_who_moved_and_now_leads_their_old_team_is_not_counted_there(
    support, company
) -> None:
    sales = team("Sales", company)
    agents(sales, 10)
    person = agent(support)
    freeze()
    move(person, to=sales, on=SEASON_ON - timedelta(days=1))
    member(person, support, Role.MANAGER)

    assert person.pk not in freeze(NEXT_SEASON_ON)[str(support.pk)]


def move(person, *, to, on) -> None:
    Membership.objects.filter(learner=person).update(ends_on=on)
    member(person, to, Role.AGENT, since=on)


# What learners are told


def test_everybody_knows_the_unit_that_counts_them(support) -> None:
    inside = agent(support)
    outside = learner(counted_in="an older unit")
    leader = manager(support)
    freeze()

    cohorts.write_counted_in(SEASON_ON)

    found = dict(type(inside).objects.values_list("pk", "counted_in"))
    assert found[inside.pk] == str(support.pk)
    assert found[outside.pk] == ""
    assert found[leader.pk] == ""


@pytest.mark.parametrize("more", [1, 3])
def test_thin_takes_the_same_number_of_queries_for_more_units(
    support, company, django_assert_num_queries, more
) -> None:
    for number in range(more):
        agents(team(f"Team {number}", company), 10)
    freeze()

    with django_assert_num_queries(5):
        thin()
