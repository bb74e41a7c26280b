import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from coaching.integrations.avaya_experience import AvayaExperience
from coaching.integrations.base import Batch, Forbidden, Resource, Unreadable, Unverified
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import avaya_experience as world
from tests.coaching.integrations.worlds.avaya_experience import (
    CALL,
    CHAT,
    ENGAGEMENTS,
    HISTORY,
    MAIL,
    REPORT,
    SECOND,
    TOKEN,
    messages_of,
)

pytestmark = pytest.mark.pure

AGENTS = f"{HISTORY}/dimensions/agents"
SINCE = dict.fromkeys(Resource, NOW - timedelta(days=2))
NOBODY = messages_of("00000000-0000-0000-0000-000000000000")


@pytest.fixture
def settings(server: StubServer) -> dict[str, str]:
    return world.serve(server)


@pytest.fixture
def experience(
    settings: dict[str, str], http: httpx.Client, sleeps: list[float]
) -> AvayaExperience:
    return AvayaExperience(settings, http, clock=lambda: NOW, sleep=sleeps.append)


def of(batches: Iterable[Batch], resource: Resource) -> list[Batch]:
    return [batch for batch in batches if batch.resource is resource]


def whole_report(server: StubServer) -> None:
    server.answer(REPORT, world.sample("engagements"))


def test_pull_yields_every_resource_in_an_order_intake_can_link(
    server: StubServer, experience: AvayaExperience
) -> None:
    whole_report(server)

    batches = list(experience.pull({}))

    assert [batch.unreadable for batch in batches if batch.unreadable] == []
    order = list(dict.fromkeys(batch.resource for batch in batches))
    assert order == list(AvayaExperience.resources)


def test_engagements_are_asked_for_with_three_days_of_overlap(
    server: StubServer, experience: AvayaExperience
) -> None:
    batches = of(experience.pull(SINCE), Resource.INTERACTIONS)

    assert server.calls(REPORT)[0].query == {
        "interval": ["starting:202603151200,ending:202603201145"],  # the last slot is taken in
        "pageSize": ["50"],
    }
    assert [(len(batch.records), batch.watermark) for batch in batches] == [
        (2, None),
        (2, None),
        (0, NOW),
    ]


def test_watermark_is_a_quarter_of_an_hour(settings: dict[str, str], http: httpx.Client) -> None:
    late = NOW.replace(minute=14, second=59, microsecond=5)
    experience = AvayaExperience(settings, http, clock=lambda: late, sleep=lambda _: None)

    marks = {batch.watermark for batch in experience.pull(SINCE)} - {None}

    assert marks == {NOW}


def test_first_pull_reads_a_month_in_weeks(server: StubServer, experience: AvayaExperience) -> None:
    whole_report(server)

    batches = of(experience.pull({}), Resource.INTERACTIONS)

    starts = [call.query["interval"][0][9:17] for call in server.calls(REPORT)]
    weeks = ["20260217", "20260224", "20260303", "20260310", "20260317"]
    assert starts == weeks * 2  # messages have their own watermark
    assert [batch.watermark for batch in batches if batch.watermark][-2:] == [
        datetime(2026, 3, 17, 12, tzinfo=UTC),
        NOW,
    ]


def test_pages_follow_their_token(server: StubServer, experience: AvayaExperience) -> None:
    list(experience.pull(SINCE))

    tokens = [call.query.get("nextPageToken") for call in server.calls(REPORT)]
    assert tokens[:2] == [None, [SECOND]]


def test_page_that_comes_again_is_asked_for_once_more(
    server: StubServer, experience: AvayaExperience
) -> None:
    first, second = world.tables("engagements", rows=2)
    server.answer(REPORT, first, first, second)

    batches = of(experience.pull(SINCE), Resource.INTERACTIONS)

    assert [len(batch.records) for batch in batches] == [2, 2, 0]


def test_page_that_leads_back_for_ever_is_unreadable(
    server: StubServer, experience: AvayaExperience
) -> None:
    server.answer(AGENTS, world.tables("agents", rows=2)[0])

    with pytest.raises(Unreadable, match="nextPageToken"):
        list(experience.pull(SINCE))


def test_older_row_on_another_page_does_not_win(
    server: StubServer, experience: AvayaExperience
) -> None:
    server.answer(AGENTS, *world.tables("agents", rows=1))

    (batch,) = of(experience.pull(SINCE), Resource.AGENTS)

    names = {getattr(agent, "display_name", "") for agent in batch.records}
    assert names == {"Tove Lund", "Aino Harju", "Bo Vik"}


def test_late_change_of_a_contact_is_read_again(
    server: StubServer, experience: AvayaExperience
) -> None:
    whole_report(server)
    before = of(experience.pull(SINCE), Resource.INTERACTIONS)[0].records[0]
    changed = world.sample("engagements")
    changed["records"][0][11] = "90000"  # acw_duration
    server.answer(REPORT, changed)

    after = of(experience.pull(SINCE), Resource.INTERACTIONS)[0].records[0]

    assert before.natural_key == after.natural_key
    assert getattr(after, "acw_ms", None) == 90_000


def test_application_key_goes_with_every_call_and_the_secret_with_one(
    server: StubServer, experience: AvayaExperience
) -> None:
    list(experience.pull(SINCE))

    assert {call.headers.get("appkey") for call in server.received} == {"open sesame"}
    (sign_in,) = server.calls(TOKEN)
    assert parse_qs(sign_in.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["me"],
        "client_secret": ["hush"],
    }
    others = [call for call in server.received if call.path != TOKEN]
    assert {call.headers.get("Authorization") for call in others} == {"Bearer t"}


def test_ended_token_is_renewed_once(server: StubServer, experience: AvayaExperience) -> None:
    server.answer(AGENTS, Answer({"status": 401}, 401), world.sample("agents"))

    (batch,) = of(experience.pull(SINCE), Resource.AGENTS)

    assert len(batch.records) == 3
    assert len(server.calls(TOKEN)) == 2


def test_messages_are_asked_for_of_written_engagements(
    server: StubServer, experience: AvayaExperience
) -> None:
    whole_report(server)

    batches = list(experience.pull(SINCE))

    asked = [call for call in server.received if call.path.startswith(ENGAGEMENTS)]
    assert [call.path for call in asked] == [messages_of(key) for key in (CHAT, CHAT, MAIL, MAIL)]
    assert server.calls(messages_of(CALL)) == []
    assert [call.query for call in asked[:2]] == [
        {"pageNumber": ["1"], "pageSize": ["50"]},
        {"pageNumber": ["2"], "pageSize": ["50"]},
    ]
    for resource, count in ((Resource.TRANSCRIPTS, 6), (Resource.SENTIMENT, 3)):
        found = of(batches, resource)
        assert [len(batch.records) for batch in found] == [count, count, 0]
        assert [batch.watermark for batch in found] == [None, None, NOW]


def test_offsets_count_from_the_start_of_the_engagement(
    server: StubServer, experience: AvayaExperience
) -> None:
    table = world.sample("engagements")
    table["records"] = table["records"][1::-1]  # the later leg comes first
    server.answer(REPORT, table)

    said = of(experience.pull(SINCE), Resource.TRANSCRIPTS)[0].records

    assert [getattr(it, "start_ms", None) for it in said][:2] == [1000, 12_500]


@pytest.mark.parametrize("shared", [False, True])
def test_agents_of_an_engagement_are_known_to_its_messages(
    server: StubServer, experience: AvayaExperience, *, shared: bool
) -> None:
    table = world.sample("engagements")
    if shared:
        table["records"][1][1] = table["records"][0][1]  # two agents on one leg
    server.answer(REPORT, table)

    said = of(experience.pull(SINCE), Resource.TRANSCRIPTS)[0].records

    agents = [getattr(it, "agent_external_id", None) for it in said]
    tove = "a9e17000-0000-4000-8000-000000000001"
    participant = "f9e17000-0000-4000-8000-000000000003"
    assert agents[2] == (participant if shared else tove)


def test_page_of_messages_that_comes_again_adds_nothing(
    server: StubServer, experience: AvayaExperience
) -> None:
    whole_report(server)
    first, second = world.pages(CHAT, messages=3)
    server.answer(messages_of(CHAT), first, first, second)

    said = of(experience.pull(SINCE), Resource.TRANSCRIPTS)[0].records

    assert len(said) == 6


def test_messages_that_lead_on_for_ever_come_to_an_end(
    server: StubServer, experience: AvayaExperience
) -> None:
    whole_report(server)
    server.answer(messages_of(CHAT), world.pages(CHAT, messages=3)[0])

    said = of(experience.pull(SINCE), Resource.TRANSCRIPTS)[0].records

    assert len(said) == 3
    assert len(server.calls(messages_of(CHAT))) == 3


def test_messages_start_where_the_slower_of_the_two_stands(
    server: StubServer, experience: AvayaExperience
) -> None:
    whole_report(server)
    slower = SINCE | {Resource.SENTIMENT: NOW - timedelta(days=3)}

    list(experience.pull(slower))

    assert server.calls(REPORT)[-1].query["interval"][0].startswith("starting:202603141200")


def test_messages_that_are_gone_keep_the_rest(
    server: StubServer, experience: AvayaExperience
) -> None:
    whole_report(server)
    server.answer(messages_of(CHAT), Answer({"status": 404}, 404))

    batches = list(experience.pull(SINCE))

    mail, end = of(batches, Resource.TRANSCRIPTS)
    assert len(mail.records) == 6
    assert [it.reference for it in end.unreadable] == [CHAT]
    assert end.watermark == NOW


@pytest.mark.parametrize("key", ["..", "a/b", "a?b"])
def test_ids_from_the_platform_cannot_change_the_address(
    server: StubServer, experience: AvayaExperience, key: str
) -> None:
    table = world.sample("engagements")
    table["records"] = table["records"][:1]
    table["records"][0][0] = key
    server.answer(REPORT, table)

    (end,) = of(experience.pull(SINCE), Resource.TRANSCRIPTS)

    assert [it.field for it in end.unreadable] == ["engagement"]
    assert [it.path for it in server.received if it.path.startswith(ENGAGEMENTS)] == []


def test_row_that_cannot_be_read_is_kept_aside_once(
    server: StubServer, experience: AvayaExperience
) -> None:
    table = world.sample("engagements")
    table["records"][0][7] = "yesterday"  # dialog_start_time
    server.answer(REPORT, table)

    batches = list(experience.pull(SINCE))

    aside = [(batch.resource, it.field) for batch in batches for it in batch.unreadable]
    assert aside == [(Resource.INTERACTIONS, "started")]


def test_missing_permission_stops_the_pull_after_what_was_read(
    server: StubServer, experience: AvayaExperience
) -> None:
    whole_report(server)
    server.answer(messages_of(CHAT), Answer({"status": 403}, 403))
    found = []

    with pytest.raises(Forbidden):
        found += (batch.resource for batch in experience.pull(SINCE))  # keeps what came before

    assert found[-1] is Resource.INTERACTIONS


def test_messages_that_are_left_out_are_not_asked_for(
    server: StubServer, settings: dict[str, str], http: httpx.Client
) -> None:
    left_out = settings | {"transcripts": "no"}
    experience = AvayaExperience(left_out, http, clock=lambda: NOW, sleep=lambda _: None)

    found = {batch.resource for batch in experience.pull(SINCE)}

    assert found == {Resource.AGENTS, Resource.QUEUES, Resource.INTERACTIONS}
    assert len(experience.check().findings) == 4
    assert [it.path for it in server.received if it.path.startswith(ENGAGEMENTS)] == []


def test_check_tells_what_it_found(server: StubServer, experience: AvayaExperience) -> None:
    report = experience.check()

    assert report.passed
    subjects = [finding.subject for finding in report.findings]
    assert subjects == ["Sign-in", "Agents", "Queues", "Contacts", "Transcripts"]
    assert [finding.detail for finding in report.findings] == [""] * 5
    assert server.calls(REPORT)[0].query["interval"] == [
        "starting:202603191200,ending:202603191200"
    ]


def test_check_names_each_missing_permission(
    server: StubServer, experience: AvayaExperience
) -> None:
    for path in (AGENTS, f"{HISTORY}/dimensions/queues", REPORT, NOBODY):
        server.answer(path, Answer({}, 403))

    report = experience.check()

    assert [finding.detail for finding in report.findings if not finding.passed] == [
        "Analytics Historical",
        "Analytics Historical",
        "Analytics Historical",
        "Digital Transcript",
    ]


@pytest.mark.parametrize(("column", "passed"), [("agent_id", False), ("dialog_id", True)])
def test_check_names_each_column_that_is_not_there(
    server: StubServer, experience: AvayaExperience, column: str, *, passed: bool
) -> None:
    text = json.dumps(world.sample("engagements")).replace(column, "elsewhere")
    server.answer(REPORT, json.loads(text))

    contacts = experience.check().findings[3]

    ours = {"agent_id": "agent", "dialog_id": "leg"}[column]
    assert (contacts.passed, contacts.detail) == (passed, f"{ours}={column}")


def test_check_tells_of_columns_that_cannot_be_read(
    settings: dict[str, str], http: httpx.Client
) -> None:
    experience = AvayaExperience(settings | {"columns": "leg"}, http, clock=lambda: NOW)

    contacts = experience.check().findings[3]

    assert (contacts.passed, contacts.detail) == (False, "the names of the columns cannot be read")


def test_check_tells_of_a_request_that_is_refused(
    server: StubServer, experience: AvayaExperience
) -> None:
    for path in (AGENTS, REPORT):
        server.answer(path, Answer({}, 400))

    refused = [finding for finding in experience.check().findings if not finding.passed]

    assert ["HTTP 400" in finding.detail for finding in refused] == [True, True]


def test_check_stops_at_a_refused_sign_in(server: StubServer, experience: AvayaExperience) -> None:
    server.answer(TOKEN, Answer({"status": 401}, 401))

    report = experience.check()

    assert [(it.subject, it.passed) for it in report.findings] == [("Sign-in", False)]


@pytest.mark.parametrize(
    "wrong",
    [{"host": "elsewhere.example/x"}, {"account_id": "VINTERFJORD"}, {"account_id": "../abc"}],
)
def test_settings_that_lead_elsewhere_are_unverified(
    settings: dict[str, str], http: httpx.Client, wrong: dict[str, str]
) -> None:
    with pytest.raises(Unverified):
        list(AvayaExperience(settings | wrong, http).pull({}))


def test_host_is_of_avaya(settings: dict[str, str]) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.host))
        return httpx.Response(200, json={"access_token": "t"})

    own = {key: value for key, value in settings.items() if not key.endswith("_url")}
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        AvayaExperience(own, http).check()

    assert set(asked) == {"vinterfjord-eu.api.avayacloud.com"}
