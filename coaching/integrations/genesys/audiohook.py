"""Prove that Genesys opened an AudioHook connection: an HTTP Message Signature, HMAC-SHA256.

Read: the AudioHook reference implementation of Genesys (its authenticator and signature verifier),
in 2026-11. The client secret is base64. A nonce may be used once: whoever serves the connection
remembers those of the last seconds.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from coaching.integrations.base import Unverified

LONGEST_AGE_SECONDS = 10
CLOCK_SKEW_SECONDS = 3
SHORTEST_NONCE = 22
ALGORITHM = "hmac-sha256"
COMPONENTS = frozenset(
    {
        "@request-target",
        "@authority",
        "audiohook-organization-id",
        "audiohook-session-id",
        "audiohook-correlation-id",
        "x-api-key",
    }
)
_NAME = r'"[a-z0-9@-]+"'
_PARAMETER = r';([a-z]+)=(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]*)"|(\d{1,15}))'
_INPUT = re.compile(
    rf"([a-z*][a-z0-9_.*-]*)=(\(({_NAME}(?: {_NAME})*)\)((?:{_PARAMETER})+))", re.ASCII
)
_SIGNATURE = re.compile(r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]{43}=):")  # 32 bytes


def verify(
    headers: Mapping[str, str],
    request_target: str,
    *,
    api_key: str,
    client_secret: str,
    now: datetime,
) -> str:
    """Check the request that opens a connection, and return its nonce.

    Headers: with names in lower case. Request target: the path with its query, as it was sent.
    Raises: Unverified.
    """
    given, signed = _INPUT.fullmatch(headers.get("signature-input", "").strip()), _sent(headers)
    if not (given and signed and given[1] == signed[0]):
        raise Unverified("the signature is missing or not one that we can read")
    names, parameters = re.findall(r'"([^"]*)"', given[3]), _parameters(given[4])
    _check(parameters, headers, api_key, now)
    if not COMPONENTS.issubset(names) or len(set(names)) < len(names):
        raise Unverified("the signature does not cover what it must, once")
    lines = [f'"{name}": {_value(name, headers, request_target)}' for name in names]
    base = "\n".join([*lines, f'"@signature-params": {given[2]}'])
    expected = hmac.digest(_key(client_secret), base.encode(), "sha256")
    if not hmac.compare_digest(expected, signed[1]):
        raise Unverified("the signature does not match")
    return parameters["nonce"]


def _sent(headers: Mapping[str, str]) -> tuple[str, bytes] | None:
    found = _SIGNATURE.fullmatch(headers.get("signature", "").strip())
    return (found[1], base64.b64decode(found[2])) if found else None


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, quoted, number in re.findall(_PARAMETER, text, re.ASCII):
        if name in found:
            raise Unverified(f"the parameter {name} stands there twice")
        found[name] = quoted or number
    return found


def _check(
    parameters: Mapping[str, str], headers: Mapping[str, str], api_key: str, now: datetime
) -> None:
    """Refuse what is old, meant for another key or signed in another way."""
    for key in (headers.get("x-api-key", ""), parameters.get("keyid", "")):
        if not hmac.compare_digest(key.encode(), api_key.encode()):
            raise Unverified("the API key is not ours")
    if parameters.get("alg", ALGORITHM) != ALGORITHM:
        raise Unverified("the algorithm is not one that we know")
    if len(parameters.get("nonce", "")) < SHORTEST_NONCE:
        raise Unverified("the nonce is missing or too short")
    moment, created = now.timestamp(), _seconds(parameters, "created")
    if not created - CLOCK_SKEW_SECONDS <= moment <= created + LONGEST_AGE_SECONDS:
        raise Unverified("the signature is too old, or from the future")
    if "expires" in parameters and _seconds(parameters, "expires") < moment:
        raise Unverified("the signature has expired")


def _seconds(parameters: Mapping[str, str], name: str) -> int:
    if not parameters.get(name, "").isdecimal():
        raise Unverified(f"the signature has no time {name}")
    return int(parameters[name])


def _value(name: str, headers: Mapping[str, str], request_target: str) -> str:
    if name == "@request-target":
        return request_target
    field = "host" if name == "@authority" else name
    value = headers.get(field, "").strip()
    if not value:  # no header's name begins with @: other derived parts are not there either
        raise Unverified(f"{name} is signed but not there")
    return value.casefold() if name == "@authority" else value


def _key(client_secret: str) -> bytes:
    try:
        key = base64.b64decode(client_secret, validate=True)
    except ValueError as error:
        raise Unverified("the client secret is not base64") from error
    if not key:
        raise Unverified("there is no client secret to prove anything with")
    return key
