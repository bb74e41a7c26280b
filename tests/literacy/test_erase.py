"""Erasing takes the history and leaves what is no history; a command leaves its trace."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from coaching.models import VendorAgent
from literacy.models import AccessLogEntry, Attempt, Learner, Membership, Objection
from literacy.privacy.erase import erase
from tests.factories import (
    NOW,
    LearnerFactory,
    make_connection,
    make_member,
    make_module,
    make_team,
)

pytestmark = pytest.mark.django_db
STAYS = (
    "If you have asked not to be counted in team levels, you are still not counted. "
    "Your number on the contact platform stays too, so that new contacts find you."
)


@pytest.fixture
def learner() -> Learner:
    found = make_member(make_team(), counted_in="7")
    Attempt.objects.create(learner=found, module=make_module(), language="sv", started_at=NOW)
    return found


def test_erase_keeps_the_wish_not_to_be_counted(learner: Learner) -> None:
    made = {"learner": learner, "feature": "team_levels", "made_at": NOW}
    stands = Objection.objects.create(**made)
    Objection.objects.create(**made, withdrawn_at=NOW)

    gone = erase(learner)

    assert list(Objection.objects.all()) == [stands]
    assert (gone["literacy.objection"], gone["literacy.attempt"]) == (1, 1)


def test_erase_keeps_the_place_in_the_team_and_the_number_on_the_platform(
    learner: Learner,
) -> None:
    VendorAgent.objects.create(connection=make_connection(), external_id="u1", learner=learner)

    erase(learner)

    learner.refresh_from_db()
    assert VendorAgent.objects.get().learner == learner
    assert Membership.objects.get().learner == learner
    assert learner.counted_in == ""


def test_erase_touches_nobody_else(learner: Learner) -> None:
    erase(LearnerFactory())

    assert Attempt.objects.get().learner == learner


def test_the_page_says_what_stays(client: Client, learner: Learner) -> None:
    client.force_login(learner.user)

    shown = client.get("/sv/my/data/erase/").content.decode()

    with translation.override("sv"):
        assert gettext(STAYS) in shown


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("export_learner", "Everything kept about you was printed"),
        ("erase_learner", "Your history was erased"),
    ],
)
def test_command_shows_on_the_learner_s_own_page(
    client: Client, learner: Learner, command: str, told: str
) -> None:
    call_command(
        command,
        learner.user.email,
        *(["--yes"] if command == "erase_learner" else []),
        stdout=StringIO(),
    )

    client.force_login(learner.user)
    shown = client.get("/sv/my/data/").content.decode()

    with translation.override("en"):
        assert AccessLogEntry.objects.get().get_what_display() == told
    with translation.override("sv"):
        assert gettext(told) in shown
        assert gettext("Whoever runs the server") in shown


def test_export_command_prints_that_it_was_run(learner: Learner) -> None:
    printed = StringIO()

    call_command("export_learner", learner.user.email, stdout=printed)

    log = json.loads(printed.getvalue())["data"]["literacy.accesslogentry"]["rows"]
    assert [entry["what"] for entry in log] == ["exported"]
