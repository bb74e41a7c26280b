"""Prove that Twilio sent a webhook: HMAC-SHA1 with the account's auth token.

Read: Twilio's "Webhooks security" pages. Of a form, the address and all fields by name are
signed; of JSON the address alone, which then holds the hash of the body as `bodySHA256`.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from coaching.integrations.base import Delivery, Unverified

HEADER = "x-twilio-signature"


def is_json(delivery: Delivery) -> bool:
    """Tell how a delivery is signed; the address says so, and it is signed itself."""
    return _body_hash(delivery) is not None


def verify(delivery: Delivery, auth_tokens: Iterable[str]) -> None:
    """Raises: Unverified."""
    wanted = _body_hash(delivery)
    if wanted is not None:
        found = hashlib.sha256(delivery.body).hexdigest()
        if not hmac.compare_digest(found.encode(), wanted.casefold().encode()):
            raise Unverified("the body is not the one that was signed")
    signed = delivery.url if wanted is not None else delivery.url + _fields(delivery.body)
    given = delivery.headers.get(HEADER, "").encode()
    matches = [hmac.compare_digest(_sign(signed, token), given) for token in auth_tokens]
    if not any(matches):
        raise Unverified("the signature does not match")


def _sign(signed: str, auth_token: str) -> bytes:
    return base64.b64encode(hmac.digest(auth_token.encode(), signed.encode(), "sha1"))


def _body_hash(delivery: Delivery) -> str | None:
    query = dict(parse_qsl(urlsplit(delivery.url).query, keep_blank_values=True))
    return query.get("bodySHA256")


def _fields(body: bytes) -> str:
    """Write a form as it is signed: sorted by name, a name's different values sorted too."""
    pairs = set(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return "".join(name + value for name, value in sorted(pairs))
