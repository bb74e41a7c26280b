import httpx
import pytest

from coaching.integrations.genesys import Genesys
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import genesys as world

pytestmark = pytest.mark.pure

NOBODY = "conversations/00000000-0000-0000-0000-000000000000"
DIALECTS = f"{world.ANALYTICS}/sentiment/dialects"
ENGINES = f"{world.ANALYTICS}/programs/transcriptionengines/dialects"
OFF = dict.fromkeys(["recordings", "transcripts", "sentiment"], "no")


@pytest.fixture
def settings(server: StubServer) -> dict[str, str]:
    return world.serve(server)


@pytest.fixture
def genesys(settings: dict[str, str], http: httpx.Client) -> Genesys:
    return Genesys(settings, http, clock=lambda: NOW)


def test_check_tells_what_it_found(settings: dict[str, str], http: httpx.Client) -> None:
    report = Genesys({**settings, **OFF}, http, clock=lambda: NOW).check()

    assert report.passed
    assert [(it.subject, it.detail) for it in report.findings] == [
        ("Sign-in", ""),
        ("Agents", "5"),
        ("Teams", ""),
        ("Queues", "3"),
        ("Wrap-up codes", "3"),
        ("Languages", "4"),
        ("Quality forms", "1"),
        ("Contacts", "2026-02-20T06:00:00.000Z"),
        ("Evaluations", ""),
    ]


def test_check_names_each_missing_permission(server: StubServer, genesys: Genesys) -> None:
    server.answer("/api/v2/teams", Answer({}, status=403))
    server.answer(world.SEARCH, Answer({}, status=403))

    report = genesys.check()

    failed = [(it.subject, it.detail) for it in report.findings if not it.passed]
    assert failed == [
        ("Teams", "groups:team:view"),
        ("Evaluations", "quality:evaluation:searchAny"),
    ]


def test_check_stops_at_a_refused_sign_in(server: StubServer, genesys: Genesys) -> None:
    server.answer("/oauth/token", Answer({}, status=401))

    report = genesys.check()

    assert [(it.subject, it.passed) for it in report.findings] == [("Sign-in", False)]


def test_check_shows_the_languages_of_what_is_wanted(server: StubServer, genesys: Genesys) -> None:
    server.answer(DIALECTS, {"entities": ["en-US", {"id": "da-DK"}]})

    report = genesys.check()

    assert report.passed
    assert [(it.subject, it.detail) for it in report.findings[-5:]] == [
        ("Recordings", ""),
        ("Transcripts", ""),
        ("Languages of transcripts", "da-DK, sv-SE"),
        ("Mood", ""),
        ("Languages of moods", "da-DK, en-US"),
    ]


def test_check_names_the_permissions_of_what_is_wanted(
    server: StubServer, genesys: Genesys
) -> None:
    refused = Answer({}, status=403)
    server.answer(f"/api/v2/{NOBODY}/recordingmetadata", refused)
    server.answer(f"{world.ANALYTICS}/{NOBODY}", refused)
    server.answer(ENGINES, refused)
    server.answer(DIALECTS, {"message": "not licensed"})

    report = genesys.check()

    failed = [(it.subject, it.detail) for it in report.findings if not it.passed]
    assert failed == [
        ("Recordings", "recording:recording:view"),
        ("Languages of transcripts", "speech-and-text-analytics:readonly"),
        ("Mood", "recording:recording:view speechAndTextAnalytics:data:view"),
        ("Languages of moods", "entities: is missing"),
    ]
