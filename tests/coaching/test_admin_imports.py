"""A file in the administrator's room: from upload to result, with no click lost or doubled."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching import tasks
from coaching.intake import files, run_lock
from coaching.models import Connection, Evaluation, FileImport, Interaction, Run
from coaching.models.connections import RunState
from literacy.models import Role
from tests.coaching.room import make_user, page, post, signed_in
from tests.coaching.uploads import CONTACTS, WITH_ERRORS, make_file_connection, make_import
from tests.factories import NOW, LearnerFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("while_samples_are_young")]

WIDE = (
    "Evaluation ID;Agent;Evaluation date;Greeting;Listening\n"
    "W-1;sanna@demo.example;2026-03-12 14:30;5;4\n"
)


@pytest.fixture(autouse=True)
def sanna() -> None:
    LearnerFactory(user=UserFactory(username="sanna@demo.example"))


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_user(Role.ADMINISTRATOR, in_cms=True))


def upload(client: Client, content: str | bytes, kind: str = "interactions") -> str:
    data = content.encode() if isinstance(content, str) else content
    return post(client, "imports", "filer", kind=kind, file=SimpleUploadedFile("mars.csv", data))


def columns(**chosen: str) -> dict[str, str]:
    """Return the form of the columns as it is sent for our table of contacts."""
    guessed = {
        "external_id-column": "Samtals-ID",
        "agent_external_id-column": "Agent",
        "channel-column": "Kanal",
        "started_at-column": "Starttid",
        "talk_ms-column": "Samtalstid",
    }
    return {**guessed, **chosen}


def tried(content: str = CONTACTS) -> FileImport:
    file_import = make_import(content)
    files.dry_run(file_import, NOW)
    return file_import


def test_a_file_goes_from_upload_to_result(administrator: Client) -> None:
    make_file_connection()

    mapped = upload(administrator, CONTACTS)
    assert "The first rows, as they are read" in mapped
    assert "S-1" in mapped
    assert "301 s" in mapped
    pk = FileImport.objects.get().pk
    foretold = post(administrator, "columns", pk, **columns(), check="1")
    assert "This would happen. Nothing is stored yet." in foretold
    assert "Import 3 rows" in foretold
    assert not Interaction.objects.exists()
    done = post(administrator, "start_import", pk)

    assert "The file is imported." in done
    assert Interaction.objects.count() == 2
    assert "Imported" in page(administrator, "imports", "filer")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The submitted file is empty."),
        (b"\n \n", "The file is empty."),
        (b"PK\x03\x04 broken", "The workbook is damaged and cannot be opened."),
        (b"\xd0\xcf\x11\xe0", "The workbook is protected with a password or older"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(
    administrator: Client, content: bytes, reason: str
) -> None:
    make_file_connection()

    shown = upload(administrator, content)

    assert reason in shown
    assert not FileImport.objects.exists()


def test_a_file_that_is_too_large_is_refused_in_words(administrator: Client, settings) -> None:
    make_file_connection()
    settings.IMPORT_MAX_BYTES = 100

    shown = upload(administrator, CONTACTS)

    assert "The file is larger than 100" in shown
    assert not FileImport.objects.exists()


def test_columns_that_do_not_fit_are_explained_and_nothing_is_lost(administrator: Client) -> None:
    file_import = make_import()

    without = post(administrator, "columns", file_import.pk, **columns(**{"channel-column": ""}))
    wrong = post(
        administrator, "columns", file_import.pk, **columns(**{"started_at-column": "Agent"})
    )

    assert "Choose the column that holds this." in without
    assert "is not a date we can read" in wrong
    file_import.refresh_from_db()
    assert (file_import.mapping, bool(file_import.file)) == ({}, True)


def test_columns_take_one_value_for_all_rows_and_a_format(administrator: Client) -> None:
    text = "Vem;När;Klockan;Tid\nsanna@demo.example;3/12/2026;14.30;2,5\n"
    file_import = make_import(text)

    post(
        administrator,
        "columns",
        file_import.pk,
        **{
            "agent_external_id-column": "Vem",
            "started_at-column": "När",
            "started_at-time": "Klockan",
            "started_at-format": "%m/%d/%Y %H.%M",
            "channel-constant": "in_person",
            "talk_ms-column": "Tid",
            "talk_ms-format": "minutes",
            "decimal_mark": ",",
        },
        check="1",
    )
    post(administrator, "start_import", file_import.pk)

    row = Interaction.objects.get()
    assert (row.channel, row.talk_ms, row.started_at.isoformat()) == (
        "in_person",
        150_000,
        "2026-03-12T13:30:00+00:00",
    )
    assert Connection.objects.get().mapping["interactions"]["channel"] == {"constant": "in_person"}


def test_columns_let_a_person_say_what_an_unknown_word_means(administrator: Client) -> None:
    file_import = make_import(CONTACTS.replace("Chatt", "Duva"))
    foretold = post(administrator, "columns", file_import.pk, **columns(), check="1")
    assert "Kanal=Duva" in foretold
    assert "“Duva” means" in page(administrator, "columns", file_import.pk)

    post(
        administrator,
        "columns",
        file_import.pk,
        **columns(**{"channel-value-0": "message"}),
        check="1",
    )
    post(administrator, "start_import", file_import.pk)

    assert set(Interaction.objects.values_list("channel", flat=True)) == {"voice", "message"}
    assert Run.objects.get().unknown_values == {}


def test_columns_of_a_wide_form_are_questions_with_their_points(administrator: Client) -> None:
    file_import = make_import(WIDE, "evaluations")
    assert "“Greeting” is a question" in page(administrator, "columns", file_import.pk)

    post(
        administrator,
        "columns",
        file_import.pk,
        **{
            "external_id-column": "Evaluation ID",
            "agent_external_id-column": "Agent",
            "submitted_at-column": "Evaluation date",
            "question-3": "on",
            "max-3": "5",
            "question-4": "on",
            "max-4": "8",
        },
        check="1",
    )
    post(administrator, "start_import", file_import.pk)

    answers = Evaluation.objects.get().answers.order_by("line__position")
    assert [(answer.line.text, answer.score_pct) for answer in answers] == [
        ("Greeting", 100.0),
        ("Listening", 50.0),
    ]


def test_errors_are_shown_in_words_and_hold_the_import_back(administrator: Client) -> None:
    file_import = tried(WITH_ERRORS)

    shown = page(administrator, "import", file_import.pk)
    refused = post(administrator, "start_import", file_import.pk)

    assert "“i går” is not a date we can read." in shown
    assert "Import 3 rows and leave the others out" in shown
    assert "Rows cannot be read yet, so nothing was imported." in refused
    assert not Run.objects.exists()
    post(administrator, "start_import", file_import.pk, skip_errors="1")
    assert Interaction.objects.count() == 2


def test_errors_are_downloaded_as_a_table_with_safe_cells(administrator: Client) -> None:
    file_import = tried(WITH_ERRORS)

    response = administrator.get(reverse("connections:errors", args=[file_import.pk]))

    assert response["Content-Disposition"] == 'attachment; filename="fil-errors.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Line", "Column", "Value", "Reason"]
    assert [(row[0], row[1], row[2]) for row in rows[1:]] == [
        ("5", "Starttid", "i går"),
        ("6", "Agent", ""),
        ("6", "Samtalstid", "'=1+1"),
    ]


def test_a_double_click_starts_one_run(administrator: Client, monkeypatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.import_file, "delay", asked.append)
    file_import = tried()

    post(administrator, "start_import", file_import.pk)
    again = post(administrator, "start_import", file_import.pk)

    assert "imported already, or is being imported" in again
    assert asked == [file_import.pk]
    assert Run.objects.count() == 1


def test_an_import_before_the_notice_is_not_started(administrator: Client) -> None:
    file_import = make_import(connection=make_file_connection(lawful=False))
    files.dry_run(file_import, NOW)

    shown = page(administrator, "import", file_import.pk)
    refused = post(administrator, "start_import", file_import.pk)

    assert "No notice is recorded." in shown
    assert "Import 3 rows" not in shown
    assert "Nothing can be stored before the notice is in force." in refused
    assert not Run.objects.exists()


def under_way(file_import: FileImport) -> Run:
    files.start(file_import, NOW)
    run = Run.objects.get()
    run.state, run.rows_done, run.rows_total = RunState.RUNNING, 4000, 10_000
    run.started_at, run.heartbeat_at = NOW, NOW + timedelta(seconds=8)
    run.save()
    return run


def test_progress_has_numbers_and_survives_a_reload(administrator: Client) -> None:
    file_import = tried(WITH_ERRORS)
    under_way(file_import)

    for shown in (
        page(administrator, "import", file_import.pk),
        page(administrator, "progress", file_import.pk),
    ):
        assert "4,000 of 10,000" in shown
        assert "<dd>500</dd>" in shown
        assert "12 seconds" in " ".join(shown.split())
        assert 'max="10000"' in shown


def test_progress_counts_a_long_wait_in_minutes(administrator: Client) -> None:
    file_import = tried()
    run = under_way(file_import)
    Run.objects.filter(pk=run.pk).update(rows_total=304_000)

    assert "10 minutes" in " ".join(page(administrator, "progress", file_import.pk).split())


def test_progress_asks_for_the_whole_page_once_it_is_done(administrator: Client) -> None:
    file_import = tried()
    run = under_way(file_import)
    address = reverse("connections:progress", args=[file_import.pk])
    assert "HX-Refresh" not in administrator.get(address)

    Run.objects.filter(pk=run.pk).update(state=RunState.DONE)

    assert administrator.get(address)["HX-Refresh"] == "true"


def test_a_trial_under_way_shows_how_far_it_is(administrator: Client) -> None:
    file_import = make_import()
    file_import.preview = {"asked_at": NOW.isoformat()}
    file_import.save()
    assert "Waiting for a worker." in page(administrator, "import", file_import.pk)

    file_import.preview |= {
        "tried_at": NOW.isoformat(),
        "heartbeat_at": (NOW + timedelta(seconds=2)).isoformat(),
        "rows": 6000,
    }
    file_import.save()

    assert "<dd>3,000</dd>" in page(administrator, "import", file_import.pk)


def test_a_failed_import_says_why_and_can_be_started_again(administrator: Client) -> None:
    file_import = tried()
    run = under_way(file_import)
    Run.objects.filter(pk=run.pk).update(state=RunState.FAILED, error="Busy: filer")

    shown = page(administrator, "import", file_import.pk)
    post(administrator, "start_import", file_import.pk)

    assert "Another job was at this connection." in shown
    assert Interaction.objects.count() == 2


def test_an_import_that_is_over_cannot_be_mapped_again(administrator: Client) -> None:
    file_import = make_import()
    files.run_import(file_import, NOW)

    shown = post(administrator, "columns", file_import.pk, **columns(), check="1")

    assert "imported already, or is being imported" in shown
    assert "The file is imported." in shown


def test_a_page_whose_file_has_ended_leads_back_with_a_sentence(administrator: Client) -> None:
    file_import = make_import()
    file_import.file.delete()

    response = administrator.get(reverse("connections:columns", args=[file_import.pk]), follow=True)

    assert "The file is no longer here. Upload it again." in response.content.decode()


def test_discard_deletes_the_upload_but_not_while_it_is_imported(administrator: Client) -> None:
    file_import = tried()
    storage, name = file_import.file.storage, str(file_import.file.name)
    run = under_way(file_import)

    assert "Wait until it is done." in post(administrator, "discard", file_import.pk)
    Run.objects.filter(pk=run.pk).update(state=RunState.FAILED)
    post(administrator, "discard", file_import.pk)

    assert not FileImport.objects.exists()
    assert not storage.exists(name)


def test_the_room_runs_no_script_or_style_of_its_own_inside_the_page(administrator: Client) -> None:
    file_import = tried(WITH_ERRORS)

    for shown in (
        page(administrator, "import", file_import.pk),
        page(administrator, "columns", file_import.pk),
    ):
        main = shown[shown.index("<main") : shown.index("</main>")]
        assert "<script" not in main
        assert " style=" not in main
        assert "onclick" not in main


def test_jobs_of_one_connection_wait_for_each_other(administrator: Client) -> None:
    file_import = tried()
    files.start(file_import, timezone.now())

    with run_lock(file_import.connection), pytest.raises(tasks.Busy):
        files.run_import(file_import, timezone.now())

    assert Run.objects.get().state == RunState.WAITING
