"""Texts of a contact's customer -> how they read: by vectors where those are on, else by words.

An employee's text has no way in: everything takes `CustomerText`, see `customer`. What is read is
text alone, never a voice.
"""

from collections.abc import Sequence

from coaching.signals.customer import CustomerText
from coaching.signals.embedding import Embedder
from coaching.signals.sentiment import head, lexicon
from coaching.signals.sentiment.readings import NO_IDEA, Label, Reading, Trend, trend
from coaching.signals.sentiment.utterances import LANGUAGES

__all__ = ["LANGUAGES", "Label", "Reading", "Trend", "read", "trend"]


def read(
    texts: Sequence[CustomerText], language: str | None, embedder: Embedder | None = None
) -> list[Reading]:
    """Return a reading for each text; without an embedder, as in all live paths, by our word lists.

    Shape: language as `language.decide` returns it. In one that nobody measured, or none, every
    reading is unsure.
    Raises: WrongEmbedder when the head was trained on another one.
    Privacy: personal; a property of the contact, never of the employee in it.
    """
    if language not in LANGUAGES:
        return [NO_IDEA] * len(texts)
    if embedder is None:
        return lexicon.of(language).readings(texts)
    return head.shipped().readings(texts, embedder)
