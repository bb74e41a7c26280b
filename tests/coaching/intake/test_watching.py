"""A platform that keeps failing rests; a person hears of what is broken or silent, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coaching import tasks
from coaching.intake import watching
from coaching.models import Connection, Run
from coaching.models.connections import ConnectionState, RunState
from literacy.models import Role
from tests.coaching.uploads import make_notice
from tests.factories import NOW, make_connection, make_member, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> Connection:
    make_notice()
    return make_connection(state=ConnectionState.ACTIVE)


def rest_after(connection: Connection, failures: int, now) -> timedelta | None:
    for _ in range(failures):
        watching.note_failure(connection, now)
    connection.refresh_from_db()
    return connection.rests_until and connection.rests_until - now


@pytest.mark.parametrize(
    ("failures", "minutes"), [(4, None), (5, 15), (6, 30), (8, 120), (40, 360)]
)
def test_rest_grows_from_the_fifth_failure_on(connection, failures, minutes) -> None:
    rest = rest_after(connection, failures, NOW)

    assert rest == (None if minutes is None else timedelta(minutes=minutes))


def test_success_ends_the_rest(connection) -> None:
    rest_after(connection, 6, NOW)

    watching.note_success(connection)

    connection.refresh_from_db()
    assert (connection.failures, connection.rests_until) == (0, None)


def test_resting_connection_is_not_asked(connection, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(tasks.sync_connection, "delay", asked.append)
    tasks.sync_all()
    assert asked == [connection.pk]

    Connection.objects.update(rests_until=timezone.now() + timedelta(minutes=1))
    tasks.sync_all()

    assert asked == [connection.pk]


def test_administrator_hears_once_of_a_broken_platform(connection, mailoutbox) -> None:
    team = make_team()
    administrator = make_member(team, Role.ADMINISTRATOR, language="nb")
    make_member(team, Role.MANAGER)
    Connection.objects.update(state=ConnectionState.BROKEN, error="sign-in refused (HTTP 401)")

    tasks.watch_connections()
    tasks.watch_connections()

    [mail] = mailoutbox
    assert mail.to == [administrator.user.email]
    assert connection.name in mail.body
    assert "HTTP 401" in mail.body
    assert "/cms/connections/genesys-se/" in mail.body


def test_silence_of_more_than_a_day_is_told(connection, mailoutbox) -> None:
    make_member(make_team(), Role.ADMINISTRATOR)
    now = timezone.now()
    run = Run.objects.create(connection=connection, kind="pull", state=RunState.DONE)
    Run.objects.filter(pk=run.pk).update(
        started_at=now - timedelta(hours=23), finished_at=now - timedelta(hours=23)
    )
    tasks.watch_connections()
    assert mailoutbox == []

    Run.objects.update(finished_at=now - timedelta(hours=25))
    tasks.watch_connections()

    assert len(mailoutbox) == 1


def test_new_connection_is_not_silent(connection, mailoutbox) -> None:
    make_member(make_team(), Role.ADMINISTRATOR)

    tasks.watch_connections()

    assert mailoutbox == []
