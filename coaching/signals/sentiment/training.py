"""Labelled utterances -> the head: multinomial logistic regression, the same bytes each time."""

from collections.abc import Sequence

import numpy as np

from coaching.signals.embedding import Embedder
from coaching.signals.sentiment.head import Head, Numbers, softmax
from coaching.signals.sentiment.readings import LABELS
from coaching.signals.sentiment.utterances import Split, Utterance, digest, utterances

_PENALTY = 0.1  # on squared weights; by ten-fold cross-validation inside the training split
_STEPS = 3_000  # the gradient is below 1e-7 then: what is rounded away no longer depends on it
_INTERCEPT = 0.3  # the constant column: about as long as a centred vector
_DECIMALS = 2


def train(embedder: Embedder) -> Head:
    """Return the head that all languages' training utterances give with an embedder."""
    learned_from = utterances(Split.TRAIN)
    vectors = embedder.encode([utterance.text for utterance in learned_from]).astype(np.float64)
    centre = vectors.mean(axis=0)
    fitted = fit(vectors - centre, _targets(learned_from))
    weights = np.round(fitted[:-1].T, _DECIMALS)
    bias = np.round(_INTERCEPT * fitted[-1] - weights @ centre, _DECIMALS)
    return Head(embedder.name, digest(), weights + 0.0, bias + 0.0)  # + 0.0: no -0.0 in the file


def fit(vectors: Numbers, targets: Numbers) -> Numbers:
    """Return weights, the intercept's last, by plain descent with steps that cannot overshoot.

    Shape: vectors texts x dimensions, centred; targets texts x labels, one 1 in each row.
    """
    columns = np.hstack([vectors, np.full((len(vectors), 1), _INTERCEPT)])
    steepest = np.linalg.norm(columns, ord=2) ** 2 / 2 + _PENALTY
    weights = np.zeros((columns.shape[1], targets.shape[1]))
    for _ in range(_STEPS):
        errors = softmax(columns @ weights) - targets
        weights -= (columns.T @ errors + _PENALTY * weights) / steepest
    return weights


def _targets(learned_from: Sequence[Utterance]) -> Numbers:
    places = [LABELS.index(utterance.label) for utterance in learned_from]
    targets: Numbers = np.eye(len(LABELS))[places]
    return targets
