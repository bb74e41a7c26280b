"""Closing weeks: what is released, in which order, only once, and nothing when in doubt."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from coaching.models.cells import Frozen, ReleaseCell
from coaching.models.cohorts import Cohort, WeekClose
from coaching.release import close, metrics
from coaching.release.catalogue import METRICS
from coaching.release.noise import noise
from literacy.calendar import start_of
from literacy.models import Learner, Membership, Team
from tests.coaching.release.factories import (
    SEASON_ON,
    WEEK,
    agents,
    attempt_answer,
    check,
    closing,
    framework,
    learner,
    master,
    objection,
    organisation,
    team,
)

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def support() -> Team:
    framework()
    support = team("Support", organisation())
    agents(support, 10)
    return support


def people_of(team: Team) -> list[Learner]:
    return list(Learner.objects.filter(memberships__team=team).order_by("pk"))


def cell(metric: str, week_on: date = SEASON_ON, **where: object) -> ReleaseCell:
    return ReleaseCell.objects.get(metric=metric, week_on=week_on, **where)


def content() -> list[tuple]:
    fields = [field.name for field in ReleaseCell._meta.fields]
    return list(ReleaseCell.objects.order_by("pk").values_list(*fields))


def released() -> list[tuple]:
    return list(
        ReleaseCell.objects.order_by("week_on", "unit_key", "metric").values_list(
            "week_on", "unit_key", "metric", "level", "of", "size_class"
        )
    )


# What a cell says


def test_cell_says_everything_a_report_shows(support) -> None:
    close.close_week(SEASON_ON, closing(SEASON_ON))

    found = cell("learned")
    assert (found.unit_key, found.unit_label) == (str(support.pk), "Support")
    assert found.team_ids == [support.pk]
    assert found.path == [[support.get_parent().pk, "Nordic Service"], [support.pk, "Support"]]
    assert (found.season_on, found.week_on) == (SEASON_ON, SEASON_ON)
    assert (found.level, found.of, found.size_class) == (0, 3, "8-13")
    assert found.policy_version == "1-k8"
    assert str(found) == f"{support.pk} 2026-09-07 learned"


def test_every_unit_has_one_cell_of_every_metric(support) -> None:
    agents(team("Sales", support.get_parent()), 9)

    close.close_week(SEASON_ON, closing(SEASON_ON))

    cells = ReleaseCell.objects.values_list("unit_label", "metric")
    assert sorted(cells) == sorted((unit, m) for unit in ("Support", "Sales") for m in METRICS)


@pytest.mark.parametrize("active", range(11))
def test_level_is_that_of_the_head_count_moved_by_the_draw(support, settings, active) -> None:
    people = people_of(support)
    for person in people[:active]:
        attempt_answer(person, start_of(SEASON_ON))
    shift = noise(
        settings.NOISE_SECRET,
        [person.pk for person in people],
        unit_key=str(support.pk),
        metric="learned",
        is_count=True,
    )

    close.close_week(SEASON_ON, closing(SEASON_ON))

    moved = min(max(active + shift, 0), 10)
    assert cell("learned").level == (moved >= 4) + (moved >= 7)


def test_levels_of_means_follow_the_evidence(support) -> None:
    for person in people_of(support):
        check(person, SEASON_ON)
        master(person, "DL1", start_of(SEASON_ON))
        master(person, "DL2", start_of(SEASON_ON))

    close.close_week(SEASON_ON, closing(SEASON_ON))

    assert [cell(metric).level for metric in ("mastery_dl", "mastery_va")] == [2, 0]
    assert cell("checks_kept").level == 0


def test_a_merged_unit_is_released_as_one(support) -> None:
    sales = team("Sales", support.get_parent())
    agents(sales, 3)

    close.close_week(SEASON_ON, closing(SEASON_ON))

    assert cell("learned").team_ids == [support.pk, sales.pk]
    assert cell("learned").unit_label == "Support + Sales"


def test_size_class_and_levels_grow_with_the_group(support) -> None:
    agents(support, 4)

    close.close_week(SEASON_ON, closing(SEASON_ON))

    assert (cell("learned").of, cell("learned").size_class) == (5, "14-28")


# What is not shown


def test_organisation_below_k_gets_no_level_at_all() -> None:
    framework()
    agents(organisation(), 7)

    close.close_week(SEASON_ON, closing(SEASON_ON))

    assert set(ReleaseCell.objects.values_list("level", "of", "size_class")) == {(None, None, "")}


def test_unit_below_k_is_not_shown_until_the_next_season(support) -> None:
    sales = team("Sales", support.get_parent())
    agents(sales, 8)
    close.close_week(SEASON_ON, closing(SEASON_ON))
    objection(people_of(sales)[0], closing(SEASON_ON))

    for weeks in (1, 2, 3, 4):
        close.close_week(SEASON_ON + weeks * WEEK, closing(SEASON_ON + weeks * WEEK))

    levels = ReleaseCell.objects.filter(metric="learned").order_by("week_on")
    assert list(levels.filter(unit_label="Sales").values_list("level", flat=True)) == [
        0,
        None,
        None,
        None,
    ]
    assert levels.filter(unit_label="Support").count() == 4
    assert levels.last().unit_label == "Support + Sales"


@pytest.mark.parametrize("active", [0, 4, 8])
def test_whether_a_cell_is_shown_does_not_depend_on_what_people_did(active) -> None:
    framework()
    support = team("Support", organisation())
    agents(support, 8)
    for person in people_of(support)[:active]:
        attempt_answer(person, start_of(SEASON_ON))

    close.close_week(SEASON_ON, closing(SEASON_ON))

    assert cell("learned").level is not None


def test_week_without_anybody_to_count_closes_without_cells() -> None:
    framework()
    learner()

    assert close.close_week(SEASON_ON, closing(SEASON_ON))

    assert not ReleaseCell.objects.exists()


# Order, once, for good


def test_close_week_does_nothing_for_a_closed_week(support) -> None:
    close.close_week(SEASON_ON, closing(SEASON_ON))
    before = content()
    for person in people_of(support):
        attempt_answer(person, start_of(SEASON_ON))
    people_of(support)[0].delete()

    assert not close.close_week(SEASON_ON, closing(SEASON_ON + WEEK))

    assert content() == before
    assert WeekClose.objects.get().closed_at == closing(SEASON_ON)


def test_closing_later_weeks_changes_no_earlier_cell(support) -> None:
    close.close_week(SEASON_ON, closing(SEASON_ON))
    before = content()
    for person in people_of(support):
        attempt_answer(person, start_of(SEASON_ON))
    Team.objects.filter(pk=support.pk).update(name="Care")

    close.close_missing(closing(SEASON_ON + 6 * WEEK))

    assert content()[: len(before)] == before
    assert len(content()) == 7 * len(before)


def test_close_week_refuses_a_week_that_has_not_ended(support) -> None:
    with pytest.raises(close.Refused, match="not ended"):
        close.close_week(SEASON_ON, closing(SEASON_ON) - MOMENT)

    assert not WeekClose.objects.exists()


@pytest.mark.parametrize("week_on", [SEASON_ON - WEEK, SEASON_ON + 2 * WEEK])
def test_close_week_refuses_to_go_back_or_to_leave_a_gap(support, week_on) -> None:
    close.close_week(SEASON_ON, closing(SEASON_ON))

    with pytest.raises(close.Refused, match="not the week to close next"):
        close.close_week(week_on, closing(SEASON_ON + 4 * WEEK))

    assert WeekClose.objects.count() == 1


def test_close_week_refuses_a_day_that_starts_no_week(support) -> None:
    with pytest.raises(close.Refused, match="not the week to close next"):
        close.close_week(SEASON_ON + timedelta(days=1), closing(SEASON_ON + WEEK))


def test_close_missing_starts_with_the_first_account_that_was_opened(support) -> None:
    Learner.objects.update(activated_at=start_of(SEASON_ON - timedelta(days=3)))

    closed = close.close_missing(closing(SEASON_ON + WEEK))

    assert closed == [SEASON_ON - WEEK, SEASON_ON, SEASON_ON + WEEK]
    assert list(WeekClose.objects.values_list("week_on", flat=True)) == closed


def test_close_missing_has_nothing_to_do_before_anybody_signed_in() -> None:
    assert close.close_missing(closing(SEASON_ON)) == []


def test_close_missing_goes_on_where_it_stopped(support) -> None:
    close.close_week(SEASON_ON, closing(SEASON_ON))

    assert close.close_missing(closing(SEASON_ON)) == []
    assert close.close_missing(closing(SEASON_ON + 2 * WEEK)) == [
        SEASON_ON + WEEK,
        SEASON_ON + 2 * WEEK,
    ]


def test_weeks_closed_late_say_what_they_would_have_said_in_time(support) -> None:
    learn_for_six_weeks(support)
    with transaction.atomic():
        for weeks in range(6):
            close.close_week(SEASON_ON + weeks * WEEK, closing(SEASON_ON + weeks * WEEK))
        in_time = released()
        transaction.set_rollback(True)

    close.close_week(SEASON_ON, closing(SEASON_ON + 5 * WEEK))
    close.close_missing(closing(SEASON_ON + 5 * WEEK))

    assert released() == in_time
    assert len({level for *_, level, _, _ in in_time}) == 3


def learn_for_six_weeks(team: Team) -> None:
    for number, person in enumerate(people_of(team)):
        for weeks in range(6):
            if weeks * 2 >= number:
                attempt_answer(person, start_of(SEASON_ON + weeks * WEEK))


def test_season_is_frozen_once_even_when_the_roster_is_corrected_later(support) -> None:
    close.close_week(SEASON_ON, closing(SEASON_ON))
    agents(team("Sales", support.get_parent()), 9)

    close.close_week(SEASON_ON + WEEK, closing(SEASON_ON + WEEK))

    assert list(Cohort.objects.values_list("unit__label", flat=True)) == ["Support"]


def test_learners_know_who_counts_them_after_each_close(support) -> None:
    person = people_of(support)[0]
    close.close_week(SEASON_ON, closing(SEASON_ON))
    person.refresh_from_db()
    counted_in = person.counted_in
    objection(person, closing(SEASON_ON))

    close.close_week(SEASON_ON + WEEK, closing(SEASON_ON + WEEK))

    person.refresh_from_db()
    assert (counted_in, person.counted_in) == (str(support.pk), "")


@pytest.mark.parametrize(
    "change",
    [
        lambda cell: cell.save(),
        lambda cell: ReleaseCell.objects.update(level=1),
        lambda cell: ReleaseCell.objects.bulk_update([cell], ["level"]),
        lambda cell: ReleaseCell.objects.update_or_create(pk=cell.pk, defaults={"level": 1}),
    ],
)
def test_cell_is_never_changed(support, change) -> None:
    close.close_week(SEASON_ON, closing(SEASON_ON))
    before = content()

    with pytest.raises(Frozen), transaction.atomic():
        change(cell("learned"))

    assert content() == before


def test_cell_is_never_released_twice(support) -> None:
    close.close_week(SEASON_ON, closing(SEASON_ON))
    again = cell("learned")
    again.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


# When in doubt, nothing


def nobody(week):
    return {}


def somebody_else(week):
    return {**dict.fromkeys(week.learner_ids, 0.5), 0: 0.5}


def too_much(week):
    return dict.fromkeys(week.learner_ids, 1.01)


def no_number(week):
    return dict.fromkeys(week.learner_ids, float("nan"))


@pytest.mark.parametrize("scores", [nobody, somebody_else, too_much, no_number])
def test_metric_with_a_wrong_score_releases_nothing(support, monkeypatch, scores) -> None:
    broken = metrics.Scoring(scores, is_count=False)
    monkeypatch.setitem(metrics.SCORINGS, "checks_kept", broken)

    with pytest.raises(ValueError, match="checks_kept"):
        close.close_week(SEASON_ON, closing(SEASON_ON))

    assert_nothing_was_written()


def assert_nothing_was_written() -> None:
    assert not ReleaseCell.objects.exists()
    assert not WeekClose.objects.exists()
    assert not Cohort.objects.exists()
    assert not Learner.objects.exclude(counted_in="").exists()


def test_metric_without_a_score_releases_nothing(support, monkeypatch) -> None:
    monkeypatch.delitem(metrics.SCORINGS, "learned")

    with pytest.raises(KeyError):
        close.close_week(SEASON_ON, closing(SEASON_ON))

    assert_nothing_was_written()


def test_missing_secret_releases_nothing(support, settings) -> None:
    settings.NOISE_SECRET = ""

    with pytest.raises(ValueError, match="no noise secret"):
        close.close_week(SEASON_ON, closing(SEASON_ON))

    assert_nothing_was_written()


def test_unverified_k_releases_nothing(support, settings) -> None:
    settings.RELEASE_K = 3

    with pytest.raises(KeyError):
        close.close_week(SEASON_ON, closing(SEASON_ON))

    assert_nothing_was_written()


def test_week_that_failed_is_closed_by_the_next_run(support, settings) -> None:
    secret, settings.NOISE_SECRET = settings.NOISE_SECRET, ""
    with pytest.raises(ValueError, match="no noise secret"):
        close.close_week(SEASON_ON, closing(SEASON_ON))
    settings.NOISE_SECRET = secret

    assert close.close_week(SEASON_ON, closing(SEASON_ON))
    assert ReleaseCell.objects.count() == len(METRICS)


# Cost


def test_closing_takes_the_same_number_of_queries_for_twice_the_learners(support) -> None:
    close.close_week(SEASON_ON, closing(SEASON_ON))
    queries = [queries_to_close(SEASON_ON + WEEK)]
    for number in range(4):
        agents(team(f"Team {number}", support.get_parent()), 10)
    Membership.objects.update(starts_on=SEASON_ON - 10 * WEEK)
    close.close_missing(closing(SEASON_ON + 4 * WEEK))

    queries.append(queries_to_close(SEASON_ON + 5 * WEEK))

    assert queries[0] == queries[1]


def queries_to_close(week_on: date) -> int:
    with CaptureQueriesContext(connection) as queries:
        close.close_week(week_on, closing(week_on))
    return len(queries)


# The command


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("close_week", *arguments, stdout=output)
    return output.getvalue()


def test_command_closes_every_week_up_to_the_one_of_a_day(support) -> None:
    Learner.objects.update(activated_at=start_of(SEASON_ON - 2 * WEEK))

    output = run("--date", "2026-09-09")

    assert output == "2026-W35 closed\n2026-W36 closed\n2026-W37 closed\n"
    assert WeekClose.objects.last().week_on == SEASON_ON


def test_command_says_when_there_is_nothing_to_do() -> None:
    assert run() == "Every ended week is closed already.\n"


def test_command_refuses_what_is_no_day() -> None:
    with pytest.raises(CommandError, match="invalid fromisoformat value"):
        run("--date", "yesterday")
