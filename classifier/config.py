"""Everything that may be chosen about training, in one frozen value."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CORPUS = ROOT / "corpus"
GOLD = ROOT / "gold"
MODEL = ROOT.parent / "var" / "model"


@dataclass(frozen=True)
class Configuration:
    """The choices of one training. Two equal configurations on the same corpus give the same artefact."""

    seed: int = 20261125
    word_ngrams: tuple[int, int] = (1, 2)
    char_ngrams: tuple[int, int] = (2, 5)
    char_weight: float = 1.5
    word_min_documents: int = 3  # Rarer word n-grams are left out.
    char_min_documents: int = 3
    penalty: float = 0.5  # LinearSVC's C.
    glossary_weight: float = 0.6  # Of a phrase of the glossary, an example weighing 1.
    correction_weight: float = 3.0  # Of what staff corrected: a real message is worth several written ones.
    nature_penalty: float = 0.2
    urgency_penalty: float = 1.0
    danger_penalty: float = 0.2
    folds: int = 4
    noisy_copies: int = 0
    # Of a text on danger when it speaks for its category: a fifth of the corpus is on danger, few messages are.
    danger_weight: float = 0.3
    filler_weight: float = 2.0  # Of a sentence without a subject.
    wrapped_share: float = 0.8  # Of the short examples, those that also get a copy wrapped in filler.
    # Of answers that name the category or the secondary of a message, on authors never seen: their texts are harder
    # than most messages, so what is routed in use is right more often than this.
    target_precision: float = 0.92
    family_precision: float = 0.95
    under_triage: float = 0.08  # Of dangers and urgencies, those that may be taken for less.
    check_load: float = 0.08  # Of ordinary messages, those a person is asked to check for danger.
    danger_precision: float = 0.85  # Of the alerts that the model raises by itself.
    danger_agreement: float = 0.98  # Of the true dangers that a rule hears, those the model must let it page for.

    def digest(self) -> str:
        """Return the SHA-256 of the configuration, as hexadecimal."""
        return hashlib.sha256(json.dumps(dataclasses.asdict(self), sort_keys=True).encode()).hexdigest()


def code_digest() -> str:
    """Return the SHA-256 of the package's own sources and lexicon, as hexadecimal."""
    total = hashlib.sha256()
    for path in sorted([*ROOT.glob("*.py"), *ROOT.glob("*.toml")]):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
