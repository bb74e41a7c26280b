"""What all adapters do alike at the edge: tidy texts, name languages, hide customers."""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SEPARATORS = re.compile(r"[\s().\-/]")
_PHONE = re.compile(r"\+?\d{5,15}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WORDS = re.compile(r"[^\W\d_]+")
_LANGUAGES = {
    "sv-SE": "sv swe swedish svenska svensk ruotsi",
    "nb-NO": "nb nob no nor nn nno norwegian norsk norska bokmål nynorsk",
    "da-DK": "da dan dk danish dansk danska",
    "fi-FI": "fi fin finnish finska finsk suomi",
    "is-IS": "is isl icelandic isländska islandsk",
    "en": "en eng english engelska engelsk",
    "de": "de deu ger german tyska tysk deutsch",
}
_LANGUAGE_OF = {word: code for code, words in _LANGUAGES.items() for word in words.split()}


Value = TypeVar("Value")


def known(
    table: Mapping[str, Value],
    value: str | None,
    *,
    field: str,
    default: Value,
    unknown: Counter[str],
) -> Value:
    """Translate a vendor's word; one that we do not know is counted."""
    found = table.get((value or "").casefold())
    if found is None and value:
        unknown[f"{field}={clean(value, 60)}"] += 1
    return default if found is None else found


def first(values: Iterable[Value | None]) -> Value | None:
    return next((value for value in values if value), None)


def clean(text: object, limit: int) -> str:
    """Return a text without control characters (PostgreSQL refuses NUL), cut at its limit."""
    return _UNPRINTABLE.sub("", str(text or "")).strip()[:limit]


def language_code(text: str | None) -> str | None:
    """Return BCP-47 for a code or a name such as `no-NO`, `Svenska` or `Danish support`."""
    words = _WORDS.findall((text or "").casefold())
    named = words[:1] + [word for word in words[1:] if len(word) > 3]  # "Kunder de" is not German
    return next((_LANGUAGE_OF[word] for word in named if word in _LANGUAGE_OF), None)


def customer_ref(address: str | None, key: str) -> str | None:
    """Return a keyed hash of a phone number or e-mail address, the same however it is written.

    Privacy: personal; without the installation's key it cannot be turned back or compared.
    """
    normal = _normal_address(address) if address and key else ""
    if not normal:
        return None
    return hmac.new(key.encode(), normal.encode(), hashlib.sha256).hexdigest()


def _normal_address(address: str) -> str:
    scheme, _, rest = address.strip().casefold().partition(":")
    text = rest.split(";")[0] if rest else scheme
    is_sip = scheme in {"sip", "sips"}  # sip:anonymous@... is nobody, not an e-mail address
    number = _SEPARATORS.sub("", text.split("@")[0] if is_sip else text)
    if _PHONE.fullmatch(number):
        return "+" + number[2:] if number.startswith("00") else number
    is_mail = _MAIL.fullmatch(text) and not is_sip
    return text if is_mail else ""
