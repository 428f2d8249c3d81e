"""The text model in use: what it says of itself, and how it is replaced at work."""

import json
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from classifier.artefact import CARD, FORMAT, MANIFEST
from classifier.cleaning import clean
from classifier.registry import POINTER, Registry
from classifier.training import Sources, train
from service.adapters.text_model import DownTextModel, TrainedTextModel
from service.domain import pseudonyms
from service.domain.reading import About
from service.journey.ports import TextModelDown
from tests.classifier.small_corpus import SMALL, write_corpus


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


@pytest.fixture(scope="module")
def two_versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Registry, str, str]:
    """Two small versions side by side, the first in use."""
    registry = Registry(tmp_path_factory.mktemp("versions"))
    corpus = write_corpus(tmp_path_factory.mktemp("small") / "corpus")
    first = train(Sources(corpus), registry, lambda _: None, SMALL).version
    second = train(Sources(corpus), registry, lambda _: None, replace(SMALL, seed=7)).version
    registry.promote(first)
    return registry, first, second


def test_a_promotion_is_taken_at_work_and_no_reading_fails(two_versions: tuple[Registry, str, str]) -> None:
    registry, first, second = two_versions
    model = TrainedTextModel(registry.directory)
    assert model.read("radiateur").model_version == first
    read, failed = Counter[str](), []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                read[model.read("Le radiateur est froid").model_version] += 1
            except TextModelDown as failure:
                failed.append(failure)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for version in (second, first) * 5:
        registry.promote(version)
        before = read[version]
        until = time.monotonic() + 10
        while read[version] == before and time.monotonic() < until:
            time.sleep(0.005)
        assert read[version] > before
    stop.set()
    for asker in askers:
        asker.join()
    assert failed == []
    registry.rollback()
    assert model.read("radiateur").model_version == second


def test_a_damaged_promotion_leaves_the_old_version_at_work(two_versions: tuple[Registry, str, str]) -> None:
    registry, first, _ = two_versions
    registry.promote(first)
    model = TrainedTextModel(registry.directory)
    assert model.read("radiateur").model_version == first
    put_in_use(registry.directory, "nowhere")
    assert model.read("radiateur").model_version == first
    registry.promote(first)
    assert model.read("radiateur").model_version == first


def test_what_hides_a_name_tells_the_model_nothing() -> None:
    hidden = [value for name, value in vars(pseudonyms).items() if name[0].isupper() and str(value)[:1] == "["]
    assert len(hidden) >= 11
    assert clean(" ".join(hidden)) == ""
