import numpy as np
import pytest

from coaching.signals.embedding import nano_e5

pytestmark = pytest.mark.pure

TEXTS = ["Jag väntar på mitt paket", "Jeg venter på pakken min", "Hvad koster en kop kaffe?"]


def test_vectors_have_length_one() -> None:
    vectors = nano_e5().encode(TEXTS)

    assert vectors.shape == (3, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_a_text_has_the_same_vector_in_any_company() -> None:
    together = nano_e5().encode(TEXTS)
    alone = np.vstack([nano_e5().encode([text]) for text in TEXTS])

    assert np.array_equal(together, alone)


def test_the_same_thing_in_two_languages_is_nearer_than_another_thing() -> None:
    swedish, norwegian, danish = nano_e5().encode(TEXTS)

    assert swedish @ norwegian > swedish @ danish


def test_no_texts_have_no_vectors() -> None:
    assert nano_e5().encode([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["", "\x00", "\ud83d", "😡👏", "x" * 300])
def test_odd_texts_are_encoded_too(text: str) -> None:
    assert np.isfinite(nano_e5().encode([text])).all()


def test_the_model_is_loaded_once() -> None:
    assert nano_e5() is nano_e5()
