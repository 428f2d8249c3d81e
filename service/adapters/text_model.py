"""The text model, loaded once for each process; the only file that knows the classifier."""

import threading
from pathlib import Path

from classifier import danger
from classifier.language import is_foreign
from classifier.model import ModelDamaged, ModelMissing, TextModel, load_model
from service.journey.ports import Reading, TextModelDown


class TrainedTextModel:
    """Reads messages with the artefact of `directory`. Until it can be loaded, every reading says it is down."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._model: TextModel | None = None
        self._lock = threading.Lock()

    def load(self) -> TextModel:
        """Return the model, loading it at the first call; TextModelDown when it is missing or damaged."""
        if self._model is None:
            with self._lock:
                try:
                    self._model = self._model or load_model(self._directory)
                except (ModelMissing, ModelDamaged) as failure:
                    raise TextModelDown(str(failure)) from failure
        return self._model

    def read(self, text: str) -> Reading:
        """Return what the message is about."""
        model = self.load()
        found = model.predict(text)
        return Reading(
            category=found.category,
            confidence=found.confidence,
            alternatives=tuple((other.category, other.confidence) for other in found.alternatives),
            secondary=found.secondary,
            nature=found.nature,
            urgency=found.urgency,
            danger=found.danger,
            danger_types=found.danger_types,
            abstained=found.abstained,
            words=found.words,
            model_version=model.version,
        )

    def danger_level(self, text: str) -> str:
        """Return the level the lexicon gives; a message in another language is at least to check."""
        return danger.heard(danger.scan(text).level, is_foreign=is_foreign(text))

    def danger_types(self, text: str) -> tuple[str, ...]:
        """Return the types of danger the lexicon sees, negated or not: advice is shown widely."""
        return danger.scan(text).types


class DownTextModel:
    """The local twin of a model that does not answer; the lexicon, which needs no model, still does."""

    def read(self, text: str) -> Reading:  # noqa: ARG002  The shape of the Protocol.
        """Say that the model is down."""
        raise TextModelDown("switched off")

    def danger_level(self, text: str) -> str:
        """Return the level the lexicon gives; a message in another language is at least to check."""
        return danger.heard(danger.scan(text).level, is_foreign=is_foreign(text))

    def danger_types(self, text: str) -> tuple[str, ...]:
        """Return the types of danger the lexicon sees."""
        return danger.scan(text).types
