import shutil
from pathlib import Path

import numpy as np
import pytest

from classifier import artefact
from classifier.adaptation import adapted
from classifier.artefact import Manifest
from classifier.model import load_model
from classifier.registry import Registry

Trained = tuple[Path, Manifest, list[str]]


def test_the_adapted_version_leans_to_what_is_common_and_the_champion_stays(trained: Trained, tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    shutil.copytree(trained[0], registry.path(trained[0].name))
    registry.promote(trained[0].name)
    texts = ["le radiateur ne va plus depuis lundi"] * 300 + ["musique depuis lundi"] * 20
    version = adapted(registry, texts)
    assert version not in (registry.champion(), trained[1].version)
    _, parts = artefact.read(registry.path(version))
    priors = dict(zip(parts.categories, parts.calibration.priors, strict=True))
    assert priors["chauffage"] > 1.5
    assert priors["loyer"] < 1
    unsure = "depuis lundi"
    before, after = load_model(trained[0]).predict(unsure), load_model(registry.path(version)).predict(unsure)
    chance = {said: one.confidence if one.category == "chauffage" else
              next(other.confidence for other in one.alternatives if other.category == "chauffage")
              for said, one in (("before", before), ("after", after))}  # fmt: skip
    assert chance["after"] > chance["before"]
    assert adapted(registry, texts) == version
    assert np.isfinite(parts.calibration.priors).all()
    assert load_model(registry.path(version)).version == version
    assert "320 messages without labels" in (registry.path(version) / artefact.CARD).read_text(encoding="utf-8")
    with pytest.raises(artefact.ModelMissing):
        load_model(registry.path("nowhere"))
