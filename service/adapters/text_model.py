"""The text model, loaded once for each process; the only file that knows the classifier."""

import logging
import threading
import time
from pathlib import Path

from classifier import artefact, danger
from classifier.context import Context
from classifier.language import is_foreign
from classifier.model import ModelDamaged, ModelMissing, TextModel, load_champion
from classifier.registry import Registry
from service.domain.reading import UNKNOWN, About, Circumstances, Reading
from service.journey.ports import TextModelDown

log = logging.getLogger(__name__)
Stamp = tuple[int, int]
PATIENCE = 5.0  # seconds between two tries
# The sets kept apart that people are told of: an ordinary month; and dangers, for how many are heard.
ORDINARY, DANGERS = "ordinary", "danger"
HEARD = ("danger_recall", "danger_recall_at_least", "danger_recall_alert", "danger_messages")


class TrainedTextModel:
    """Reads messages with the champion of `directory`, and with the next one as soon as it is promoted.

    Until one can be loaded, every reading says it is down. A new champion that cannot be loaded leaves the old one at
    work.
    """

    def __init__(self, directory: Path) -> None:
        self._registry = Registry(directory)
        self._directory = directory
        self._model: TextModel | None = None
        self._stamp: Stamp | None = None
        self._again_at = 0.0  # a champion that could not be loaded is tried again from then on
        self._lock = threading.Lock()

    def load(self) -> TextModel:
        """Return the model in use; TextModelDown when there is none, or it is missing or damaged."""
        stamp = self._registry.stamp()
        if (
            stamp != self._stamp
            and time.monotonic() >= self._again_at
            and self._lock.acquire(blocking=self._model is None)
        ):
            try:
                if stamp != self._stamp:
                    self._replace(stamp)
            finally:
                self._lock.release()
        if self._model is None:
            raise TextModelDown("no model is in use")
        return self._model

    def _replace(self, stamp: Stamp) -> None:
        """Load the champion; other threads go on with the old one meanwhile."""
        try:
            self._model = load_champion(self._directory)
        except (ModelMissing, ModelDamaged) as failure:
            self._again_at = time.monotonic() + PATIENCE
            if self._model is None:
                raise TextModelDown(str(failure)) from failure
            log.error("champion_not_loaded stays=%s: %s", self._model.version, failure)  # noqa: TRY400 - No traceback.
        else:
            self._stamp = stamp

    def read(self, text: str, circumstances: Circumstances = UNKNOWN) -> Reading:
        """Return what the message is about."""
        model = self.load()
        found = model.predict(text, Context(cold_season=circumstances.cold_season))
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
            family=found.family,
            unknown_share=found.unknown_share,
            model_version=model.version,
        )

    def danger_level(self, text: str) -> str:
        """Return the level the lexicon gives; a message in another language is at least to check."""
        return danger.heard(danger.scan(text).level, understood=not is_foreign(text))

    def danger_types(self, text: str) -> tuple[str, ...]:
        """Return the types of danger the lexicon sees, negated or not: advice is shown widely."""
        return danger.scan(text).types

    def about(self) -> About:
        """Return the champion's figures and card, as its files say; TextModelDown when they cannot be read."""
        try:
            path = self._registry.path(self._registry.champion())
            manifest = artefact.read_manifest(path)
            card = (path / artefact.CARD).read_text(encoding="utf-8")
        except (ModelMissing, ModelDamaged, OSError) as failure:
            raise TextModelDown(str(failure)) from failure
        figures = {name: float(value) for name, value in manifest.metrics.items() if isinstance(value, int | float)}
        figures |= manifest.apart.get(ORDINARY, {})
        figures |= {name: value for name, value in manifest.apart.get(DANGERS, {}).items() if name in HEARD}
        return About(manifest.version, figures, card)


class DownTextModel:
    """The local twin of a model that does not answer; the lexicon, which needs no model, still does."""

    def read(self, text: str, circumstances: Circumstances = UNKNOWN) -> Reading:  # noqa: ARG002  As the Protocol.
        """Say that the model is down."""
        raise TextModelDown("switched off")

    def danger_level(self, text: str) -> str:
        """Return the level the lexicon gives; a message in another language is at least to check."""
        return danger.heard(danger.scan(text).level, understood=not is_foreign(text))

    def danger_types(self, text: str) -> tuple[str, ...]:
        """Return the types of danger the lexicon sees."""
        return danger.scan(text).types

    def about(self) -> About:
        """Say that the model is down."""
        raise TextModelDown("switched off")
