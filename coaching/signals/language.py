"""A contact's texts -> its language, decided once for the whole contact, never line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from coaching.signals.customer import CustomerText

MIN_WORDS = 30  # a short line is right 93 times of 100, thirty words 999 of 1,000

_OURS = {"sv": "sv", "no": "nb", "nn": "nb", "da": "da"}
_CANDIDATES = {**_OURS, "en": "en", "fi": "fi", "is": "is", "de": "de"}
_STATED = {**_OURS, "nb": "nb"}


@dataclass(frozen=True, slots=True)
class Decision:
    language: str | None  # ISO 639-1, Norwegian always nb; None: too little text to tell
    confidence: float  # 0-1; 1 where somebody stated it


def decide(texts: Iterable[CustomerText], stated: str | None = None) -> Decision:
    """Return the language of a contact from all its customer's texts.

    Shape: stated is BCP-47, as the queue, the connection or the platform's setting has it; it wins.
    """
    if stated:
        code = stated.split("-")[0].casefold()
        return Decision(_STATED.get(code, code), 1.0)
    joined = "\n".join(texts)
    if len(joined.split()) < MIN_WORDS:
        return Decision(None, 0.0)
    shares = _shares(joined)
    likeliest = max(shares, key=shares.__getitem__)
    return Decision(likeliest, shares[likeliest])


def _shares(text: str) -> dict[str, float]:
    shares = dict.fromkeys(_CANDIDATES.values(), 0.0)
    for code, share in _identifier().rank(text):
        shares[_CANDIDATES[code]] += share
    return shares


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_CANDIDATES))
    return identifier
