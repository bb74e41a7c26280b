import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from coaching.integrations.avaya_experience import AvayaExperience
from coaching.integrations.avaya_experience.messages import plain
from coaching.integrations.base import Batch, Unreadable, Unverified
from coaching.integrations.normalise import customer_ref
from coaching.records import (
    AgentRef,
    Channel,
    Direction,
    Interaction,
    QueueRef,
    SentimentLabel,
    SentimentScope,
    SentimentSpan,
    Speaker,
    TranscriptSegment,
)
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.worlds.avaya_experience import CHAT, sample

pytestmark = pytest.mark.pure

TOVE = "a9e17000-0000-4000-8000-000000000001"
DIALOG = "d9e17000-0000-4000-8000-000000000001"
SENTIMENT = "message_sentiment"


def make(http: httpx.Client, **settings: str) -> AvayaExperience:
    known = {
        "host": "vinterfjord-eu",
        "account_id": "VINTER",
        "app_key": "open sesame",
        "client_id": "me",
        "client_secret": "hush",
        "customer_key": "key",
    }
    return AvayaExperience(known | settings, http, clock=lambda: NOW)


@pytest.fixture
def experience(http: httpx.Client) -> AvayaExperience:
    return make(http)


def read(experience: AvayaExperience, event: str, payload: Any) -> Batch:
    return experience.read(event, json.dumps(payload).encode())


def change(table: Any, row: int, **cells: Any) -> None:
    names = [header["name"] for header in table["columnHeaders"]]
    for name, value in cells.items():
        table["records"][row][names.index(name)] = value


def read_row(experience: AvayaExperience, event: str, **cells: Any) -> Batch:
    """Read the sample's first row, some cells changed."""
    table = sample(event)
    table["records"] = table["records"][:1]
    change(table, 0, **cells)
    return read(experience, event, table)


def contact(experience: AvayaExperience, **cells: Any) -> Interaction:
    (found,) = read_row(experience, "engagements", **cells).records
    assert isinstance(found, Interaction)
    return found


def read_message(experience: AvayaExperience, event: str = "messages", **changes: Any) -> Batch:
    """Read the sample's first message of the customer, some of it changed."""
    page = sample(event)
    page["messages"] = [page["messages"][1] | changes]
    return read(experience, event, page)


def message(experience: AvayaExperience, **changes: Any) -> TranscriptSegment:
    (said,) = read_message(experience, **changes).records
    assert isinstance(said, TranscriptSegment)
    return said


def read_mood(experience: AvayaExperience, mood: Any, **changes: Any) -> Batch:
    metadata = {"nluMetadata": {"sentiment": mood}}
    return read_message(experience, SENTIMENT, **metadata, **changes)


def span(experience: AvayaExperience, mood: Any) -> SentimentSpan:
    (found,) = read_mood(experience, mood).records
    assert isinstance(found, SentimentSpan)
    return found


def test_active_rows_of_the_dimension_become_agents(experience: AvayaExperience) -> None:
    batch = read(experience, "agents", sample("agents"))

    assert set(batch.records) == {
        AgentRef(
            external_id=TOVE,
            email="tove.lund@vinterfjord.example",
            display_name="Tove Lund",
            language_codes=("sv-SE",),
        ),
        AgentRef(
            external_id="a9e17000-0000-4000-8000-000000000002",
            display_name="Aino Harju",  # logs in without an address
            language_codes=("fi-FI", "sv-SE"),
        ),
        AgentRef(
            external_id="a9e17000-0000-4000-8000-000000000003",
            email="bo.vik@vinterfjord.example",
            display_name="Bo Vik",
            active=False,
        ),
    }


@pytest.mark.parametrize("cells", [{"active_record": "f"}, {"entity_deleted": "t"}])
def test_agent_who_has_left_is_not_active(
    experience: AvayaExperience, cells: dict[str, str]
) -> None:
    (agent,) = read_row(experience, "agents", **cells).records

    assert getattr(agent, "active", None) is False


def test_language_that_we_do_not_know_is_counted(experience: AvayaExperience) -> None:
    klingon = '[{"value": "Klingon", "category": "Language"}, {"value": "VIP"}]'

    batch = read_row(experience, "agents", attributes=klingon)

    assert batch.unknown_values == Counter({"language=Klingon": 1})


def test_attributes_that_cannot_be_read_are_kept_aside(experience: AvayaExperience) -> None:
    batch = read_row(experience, "agents", attributes="[{")

    assert [(it.field, it.reference) for it in batch.unreadable] == [("attributes", TOVE)]


def test_active_rows_of_the_dimension_become_queues(experience: AvayaExperience) -> None:
    batch = read(experience, "queues", sample("queues"))

    assert set(batch.records) == {
        QueueRef(external_id="b9e17000-0000-4000-8000-000000000001", name="Faktura"),
        QueueRef(external_id="b9e17000-0000-4000-8000-000000000002", name="Støtte"),
    }


def test_engagement_of_an_agent_becomes_a_contact(experience: AvayaExperience) -> None:
    assert contact(experience) == Interaction(
        external_id=CHAT,
        leg_id=DIALOG,
        agent_external_id=TOVE,
        queue_external_id="b9e17000-0000-4000-8000-000000000001",
        queue_name="Faktura",
        channel=Channel.CHAT,
        direction=Direction.INBOUND,
        started_at=datetime(2026, 3, 18, 8, 0, tzinfo=UTC),
        ended_at=datetime(2026, 3, 18, 8, 12, 30, 500000, tzinfo=UTC),
        talk_ms=612_250,
        hold_ms=0,
        acw_ms=45_000,
        disposition_code="Fel på faktura",
        disposition_label="Fel på faktura",
        customer_ref=customer_ref("kund17@brev.example", "key"),
        source_updated_at=datetime(2026, 3, 18, 8, 13, 20, tzinfo=UTC),
    )


def test_engagement_that_nobody_took_is_no_contact(experience: AvayaExperience) -> None:
    batch = read(experience, "engagements", sample("engagements"))

    legs = [getattr(it, "leg_id", "")[-1] for it in batch.records]
    assert legs == ["1", "2", "3", "4"]


def test_engagement_that_goes_on_has_no_end(experience: AvayaExperience) -> None:
    found = contact(experience, dialog_end_time="9999-12-31 00:00:00+00")

    assert found.ended_at is None


@pytest.mark.parametrize("nothing", [None, "", "null"])
def test_what_a_cell_does_not_say_stays_unsaid(
    experience: AvayaExperience, nothing: str | None
) -> None:
    names = ("queue_id", "queue_name", "hold_duration", "final_disposition_code", "last_changed")

    found = contact(experience, **dict.fromkeys(names, nothing))

    assert (found.queue_external_id, found.queue_name, found.hold_ms) == (None, None, None)
    assert (found.disposition_code, found.source_updated_at) == (None, None)


def test_unit_of_durations_is_a_setting(http: httpx.Client) -> None:
    found = contact(make(http, time_unit="seconds"), active_duration="612.25")

    assert (found.talk_ms, found.acw_ms) == (612_250, 45_000_000)


@pytest.mark.parametrize("at", ["2026-03-18 09:00:00.000000+01", "2026-03-18T09:00:00+01:00"])
def test_offset_times_become_utc(experience: AvayaExperience, at: str) -> None:
    found = contact(experience, dialog_start_time=at)

    assert found.started_at == datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
    assert found.started_at.tzinfo is UTC


def test_unknown_words_are_counted(experience: AvayaExperience) -> None:
    batch = read_row(experience, "engagements", channel="Telepathy", direction="SIDEWAYS")

    (found,) = batch.records
    assert getattr(found, "channel", None) is Channel.OTHER
    assert getattr(found, "direction", None) is Direction.UNKNOWN
    assert batch.unknown_values == Counter({"channel=Telepathy": 1, "direction=SIDEWAYS": 1})


def test_names_of_columns_are_a_setting(http: httpx.Client) -> None:
    table = sample("engagements")
    for header in table["columnHeaders"]:
        header["name"] = {"dialog_id": "segment", "queue_id": "q"}.get(
            header["name"], header["name"]
        )

    batch = read(make(http, columns="leg = segment,queue=q"), "engagements", table)

    first = batch.records[0]
    assert isinstance(first, Interaction)
    assert (first.leg_id, first.queue_name) == (DIALOG, "Faktura")
    assert first.queue_external_id == "b9e17000-0000-4000-8000-000000000001"


def test_column_that_is_not_there_says_nothing(http: httpx.Client) -> None:
    found = contact(make(http, columns="customer=who, acw=wrap_up"))

    assert (found.customer_ref, found.acw_ms, found.talk_ms) == (None, None, 612_250)


@pytest.mark.parametrize("columns", ["leg", "mood=label", "leg=a b", "leg=a;queue=b"])
def test_columns_that_cannot_be_read_are_unverified(http: httpx.Client, columns: str) -> None:
    with pytest.raises(Unverified, match="columns"):
        make(http, columns=columns).read("engagements", b"{}")


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"engagement_id": ""}, "engagement"),
        ({"dialog_start_time": "2026-03-18 08:00:00"}, "started"),
        ({"dialog_start_time": "yesterday"}, "started"),
        ({"hold_duration": "00:00:15"}, "hold"),
        ({"acw_duration": "-1"}, "acw"),
        ({"dialog_end_time": "2026-03-17 00:00:00+00"}, "ended_at"),
    ],
)
def test_row_that_cannot_be_read_is_kept_aside(
    experience: AvayaExperience, cells: dict[str, str], field: str
) -> None:
    table = sample("engagements")
    change(table, 0, **cells)

    batch = read(experience, "engagements", table)

    assert [rejected.field for rejected in batch.unreadable] == [field]
    assert len(batch.records) == 3


def test_row_of_another_width_is_kept_aside(experience: AvayaExperience) -> None:
    table = sample("engagements")
    table["records"][0] = table["records"][0][:-1]
    agents = sample("agents")
    agents["records"][2].append("more")

    for event, whole, count in (("engagements", table, 3), ("agents", agents, 2)):
        batch = read(experience, event, whole)
        assert (len(batch.unreadable), len(batch.records)) == (1, count)


def test_message_becomes_a_segment_of_its_leg(experience: AvayaExperience) -> None:
    said = read(experience, "messages", sample("messages")).records

    assert said[1] == TranscriptSegment(
        interaction_external_id=CHAT,
        communication_id=DIALOG,
        utterance_id="c9e17000-0000-4000-8000-000000000002",
        ordinal=2,
        speaker=Speaker.CUSTOMER,
        start_ms=12_500,
        text="Min faktura är fel igen.",
        language="sv-SE",
    )
    assert [getattr(it, "speaker", None) for it in said] == [
        Speaker.BOT,
        Speaker.CUSTOMER,
        Speaker.AGENT,
        Speaker.CUSTOMER,
        Speaker.CUSTOMER,
        Speaker.AGENT,
    ]


def test_page_of_the_web_is_read_as_words(experience: AvayaExperience) -> None:
    said = read(experience, "messages", sample("messages")).records

    assert getattr(said[2], "text", None) == "Jag förstår.\nJag rättar den nu."
    assert plain("<style>p {}</style>Hej<br>d&aring;<script>x</script> a\n b<li>c</li>") == (
        "Hej\ndå a b\nc"
    )
    assert plain("1 < 2 &amp; 3</style>") == "1 < 2 & 3"


def test_what_has_no_words_is_said_by_its_fallback(experience: AvayaExperience) -> None:
    assert message(experience, body=None, fallbackText="bild.png").text == "bild.png"
    assert read_message(experience, body={"elementType": "IMAGE"}).records == ()


@pytest.mark.parametrize("changes", [{"privateMessage": True}, {"messageType": "DELETE"}])
@pytest.mark.parametrize("event", ["messages", SENTIMENT])
def test_private_and_deleted_messages_are_not_read(
    experience: AvayaExperience, event: str, changes: dict[str, Any]
) -> None:
    assert read_message(experience, event, **changes).records == ()


def test_message_without_an_index_keeps_its_place(experience: AvayaExperience) -> None:
    assert message(experience, messageIndex=None).ordinal == 0


@pytest.mark.parametrize("at", ["2026-03-18T07:59:59.000Z", None])
def test_time_that_makes_no_sense_is_unsaid(experience: AvayaExperience, at: str | None) -> None:
    assert message(experience, messageReceivedTimestamp=at).start_ms is None


@pytest.mark.parametrize("sender", ["SUPERVISOR", "SME"])
def test_others_of_our_side_are_not_taken_for_the_agent(
    experience: AvayaExperience, sender: str
) -> None:
    said = message(experience, senderParticipantType=sender)

    assert said.speaker is Speaker.AGENT
    assert said.agent_external_id == "f9e17000-0000-4000-8000-000000000002"


def test_words_of_an_agent_are_of_the_one_on_the_leg(experience: AvayaExperience) -> None:
    said = message(experience, senderParticipantType="AGENT")
    elsewhere = message(experience, senderParticipantType="AGENT", dialogId="shared")

    assert said.agent_external_id == TOVE
    assert elsewhere.agent_external_id == "f9e17000-0000-4000-8000-000000000002"


def test_words_of_whoever_cannot_be_told_are_kept_aside(experience: AvayaExperience) -> None:
    nobody = {"senderParticipantType": "SME", "senderParticipantId": None}

    batch = read_message(experience, **nobody)

    assert [it.field for it in batch.unreadable] == ["senderParticipantId"]


def test_unknown_sender_and_language_are_counted(experience: AvayaExperience) -> None:
    metadata = {"language": "tlh"}

    batch = read_message(experience, senderParticipantType="ORACLE", nluMetadata=metadata)

    assert getattr(batch.records[0], "speaker", None) is Speaker.UNKNOWN
    counted = {"senderParticipantType=ORACLE": 1, "language=tlh": 1}
    assert batch.unknown_values == Counter(counted)


def test_mood_is_read_of_the_customer_alone(experience: AvayaExperience) -> None:
    spans = read(experience, SENTIMENT, sample(SENTIMENT)).records

    assert spans[0] == SentimentSpan(
        interaction_external_id=CHAT,
        scope=SentimentScope.SEGMENT,
        communication_id=DIALOG,
        utterance_id="c9e17000-0000-4000-8000-000000000002",
        start_ms=12_500,
        score=Decimal("-0.872"),
        label=SentimentLabel.NEGATIVE,
        raw_value="-0.8721934",
        raw_scale="-1 to 1",
    )
    assert [getattr(it, "utterance_id", "")[-1] for it in spans] == ["2", "5", "6"]


@pytest.mark.parametrize("sender", ["AGENT", "supervisor", "SME", "BOT", "SYSTEM", "ORACLE", None])
def test_mood_of_whoever_is_not_the_customer_is_passed_over(
    experience: AvayaExperience, sender: str | None
) -> None:
    mood = {"label": "NEGATIVE", "score": -1}

    batch = read_mood(experience, mood, senderParticipantType=sender)

    assert (batch.records, batch.unreadable) == ((), ())


def test_label_without_a_score_has_none(experience: AvayaExperience) -> None:
    found = span(experience, {"label": "positive"})

    assert (found.score, found.label) == (None, SentimentLabel.POSITIVE)
    assert (found.raw_value, found.raw_scale) == ("positive", "NEGATIVE, NEUTRAL, POSITIVE")


def test_score_without_a_label_is_kept_and_zero_is_a_score(experience: AvayaExperience) -> None:
    found = span(experience, {"score": 0})

    assert (found.score, found.label) == (Decimal(0), SentimentLabel.UNKNOWN)
    assert (found.raw_value, found.raw_scale) == ("0", "-1 to 1")


def test_message_without_a_mood_has_no_span(experience: AvayaExperience) -> None:
    assert read_mood(experience, None).records == ()
    assert read_mood(experience, {"label": None, "score": None}).records == ()


def test_unknown_mood_is_counted(experience: AvayaExperience) -> None:
    batch = read_mood(experience, {"label": "WISTFUL", "score": 0.2})

    assert getattr(batch.records[0], "label", None) is SentimentLabel.UNKNOWN
    assert batch.unknown_values == Counter({"sentiment=WISTFUL": 1})


def test_score_out_of_range_is_kept_aside_and_its_words_are_not(
    experience: AvayaExperience,
) -> None:
    page = sample("messages")
    page["messages"][1]["nluMetadata"]["sentiment"]["score"] = 1.01

    moods, words = (read(experience, event, page) for event in (SENTIMENT, "messages"))

    assert [(it.field, it.reason) for it in moods.unreadable] == [("score", "out_of_range")]
    assert len(moods.records) == 2
    assert (len(words.records), words.unreadable) == (6, ())


def test_message_that_cannot_be_read_keeps_the_rest(experience: AvayaExperience) -> None:
    page = sample("messages")
    page["messages"][1]["messageReceivedTimestamp"] = "yesterday"
    page["messages"][2] = "Hej"

    batch = read(experience, "messages", page)

    fields = ["messageReceivedTimestamp", "payload"]
    assert [rejected.field for rejected in batch.unreadable] == fields
    assert len(batch.records) == 4


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("faxes", "{}"),
        ("agents", "{}"),
        ("agents", '{"columnHeaders": [], "records": null}'),
        ("queues", '{"columnHeaders": ["queue_id"], "records": []}'),
        ("engagements", "[]"),
        ("engagements", '{"records": '),
        ("messages", '{"messages": {}}'),
        (SENTIMENT, "{}"),
    ],
)
def test_payload_of_another_shape_is_unreadable(
    experience: AvayaExperience, event: str, payload: str
) -> None:
    with pytest.raises(Unreadable):
        experience.read(event, payload.encode())
