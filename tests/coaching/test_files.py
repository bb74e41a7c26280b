"""A file is looked at, tried and imported; nothing half, nothing twice, nothing unlawful."""

import io
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coaching.intake import Busy, Intake, NotLawful, files, run_lock
from coaching.intake.files import importing, reading, trying
from coaching.integrations.base import Unreadable
from coaching.integrations.csv_file import FieldSource, Mapping
from coaching.models import (
    Connection,
    Evaluation,
    FileImport,
    Interaction,
    QuarantinedPayload,
    Run,
    VendorAgent,
)
from coaching.models.connections import RunState
from tests.coaching.uploads import (
    CONTACTS,
    EVALUATIONS,
    WITH_ERRORS,
    make_file_connection,
    make_import,
    make_notice,
)
from tests.factories import NOW, LearnerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sanna():
    return LearnerFactory(user=UserFactory(username="sanna@demo.example"))


def lines_of_errors(file_import: FileImport) -> list[str]:
    stream = io.StringIO()
    files.write_errors(file_import, stream)
    return stream.getvalue().splitlines()


def record_of(found: files.Look) -> Any:
    return found.rows[0].record


def stored() -> list[tuple[object, ...]]:
    return list(Interaction.objects.order_by("external_id").values_list())


def test_look_guesses_the_columns_and_shows_the_first_rows() -> None:
    found = files.look(make_import())

    assert found.problem is None
    assert found.mapping.fields["agent_external_id"].column == "Agent"
    assert [row.record.external_id for row in found.rows if row.record] == ["S-1", "S-2", "S-3"]
    assert record_of(found).queue_external_id == "Faktura"


def test_look_takes_the_mapping_this_connection_used_last() -> None:
    connection = make_file_connection()
    connection.mapping = {
        "interactions": {
            "agent_external_id": {"column": "Vem"},
            "channel": {"constant": "social"},
            "started_at": {"column": "När"},
        }
    }
    connection.save()

    found = files.look(make_import("Vem;När\nx;2026-03-02 09:00\n", connection=connection))

    assert record_of(found).channel == "social"


def test_look_guesses_again_where_the_kept_mapping_does_not_fit() -> None:
    connection = make_file_connection()
    connection.mapping = {"interactions": {"channel": {"column": "Borta"}}}
    connection.save()

    assert files.look(make_import(connection=connection)).problem is None


def test_look_says_which_column_is_missing() -> None:
    found = files.look(make_import("Agent;Starttid\nx;2026-03-02 09:00\n"))

    assert found.problem
    assert (found.problem.field, found.rows) == ("channel", ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (b"PK\x03\x04 broken", "The workbook is damaged and cannot be opened."),
        (b"\0\0\1\2" * 50, "The file is neither a workbook nor a text file."),
    ],
)
def test_look_refuses_what_is_no_table(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        files.look(make_import(content))

    assert refused.value.reason == reason


def test_look_says_when_the_file_has_been_deleted() -> None:
    file_import = make_import()
    file_import.file.delete()

    with pytest.raises(Unreadable, match="no longer here"):
        files.look(file_import)


def test_dry_run_counts_and_stores_nothing() -> None:
    file_import = make_import(WITH_ERRORS)

    found = files.dry_run(file_import, NOW)

    file_import.refresh_from_db()
    assert file_import.preview == found
    assert {word: found[word] for word in ("rows", "new", "errors", "unknown_agent", "done")} == {
        "rows": 5,
        "new": 2,
        "errors": 2,
        "unknown_agent": 1,
        "done": True,
    }
    assert not stored()
    assert not VendorAgent.objects.exists()
    assert not QuarantinedPayload.objects.exists()
    assert [(error["line"], error["code"]) for error in file_import.errors] == [
        (5, "not_a_moment"),
        (6, "missing"),
        (6, "not_a_number"),
    ]


REVISED = "Utvärderings-ID;Agent;Datum;Revision;Resultat\nE-1;sanna@demo.example;2026-03-12;2;80\n"
CHANGED = CONTACTS.replace("05:01", "09:09").replace("S-2;", "S-9;")


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("interactions", CONTACTS, CONTACTS),
        ("interactions", CONTACTS, CHANGED),
        ("interactions", CHANGED, CONTACTS + CONTACTS.split("\n", 1)[1]),
        ("evaluations", EVALUATIONS, EVALUATIONS),
        ("evaluations", REVISED, REVISED.replace(";2;80", ";1;70")),
        ("evaluations", REVISED, REVISED.replace(";2;80", ";3;70")),
        ("evaluations", EVALUATIONS, EVALUATIONS.replace("Ställer frågor;2", "Ställer frågor;3")),
    ],
)
def test_dry_run_foretells_what_the_import_does(kind: str, first: str, second: str) -> None:
    connection = make_file_connection()
    files.run_import(make_import(first, kind, connection), NOW)
    file_import = make_import(second, kind, connection)

    foretold = files.dry_run(file_import, NOW)
    run = files.run_import(file_import, NOW)

    words = ("new", "changed", "same", "unknown_agent")
    happened = run.counts[kind]
    assert [foretold[word] for word in words] == [happened.get(word, 0) for word in words]


STATES = (
    "Utvärderings-ID;Agent;Datum;Status\n"
    "E-1;sanna@demo.example;2026-03-12;publicerad\n"
    "E-2;sanna@demo.example;2026-03-12;utkast\n"
)


def test_dry_run_knows_what_is_not_shared_yet_and_what_was_taken_back() -> None:
    connection = make_file_connection()
    files.run_import(make_import(STATES, "evaluations", connection), NOW)
    taken_back = STATES.replace("publicerad", "återkallad")

    found = files.dry_run(make_import(taken_back, "evaluations", connection), NOW)

    assert (found["changed"], found["not_released"], found["new"]) == (1, 1, 0)


def test_dry_run_of_a_file_damaged_half_way_says_so() -> None:
    file_import = make_import(CONTACTS + 'S-4;"' + "never closed " * 20_000)

    found = files.dry_run(file_import, NOW)

    assert found["problem"]["reason"].startswith("A quotation mark is not closed")
    with pytest.raises(Unreadable):
        files.run_import(file_import, NOW)
    assert not stored()


def test_dry_run_keeps_at_most_so_many_errors_but_counts_all(monkeypatch) -> None:
    monkeypatch.setattr(trying, "ERRORS_KEPT", 3)
    file_import = make_import(CONTACTS + "S-4;x@demo.example;Telefon;i går;;;\n" * 10)

    found = files.dry_run(file_import, NOW)

    assert (found["errors"], len(file_import.errors)) == (10, 3)
    assert lines_of_errors(file_import)[-1] == (
        ";;;There are 7 more errors. Mend these first and try again."
    )


def test_error_file_that_is_complete_says_nothing_of_more(monkeypatch) -> None:
    monkeypatch.setattr(trying, "ERRORS_KEPT", 3)
    file_import = make_import(CONTACTS + "S-4;x@demo.example;Telefon;i går;;;\n" * 3)

    files.dry_run(file_import, NOW)

    assert lines_of_errors(file_import)[-1].startswith("7;Starttid;")


def test_dry_run_that_fails_as_nobody_foresaw_is_ended_with_a_problem(caplog) -> None:
    file_import = make_import()
    file_import.mapping = {"channel": "no mapping of ours"}

    found = files.dry_run(file_import, NOW)

    file_import.refresh_from_db()
    assert file_import.preview == found
    assert (found["done"], found["rows"], file_import.errors) == (True, 0, [])
    assert found["problem"]["reason"].startswith("The file could not be tried")
    assert "validation error" in caplog.text
    with pytest.raises(Unreadable):
        files.run_import(file_import, NOW)


def test_dry_run_names_values_we_do_not_know() -> None:
    found = files.dry_run(make_import(CONTACTS.replace("Chatt", "Duva")), NOW)

    assert (found["unknown_values"], found["errors"]) == ({"Kanal=Duva": 1}, 0)


def test_run_import_stores_contacts_matched_by_address_and_keeps_others_aside(sanna) -> None:
    file_import = make_import()

    run = files.run_import(file_import, NOW)

    found = Interaction.objects.order_by("external_id")
    assert list(found.values_list("external_id", "learner", "queue__name")) == [
        ("S-1", sanna.pk, "Faktura"),
        ("S-2", sanna.pk, "Faktura"),
    ]
    agents = set(VendorAgent.objects.values_list("external_id", "learner", "email"))
    assert agents == {("sanna@demo.example", sanna.pk, ""), ("4711", None, "")}
    kept = QuarantinedPayload.objects.get()
    assert (kept.reason, kept.agent_external_id) == ("unknown_agent", "4711")
    assert (run.state, run.rows_done, run.rows_total) == ("done", 3, 3)
    assert run.counts["interactions"]["new"] == 2


def test_run_import_matches_an_address_whose_learner_came_later() -> None:
    connection = make_file_connection()
    text = CONTACTS.replace("4711", "bo@demo.example")
    files.run_import(make_import(text, connection=connection), NOW)
    bo = LearnerFactory(user=UserFactory(username="bo@demo.example"))

    files.run_import(make_import(text, connection=connection), NOW)

    assert Interaction.objects.get(external_id="S-3").learner == bo


def test_run_import_leaves_the_name_of_an_agent_we_know_alone() -> None:
    connection = make_file_connection()
    VendorAgent.objects.create(connection=connection, external_id="4711", display_name="Kim P")

    files.run_import(make_import(connection=connection), NOW)

    assert VendorAgent.objects.get(external_id="4711").display_name == "Kim P"


def test_run_import_twice_changes_nothing() -> None:
    connection = make_file_connection()
    files.run_import(make_import(connection=connection), NOW)
    before = stored()

    run = files.run_import(make_import(connection=connection), NOW)

    assert run.counts["interactions"] == {"read": 3, "same": 2, "unknown_agent": 1}
    assert stored() == before
    assert QuarantinedPayload.objects.count() == 1


def test_run_import_stores_evaluations_as_released_on_their_day(sanna) -> None:
    files.run_import(make_import(EVALUATIONS, "evaluations"), NOW)

    evaluation = Evaluation.objects.get()
    assert (evaluation.learner, evaluation.released_at) == (
        sanna,
        datetime(2026, 3, 12, 13, 30, tzinfo=UTC),
    )
    assert [answer.score_pct for answer in evaluation.answers.order_by("line__position")] == [
        40.0,
        100.0,
    ]


def test_run_import_refuses_an_evaluation_without_any_date() -> None:
    text = "Utvärderings-ID;Agent;Poäng\nE-1;sanna@demo.example;80\n"
    file_import = make_import(text, "evaluations")

    with pytest.raises(files.RowErrors):
        files.run_import(file_import, NOW)

    file_import.refresh_from_db()
    assert (file_import.errors[0]["column"], Evaluation.objects.count()) == ("released_at", 0)


def test_run_import_with_errors_stores_nothing_unless_they_are_to_be_left_out() -> None:
    file_import = make_import(WITH_ERRORS)

    with pytest.raises(files.RowErrors):
        files.run_import(file_import, NOW)
    assert not stored()
    assert not VendorAgent.objects.exists()
    run = files.run_import(file_import, NOW, skip_errors=True)

    assert len(stored()) == 2
    assert (run.state, run.rows_done, run.rows_total, run.error) == ("done", 5, 5, "")


def test_run_import_before_the_notice_is_in_force_stores_nothing() -> None:
    file_import = make_import(connection=make_file_connection(lawful=False))

    with pytest.raises(NotLawful):
        files.run_import(file_import, NOW)

    assert not stored()
    assert not QuarantinedPayload.objects.exists()
    assert Run.objects.get().state == RunState.FAILED
    make_notice()
    assert files.run_import(file_import, NOW).state == RunState.DONE


def test_run_import_is_refused_while_another_worker_is_at_the_connection() -> None:
    file_import = make_import()

    with run_lock(file_import.connection), pytest.raises(Busy):
        files.run_import(file_import, NOW)

    assert not Run.objects.exists()


def test_run_import_after_a_killed_worker_makes_the_whole_pass_again(monkeypatch) -> None:
    monkeypatch.setitem(reading.BATCH_ROWS, "interactions", 1)
    file_import = make_import()
    real_take, batches = Intake.take, iter(range(2))

    def killed_half_way(intake, batch):
        if next(batches, None) is None:
            raise SystemExit
        return real_take(intake, batch)

    monkeypatch.setattr(Intake, "take", killed_half_way)
    with pytest.raises(SystemExit):
        files.run_import(file_import, NOW)
    run = Run.objects.get()
    assert (run.state, len(stored())) == (RunState.RUNNING, 1)
    monkeypatch.setattr(Intake, "take", real_take)

    again = files.run_import(file_import, NOW + timedelta(hours=1))

    assert (again.pk, again.state, again.rows_done) == (run.pk, RunState.DONE, 3)
    assert len(stored()) == 2
    assert again.counts["interactions"]["same"] == 1


def test_run_import_delivered_again_after_it_is_done_does_nothing() -> None:
    file_import = make_import()
    first = files.run_import(file_import, NOW)

    again = files.run_import(file_import, NOW + timedelta(days=1))

    assert (again.pk, again.started_at) == (first.pk, NOW)


def test_run_import_keeps_the_mapping_and_deletes_the_file() -> None:
    file_import = make_import()
    storage, name = file_import.file.storage, str(file_import.file.name)
    chosen = {
        "agent_external_id": FieldSource(column="Agent"),
        "channel": FieldSource(column="Kanal"),
        "started_at": FieldSource(column="Starttid"),
    }
    files.choose_mapping(file_import, Mapping.model_validate(chosen))

    files.run_import(file_import, NOW)

    kept = Connection.objects.get().mapping["interactions"]
    assert kept == {field: {"column": source.column} for field, source in chosen.items()}
    assert not storage.exists(name)
    assert not FileImport.objects.get().file


def test_choose_mapping_drops_what_an_earlier_dry_run_found() -> None:
    file_import = make_import(WITH_ERRORS)
    files.dry_run(file_import, NOW)

    files.choose_mapping(file_import, files.look(file_import).mapping)

    assert (file_import.preview, file_import.errors) == ({}, [])


def test_start_lets_a_double_click_start_one_run() -> None:
    file_import = make_import()

    started = [files.start(file_import, NOW), files.start(file_import, NOW)]

    assert [run is not None for run in started] == [True, False]
    assert Run.objects.count() == 1


def test_start_again_after_a_failure() -> None:
    file_import = make_import()
    files.start(file_import, NOW)
    Run.objects.update(state=RunState.FAILED)

    assert files.start(file_import, NOW)


def test_run_import_leaves_one_that_somebody_has_just_started_to_them(monkeypatch) -> None:
    file_import = make_import()
    monkeypatch.setattr(importing, "start", lambda *given, **options: None)

    with pytest.raises(Busy):
        files.run_import(file_import, NOW)

    assert not stored()


def test_left_behind_finds_imports_whose_worker_is_silent() -> None:
    file_import = make_import()
    files.start(file_import, NOW)
    Run.objects.update(state=RunState.RUNNING, heartbeat_at=NOW)

    assert not files.left_behind(NOW + timedelta(minutes=10))
    assert list(files.left_behind(NOW + timedelta(minutes=20))) == [file_import]
    Run.objects.update(state=RunState.DONE)
    assert not files.left_behind(NOW + timedelta(minutes=20))


def test_end_imports_deletes_uploads_after_two_weeks_with_their_files() -> None:
    file_import = make_import()
    storage, name = file_import.file.storage, str(file_import.file.name)

    assert files.end_imports(NOW + timedelta(days=13)) == 0
    assert storage.exists(name)
    assert files.end_imports(NOW + timedelta(days=15)) == 1
    assert not storage.exists(name)
    assert not FileImport.objects.exists()


def test_write_errors_gives_safe_cells_and_reasons_in_words() -> None:
    file_import = make_import(WITH_ERRORS)
    files.dry_run(file_import, NOW)

    lines = lines_of_errors(file_import)

    assert lines[0] == "Line;Column;Value;Reason"
    assert lines[1].startswith("5;Starttid;i går;“i går” is not a date we can read.")
    assert any("'=1+1" in line for line in lines)


def test_dry_run_holds_one_batch_of_a_long_file_in_memory(monkeypatch) -> None:
    monkeypatch.setitem(reading.BATCH_ROWS, "interactions", 100)
    line = "T-{};sanna@demo.example;Chatt;2026-03-02 09:31;2026-03-02 09:44;12:10;\n"
    file_import = make_import(CONTACTS + "".join(line.format(n) for n in range(5000)))
    files.look(file_import)  # warms caches

    tracemalloc.start()
    found = files.dry_run(file_import, NOW)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found["rows"] == 5003
    assert most_bytes < 1_000_000
