"""The tiny corpus and a model trained on it, shared by the tests of the classifier."""

from pathlib import Path

import pytest

from classifier.artefact import Manifest
from classifier.model import TextModel, load_model
from classifier.registry import Registry
from classifier.training import Sources, train
from tests.classifier.small_corpus import SMALL, write_corpus


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("classifier") / "corpus")


@pytest.fixture(scope="session")
def trained(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest, list[str]]:
    lines: list[str] = []
    registry = Registry(tmp_path_factory.mktemp("trained"))
    manifest = train(Sources(small_corpus), registry, lines.append, SMALL)
    registry.promote(manifest.version)
    return registry.path(manifest.version), manifest, lines


@pytest.fixture(scope="session")
def model(trained: tuple[Path, Manifest, list[str]]) -> TextModel:
    return load_model(trained[0])
