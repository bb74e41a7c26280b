"""The linear head in head.json, which `train_sentiment` writes: a text's vector -> its reading."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coaching.signals.customer import CustomerText
from coaching.signals.embedding import Embedder, Vectors
from coaching.signals.sentiment.readings import LABELS, Reading

VERSION = 1  # of the file's form and of how the head is trained
PATH = Path(__file__).parent / "head.json"

Numbers = NDArray[np.float64]


class WrongEmbedder(ValueError):
    """The head was trained on another embedder's vectors: its answers would mean nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    embedder: str
    data_sha256: str
    weights: Numbers  # a row for each of LABELS, a column for each dimension
    bias: Numbers

    def readings(self, texts: Sequence[CustomerText], embedder: Embedder) -> list[Reading]:
        """Raises: WrongEmbedder."""
        if embedder.name != self.embedder:
            raise WrongEmbedder(f"trained on {self.embedder}, asked with {embedder.name}")
        if not texts:
            return []
        return [Reading(*row) for row in self.chances(embedder.encode(texts)).tolist()]

    def chances(self, vectors: Vectors) -> Numbers:
        return softmax(vectors.astype(np.float64) @ self.weights.T + self.bias)

    def to_json(self) -> str:
        fields = {
            "version": VERSION,
            "embedder": self.embedder,
            "data_sha256": self.data_sha256,
            "labels": list(LABELS),
            "bias": self.bias.tolist(),
            "weights": self.weights.tolist(),
        }
        lines = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in fields.items())
        return "{\n" + ",\n".join(lines) + "\n}\n"


def softmax(scores: Numbers) -> Numbers:
    raised: Numbers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return shares


@cache
def shipped() -> Head:
    """Return the head in the repository."""
    return load(PATH)


def load(path: Path) -> Head:
    """Raises: ValueError when the file has a form that this code does not read."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    if (stored["version"], stored["labels"]) != (VERSION, list(LABELS)):
        raise ValueError(f"{path.name} has a form of another version: run train_sentiment")
    return Head(
        embedder=stored["embedder"],
        data_sha256=stored["data_sha256"],
        weights=np.array(stored["weights"]),
        bias=np.array(stored["bias"]),
    )
