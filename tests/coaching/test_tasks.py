"""Jobs call their stage, may come twice, and leave what went wrong where a person sees it."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from celery.exceptions import Retry
from django.conf import settings
from django.utils import timezone

from coaching import tasks
from coaching.demo.platform import DemoPlatform
from coaching.intake import files, run_lock
from coaching.models import (
    Connection,
    FileImport,
    Interaction,
    QuarantinedPayload,
    Run,
    VendorAgent,
)
from coaching.models.connections import ConnectionState, RunState
from config.celery import app
from tests.coaching.integrations.stub import StubServer
from tests.coaching.platforms import SECRET, be_away, make_genesys, platform, refuse_sign_in
from tests.coaching.uploads import WITH_ERRORS, make_file_connection, make_import, make_notice
from tests.factories import NOW, LearnerFactory, UserFactory, make_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[StubServer]:
    with platform() as running:
        yield running


def test_every_scheduled_job_exists() -> None:
    app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled <= set(current_app.tasks)


def test_schedule_follows_the_installation_s_clock_and_closes_weeks_daily() -> None:
    closing = app.conf.beat_schedule["close-weeks"]["schedule"]

    assert app.conf.timezone == settings.TIME_ZONE
    assert (closing.hour, closing.day_of_week) == ({3}, set(range(7)))


def test_client_for_waits_no_longer_than_told_and_follows_nobody() -> None:
    with tasks.client_for(make_connection()) as http:
        assert (http.timeout.connect, http.timeout.read) == (10.0, 60.0)
        assert (http.follow_redirects, http.trust_env) == (False, False)


def test_client_for_a_demo_connection_never_meets_the_network(monkeypatch) -> None:
    built = []
    monkeypatch.setattr(DemoPlatform, "__init__", lambda self, *told: built.append(told))
    connection = make_connection(settings={"transport": "demo", "seed": 1, "scale": 1})
    monkeypatch.setattr("coaching.demo.world.World.of_settings", lambda settings: settings)

    with tasks.client_for(connection) as http:
        assert isinstance(http._transport, DemoPlatform)


@pytest.mark.usefixtures("while_samples_are_young")
def test_sync_connection_reads_what_is_new(server: StubServer) -> None:
    make_notice()
    connection = make_genesys(server)

    tasks.sync_connection(connection.pk)

    connection.refresh_from_db()
    run = Run.objects.get()
    assert (connection.state, run.state) == (ConnectionState.ACTIVE, RunState.DONE)
    assert VendorAgent.objects.exists()
    assert run.counts["interactions"]["unknown_agent"] > 0


def test_sync_connection_before_the_notice_asks_the_platform_nothing(server: StubServer) -> None:
    tasks.sync_connection(make_genesys(server).pk)

    assert server.received == []
    assert not Run.objects.exists()


def test_sync_connection_that_is_refused_says_so_and_is_not_tried_again(
    server: StubServer, caplog: pytest.LogCaptureFixture
) -> None:
    make_notice()
    connection = make_genesys(server)
    refuse_sign_in(server)

    with caplog.at_level(logging.DEBUG):
        tasks.sync_connection(connection.pk)

    connection.refresh_from_db()
    assert connection.state == ConnectionState.BROKEN
    assert Run.objects.count() == 1
    assert SECRET not in caplog.text


def test_sync_connection_is_tried_again_when_the_platform_is_away(server: StubServer) -> None:
    make_notice()
    connection = make_genesys(server)
    be_away(server)

    with pytest.raises(Retry) as again:
        tasks.sync_connection.delay(connection.pk)

    assert again.value.when == 600
    assert Run.objects.get().state == RunState.FAILED


def test_sync_connection_leaves_one_that_another_worker_reads_alone(server: StubServer) -> None:
    make_notice()
    connection = make_genesys(server)

    with run_lock(connection):
        tasks.sync_connection(connection.pk)

    assert not Run.objects.exists()


def test_sync_connection_leaves_a_paused_one_alone(server: StubServer) -> None:
    make_notice()
    connection = make_genesys(server, state=ConnectionState.PAUSED)

    tasks.sync_connection(connection.pk)

    connection.refresh_from_db()
    assert (connection.state, server.received) == (ConnectionState.PAUSED, [])


def test_sync_all_reads_what_works_may_be_read_and_can_be_polled(server: StubServer) -> None:
    make_notice("SE")
    active = {"state": ConnectionState.ACTIVE}
    make_genesys(server, "works", **active)
    make_genesys(server, "paused", state=ConnectionState.PAUSED)
    make_genesys(server, "broken", state=ConnectionState.BROKEN)
    make_genesys(server, "waits-for-its-notice", country="NO", **active)
    make_connection("files", vendor="csv_file", **active)

    tasks.sync_all()

    assert set(Run.objects.values_list("connection__slug", flat=True)) == {"works"}


@pytest.mark.usefixtures("while_samples_are_young")
def test_import_file_imports_and_a_second_delivery_changes_nothing() -> None:
    LearnerFactory(user=UserFactory(username="sanna@demo.example"))
    file_import = make_import()
    files.start(file_import, NOW)

    tasks.import_file(file_import.pk)
    tasks.import_file(file_import.pk)

    assert Run.objects.get().state == RunState.DONE
    assert Interaction.objects.count() == 2


@pytest.mark.usefixtures("while_samples_are_young")
def test_import_file_leaves_bad_rows_out_only_where_a_person_said_so() -> None:
    LearnerFactory(user=UserFactory(username="sanna@demo.example"))
    file_import = make_import(WITH_ERRORS)
    files.dry_run(file_import, NOW)
    files.start(file_import, NOW)
    tasks.import_file(file_import.pk)
    assert Run.objects.get().state == RunState.FAILED

    files.start(file_import, NOW, skip_errors=True)
    tasks.import_file(file_import.pk)

    assert Run.objects.latest("pk").state == RunState.DONE
    assert Interaction.objects.count() == 2


def test_try_file_writes_what_would_happen() -> None:
    file_import = make_import()

    tasks.try_file(file_import.pk)

    assert FileImport.objects.get().preview["done"] is True


@pytest.mark.usefixtures("while_samples_are_young")
def test_replay_quarantine_takes_in_what_a_new_mapping_explains() -> None:
    connection = make_file_connection()
    files.run_import(make_import(connection=connection), NOW)
    learner: Any = LearnerFactory()
    VendorAgent.objects.filter(external_id="4711").update(learner=learner)
    QuarantinedPayload.objects.update(ends_at=timezone.now() + timedelta(days=1))

    tasks.replay_quarantine(connection.pk)

    assert Interaction.objects.get(learner=learner).external_id == "S-3"


def test_replay_quarantine_before_the_notice_stores_nothing() -> None:
    tasks.replay_quarantine(make_file_connection(lawful=False).pk)

    assert not Run.objects.exists()


def test_jobs_wait_while_another_worker_is_at_the_connection() -> None:
    file_import = make_import()
    files.start(file_import, NOW)

    with run_lock(file_import.connection):
        for job, pk in (
            (tasks.import_file, file_import.pk),
            (tasks.replay_quarantine, file_import.connection_id),
        ):
            with pytest.raises(Retry) as again:
                job.delay(pk)
            assert again.value.when == tasks.BUSY_WAIT_SECONDS

    assert Run.objects.get().state == RunState.WAITING


def test_end_kept_aside_ends_payloads_and_uploads() -> None:
    files.run_import(make_import(), NOW)
    QuarantinedPayload.objects.update(ends_at=NOW - timedelta(days=1))
    FileImport.objects.update(uploaded_at=NOW - timedelta(days=30))

    tasks.end_kept_aside()

    assert not QuarantinedPayload.objects.exists()
    assert not FileImport.objects.exists()


@pytest.mark.usefixtures("while_samples_are_young")
def test_worker_alive_goes_on_with_an_import_that_was_left_behind() -> None:
    LearnerFactory(user=UserFactory(username="sanna@demo.example"))
    file_import = make_import()
    files.start(file_import, NOW)
    Run.objects.update(state=RunState.RUNNING, heartbeat_at=timezone.now() - timedelta(hours=1))

    tasks.worker_alive()

    assert Run.objects.get().state == RunState.DONE
    assert Interaction.objects.count() == 2


def test_worker_is_silent_until_it_has_left_a_sign_of_life(settings, tmp_path) -> None:
    settings.PRIVATE_ROOT, settings.CELERY_TASK_ALWAYS_EAGER = tmp_path / "private", False
    now = timezone.now()
    assert tasks.worker_is_silent(now)

    tasks.worker_alive()

    assert not tasks.worker_is_silent(now)
    assert tasks.worker_is_silent(now + timedelta(minutes=5))


@pytest.mark.parametrize("job", ["weigh_evidence", "close_weeks", "suggest_modules"])
def test_nightly_jobs_run_on_an_empty_installation(job: str) -> None:
    getattr(tasks, job)()

    assert not Connection.objects.exists()
