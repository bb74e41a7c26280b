"""The labelled utterances, written by ourselves, from which the head learns and is judged."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from coaching.records import Channel
from coaching.signals.customer import CustomerText
from coaching.signals.sentiment.readings import Label

LANGUAGES = ("sv", "nb", "da")

_FOLDER = Path(__file__).parent / "data"


class Split(StrEnum):
    TRAIN = "train"
    TEST = "test"  # never trained on, and no setting was chosen by it


@dataclass(frozen=True, slots=True)
class Utterance:
    text: CustomerText
    label: Label
    channel: Channel
    split: Split
    language: str


def utterances(split: Split, *languages: str) -> list[Utterance]:
    """Return a split in the files' order, of all languages unless some are named."""
    found = [one for language in languages or LANGUAGES for one in _of_language(language)]
    return [utterance for utterance in found if utterance.split is split]


def digest() -> str:
    """Return the hash of the files, comments included: a head names what it was made from."""
    files = [(_FOLDER / f"{language}.yaml").read_bytes() for language in LANGUAGES]
    return sha256(b"".join(files)).hexdigest()


def _of_language(language: str) -> list[Utterance]:
    rows = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return [_utterance(row, language) for row in rows]


def _utterance(row: dict[str, Any], language: str) -> Utterance:
    return Utterance(
        text=CustomerText(row["text"]),
        label=Label(row["label"]),
        channel=Channel(row["channel"]),
        split=Split(row["split"]),
        language=language,
    )
