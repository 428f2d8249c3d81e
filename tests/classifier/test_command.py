import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from classifier.__main__ import main
from classifier.artefact import Manifest
from tests.classifier.small_corpus import write_lines

ROOT = Path(__file__).resolve().parents[2]
FIELDS = ["category", "confidence", "alternatives", "secondary", "nature", "urgency", "danger", "abstained", "words"]
Trained = tuple[Path, Manifest, list[str]]


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["classifier", *words])
    return main()


def test_predict_answers_line_by_line_and_a_bad_line_on_its_own(trained: Trained) -> None:
    lines = [
        '{"text": "Le radiateur est froid"}',
        "not json",
        '{"text": 3}',
        "[]",
        "[" * 100_000,
        '{"text": "a", "context": {"cold_season": "oui"}}',
        '{"text": "des flammes partout, au secours"}',
    ]
    done = subprocess.run(
        [sys.executable, "-m", "classifier", "predict", "--model", str(trained[0].parent)],
        input="\n".join(lines).encode() + b'\n{"text": "\xff"}\n', capture_output=True, cwd=ROOT, check=False,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert len(answers) == len(lines) + 1
    assert list(answers[0]) == FIELDS
    assert answers[0]["category"] == "chauffage"
    assert list(answers[0]["alternatives"][0]) == ["category", "confidence"]
    assert [list(answer) for answer in answers[1:6]] == [["error"]] * 5
    assert answers[6]["urgency"] == answers[6]["danger"] == "danger"
    assert list(answers[7]) == ["error"]
    assert done.stderr == b""


@pytest.mark.slow
def test_predict_trains_a_missing_model_and_says_so(
    small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"text": "musique"}\n')))
    assert _run(monkeypatch, "predict", "--corpus", str(small_corpus), "--model", str(tmp_path / "model")) == 0
    shown = capsys.readouterr()
    assert "training now" in shown.err
    assert json.loads(shown.out)["category"] == "bruit"


def test_predict_does_not_train_over_a_damaged_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "abc").mkdir()
    (tmp_path / "abc" / "manifest.json").write_text("{", encoding="utf-8")
    (tmp_path / "champion.json").write_text('{"champions": ["abc"]}', encoding="utf-8")
    assert _run(monkeypatch, "predict", "--model", str(tmp_path)) == 2
    assert "ModelDamaged" in capsys.readouterr().err


@pytest.mark.parametrize("second", [{"second": ["bruit"]}, {"secondary": "bruit"}, {"secondary": None}, {"second": []}])
def test_evaluate_prints_the_figures(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    second: dict[str, str | list[str] | None],
) -> None:  # fmt: skip
    row: dict[str, Any] = {"text": "radiateur froid", "category": "chauffage", "nature": "demande", "urgency": "normal"}
    write_lines(tmp_path / "set.jsonl", [row | second])
    assert _run(monkeypatch, "evaluate", "--data", str(tmp_path / "set.jsonl"), "--model", str(trained[0].parent)) == 0
    shown = dict(line.split() for line in capsys.readouterr().out.splitlines() if len(line.split()) == 2)
    assert shown["macro_f1"] == shown["accuracy"] == shown["top3"] == "1"
    assert {"coverage", "precision", "danger_recall", "false_alarms", "urgency_kappa"} <= set(shown)


def test_card_prints_the_card(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "card", "--model", str(trained[0].parent)) == 0
    assert capsys.readouterr().out == (trained[0] / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_a_corpus_that_is_not_json_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bruit.jsonl").write_text("{}\nnope\n", encoding="utf-8")
    assert _run(monkeypatch, "train", "--corpus", str(tmp_path), "--model", str(tmp_path / "m")) == 2
    assert "CorpusInvalid" in capsys.readouterr().err
