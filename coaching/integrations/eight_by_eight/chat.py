"""Webhooks of 8x8's Chat Gateway: prove that they are genuine, read messages and transfers.

The signature is a JWS with detached, unencoded content (RFC 7515, RFC 7797), RS256. It covers a
CRC32 of the body, not the body: the time and the tenant it also covers are held to be ours and
fresh, and whoever can, restricts the network too.
"""

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from coaching import records
from coaching.integrations.base import Delivery, Push, Unverified
from coaching.integrations.eight_by_eight import payloads
from coaching.integrations.eight_by_eight.words import SENDERS
from coaching.integrations.normalise import clean, known
from coaching.records import LiveKind, Speaker

EVENT = "chat_event"
LONGEST_WAY = timedelta(minutes=5)  # of a delivery; what is sent again is signed anew
_PROTECTED = {"alg": "RS256", "b64": False, "crit": ["b64"]}
_OTHER_EVENTS = {  # genuine, but nothing we show
    "ACTIVITY",
    "CONVERSATION_UPDATE",
    "MEMBERS_CHANGED",
    "QUEUED",
    "WEB_HOOK_VERIFY",
}

PublicKey = Mapping[str, Any]  # a JWK


def verify(
    delivery: Delivery, *, tenant: str, now: datetime, public_key: Callable[[str], PublicKey]
) -> Push:
    """Prove that 8x8 sent this delivery, to this tenant, just now. Raises: Unverified."""
    protected, key_id, signature = _take_apart(_header(delivery, "x-8x8-signature"))
    content = _signed_content(delivery)
    sent_at = datetime.fromtimestamp(content["tt"] / 1000, UTC)
    if not tenant or content["tid"] != tenant:
        raise Unverified("the delivery is for another tenant")
    if abs(now - sent_at) > LONGEST_WAY:
        raise Unverified("the delivery was not sent just now")
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    signed = f"{protected}.{text}".encode()
    try:
        _rsa(public_key(key_id)).verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise Unverified("the signature does not match") from error
    return Push(event=EVENT, event_id=content["eid"], payload=delivery.body, sent_at=sent_at)


def _take_apart(signature: str) -> tuple[str, str, bytes]:
    """Return the protected header as it came, the id of the key, and the signature itself."""
    try:
        protected, content, mark = signature.split(".")
        header = json.loads(_unpacked(protected))
        key_id = header.pop("kid")
        raw = _unpacked(mark)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unverified("the signature cannot be read") from error
    if content or header != _PROTECTED or not re.fullmatch(r"[\w-]+", str(key_id)):
        raise Unverified("the signature is not of the kind that was agreed")
    return protected, str(key_id), raw


def _signed_content(delivery: Delivery) -> dict[str, Any]:
    """Rebuild what was signed; the order of the keys counts."""
    return {
        "checksum": zlib.crc32(delivery.body),
        "cid": _header(delivery, "x-8x8-customer-id"),
        "eid": _header(delivery, "x-8x8-event-id"),
        "retry": _number(delivery, "x-8x8-retry"),
        "tid": _header(delivery, "x-8x8-tenant-id"),
        "tt": _number(delivery, "x-8x8-transmission-time"),
    }


def _header(delivery: Delivery, name: str) -> str:
    if not delivery.headers.get(name):
        raise Unverified(f"{name} is missing")
    return delivery.headers[name]


def _number(delivery: Delivery, name: str) -> int:
    text = _header(delivery, name)
    if not re.fullmatch(r"\d{1,13}", text):
        raise Unverified(f"{name} is not a number")
    return int(text)


def _rsa(key: PublicKey) -> Any:
    try:
        numbers = [int.from_bytes(_unpacked(key[name])) for name in ("e", "n")]
        return RSAPublicNumbers(*numbers).public_key()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unverified("the public key cannot be read") from error


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64url") from error


def read_event(payload: Any, unknown: Counter[str]) -> Iterator[records.LiveEvent]:
    event = payloads.ChatEvent.model_validate(payload)
    if event.event_type in _OTHER_EVENTS or event.data.is_echo:
        return  # an echo is a message of our side's robot
    kinds = {"message": LiveKind.FINAL, "transfer": LiveKind.TRANSFER}
    kind = known(
        kinds, event.event_type, field="eventType", default=LiveKind.UNKNOWN, unknown=unknown
    )
    if kind is LiveKind.UNKNOWN:
        return
    sender = event.data.sender
    speaker = known(SENDERS, sender.type, field="sender", default=Speaker.UNKNOWN, unknown=unknown)
    yield records.LiveEvent(
        event_id=hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest(),
        kind=kind,
        interaction_external_id=event.conversation_id,
        agent_external_id=sender.id if speaker is Speaker.AGENT else None,
        speaker=speaker,
        occurred_at=datetime.fromtimestamp(event.timestamp / 1000, UTC),
        text=clean(event.data.text, 10_000) or None,
    )
