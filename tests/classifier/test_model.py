import dataclasses
import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier import artefact
from classifier.artefact import (
    ARRAYS,
    CALIBRATION,
    CARD,
    FILES,
    MANIFEST,
    VOCABULARY,
    Manifest,
    ModelDamaged,
    ModelMissing,
)
from classifier.calibration import Calibration
from classifier.cleaning import clean, words
from classifier.config import Configuration
from classifier.explanation import token_contributions
from classifier.model import TextModel, load_model
from classifier.registry import LOCK, POINTER, Registry
from classifier.training import Sources, train
from tests.classifier.small_corpus import SMALL

Trained = tuple[Path, Manifest, list[str]]
MESSAGES = [
    "Le radiateur est froid",
    "musique et cris toute la nuit, la musique !",
    "quittance",
    "bjr radiateur froid froid",
]


def test_a_message_finds_its_category(model: TextModel) -> None:
    said = model.predict("Bonjour, mon radiateur ne chauffe plus")
    assert said.category == "chauffage"
    assert 0 < said.confidence <= 1
    assert {other.category for other in said.alternatives} == {"bruit", "loyer"}
    assert said.confidence >= said.alternatives[0].confidence >= said.alternatives[1].confidence
    assert "radiateur" in said.words
    assert said.confidence + sum(other.confidence for other in said.alternatives) == pytest.approx(1, abs=1e-3)


def test_danger_by_the_lexicon_decides_the_urgency(model: TextModel) -> None:
    said = model.predict("Au secours, des flammes dans la chambre")
    assert (said.danger, said.urgency) == ("danger", "danger")
    assert said.danger_types == ("fire",)


def test_nature_is_said(model: TextModel) -> None:
    assert model.predict("Comment faire pour la quittance ?").nature == "question"


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "Привет как дела", "\x00\x01", "?!?!", "مرحبا", "<b>", "a" * 9999])
def test_a_text_without_a_known_word_makes_it_abstain(model: TextModel, text: str) -> None:
    said = model.predict(text)
    assert said.abstained
    assert said.category in {"chauffage", "bruit", "loyer"}


def test_ten_thousand_characters_stay_cheap(model: TextModel) -> None:
    long = ("le radiateur est froid et la musique est forte. " * 250)[:10_000]
    model.predict(long)
    start = time.perf_counter()
    model.predict(long)
    assert time.perf_counter() - start < 1  # Far above what is needed, for a crowded machine.


def test_threads_agree(model: TextModel) -> None:
    alone = [model.predict(text) for text in MESSAGES]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(model.predict, MESSAGES * 5)) == alone * 5


def test_our_rows_and_scores_are_those_of_scikit_learn(model: TextModel) -> None:
    parts = model._parts
    vocabulary = parts.vocabulary
    expected = []
    for block, options in (
        (vocabulary.word, {"token_pattern": r"\S+", "ngram_range": vocabulary.word_sizes}),
        (vocabulary.char, {"analyzer": "char_wb", "ngram_range": vocabulary.char_sizes}),
    ):
        index = {ngram: column - block.first for ngram, column in block.index.items()}
        vectoriser = TfidfVectorizer(lowercase=False, sublinear_tf=True, vocabulary=index, **options)
        vectoriser.idf_ = block.idf.astype(np.float64)
        expected.append(block.weight * vectoriser.transform([clean(text) for text in MESSAGES]).toarray())
    dense = np.hstack(expected)
    head = parts.heads["category"]
    for text, row in zip(MESSAGES, dense, strict=True):
        ours = vocabulary.row(clean(text).split())
        spread = np.zeros(vocabulary.width)
        spread[ours.columns] = ours.weights
        np.testing.assert_allclose(spread, row, atol=1e-4)
        np.testing.assert_allclose(head.scores(ours), row @ head.coef + head.intercept, atol=1e-4)


def test_contributions_add_up_to_the_score(model: TextModel) -> None:
    vocabulary, coef = model._parts.vocabulary, model._parts.heads["category"].coef
    for text in MESSAGES:
        tokens = [token for word in words(text) for token in word.tokens]
        row = vocabulary.row(tokens)
        parts = token_contributions(tokens, row, coef[:, 0], vocabulary)
        assert sum(parts) == pytest.approx(float(row.weights @ coef[row.columns, 0]), abs=1e-5)


def test_the_same_inputs_give_the_same_bytes(small_corpus: Path, trained: Trained, tmp_path: Path) -> None:
    again = train(Sources(small_corpus), Registry(tmp_path), lambda _: None, SMALL)
    assert again == trained[1]
    for name in (*FILES, MANIFEST):
        assert (tmp_path / again.version / name).read_bytes() == (trained[0] / name).read_bytes()


def test_the_version_follows_the_configuration(trained: Trained) -> None:
    assert SMALL.digest() != Configuration(seed=1).digest()
    assert len(trained[1].version) == 12


def test_training_tells_its_stages_and_leaves_nothing_beside(trained: Trained) -> None:
    directory, _, lines = trained
    assert len(lines) >= 5
    assert {path.name for path in directory.parent.iterdir()} == {directory.name, POINTER, LOCK}


def test_training_replaces_what_is_left_of_the_same_version(
    small_corpus: Path, trained: Trained, tmp_path: Path
) -> None:
    place = tmp_path / trained[1].version
    place.mkdir()
    (place / "old.txt").write_text("old", encoding="utf-8")
    train(Sources(small_corpus), Registry(tmp_path), lambda _: None, SMALL)
    assert {path.name for path in place.iterdir()} == {*FILES, MANIFEST}


def _copy(directory: Path, to: Path) -> Path:
    to.mkdir()
    for path in directory.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return to


def test_no_model_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="train"):
        load_model(tmp_path / "nowhere")


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused(trained: Trained, tmp_path: Path, name: str) -> None:
    copy = _copy(trained[0], tmp_path / "copy")
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    with pytest.raises(ModelDamaged, match=name):
        load_model(copy)


def test_a_lost_file_is_refused(trained: Trained, tmp_path: Path) -> None:
    copy = _copy(trained[0], tmp_path / "copy")
    (copy / ARRAYS).unlink()
    with pytest.raises(ModelDamaged, match=ARRAYS):
        load_model(copy)


@pytest.mark.parametrize("content", ["{", "{}", "[]"])
def test_a_broken_manifest_is_refused(trained: Trained, tmp_path: Path, content: str) -> None:
    copy = _copy(trained[0], tmp_path / "copy")
    (copy / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(ModelDamaged):
        load_model(copy)


def test_the_format_is_raised_with_what_is_stored(trained: Trained) -> None:
    fields = ",".join(field.name for field in dataclasses.fields(Calibration))
    stored = json.loads((trained[0] / VOCABULARY).read_text(encoding="utf-8"))
    with np.load(trained[0] / ARRAYS) as arrays:
        kept = f"{artefact.FORMAT} {fields} {sorted(stored)} {sorted(arrays)}"
    # Whoever changes what is stored raises FORMAT, then writes the new digest here.
    assert hashlib.sha256(kept.encode()).hexdigest()[:12] == "34b60495ac44"


@pytest.mark.parametrize("name", [VOCABULARY, CALIBRATION, ARRAYS])
def test_a_file_that_says_something_else_is_damage(trained: Trained, tmp_path: Path, name: str) -> None:
    copy = _copy(trained[0], tmp_path / "copy")
    (copy / name).write_text('{"a": 1}', encoding="utf-8")
    manifest = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][name] = artefact.sha256(copy / name)
    (copy / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelDamaged):
        load_model(copy)


@pytest.mark.parametrize("text", ["ééé", "é" * 10_000, "ßßß", "zzzz"])
def test_a_text_without_a_known_word_pages_nobody(model: TextModel, text: str) -> None:
    said = model.predict(text)
    assert said.abstained
    assert said.danger != "danger"
    assert said.urgency == "normal"
    assert all(len(word) <= 40 for word in said.words)


def test_another_format_is_refused(trained: Trained, tmp_path: Path) -> None:
    copy = _copy(trained[0], tmp_path / "copy")
    stored = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    (copy / MANIFEST).write_text(json.dumps({**stored, "format": artefact.FORMAT + 1}), encoding="utf-8")
    with pytest.raises(ModelDamaged, match="format"):
        load_model(copy)


def test_the_card_shows_the_figures(trained: Trained) -> None:
    card = (trained[0] / CARD).read_text(encoding="utf-8")
    assert f"| macro_f1 | {trained[1].metrics['macro_f1']:g} |" in card
    assert trained[1].version in card
