"""The trained model at work: one message in, one prediction out. Numpy only, no state changes, safe across threads."""

import dataclasses
from pathlib import Path

import numpy as np

from classifier import artefact
from classifier.artefact import Manifest, ModelDamaged, ModelMissing, Parts
from classifier.calibration import Array, beliefs, probabilities
from classifier.cleaning import clean, words
from classifier.context import Context
from classifier.danger import finding, is_understood, read, signals
from classifier.decision import Alternative, Prediction, Scores, Signs, decide
from classifier.explanation import telling_words
from classifier.features import Row, Vocabulary
from classifier.registry import Registry
from classifier.second import second_category
from classifier.segments import pooled, segments
from classifier.urgency import floor_of

UNKNOWN = Context()
__all__ = ["Alternative", "ModelDamaged", "ModelMissing", "Prediction", "TextModel", "load_champion", "load_model"]


class TextModel:
    """A trained model in memory."""

    def __init__(self, manifest: Manifest, parts: Parts) -> None:
        self._parts = parts
        self._signal_column = {name: number for number, name in enumerate(parts.signals, start=parts.vocabulary.width)}
        self.manifest = manifest
        self.version = manifest.version

    def predict(self, text: str, context: Context = UNKNOWN) -> Prediction:
        """Return the prediction for one message of any length, in the circumstances of `context`.

        A text without a known word, or in another language than French, makes it abstain; the latter is at least to
        be checked for danger, because nobody has understood it.
        """
        parts = self._parts
        message = words(text)
        tokens = [token for word in message for token in word.tokens]
        row = parts.vocabulary.row(tokens)
        fired = read(text)
        scores = self._scores(text, row, self._with_signals(row, signals(fired)))
        signs = Signs(
            said=finding(fired),
            understood=is_understood(text, fired),
            is_readable=row.known_words > 0,
            least_urgency=lambda category: floor_of(category, tokens, context),
        )
        answer = decide(scores, signs, parts.categories, parts.calibration)
        first, second = (int(place) for place in np.argsort(-scores.category, kind="stable")[:2])
        coef = parts.heads["category"].coef
        telling = telling_words(message, row, coef[:, first] - coef[:, second], parts.vocabulary)
        unknown = unknown_share(tokens, parts.vocabulary)
        second_request = second_category(text, answer.category, parts.categories, self._chances)
        return dataclasses.replace(answer, secondary=second_request, words=telling, unknown_share=unknown)

    def category_scores(self, text: str, row: Row) -> Array:
        """Return the uncalibrated scores of the categories, shape (categories,), segments of long texts included."""
        heads, vocabulary = self._parts.heads, self._parts.vocabulary
        whole = heads["category"].scores(row)
        pieces = segments(text)
        if not pieces:
            return whole
        rows = [vocabulary.row(clean(piece).split()) for piece in pieces]
        parts = np.array([heads["category"].scores(piece) for piece in rows])
        aside = np.array([heads["aside"].scores(piece)[0] for piece in rows])
        return pooled(whole, parts, aside)

    def _chances(self, tokens: list[str]) -> Array:
        row = self._parts.vocabulary.row(tokens)
        return probabilities(self._parts.heads["category"].scores(row), self._parts.calibration.category_temperature)

    def _with_signals(self, row: Row, names: frozenset[str]) -> Row:
        found = sorted(self._signal_column[name] for name in names if name in self._signal_column)
        return Row(
            np.concatenate([row.columns, np.array(found, dtype=np.int64)]),
            np.concatenate([row.weights, np.ones(len(found), dtype=np.float32)]),
            row.known_words,
        )

    def _scores(self, text: str, row: Row, wide: Row) -> Scores:
        heads, marks = self._parts.heads, self._parts.calibration
        category, nature = self.category_scores(text, row), heads["nature"].scores(row)
        believed = beliefs(category, nature, marks.category_temperature, marks.nature_temperature)
        return Scores(
            category,
            nature,
            heads["urgency"].scores(self._with_beliefs(wide, believed)),
            float(1 / (1 + np.exp(-heads["danger"].scores(wide)[0]))),
        )

    def _with_beliefs(self, wide: Row, believed: Array) -> Row:
        first = self._parts.vocabulary.width + len(self._parts.signals)
        return Row(
            np.concatenate([wide.columns, np.arange(first, first + len(believed))]),
            np.concatenate([wide.weights, believed.astype(np.float32)]),
            wide.known_words,
        )


def unknown_share(tokens: list[str], vocabulary: Vocabulary) -> float:
    """Return, of the words of three letters and more, the share the model never met; 0.0 without such a word."""
    long = [token for token in tokens if len(token) > 2]  # noqa: PLR2004
    return round(sum(token not in vocabulary.word.index for token in long) / len(long), 4) if long else 0.0


def load_champion(directory: Path) -> TextModel:
    """Return the version in use of a directory of versions; raise ModelMissing or ModelDamaged."""
    registry = Registry(directory)
    return load_model(registry.path(registry.champion()))


def load_model(directory: Path) -> TextModel:
    """Return the model trained into a directory; raise ModelMissing or ModelDamaged."""
    return TextModel(*artefact.read(directory))
