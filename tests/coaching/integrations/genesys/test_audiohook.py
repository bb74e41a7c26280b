import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from coaching.integrations.base import Unverified
from coaching.integrations.genesys.audiohook import verify

pytestmark = pytest.mark.pure

API_KEY = "dmludGVyZmpvcmQtYXBpLWtleQ=="
SECRET = base64.b64encode(b"a secret that only two know").decode()
NONCE = "bm9uY2Utb2YtdmludGVyZmpvcmQ"
TARGET = "/audiohook/genesys-se?site=malmo"
SIGNED_AT = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
NAMES = (
    "@request-target",
    "@authority",
    "audiohook-organization-id",
    "audiohook-session-id",
    "audiohook-correlation-id",
    "x-api-key",
)
HEADERS = {
    "host": "dagskurs.vinterfjord.example",
    "audiohook-organization-id": "04900000-0000-4000-8000-000000000001",
    "audiohook-session-id": "5e550000-0000-4000-8000-000000000031",
    "audiohook-correlation-id": "c0440000-0000-4000-8000-000000000001",
    "x-api-key": API_KEY,
}


def parameters(**changes: str | int | None) -> str:
    created = int(SIGNED_AT.timestamp())
    known: dict[str, str | int | None] = {
        "keyid": API_KEY,
        "nonce": NONCE,
        "alg": "hmac-sha256",
        "created": created,
        "expires": created + 30,
    }
    stated = {name: value for name, value in {**known, **changes}.items() if value is not None}
    texts = (
        f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
        for name, value in stated.items()
    )
    return "".join(f";{text}" for text in texts)


def signed(
    names: tuple[str, ...] = NAMES, stated: str | None = None, **headers: str
) -> dict[str, str]:
    """Sign a request as the published structure says, written out by hand."""
    sent = HEADERS | headers
    derived = {"@request-target": TARGET, "@authority": sent["host"]}
    lines = [f'"{name}": {derived.get(name) or sent[name]}' for name in names]
    quoted = " ".join(f'"{name}"' for name in names)
    what = f"({quoted}){parameters() if stated is None else stated}"
    base = "\n".join([*lines, f'"@signature-params": {what}']).encode()
    digest = hmac.new(base64.b64decode(SECRET), base, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    return sent | {"signature-input": f"sig1={what}", "signature": f"sig1=:{signature}:"}


def check(
    headers: dict[str, str],
    target: str = TARGET,
    *,
    api_key: str = API_KEY,
    secret: str = SECRET,
    later: float = 1,
) -> str:
    now = SIGNED_AT + timedelta(seconds=later)
    return verify(headers, target, api_key=api_key, client_secret=secret, now=now)


def test_signed_request_is_genuine_and_names_its_nonce() -> None:
    assert check(signed()) == NONCE


def test_more_may_be_signed_than_must() -> None:
    headers = signed((*NAMES, "upgrade"), upgrade="websocket")

    assert check(headers) == NONCE


def test_end_and_algorithm_need_not_be_stated() -> None:
    assert check(signed(stated=parameters(expires=None, alg=None))) == NONCE


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_altered_header_is_refused(name: str) -> None:
    with pytest.raises(Unverified):
        check(signed() | {name: "altered"})


def test_other_target_is_refused() -> None:
    with pytest.raises(Unverified, match="does not match"):
        check(signed(), "/audiohook/genesys-no?site=malmo")


def test_other_secret_is_refused() -> None:
    with pytest.raises(Unverified, match="does not match"):
        check(signed(), secret=base64.b64encode(b"another secret").decode())


@pytest.mark.parametrize("secret", ["", "not base64!"])
def test_secret_that_proves_nothing_is_refused(secret: str) -> None:
    with pytest.raises(Unverified, match="client secret"):
        check(signed(), secret=secret)


@pytest.mark.parametrize("name", [*sorted(HEADERS), "signature", "signature-input"])
def test_missing_header_is_refused(name: str) -> None:
    headers = signed()
    del headers[name]

    with pytest.raises(Unverified):
        check(headers)


@pytest.mark.parametrize("missing", NAMES)
def test_signature_that_does_not_cover_all_is_refused(missing: str) -> None:
    names = tuple(name for name in NAMES if name != missing)

    with pytest.raises(Unverified, match="cover"):
        check(signed(names))


def test_header_that_is_signed_twice_is_refused() -> None:
    with pytest.raises(Unverified, match="once"):
        check(signed((*NAMES, "x-api-key")))


def test_part_that_we_cannot_derive_is_refused() -> None:
    names = ' "@method")'
    headers = signed()
    headers["signature-input"] = headers["signature-input"].replace(")", names)

    with pytest.raises(Unverified, match="@method"):
        check(headers)


def test_key_of_somebody_else_is_refused() -> None:
    with pytest.raises(Unverified, match="API key"):
        check(signed(stated=parameters(keyid="another")))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"nonce": None}, "nonce"),
        ({"nonce": "x" * 21}, "nonce"),
        ({"alg": "rsa-pss-sha512"}, "algorithm"),
        ({"created": None}, "created"),
        ({"created": "yesterday"}, "created"),
        ({"expires": "never"}, "expires"),
    ],
)
def test_parameter_that_is_missing_or_wrong_is_refused(
    changes: dict[str, str | None], reason: str
) -> None:
    with pytest.raises(Unverified, match=reason):
        check(signed(stated=parameters(**changes)))


def test_parameter_that_is_stated_twice_is_refused() -> None:
    with pytest.raises(Unverified, match="twice"):
        check(signed(stated=parameters() + ";created=1"))


@pytest.mark.parametrize("later", [-3, 0, 10])
def test_fresh_signature_is_good(later: float) -> None:
    assert check(signed(), later=later) == NONCE


@pytest.mark.parametrize("later", [-4, 10.5, 3600])
def test_signature_of_another_time_is_refused(later: float) -> None:
    with pytest.raises(Unverified, match="too old, or from the future"):
        check(signed(), later=later)


def test_signature_that_has_expired_is_refused() -> None:
    stated = parameters(expires=int(SIGNED_AT.timestamp()) + 2)

    with pytest.raises(Unverified, match="expired"):
        check(signed(stated=stated), later=5)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("signature", "sig2=:{}:"),
        ("signature", "sig1={}"),
        ("signature", "sig1=:AAAA:"),
        ("signature-input", "sig1=()"),
        ("signature-input", "{}, sig2=()"),
        ("signature-input", "nonsense"),
    ],
)
def test_signature_in_another_form_is_refused(header: str, value: str) -> None:
    headers = signed()
    sent = headers[header].removeprefix("sig1=").strip(":")

    with pytest.raises(Unverified, match="can read"):
        check(headers | {header: value.format(sent)})
