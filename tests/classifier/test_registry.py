import itertools
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from classifier.artefact import Manifest, ModelDamaged, ModelMissing
from classifier.config import Configuration
from classifier.model import load_champion
from classifier.registry import POINTER, NothingBefore, Registry
from classifier.training import Sources, train
from tests.classifier.small_corpus import SMALL

Trained = tuple[Path, Manifest, list[str]]


@pytest.fixture(scope="module")
def other(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    registry = Registry(tmp_path_factory.mktemp("other"))
    changed = Configuration(**{**vars(SMALL), "seed": 2})
    return registry.path(train(Sources(small_corpus), registry, lambda _: None, changed).version)


@pytest.fixture
def registry(trained: Trained, other: Path, tmp_path: Path) -> Registry:
    for directory in (trained[0], other):
        (tmp_path / directory.name).mkdir()
        for path in directory.iterdir():
            (tmp_path / directory.name / path.name).write_bytes(path.read_bytes())
    return Registry(tmp_path)


def test_nothing_is_in_use_before_the_first_promotion(registry: Registry) -> None:
    assert registry.history() == []
    assert registry.stamp() == (0, 0)
    with pytest.raises(ModelMissing, match="no model is in use"):
        registry.champion()


def test_promotion_and_rollback_change_what_is_loaded(registry: Registry, trained: Trained, other: Path) -> None:
    first, second = trained[0].name, other.name
    registry.promote(first)
    stamp = registry.stamp()
    registry.promote(second)
    assert load_champion(registry.directory).version == second
    assert registry.stamp() != stamp
    assert registry.rollback() == first
    assert load_champion(registry.directory).version == first
    assert registry.history() == [first]
    with pytest.raises(NothingBefore):
        registry.rollback()


def test_promoting_twice_is_promoting_once(registry: Registry, trained: Trained) -> None:
    registry.promote(trained[0].name)
    registry.promote(trained[0].name)
    assert registry.history() == [trained[0].name]


def test_a_version_that_cannot_be_loaded_is_not_promoted(registry: Registry, trained: Trained, other: Path) -> None:
    registry.promote(trained[0].name)
    (registry.path(other.name) / "arrays.npz").write_bytes(b"x")
    with pytest.raises(ModelDamaged):
        registry.promote(other.name)
    with pytest.raises(ModelMissing):
        registry.promote("nowhere")
    assert registry.champion() == trained[0].name


def test_readers_never_see_half_a_pointer(registry: Registry, trained: Trained, other: Path) -> None:
    registry.promote(trained[0].name)
    seen: set[str] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add(registry.champion())

    reader = threading.Thread(target=look)
    reader.start()
    for version in (other.name, trained[0].name) * 50:
        registry.promote(version)
    stop.set()
    reader.join()
    assert seen <= {trained[0].name, other.name}
    assert not list(registry.directory.glob(".champion*"))


@pytest.mark.parametrize("told", ["", "{}", "[]", "null", '{"champions": 3}', '{"champions": ["gone"]}'])
def test_a_pointer_to_nothing_is_no_champion_and_the_next_promotion_mends_it(
    registry: Registry, trained: Trained, told: str
) -> None:
    (registry.directory / POINTER).write_text(told, encoding="utf-8")
    assert not registry.has_champion()
    with pytest.raises((ModelMissing, ModelDamaged)):
        load_champion(registry.directory)
    registry.promote(trained[0].name)
    assert registry.champion() == trained[0].name


def test_a_rollback_skips_what_cannot_be_loaded(registry: Registry, trained: Trained, other: Path) -> None:
    champions = {"champions": [other.name, "gone", trained[0].name]}
    (registry.directory / POINTER).write_text(json.dumps(champions), encoding="utf-8")
    assert registry.rollback() == trained[0].name


def test_promotions_at_the_same_time_lose_none(registry: Registry, trained: Trained, other: Path) -> None:
    versions = [trained[0].name, other.name]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(registry.promote, versions * 4))
    history = registry.history()
    assert set(history) == set(versions)
    assert all(one != after for one, after in itertools.pairwise(history))
