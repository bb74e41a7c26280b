"""Chat webhooks: only what 8x8 signed for our tenant, just now, is let in."""

import base64
import json
import zlib
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from coaching.integrations.base import Delivery, Unreadable, Unverified
from coaching.integrations.eight_by_eight import EightByEight
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import eight_by_eight as world

pytestmark = pytest.mark.pure

PROTECTED = {"b64": False, "crit": ["b64"], "kid": "key1", "alg": "RS256"}
BODY = json.dumps(world.sample("chat_event"), ensure_ascii=False).encode()
TENANT = "vinterfjord01"


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def adapter(server: StubServer, http: httpx.Client, key: RSAPrivateKey) -> EightByEight:
    settings = world.serve(server)
    server.answer(f"{world.KEYS}/key1/public", public_jwk(key))
    return EightByEight(settings, http, clock=lambda: NOW, sleep=lambda _: None)


def public_jwk(key: RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "kid": "key1", "e": packed(b"\1\0\1"), "n": packed(octets(numbers.n))}


def octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8)


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def delivery(
    key: RSAPrivateKey,
    *,
    body: bytes = BODY,
    tenant: str = TENANT,
    sent_ms: int = int(NOW.timestamp() * 1000),
    protected: dict[str, Any] = PROTECTED,
    **headers: str,
) -> Delivery:
    """Sign as the vendor's guide says, then change headers; an empty one is taken away."""
    content = (
        f'{{"checksum":{zlib.crc32(body)},"cid":"vinterfjord","eid":"ev-1","retry":0,'
        f'"tid":"{tenant}","tt":{sent_ms}}}'
    )
    head = packed(json.dumps(protected).encode())
    mark = key.sign(f"{head}.{content}".encode(), PKCS1v15(), SHA256())
    known = {
        "x-8x8-customer-id": "vinterfjord",
        "x-8x8-event-id": "ev-1",
        "x-8x8-retry": "0",
        "x-8x8-signature": f"{head}..{packed(mark)}",
        "x-8x8-tenant-id": tenant,
        "x-8x8-transmission-time": str(sent_ms),
    }
    changed = {f"x-8x8-{name.replace('_', '-')}": value for name, value in headers.items()}
    kept = {name: value for name, value in (known | changed).items() if value}
    return Delivery(url="https://dagskurs.example/webhooks/", headers=kept, body=body)


def test_genuine_delivery_becomes_a_push_that_can_be_read(
    adapter: EightByEight, key: RSAPrivateKey
) -> None:
    (push,) = adapter.accept(delivery(key))

    assert (push.event_id, push.sent_at, push.payload) == ("ev-1", NOW, BODY)
    assert len(adapter.read(push.event, push.payload).records) == 1


def test_public_key_is_fetched_once_and_without_our_token(
    server: StubServer, adapter: EightByEight, key: RSAPrivateKey
) -> None:
    adapter.accept(delivery(key))
    adapter.accept(delivery(key))

    (call,) = server.calls(f"{world.KEYS}/key1/public")
    assert "Authorization" not in call.headers


def test_delivery_that_is_sent_again_is_the_same_event(
    adapter: EightByEight, key: RSAPrivateKey
) -> None:
    later = int((NOW + timedelta(minutes=2)).timestamp() * 1000)

    pushes = adapter.accept(delivery(key)) + adapter.accept(delivery(key, sent_ms=later))

    assert {push.event_id for push in pushes} == {"ev-1"}


def test_altered_body_is_refused(adapter: EightByEight, key: RSAPrivateKey) -> None:
    genuine = delivery(key)
    altered = Delivery(url=genuine.url, headers=genuine.headers, body=BODY.replace(b"Hej", b"Hoj"))

    with pytest.raises(Unverified, match="does not match"):
        adapter.accept(altered)


@pytest.mark.parametrize(
    "header",
    ["customer_id", "event_id", "retry", "signature", "tenant_id", "transmission_time"],
)
def test_missing_header_is_refused(adapter: EightByEight, key: RSAPrivateKey, header: str) -> None:
    with pytest.raises(Unverified, match=f"x-8x8-{header.replace('_', '-')} is missing"):
        adapter.accept(delivery(key, **{header: ""}))


@pytest.mark.parametrize(
    "changes", [{"customer_id": "other"}, {"event_id": "ev-2"}, {"retry": "1"}]
)
def test_altered_header_is_refused(
    adapter: EightByEight, key: RSAPrivateKey, changes: dict[str, str]
) -> None:
    with pytest.raises(Unverified, match="does not match"):
        adapter.accept(delivery(key, **changes))


def test_fresh_time_on_an_old_signature_is_refused(
    adapter: EightByEight, key: RSAPrivateKey
) -> None:
    old = int((NOW - timedelta(hours=1)).timestamp() * 1000)
    fresh = str(int(NOW.timestamp() * 1000))

    with pytest.raises(Unverified, match="does not match"):
        adapter.accept(delivery(key, sent_ms=old, transmission_time=fresh))


@pytest.mark.parametrize("way", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_delivery_from_another_time_is_refused(
    adapter: EightByEight, key: RSAPrivateKey, way: timedelta
) -> None:
    with pytest.raises(Unverified, match="just now"):
        adapter.accept(delivery(key, sent_ms=int((NOW - way).timestamp() * 1000)))


def test_delivery_of_another_tenant_of_8x8_is_refused(
    adapter: EightByEight, key: RSAPrivateKey
) -> None:
    with pytest.raises(Unverified, match="tenant"):
        adapter.accept(delivery(key, tenant="elsewhere"))


def test_nothing_is_let_in_while_we_do_not_know_our_tenant(
    server: StubServer, http: httpx.Client, key: RSAPrivateKey
) -> None:
    adapter = EightByEight(world.serve(server) | {"tenant": ""}, http, clock=lambda: NOW)

    with pytest.raises(Unverified, match="tenant"):
        adapter.accept(delivery(key))


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"b64": True},
        {"crit": []},
        {"kid": "../../users"},
        {"jku": "https://elsewhere.example/keys"},
    ],
)
def test_signature_of_another_kind_is_refused(
    server: StubServer, adapter: EightByEight, key: RSAPrivateKey, changes: dict[str, Any]
) -> None:
    with pytest.raises(Unverified, match="agreed"):
        adapter.accept(delivery(key, protected=PROTECTED | changes))

    assert server.received == []


@pytest.mark.parametrize("signature", ["abc", "e30..x", "####..####", "W10..AA", "ä..ä"])
def test_signature_that_cannot_be_read_is_refused(
    adapter: EightByEight, key: RSAPrivateKey, signature: str
) -> None:
    with pytest.raises(Unverified, match="cannot be read"):
        adapter.accept(delivery(key, signature=signature))


@pytest.mark.parametrize("number", ["soon", "-1", "9" * 14])
def test_time_that_is_no_number_is_refused(
    adapter: EightByEight, key: RSAPrivateKey, number: str
) -> None:
    with pytest.raises(Unverified, match="not a number"):
        adapter.accept(delivery(key, transmission_time=number))


@pytest.mark.parametrize("jwk", [{}, {"e": "AQAB", "n": None}, {"e": "#", "n": "#"}])
def test_public_key_that_cannot_be_read_is_refused(
    server: StubServer, adapter: EightByEight, key: RSAPrivateKey, jwk: dict[str, Any]
) -> None:
    server.answer(f"{world.KEYS}/key1/public", jwk)

    with pytest.raises(Unverified, match="public key"):
        adapter.accept(delivery(key))


def test_key_that_8x8_does_not_know_is_unreadable(
    server: StubServer, adapter: EightByEight, key: RSAPrivateKey
) -> None:
    server.answer(f"{world.KEYS}/key1/public", Answer({}, status=404))

    with pytest.raises(Unreadable, match="404"):
        adapter.accept(delivery(key))
