"""The trained model on disk: JSON and uncompressed arrays, each file named with its SHA-256 in the manifest.

The coefficients are kept on 16 bits: heads are rounded to them before anything is measured.
"""

import dataclasses
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from classifier.calibration import Calibration
from classifier.features import Block, Vocabulary
from classifier.linear import HEADS, Head

FORMAT = 3  # Raised whenever what is stored, or the fields of Calibration, change.
VOCABULARY, ARRAYS, CALIBRATION = "vocabulary.json", "arrays.npz", "calibration.json"
MANIFEST, CARD = "manifest.json", "MODEL_CARD.md"
FILES = (VOCABULARY, ARRAYS, CALIBRATION, CARD)


class ModelMissing(Exception):
    """There is no trained model where one was expected."""


class ModelDamaged(Exception):
    """The files of a trained model are not those its manifest names."""


@dataclass(frozen=True)
class Manifest:
    """What a trained model is: its version, what made it, its measured figures and the digests of its files."""

    version: str
    corpus: str
    configuration: dict[str, Any]
    code: str
    libraries: dict[str, str]
    metrics: dict[str, Any]  # On authors held out.
    files: dict[str, str]
    apart: dict[str, dict[str, float]] = field(default_factory=dict)  # On each set of messages kept apart.
    format: int = FORMAT


@dataclass(frozen=True)
class Parts:
    """Everything a prediction needs."""

    categories: tuple[str, ...]
    vocabulary: Vocabulary
    signals: tuple[str, ...]
    heads: dict[str, Head]
    calibration: Calibration


def _dump(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")


def _in_order(block: Block) -> list[str]:
    return sorted(block.index, key=block.index.__getitem__)


def _write_parts(directory: Path, parts: Parts) -> None:
    words, chars = parts.vocabulary.word, parts.vocabulary.char
    _dump(
        directory / VOCABULARY,
        {
            "categories": parts.categories,
            "signals": parts.signals,
            "word": {"ngrams": _in_order(words), "sizes": parts.vocabulary.word_sizes, "weight": words.weight},
            "char": {"ngrams": _in_order(chars), "sizes": parts.vocabulary.char_sizes, "weight": chars.weight},
        },
    )
    arrays = {"word_idf": words.idf, "char_idf": chars.idf}
    for name in HEADS:
        head = parts.heads[name]
        arrays |= {f"{name}_coef": head.coef.astype(np.float16), f"{name}_intercept": head.intercept}
    with (directory / ARRAYS).open("wb") as file:
        np.savez(file, **{name: np.ascontiguousarray(array) for name, array in arrays.items()})  # type: ignore[arg-type]
    _dump(directory / CALIBRATION, dataclasses.asdict(parts.calibration))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _replace(fresh: Path, directory: Path) -> None:
    """Put a finished directory in the place of another; the old one is only removed once the new one stands."""
    old = fresh.with_name(fresh.name + ".old")
    if directory.exists():
        directory.rename(old)
    fresh.rename(directory)
    shutil.rmtree(old, ignore_errors=True)


def write(directory: Path, parts: Parts, manifest: Manifest, card: str) -> Manifest:
    """Write the artefact beside its place, then move it there whole; return the manifest with the files' digests."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        _write_parts(fresh, parts)
        (fresh / CARD).write_text(card, encoding="utf-8")
        manifest = dataclasses.replace(manifest, files={name: sha256(fresh / name) for name in FILES})
        _dump(fresh / MANIFEST, dataclasses.asdict(manifest))
        fresh.chmod(0o755)
        _replace(fresh, directory)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest; raise ModelMissing without one, ModelDamaged when it cannot be read."""
    path = directory / MANIFEST
    try:
        manifest = Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ModelMissing(f"no trained model in {directory}: run python -m classifier train") from error
    except (OSError, ValueError, TypeError) as error:
        raise ModelDamaged(f"{path} is not a manifest") from error
    if manifest.format != FORMAT:
        raise ModelDamaged(f"{path} has format {manifest.format}, this code reads {FORMAT}: train again")
    return manifest


def _block(stored: dict[str, Any], idf: Any, first: int) -> Block:
    index = {ngram: column for column, ngram in enumerate(stored["ngrams"], start=first)}
    return Block(index, idf, first, stored["weight"])


def read(directory: Path) -> tuple[Manifest, Parts]:
    """Return a trained model whose files are those of its manifest; raise ModelMissing or ModelDamaged."""
    manifest = read_manifest(directory)
    try:
        return manifest, _parts(directory, manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelDamaged(f"{directory} cannot be read ({type(error).__name__}): train again") from error


def _parts(directory: Path, manifest: Manifest) -> Parts:
    for name in FILES:
        path = directory / name
        if not path.is_file() or sha256(path) != manifest.files.get(name):
            raise ModelDamaged(f"{path} is not the file its manifest names: train again")
    stored = json.loads((directory / VOCABULARY).read_text(encoding="utf-8"))
    with np.load(directory / ARRAYS, allow_pickle=False) as arrays:
        word = _block(stored["word"], arrays["word_idf"], 0)
        char = _block(stored["char"], arrays["char_idf"], len(word.index))
        heads = {name: Head(arrays[f"{name}_coef"].astype(np.float32), arrays[f"{name}_intercept"]) for name in HEADS}
    vocabulary = Vocabulary(word, char, tuple(stored["word"]["sizes"]), tuple(stored["char"]["sizes"]))
    marks: dict[str, Any] = json.loads((directory / CALIBRATION).read_text(encoding="utf-8"))
    marks |= {name: tuple(one) for name, one in marks.items() if isinstance(one, list)}
    return Parts(tuple(stored["categories"]), vocabulary, tuple(stored["signals"]), heads, Calibration(**marks))
