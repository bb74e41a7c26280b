import pytest
from pydantic import ValidationError

from coaching.integrations.base import Unreadable
from coaching.integrations.csv_file import FIELDS, Mapping, suggest_mapping
from coaching.integrations.csv_file.synonyms import SYNONYMS

pytestmark = pytest.mark.pure

CONTACTS = {
    "agent_external_id": {"column": "Agent"},
    "channel": {"constant": "in_person"},
    "started_at": {"column": "Dag", "time_column": "Tid"},
}


def columns(mapping: Mapping) -> dict[str, str]:
    return {field: source.column for field, source in mapping.fields.items()}


def test_mapping_survives_json() -> None:
    stored = {
        **CONTACTS,
        "talk_ms": {"column": "Taltid", "format": "minutes"},
        "decimal_mark": ",",
    }

    mapping = Mapping.model_validate(stored)
    again = Mapping.model_validate_json(mapping.model_dump_json())

    assert again == mapping
    assert mapping.fields["talk_ms"].format == "minutes"
    assert set(mapping.fields) == {*CONTACTS, "talk_ms"}


@pytest.mark.parametrize(
    "stored",
    [
        {"channel": {}},
        {"channel": {"column": "Kanal", "constant": "voice"}},
        {"channel": {"column": "Kanal", "colour": "blue"}},
        {"channel": "Kanal"},
        {"decimal_mark": ";"},
        {"questions": [{"text": "no column"}]},
    ],
)
def test_mapping_of_another_shape_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Mapping.model_validate(stored)


@pytest.mark.parametrize(
    ("stored", "kind", "field"),
    [
        ({}, "interactions", "agent_external_id"),
        ({**CONTACTS, "mood": {"column": "Agent"}}, "interactions", "mood"),
        ({**CONTACTS, "queue_name": {"column": "Kö"}}, "interactions", "Kö"),
        (CONTACTS, "evaluations", "external_id"),
        (CONTACTS, "transcripts", "kind"),
        (CONTACTS, "surveys", "kind"),
        (
            {
                "external_id": {"column": "Dag"},
                "agent_external_id": {"column": "Agent"},
                "points": {"column": "Tid"},
            },
            "evaluations",
            "question_text",
        ),
    ],
)
def test_mapping_that_does_not_fit_the_file_is_refused(
    stored: dict[str, object], kind: str, field: str
) -> None:
    mapping = Mapping.model_validate(stored)

    with pytest.raises(Unreadable) as refused:
        mapping.check(kind, ["Agent", "Dag", "Tid"])

    assert refused.value.field == field


def test_mapping_that_fits_passes() -> None:
    Mapping.model_validate(CONTACTS).check("interactions", ["Agent", "Dag", "Tid"])


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            ["Samtals-ID", "Medarbetare", "Kanal", "Starttid", "Samtalstid (sek)", "Efterarbete"],
            ["external_id", "agent_external_id", "channel", "started_at", "talk_ms", "acw_ms"],
        ),
        (
            ["Saksnummer", "Medarbeider", "Kanal", "Starttidspunkt", "Taletid", "Etterarbeid"],
            ["external_id", "agent_external_id", "channel", "started_at", "talk_ms", "acw_ms"],
        ),
        (
            ["Opkalds-ID", "Medarbejder", "Kanal", "Tidspunkt", "Samtaletid", "Efterbehandling"],
            ["external_id", "agent_external_id", "channel", "started_at", "talk_ms", "acw_ms"],
        ),
        (
            [
                "Contact ID",
                "Agent Name",
                "Media Type",
                "Start Time",
                "Talk Time",
                "After Call Work",
            ],
            ["external_id", "agent_external_id", "channel", "started_at", "talk_ms", "acw_ms"],
        ),
    ],
)
def test_suggestion_knows_four_languages(header: list[str], expected: list[str]) -> None:
    mapping = suggest_mapping(header, "interactions")

    assert columns(mapping) == dict(zip(expected, header, strict=True))


@pytest.mark.parametrize(
    ("column", "unit"),
    [("Talk time (ms)", "milliseconds"), ("Talk time [min]", "minutes"), ("Talk time", None)],
)
def test_suggestion_takes_the_unit_from_the_name(column: str, unit: str | None) -> None:
    assert suggest_mapping([column], "interactions").fields["talk_ms"].format == unit


def test_suggestion_joins_date_and_time() -> None:
    mapping = suggest_mapping(["Dato", "Klokkeslæt"], "interactions")

    assert mapping.fields["started_at"].column == "Dato"
    assert mapping.fields["started_at"].time_column == "Klokkeslæt"


def test_suggestion_understands_our_own_field_names() -> None:
    for kind, fields in FIELDS.items():
        mapping = suggest_mapping(fields, kind)

        assert columns(mapping) == {field: field for field in fields}


def test_suggestion_takes_answers_by_line_where_there_is_a_question() -> None:
    mapping = suggest_mapping(["ID", "Agent", "Fråga", "Poäng", "Max"], "evaluations")

    assert columns(mapping) == {
        "external_id": "ID",
        "agent_external_id": "Agent",
        "question_text": "Fråga",
        "points": "Poäng",
        "max_points": "Max",
    }
    assert mapping.questions == ()


def test_suggestion_takes_left_over_columns_for_questions() -> None:
    mapping = suggest_mapping(["Evaluation ID", "Agent", "Score", "Greeting"], "evaluations")

    assert mapping.fields["score_pct"].column == "Score"
    assert [question.column for question in mapping.questions] == ["Greeting"]


def test_suggestion_leaves_unknown_columns_of_contacts_alone() -> None:
    assert columns(suggest_mapping(["Fältet vi aldrig sett"], "interactions")) == {}


def test_suggestion_for_transcripts_is_refused() -> None:
    with pytest.raises(Unreadable, match="Transcripts"):
        suggest_mapping(["Text"], "transcripts")


def test_no_name_means_two_fields_of_contacts() -> None:
    fields = FIELDS["interactions"]
    names = [name for field in fields for name in SYNONYMS["interactions"][field]]

    assert sorted(name for name in set(names) if names.count(name) > 1) == []
