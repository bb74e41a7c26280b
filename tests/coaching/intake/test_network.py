"""No address that somebody types leads into our own network."""

from collections.abc import Callable, Sequence

import httpx
import pytest

from coaching.intake.network import Guarded, client, is_public
from tests.coaching.integrations.stub import StubServer

pytestmark = pytest.mark.pure

Resolve = Callable[[str, int], Sequence[str]]


@pytest.fixture(autouse=True)
def _no_internal_platforms(settings) -> None:
    settings.INTERNAL_PLATFORMS = []


def names(*addresses: str) -> Resolve:
    return lambda host, port: addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "::1",
        "fc00::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
    ],
)
def test_private_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_address_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.1/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data/",
        "http://platform.example/",
        "https://platform.example:22/",
    ],
)
def test_call_into_the_house_is_refused(url: str) -> None:
    with client() as http, pytest.raises(httpx.RequestError):
        http.get(url)


def test_name_with_one_private_answer_is_refused() -> None:
    with (
        client(Guarded(resolve=names("93.184.216.34", "10.0.0.5"))) as http,
        pytest.raises(httpx.UnsupportedProtocol, match="private network"),
    ):
        http.get("https://platform.example/")


def test_name_is_asked_once_and_the_connection_goes_where_it_was_checked(monkeypatch) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    sent: list[httpx.Request] = []

    def note(_self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", note)

    with client(Guarded(resolve=lambda host, port: next(answers))) as http:
        http.get("https://platform.example/path")

    [request] = sent
    assert request.url == "https://93.184.216.34/path"
    assert request.headers["Host"] == "platform.example"
    assert request.extensions["sni_hostname"] == "platform.example"


def test_host_that_the_operator_named_is_reached(settings) -> None:
    settings.INTERNAL_PLATFORMS = ["127.0.0.1"]

    with StubServer().running() as server, client() as http:
        server.answer("/here", {"ok": True})
        assert http.get(f"{server.url}/here").json() == {"ok": True}
