"""What the text model in use says of itself, read from its files and nothing else."""

import json
from pathlib import Path

import pytest

from classifier.artefact import CARD, FORMAT, MANIFEST
from classifier.registry import POINTER
from service.adapters.text_model import DownTextModel, TrainedTextModel
from service.journey.ports import About, TextModelDown


def keep(directory: Path, version: str, **changed: object) -> Path:
    """Write what a version says of itself, without its coefficients."""
    manifest = {
        "version": version, "corpus": "", "configuration": {}, "code": "", "libraries": {}, "files": {},
        "metrics": {"precision": 0.91, "messages": 1200, "note": "in words"}, "format": FORMAT,
    }  # fmt: skip
    place = directory / version
    place.mkdir(parents=True)
    (place / MANIFEST).write_text(json.dumps(manifest | changed), encoding="utf-8")
    (place / CARD).write_text("# Une fiche é", encoding="utf-8")
    return place


def put_in_use(directory: Path, version: str) -> None:
    (directory / POINTER).write_text(json.dumps({"champions": [version]}), encoding="utf-8")


def test_the_champion_is_the_one_that_is_told_of(tmp_path: Path) -> None:
    keep(tmp_path, "old")
    keep(tmp_path, "new")
    put_in_use(tmp_path, "old")
    model = TrainedTextModel(tmp_path)
    expected = {"precision": 0.91, "messages": 1200.0}  # figures only
    assert model.about() == About("old", expected, "# Une fiche é")
    put_in_use(tmp_path, "new")
    assert model.about().version == "new"


def test_without_a_champion_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(TextModelDown):
        TrainedTextModel(tmp_path).about()
    with pytest.raises(TextModelDown):
        DownTextModel().about()


def test_a_damaged_champion_is_down(tmp_path: Path) -> None:
    place = keep(tmp_path, "one", format=FORMAT - 1)
    put_in_use(tmp_path, "one")
    with pytest.raises(TextModelDown):
        TrainedTextModel(tmp_path).about()
    keep(tmp_path, "two")
    put_in_use(tmp_path, "two")
    (tmp_path / "two" / CARD).unlink()
    with pytest.raises(TextModelDown):
        TrainedTextModel(tmp_path).about()
    assert place.exists()
