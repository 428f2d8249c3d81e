"""A version that knows how common each category is in the messages of the day, from messages nobody has labelled."""

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from classifier import artefact
from classifier.apart import figures_apart
from classifier.calibration import estimate_priors, probabilities
from classifier.card import apart_table
from classifier.cleaning import clean
from classifier.model import TextModel
from classifier.registry import Registry

_MOST, _LEAST = 5.0, 0.2  # A category is never taken to be more than so many times commoner, or rarer, than learnt.
CARD_HEAD = """\
# Text model {version}

Version {champion} adapted to how common each category is in {count} messages without labels. On messages kept apart:

{apart}
What follows is the card of {champion}.

"""


def adapted(registry: Registry, texts: Sequence[str], gold: Path | None = None) -> str:
    """Write the champion again with the priors that `texts` tell; return the new version.

    Its figures on the messages of `gold` are measured anew; those on held-out authors are the champion's, and the card
    says so. Raises ModelMissing or ModelDamaged.
    """
    directory = registry.path(registry.champion())
    manifest, parts = artefact.read(directory)
    model = TextModel(manifest, parts)
    rows = [parts.vocabulary.row(clean(text).split()) for text in texts]
    scores = np.array([model.category_scores(text, row) for text, row in zip(texts, rows, strict=True)])
    chances = probabilities(scores, parts.calibration.category_temperature)
    learnt = np.full(len(parts.categories), 1 / len(parts.categories))
    ratio = np.clip(estimate_priors(chances, learnt) / learnt, _LEAST, _MOST)
    priors = tuple(round(float(one), 4) for one in ratio)
    version = hashlib.sha256(f"{manifest.version} {priors}".encode()).hexdigest()[:12]
    parts = dataclasses.replace(parts, calibration=dataclasses.replace(parts.calibration, priors=priors))
    apart = figures_apart(TextModel(manifest, parts), gold) if gold else {}
    card = (directory / artefact.CARD).read_text(encoding="utf-8").partition("\n")[2]
    head = CARD_HEAD.format(version=version, champion=manifest.version, count=len(texts), apart=apart_table(apart))
    manifest = dataclasses.replace(manifest, version=version, apart=apart)
    artefact.write(registry.path(version), parts, manifest, head + card)
    return version
