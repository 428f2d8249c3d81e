"""The messages of the demonstration: the classifier's own corpus, read by the real text model."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from service.domain.reading import UNKNOWN, Circumstances, Reading
from service.domain.taxonomy import categories
from service.journey.ports import TextModel
from service.settings import ROOT

CORPUS = ROOT / "classifier" / "corpus"
DANGERS = "danger"  # the file of dangers, of any category
# The corpus shows many dangers, so that the model learns them; a landlord receives few.
_DANGER_KEPT = 0.12


class CorpusMissing(Exception):
    """The corpus has no text for some subjects; the message names them."""


@dataclass(frozen=True)
class Message:
    """A text with what its author meant."""

    text: str
    category: str
    urgency: str


@dataclass(frozen=True)
class Corpus:
    """Messages by subject, and dangers apart."""

    by_category: dict[str, tuple[Message, ...]]
    dangers: tuple[Message, ...]

    def thinned(self, every: int) -> "Corpus":
        """Return one message in so many of each subject, and all dangers: reading a text takes the longest of all."""
        return Corpus({code: messages[::every] for code, messages in self.by_category.items()}, self.dangers)


def _messages(path: Path) -> Iterable[Message]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            record = json.loads(line)
            yield Message(record["text"], record["category"], record["urgency"])


def read_corpus(directory: Path) -> Corpus:
    """Return the messages of a directory.

    Raises
    ------
    CorpusMissing
        When a subject of the agreed list has no text.

    """
    by_category = {
        code: tuple(_messages(path)) for code in categories() if (path := directory / f"{code}.jsonl").is_file()
    }
    missing = [code for code in categories() if not by_category.get(code)]
    if missing:
        raise CorpusMissing(f"Aucun texte dans {directory} pour : {', '.join(missing)}.")
    dangers = directory / f"{DANGERS}.jsonl"
    return Corpus(by_category, tuple(_messages(dangers)) if dangers.is_file() else ())


class Hands:
    """Deals messages so that one member sees every text of a subject before it sees one twice."""

    def __init__(self, corpus: Corpus, random: Random) -> None:
        self._corpus = corpus
        self._random = random
        self._hands: dict[str, list[Message]] = defaultdict(list)

    def deal(self, category: str) -> Message:
        """Return the next message about a subject."""
        return self._next(category, self._corpus.by_category[category])

    def danger(self) -> Message | None:
        """Return the next message of the file of dangers, if there is one."""
        return self._next(DANGERS, self._corpus.dangers) if self._corpus.dangers else None

    def _next(self, name: str, messages: tuple[Message, ...]) -> Message:
        hand = self._hands[name]
        if not hand:
            kept = [one for one in messages if name in (DANGERS, "gaz_co") or self._is_kept(one)]
            hand.extend(kept or messages)
            self._random.shuffle(hand)
        return hand.pop()

    def _is_kept(self, message: Message) -> bool:
        return message.urgency != "danger" or self._random.random() < _DANGER_KEPT


class Reader:
    """Lets the text model read each distinct text once in the same circumstances."""

    def __init__(self, model: TextModel) -> None:
        self._model = model
        self._readings: dict[tuple[str, Circumstances], Reading] = {}
        self._types: dict[str, tuple[str, ...]] = {}

    def read(self, text: str, circumstances: Circumstances = UNKNOWN) -> Reading:
        """Return what the model reads in the text."""
        key = (text, circumstances)
        if key not in self._readings:
            self._readings[key] = self._model.read(text, circumstances)
        return self._readings[key]

    def danger_types(self, text: str) -> tuple[str, ...]:
        """Return the types of danger the lexicon sees."""
        if text not in self._types:
            self._types[text] = self._model.danger_types(text)
        return self._types[text]
