import logging
from datetime import datetime, timedelta

import httpx
import pytest

from coaching.integrations.base import Forbidden, Unavailable, Unreadable, Unverified
from coaching.integrations.http import ApiClient, ClientCredentials
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer

pytestmark = pytest.mark.pure

TOKEN = {"access_token": "first-token", "expires_in": 3600}
FRESH_TOKEN = {"access_token": "fresh-token", "expires_in": 3600}


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(server: StubServer, http: httpx.Client, sleeps: list[float], clock: Clock) -> ApiClient:
    server.answer("/oauth/token", TOKEN, FRESH_TOKEN)
    credentials = ClientCredentials(
        token_url=f"{server.url}/oauth/token", client_id="me", client_secret="hush"
    )
    return ApiClient(
        http,
        credentials,
        base_url=server.url,
        clock=clock,
        sleep=sleeps.append,
        trace_header="ININ-Correlation-Id",
    )


def tokens_used(server: StubServer, path: str) -> list[str]:
    return [call.headers["Authorization"] for call in server.calls(path)]


def test_sign_in_sends_client_credentials_as_basic(server: StubServer, api: ApiClient) -> None:
    api.sign_in()

    (call,) = server.calls("/oauth/token")
    assert call.headers["Authorization"] == "Basic bWU6aHVzaA=="
    assert call.body == b"grant_type=client_credentials"


def test_get_reuses_the_token_until_a_minute_before_its_end(
    server: StubServer, api: ApiClient, clock: Clock
) -> None:
    server.answer("/thing", {"ok": True})

    api.get("/thing")
    clock.now += timedelta(seconds=3539)
    api.get("/thing")
    clock.now += timedelta(seconds=1)
    api.get("/thing")

    assert tokens_used(server, "/thing") == [
        "Bearer first-token",
        "Bearer first-token",
        "Bearer fresh-token",
    ]


def test_401_once_renews_the_token_and_tries_again(server: StubServer, api: ApiClient) -> None:
    server.answer("/thing", Answer({}, status=401), {"ok": True})

    answer = api.get("/thing")

    assert answer == {"ok": True}
    assert tokens_used(server, "/thing") == ["Bearer first-token", "Bearer fresh-token"]


def test_401_twice_is_unverified(server: StubServer, api: ApiClient) -> None:
    server.answer("/thing", Answer({}, status=401))

    with pytest.raises(Unverified):
        api.get("/thing")

    assert len(server.calls("/thing")) == 2


@pytest.mark.parametrize("status", [400, 401])
def test_refused_sign_in_is_unverified(server: StubServer, api: ApiClient, status: int) -> None:
    server.answer("/oauth/token", Answer({"error": "invalid_client"}, status=status))

    with pytest.raises(Unverified):
        api.get("/thing")

    assert server.calls("/thing") == []


def test_403_is_forbidden_without_another_try(server: StubServer, api: ApiClient) -> None:
    server.answer("/thing", Answer({}, status=403))

    with pytest.raises(Forbidden):
        api.get("/thing")

    assert len(server.calls("/thing")) == 1


def test_other_refusal_is_unreadable(server: StubServer, api: ApiClient) -> None:
    server.answer("/thing", Answer(b"<html>", status=400))

    with pytest.raises(Unreadable, match="/thing: HTTP 400"):
        api.get("/thing")


def test_429_waits_the_seconds_of_retry_after(
    server: StubServer, api: ApiClient, sleeps: list[float]
) -> None:
    limited = Answer({}, status=429, headers={"Retry-After": "7"})
    server.answer("/thing", limited, limited, {"ok": True})

    answer = api.get("/thing")

    assert answer == {"ok": True}
    assert sleeps == [7, 7]


def test_429_waits_until_the_date_of_retry_after(
    server: StubServer, api: ApiClient, sleeps: list[float]
) -> None:
    at_noon_and_9_seconds = {"Retry-After": "Fri, 20 Mar 2026 12:00:09 GMT"}
    server.answer("/thing", Answer({}, status=429, headers=at_noon_and_9_seconds), {"ok": True})

    api.get("/thing")

    assert sleeps == [9]


def test_longer_wait_than_a_worker_should_sleep_goes_to_the_job(
    server: StubServer, api: ApiClient, sleeps: list[float]
) -> None:
    server.answer("/thing", Answer({}, status=429, headers={"Retry-After": "300"}))

    with pytest.raises(Unavailable) as unavailable:
        api.get("/thing")

    assert unavailable.value.retry_after_seconds == 300
    assert sleeps == []


def test_500s_are_tried_six_times_with_growing_jitter(
    server: StubServer, api: ApiClient, sleeps: list[float]
) -> None:
    server.answer("/thing", Answer({}, status=503))

    with pytest.raises(Unavailable):
        api.get("/thing")

    assert len(server.calls("/thing")) == 6
    assert len(sleeps) == 5
    assert all(0 <= wait <= 2**n for n, wait in enumerate(sleeps))


def test_truncated_answers_are_unavailable_after_six_tries(
    server: StubServer, api: ApiClient
) -> None:
    server.answer("/thing", Answer(b'{"entities": [', missing_bytes=100))

    with pytest.raises(Unavailable):
        api.get("/thing")

    assert len(server.calls("/thing")) == 6


def test_cut_json_is_tried_again(server: StubServer, api: ApiClient) -> None:
    server.answer("/thing", Answer(b'{"entities": ['), {"ok": True})

    assert api.get("/thing") == {"ok": True}


def test_json_that_is_no_object_is_unreadable(server: StubServer, api: ApiClient) -> None:
    server.answer("/thing", Answer(b"[]"))

    with pytest.raises(Unreadable):
        api.get("/thing")


def test_unreachable_host_is_unavailable(
    api: ApiClient, http: httpx.Client, sleeps: list[float]
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("no answer", request=request)

    with httpx.Client(transport=httpx.MockTransport(refuse)) as dead:
        api._http = dead
        with pytest.raises(Unavailable):
            api.get("/thing")

    assert len(sleeps) == 5


def test_logs_hold_the_trace_and_no_secret(
    server: StubServer, api: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    traced = {"ININ-Correlation-Id": "trace-1"}
    server.answer("/thing", Answer({}, status=401, headers=traced), {"ok": True})

    with caplog.at_level(logging.DEBUG):
        api.get("/thing")

    assert "/thing answered 401, trace trace-1" in caplog.text
    for secret in ("first-token", "fresh-token", "hush", "bWU6aHVzaA=="):
        assert secret not in caplog.text
