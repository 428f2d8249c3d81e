"""The tiny corpus and a model trained on it, shared by the tests of the classifier."""

from pathlib import Path

import pytest

from classifier.artefact import Manifest
from classifier.model import TextModel, load_model
from classifier.training import train
from tests.classifier.small_corpus import SMALL, write_corpus


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("classifier") / "corpus")


@pytest.fixture(scope="session")
def trained(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest, list[str]]:
    lines: list[str] = []
    directory = tmp_path_factory.mktemp("trained") / "model"
    manifest = train(small_corpus, directory, lines.append, SMALL)
    return directory, manifest, lines


@pytest.fixture(scope="session")
def model(trained: tuple[Path, Manifest, list[str]]) -> TextModel:
    return load_model(trained[0])
