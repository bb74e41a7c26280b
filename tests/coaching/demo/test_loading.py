"""The demo organisation as it stands after loading."""

from collections import Counter
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command

from coaching.demo.people import PASSWORD
from coaching.models import (
    Connection,
    Evaluation,
    EvaluationHistory,
    FormLine,
    Interaction,
    QuarantinedPayload,
    ReleaseCell,
    Run,
    WeekClose,
)
from coaching.models.connections import RunState
from literacy import reviews
from literacy.models import Learner, Membership, Team
from tests.coaching.demo.conftest import LOADED_AT, WEEKS, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

ACCOUNTS = {
    f"{name}@demo.example"
    for name in ("agent.sv", "agent.nb", "agent.da", "manager", "author", "steward", "admin")
}


def learner(name: str) -> Learner:
    return Learner.objects.get(user__email=f"{name}@demo.example")


def test_two_loads_give_equal_rows(demo: list[list[str]]) -> None:
    assert all(demo)
    assert rows() == demo


def test_accounts_of_the_demo_alone_can_sign_in() -> None:
    users = get_user_model().objects.all()

    able = {user.email for user in users if user.has_usable_password()}

    assert able == ACCOUNTS
    assert authenticate(username="admin@demo.example", password=PASSWORD) is not None
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == len(users)


def test_author_may_publish_in_the_cms_and_admin_everything() -> None:
    author = get_user_model().objects.get(email="author@demo.example")
    admin = get_user_model().objects.get(email="admin@demo.example")

    assert author.has_perm("wagtailadmin.access_admin")
    assert not author.is_superuser
    assert admin.is_superuser


def test_every_week_is_closed_and_every_run_done() -> None:
    assert WeekClose.objects.count() == WEEKS
    assert set(Run.objects.values_list("state", flat=True)) == {RunState.DONE}


def test_platforms_and_tables_are_taken_in() -> None:
    channels = set(Interaction.objects.values_list("channel", flat=True))

    assert channels == {"voice", "message", "email", "social", "in_person"}
    assert Evaluation.objects.filter(weighed_at=None).count() == 0
    assert FormLine.objects.filter(mapped_at=None).count() == 0
    assert set(FormLine.objects.filter(criterion=None).values_list("max_points", flat=True)) == {
        None
    }


def test_connection_whose_notice_waits_has_stored_nothing() -> None:
    waiting = Connection.objects.get(site="København")

    assert waiting.runs.count() == waiting.interactions.count() == waiting.agents.count() == 0
    assert Membership.objects.filter(team__name="Medlemsservice København").count() == 9


def test_mishaps_of_the_last_week_wait_for_the_administrator() -> None:
    kept = QuarantinedPayload.objects.values_list("resource", "reason")

    assert Counter(kept) == {
        ("interactions", "unreadable"): 1,
        ("interactions", "unknown_agent"): 1,
        ("evaluations", "unknown_agent"): 1,
    }


def test_evaluator_who_looked_again_leaves_a_history() -> None:
    changed = EvaluationHistory.objects.select_related("evaluation")

    assert {(one.revision, one.evaluation.revision) for one in changed} == {("1", "2")}


def test_small_team_is_merged_and_one_without_its_leader_is_not_shown() -> None:
    last = ReleaseCell.objects.filter(week_on=WeekClose.objects.latest("week_on").week_on)

    merged = [cell.unit_label for cell in last.filter(metric="learned") if len(cell.team_ids) > 1]
    not_shown = set(last.filter(level=None).values_list("unit_label", flat=True))

    assert len(merged) == 1
    assert "Butik Malmö" in merged[0]
    assert not_shown == {"Teknik Aarhus"}


def test_agent_sv_has_one_check_to_take() -> None:
    due = reviews.due_checks(learner("agent.sv"), LOADED_AT)

    assert [check.module_id for check in due] == ["DL-01"]


def test_loading_once_more_changes_nothing_and_says_where() -> None:
    said = StringIO()
    before = Team.objects.count()

    call_command("load_demo", "--once", stdout=said)

    assert Team.objects.count() == before
    assert all(account in said.getvalue() for account in ACCOUNTS)
    assert "http://127.0.0.1:" in said.getvalue()
