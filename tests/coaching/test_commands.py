"""Commands say in words what happened, and end with 1 when it is not what was asked."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone

from coaching.intake import files
from coaching.models import (
    Connection,
    FileImport,
    Interaction,
    QuarantinedPayload,
    Run,
    encrypted,
)
from coaching.models.connections import ConnectionState
from tests.coaching.integrations.stub import StubServer
from tests.coaching.platforms import make_genesys, platform, refuse_sign_in
from tests.coaching.uploads import (
    CONTACTS,
    WITH_ERRORS,
    make_file_connection,
    make_import,
    make_notice,
)
from tests.factories import NOW, LearnerFactory, UserFactory, make_connection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("while_samples_are_young")]


@pytest.fixture
def server() -> Iterator[StubServer]:
    with platform() as running:
        yield running


@pytest.fixture
def filer() -> Connection:
    LearnerFactory(user=UserFactory(username="sanna@demo.example"))
    return make_file_connection()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "kontakter.csv"
    path.write_text(CONTACTS)
    return path


def test_sync_reads_a_platform_and_prints_what_came(server: StubServer, capsys) -> None:
    make_notice()
    make_genesys(server)

    call_command("sync", "genesys-se")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("genesys-se: ")
    assert any(line.startswith("  agents: ") for line in lines)


def test_sync_since_reads_again_from_that_day(server: StubServer) -> None:
    make_notice()
    make_genesys(server)
    today = timezone.localdate()

    call_command("sync", "genesys-se", "--since", (today - timedelta(days=60)).isoformat())

    jobs = server.calls("/api/v2/analytics/conversations/details/jobs")
    first = json.loads(jobs[0].body)["interval"].split("/")[0]
    assert first < (today - timedelta(days=60)).isoformat()


def test_sync_of_a_paused_platform_says_so_and_asks_it_nothing(server: StubServer, capsys) -> None:
    make_notice()
    make_genesys(server, state=ConnectionState.PAUSED)

    with pytest.raises(CommandError, match=r"^Not read: genesys-se\.$"):
        call_command("sync", "genesys-se")

    assert "genesys-se: it is paused" in capsys.readouterr().err
    assert server.received == []


def test_sync_of_all_reads_the_others_when_one_fails(server: StubServer, capsys) -> None:
    make_notice()
    active = {"state": ConnectionState.ACTIVE}
    busy_until = timezone.now() + timedelta(minutes=5)
    make_genesys(server, "a-busy", locked_until=busy_until, **active)
    make_genesys(server, "b-works", **active)

    with pytest.raises(CommandError, match=r"^Not read: a-busy\.$"):
        call_command("sync")

    printed = capsys.readouterr()
    assert "b-works: " in printed.out
    assert printed.err == "a-busy: another worker is reading it.\n"


def test_sync_of_all_passes_over_what_may_not_be_read_yet(server: StubServer, capsys) -> None:
    make_notice()
    active = {"state": ConnectionState.ACTIVE}
    make_genesys(server, "a-waits", country="NO", **active)
    make_genesys(server, "b-works", **active)

    call_command("sync")

    printed = capsys.readouterr()
    assert "a-waits" not in printed.out + printed.err
    assert "b-works: " in printed.out


def test_sync_never_prints_a_secret(server: StubServer, capsys) -> None:
    make_notice()
    connection = make_genesys(server)
    connection.secrets = {"client_secret": "sign-in"}  # a word of the adapter's own message
    connection.save()
    refuse_sign_in(server)

    with pytest.raises(CommandError):
        call_command("sync", connection.slug)

    assert "sign-in" not in capsys.readouterr().err


def test_sync_of_an_unknown_connection_is_refused() -> None:
    with pytest.raises(CommandError, match="no connection “nowhere”"):
        call_command("sync", "nowhere")


def test_import_file_imports_and_prints_the_counts(filer, table: Path, capsys) -> None:
    call_command("import_file", "filer", str(table))

    assert capsys.readouterr().out.splitlines() == ["3 rows, 2 new, 1 unknown agent"]
    assert Interaction.objects.count() == 2
    assert not FileImport.objects.get().file


def test_import_file_with_errors_names_them_and_imports_nothing(filer, table, capsys) -> None:
    table.write_text(WITH_ERRORS)

    with pytest.raises(CommandError) as refused:
        call_command("import_file", "filer", str(table))

    assert refused.value.returncode == 1
    assert capsys.readouterr().err.splitlines()[:2] == [
        "line 5, Starttid: “i går” is not a date we can read. Write it like 2026-03-12 14:30, "
        "or give the column a date format.",
        "line 6, Agent: This cell must not be empty.",
    ]
    assert not Interaction.objects.exists()
    assert not FileImport.objects.exists()


def test_import_file_skips_errors_when_told_to(filer, table, capsys) -> None:
    table.write_text(WITH_ERRORS)

    call_command("import_file", "filer", str(table), "--skip-errors")

    assert Interaction.objects.count() == 2


def test_import_file_dry_run_stores_nothing(filer, table, capsys) -> None:
    call_command("import_file", "filer", str(table), "--dry-run")

    assert capsys.readouterr().out.splitlines() == ["3 rows, 2 new, 1 unknown agent"]
    assert not Interaction.objects.exists()
    assert not FileImport.objects.exists()
    assert not Run.objects.exists()


def test_import_file_takes_a_mapping_from_a_file(filer, table, tmp_path) -> None:
    table.write_text("Vem;När\nsanna@demo.example;2026-03-02 09:00\n")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(
        json.dumps(
            {
                "agent_external_id": {"column": "Vem"},
                "started_at": {"column": "När"},
                "channel": {"constant": "in_person"},
            }
        )
    )

    call_command("import_file", "filer", str(table), "--mapping", str(mapping))

    assert Interaction.objects.get().channel == "in_person"


@pytest.mark.parametrize(
    ("content", "more", "reason"),
    [
        ("", [], "file: The file is empty."),
        ("a;b\n1;2\n", [], "agent_external_id: Choose the column that holds this."),
        (CONTACTS, ["--kind", "transcripts"], "kind: Transcripts cannot be imported"),
    ],
)
def test_import_file_refuses_a_bad_file_in_words(filer, table, content, more, reason) -> None:
    table.write_text(content)

    with pytest.raises(CommandError) as refused:
        call_command("import_file", "filer", str(table), *more)

    assert str(refused.value).startswith(reason)
    assert not FileImport.objects.exists()


def test_import_file_before_the_notice_stores_nothing(table) -> None:
    make_file_connection(lawful=False)

    with pytest.raises(CommandError, match="notice is not in force"):
        call_command("import_file", "filer", str(table))

    assert not Interaction.objects.exists()
    assert not QuarantinedPayload.objects.exists()
    assert not FileImport.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nowhere", "x.csv"), "There is no connection “nowhere”"),
        (("filer", "/not/there.csv"), "No such file"),
        (("filer", "x.csv", "--mapping", "/not/there.json"), "holds no mapping"),
    ],
)
def test_import_file_refuses_what_is_not_there(filer, arguments, reason) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("import_file", *arguments)


def test_retention_dry_run_counts_and_then_deletes(capsys) -> None:
    files.run_import(make_import(), NOW)
    QuarantinedPayload.objects.update(ends_at=NOW - timedelta(days=1))
    FileImport.objects.update(uploaded_at=NOW - timedelta(days=30))

    call_command("retention", "--dry-run")
    call_command("retention")

    assert capsys.readouterr().out.splitlines() == [
        "quarantine: 3 would go",
        "uploads: 1 would go",
        "in all: 4 would go",
        "quarantine: 3 gone",
        "uploads: 1 gone",
        "in all: 4 gone",
    ]
    assert not QuarantinedPayload.objects.exists()


def test_rotate_keys_seals_everything_with_the_first_key(settings, capsys) -> None:
    connection = make_connection()
    connection.secrets = {"client_secret": "hush"}
    connection.save()
    QuarantinedPayload.objects.create(
        connection=connection,
        resource="interactions",
        reference="c1",
        reason="unreadable",
        sealed=encrypted.seal(b"payload"),
        ends_at=NOW,
    )
    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]

    call_command("rotate_keys")

    settings.FIELD_KEYS = [new]
    assert capsys.readouterr().out == "Sealed again: 1 connections, 1 payloads in quarantine.\n"
    assert Connection.objects.get().secrets == {"client_secret": "hush"}
    assert encrypted.open_sealed(QuarantinedPayload.objects.get().sealed) == b"payload"
