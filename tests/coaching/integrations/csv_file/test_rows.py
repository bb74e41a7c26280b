import io
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from coaching.integrations.base import Unreadable
from coaching.integrations.csv_file import (
    MESSAGES,
    CsvFile,
    ErrorCode,
    Mapping,
    Row,
    RowError,
    read,
    safe_cell,
    sniff,
    suggest_mapping,
)
from coaching.integrations.normalise import customer_ref
from coaching.records import (
    Channel,
    Direction,
    Evaluation,
    EvaluationStatus,
    EvaluatorKind,
    Interaction,
    Problem,
)

pytestmark = pytest.mark.pure

SAMPLES = Path(__file__).parents[4] / "fixtures" / "payloads" / "csv_file"
CONTACT = {
    "external_id": {"column": "id"},
    "agent_external_id": {"column": "agent"},
    "channel": {"constant": "voice"},
    "started_at": {"column": "start"},
}
FILLED = {"external_id": {"column": "id"}, "agent_external_id": {"column": "agent"}}
LINES = FILLED | {"question_text": {"column": "fråga"}, "points": {"column": "poäng"}}


def rows(text: str, mapping: dict[str, Any], kind: str = "interactions") -> list[Row]:
    source = io.BytesIO(text.encode())
    found = read(
        source,
        Mapping.model_validate(mapping),
        kind,
        time_zone="Europe/Stockholm",
        customer_key="key",
    )
    return list(found)


def contact(cells: str, **mapping: Any) -> Interaction:
    header = "id;agent;start" + "".join(f";{it['column']}" for it in mapping.values())
    (row,) = rows(f"{header}\n1;Ana;2026-03-12 14:30;{cells}\n", CONTACT | mapping)
    assert isinstance(row.record, Interaction)
    return row.record


def evaluations(text: str, mapping: dict[str, Any]) -> list[Evaluation]:
    found = [row.record for row in rows(text, mapping, "evaluations")]
    return [record for record in found if isinstance(record, Evaluation)]


def codes(found: list[Row]) -> list[tuple[int, list[str]]]:
    return [(row.line_number, [error.code.value for error in row.errors]) for row in found]


def sample(name: str) -> list[Row]:
    path = SAMPLES / name
    kind = name.split(".")[0]
    mapping = suggest_mapping(sniff(path).header, kind)
    return list(read(path, mapping, kind, time_zone="Europe/Copenhagen", customer_key="key"))


def test_swedish_export_is_read_whole() -> None:
    first = sample("interactions.sv.csv")[0]

    assert first == Row(
        2,
        Interaction(
            external_id="S-1001",
            agent_external_id="sanna.lindqvist@nordkund.example",
            channel=Channel.VOICE,
            direction=Direction.INBOUND,
            language="sv-SE",
            started_at=datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC),
            ended_at=datetime(2026, 3, 2, 8, 7, 24, tzinfo=UTC),
            queue_ms=42_000,
            talk_ms=301_000,
            hold_ms=12_000,
            acw_ms=45_000,
            transfer_count=1,
            disposition_code="FAKT",
            disposition_label="Fråga om faktura",
            customer_ref=customer_ref("070-174 06 05", "key"),
            recorded=True,
        ),
    )


def test_norwegian_log_of_visits_is_read_whole() -> None:
    records = [row.record for row in sample("interactions.nb.csv")]

    contacts = [record for record in records if isinstance(record, Interaction)]
    assert [it.channel.value for it in contacts] == ["in_person", "social", "in_person"]
    assert [it.handle_ms for it in contacts] == [360_000, 270_000, 720_000]
    assert contacts[0].started_at == datetime(2026, 3, 12, 13, 30, tzinfo=UTC)


def test_danish_evaluations_are_put_together_from_their_lines() -> None:
    first, second = sample("evaluations.da.csv")

    assert isinstance(first.record, Evaluation)
    assert isinstance(second.record, Evaluation)
    assert (first.line_number, second.line_number) == (2, 5)
    assert first.record.status is EvaluationStatus.RELEASED
    assert first.record.evaluator_kind is EvaluatorKind.HUMAN
    assert first.record.form_name == "Kvalitet opkald"
    assert first.record.submitted_at == datetime(2026, 3, 12, 13, 30, tzinfo=UTC)
    answers = first.record.answers
    assert [(it.points, it.max_points, it.not_applicable) for it in answers] == [
        (Decimal(20), Decimal(20), False),
        (Decimal("7.5"), Decimal(10), False),
        (None, Decimal(5), True),
    ]
    assert answers[1].question_text == "Lyttede medarbejderen?"
    assert answers[1].group_name == "Samtale"
    assert answers[1].comment == "Godt opsummeret"
    assert [it.question_context_id for it in second.record.answers] == [
        answers[0].question_context_id
    ]


def test_evaluations_with_a_column_a_question_are_read_whole() -> None:
    first = sample("evaluations.wide.csv")[0].record

    assert isinstance(first, Evaluation)
    assert first.score_pct == Decimal("87.500")
    assert [(it.question_text, it.points, it.not_applicable) for it in first.answers] == [
        ("Greeting", Decimal(5), False),
        ("Listening", Decimal(4), False),
        ("Closing", None, True),
    ]


def test_workbook_is_read_like_a_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["id", "agent", "start", "poäng"])
    sheet.append(["1", "Ana", datetime(2026, 3, 12, 14, 30), 0.875])
    stream = io.BytesIO()
    book.save(stream)
    mapping = FILLED | {
        "submitted_at": {"column": "start"},
        "score_pct": {"column": "poäng", "format": "share"},
    }

    (row,) = read(
        stream, Mapping.model_validate(mapping), "evaluations", time_zone="Europe/Stockholm"
    )

    assert isinstance(row.record, Evaluation)
    assert row.record.score_pct == Decimal("87.500")
    assert row.record.submitted_at == datetime(2026, 3, 12, 13, 30, tzinfo=UTC)


def test_words_of_the_file_mean_what_the_mapping_says() -> None:
    words = {"column": "kanal", "values": {"TLF": "voice", "Disk": "in_person"}}

    assert contact("disk", channel=words).channel is Channel.IN_PERSON


def test_format_of_a_column_is_obeyed() -> None:
    mapping = {
        "ended_at": {"column": "slut", "format": "%m/%d/%Y %H:%M"},
        "talk_ms": {"column": "tal", "format": "milliseconds"},
    }

    found = contact("03/12/2026 14:35;300000", **mapping)

    assert found.ended_at == datetime(2026, 3, 12, 13, 35, tzinfo=UTC)
    assert found.talk_ms == 300_000


def test_empty_cell_is_unknown_and_not_zero() -> None:
    assert contact("", talk_ms={"column": "tal"}).talk_ms is None


def test_contact_without_an_id_column_gets_a_stable_one() -> None:
    mapping = {field: source for field, source in CONTACT.items() if field != "external_id"}
    text = "agent;start\nAna;2026-03-12 14:30\nBo;2026-03-12 14:30\n"

    first, second = ([row.record for row in rows(text, mapping)] for _ in range(2))

    assert first == second
    ids = {record.external_id for record in first if record}
    assert len(ids) == 2


def test_customer_never_stands_in_clear() -> None:
    found = contact("070-174 06 05", customer_ref={"column": "kund"})

    assert found.customer_ref == customer_ref("0701740605", "key")


def test_unknown_word_is_a_remark_and_the_record_stays() -> None:
    mapping = CONTACT | {"channel": {"column": "kanal"}, "language": {"column": "språk"}}
    text = "id;agent;start;kanal;språk\n1;Ana;2026-03-12 14:30;Röksignal;Klingon\n"

    (row,) = rows(text, mapping)

    assert isinstance(row.record, Interaction)
    assert (row.record.channel, row.record.language) == (Channel.OTHER, None)
    assert row.errors == (
        RowError(2, "kanal", "Röksignal", ErrorCode.UNKNOWN_VALUE, {}),
        RowError(2, "språk", "Klingon", ErrorCode.UNKNOWN_VALUE, {}),
    )


def test_every_wrong_cell_of_a_line_is_named() -> None:
    mapping = CONTACT | {
        "talk_ms": {"column": "tal"},
        "hold_count": {"column": "vänt"},
        "recorded": {"column": "inspelad"},
    }
    text = "id;agent;start;tal;vänt;inspelad\n1;;i går;1.234;1,5;kanske\n2;Bo;2026-03-12;;;\n"

    found = rows(text, mapping)

    assert codes(found) == [
        (
            2,
            ["missing", "not_a_moment", "ambiguous_number", "not_a_count", "not_yes_or_no"],
        ),
        (3, []),
    ]
    assert [row.record is None for row in found] == [True, False]


def test_what_the_record_refuses_names_its_column() -> None:
    mapping = CONTACT | {"ended_at": {"column": "slut"}}
    text = "id;agent;start;slut\n1;Ana;2026-03-12 14:30;2026-03-12 14:29\n"

    (row,) = rows(text, mapping)

    assert row.record is None
    assert row.errors == (RowError(2, "slut", "2026-03-12 14:29", ErrorCode.REVERSED, {}),)


def test_long_cell_is_shortened_in_the_error() -> None:
    (row,) = rows(f"id;agent;start\n1;Ana;{'x' * 100}\n", CONTACT)

    assert row.errors[0].value_shortened == "x" * 39 + "…"


def test_line_with_more_cells_than_the_header_is_refused() -> None:
    found = rows("id;agent;start\n1;Ana;2026-03-12;oj\n2;Bo;2026-03-12;;\n", CONTACT)

    assert codes(found) == [(2, ["too_many_cells"]), (3, [])]


def test_short_line_has_empty_cells() -> None:
    (row,) = rows("id;agent;start\n1;Ana\n", CONTACT)

    assert codes([row]) == [(2, ["missing"])]


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ("2026-03-12;", EvaluationStatus.RELEASED),
        (";", EvaluationStatus.SUBMITTED),
        (";Under granskning", EvaluationStatus.DISPUTED),
        ("2026-03-12;utkast", EvaluationStatus.IN_PROGRESS),
    ],
)
def test_status_follows_the_file_or_its_release_date(cells: str, status: EvaluationStatus) -> None:
    mapping = FILLED | {"released_at": {"column": "delad"}, "status": {"column": "status"}}

    (found,) = evaluations(f"id;agent;delad;status\n1;Ana;{cells}\n", mapping)

    assert found.status is status


def test_answers_may_be_words_with_points() -> None:
    question = {"column": "Hälsade?", "max_points": 1, "values": {"ja": "1", "nej": "0"}}
    text = "id;agent;Hälsade?\n1;Ana;Ja\n2;Bo;Nej\n3;Cia;\n"

    found = evaluations(text, FILLED | {"questions": [question]})

    points = [[(it.points, it.max_points) for it in one.answers] for one in found]
    assert points == [[(Decimal(1), Decimal(1))], [(Decimal(0), Decimal(1))], []]


def test_wrong_answer_refuses_the_whole_evaluation() -> None:
    text = "id;agent;fråga;poäng\n1;Ana;A;5\n1;Ana;B;många\n2;Bo;A;4\n"

    found = rows(text, LINES, "evaluations")

    assert [row.record is None for row in found] == [True, False]
    assert found[0].errors == (RowError(3, "poäng", "många", ErrorCode.NOT_A_NUMBER, {}),)


def test_question_that_stands_twice_is_refused() -> None:
    text = "id;agent;fråga;poäng\n1;Ana;A;5\n1;Ana;A;4\n"

    assert codes(rows(text, LINES, "evaluations")) == [(2, ["repeated"])]


def test_lines_of_an_evaluation_that_stand_apart_are_refused() -> None:
    text = "id;agent;fråga;poäng\n1;Ana;A;5\n2;Bo;A;5\n1;Ana;B;5\n"

    assert codes(rows(text, LINES, "evaluations")) == [(2, []), (3, []), (4, ["lines_apart"])]


def test_lines_without_an_evaluation_id_are_refused_one_by_one() -> None:
    text = "id;agent;fråga;poäng\n;Ana;A;5\n;Ana;B;5\n"

    assert codes(rows(text, LINES, "evaluations")) == [(2, ["missing"]), (3, ["missing"])]


def test_evaluation_without_end_is_refused() -> None:
    text = "id;agent;fråga;poäng\n" + "".join(f"1;Ana;Q{n};5\n" for n in range(501))

    assert codes(rows(text, LINES, "evaluations")) == [(2, ["too_many_answers"])]


def test_long_question_gets_a_short_id() -> None:
    question = "Varför " * 40

    (found,) = evaluations(f"id;agent;fråga;poäng\n1;Ana;{question};5\n", LINES)

    assert len(found.answers[0].question_external_id) == 32
    assert found.answers[0].question_text == question.strip()


@pytest.mark.parametrize(
    ("kind", "time_zone", "reason"),
    [
        ("transcripts", "Europe/Oslo", "Transcripts cannot be imported"),
        ("interactions", "Europe/Atlantis", "no such time zone"),
        ("interactions", "../etc/passwd", "no such time zone"),
    ],
)
def test_read_refuses_at_once_what_it_cannot_do(kind: str, time_zone: str, reason: str) -> None:
    source = io.BytesIO(b"id;agent;start\n")

    with pytest.raises(Unreadable, match=reason):
        read(source, Mapping.model_validate(CONTACT), kind, time_zone=time_zone)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("id;agent;start\n" + "1;Ana;2026-03-12 14:30\n" * 5_000)
    mapping = Mapping.model_validate(CONTACT)

    tracemalloc.start()
    count = sum(1 for _ in read(path, mapping, "interactions", time_zone="Europe/Oslo"))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 5_000
    assert peak_bytes < 500_000  # the rows together take several times as much


def test_every_error_has_a_message_and_every_refusal_of_a_record_a_code() -> None:
    assert set(MESSAGES) == set(ErrorCode)
    assert {problem.value for problem in Problem} <= {code.value for code in ErrorCode}


def test_adapter_counts_unknown_words_and_keeps_wrong_lines_aside(http: httpx.Client) -> None:
    text = "id;agent;start;kanal\n1;Ana;2026-03-12;Röksignal\n2;;2026-03-12;Telefon\n"

    batch = CsvFile({}, http).read("interactions", text.encode())

    assert len(batch.records) == 1
    assert batch.unknown_values == {"kanal=Röksignal": 1}
    assert [(it.reference, it.field, it.reason) for it in batch.unreadable] == [
        ("line 3", "agent", "missing")
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_safe_cell_disarms_formulas(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "Ana", "1-2", "a=b"])
def test_safe_cell_leaves_other_texts_alone(text: str) -> None:
    assert safe_cell(text) == text
