from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from coaching.management.commands import train_sentiment
from coaching.signals.sentiment.head import PATH, shipped, softmax
from coaching.signals.sentiment.training import fit
from coaching.signals.sentiment.utterances import digest

pytestmark = pytest.mark.pure


def test_fit_ends_where_no_step_lowers_the_loss() -> None:
    vectors = np.array([[1.0, 0.2], [0.8, -0.1], [-1.0, 0.3], [-0.7, -0.4], [0.0, 1.0]])
    targets = np.eye(3)[[0, 0, 1, 1, 2]]

    weights = fit(vectors, targets)

    columns = np.hstack([vectors, np.full((5, 1), 0.3)])
    slope = columns.T @ (softmax(columns @ weights) - targets) + 0.1 * weights
    assert np.abs(slope).max() < 1e-9
    assert (columns @ weights).argmax(axis=1).tolist() == [0, 0, 1, 1, 2]


def test_training_writes_the_shipped_head_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped, written = PATH.read_bytes(), tmp_path / "head.json"
    monkeypatch.setattr(train_sentiment, "PATH", written)

    call_command("train_sentiment")

    assert written.read_bytes() == shipped
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0].split() for line in lines[1:-1]] == [
        [language, way] for language in ("sv", "nb", "da") for way in ("head", "lexicon")
    ]
    assert lines[-1] == f"head.json written, {len(shipped)} bytes."


def test_check_refuses_a_head_of_other_utterances(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = tmp_path / "head.json"
    stale.write_text(PATH.read_text(encoding="utf-8").replace(digest(), "0" * 64), encoding="utf-8")
    monkeypatch.setattr(train_sentiment, "PATH", stale)

    with pytest.raises(CommandError, match=r"^head\.json was trained on other utterances"):
        call_command("train_sentiment", "--check")


def test_check_refuses_a_head_that_was_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touched = tmp_path / "head.json"
    touched.write_text(PATH.read_text(encoding="utf-8").replace("[[", "[[ "), encoding="utf-8")
    monkeypatch.setattr(train_sentiment, "PATH", touched)
    command = train_sentiment.Command()

    with pytest.raises(CommandError, match=r"^head\.json is not what training gives"):
        command.compare(shipped())
