"""What may be wrong in a translation, and what is not translated at all."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from babel.messages import Catalog

from service.cli.sentences import Sentence
from service.domain.languages import Tongue

MAY_STAY_FRENCH = frozenset({"fr-falc"})  # an empty translation there says: the French is easy enough
_VALUE = re.compile(r"%\((\w+)\)([a-z])")
_BARE_PERCENT = re.compile(r"%(?!\(\w+\)[a-z]|%)")
_TAG = re.compile(r"</?\w[^>]*>")


@dataclass(frozen=True)
class State:
    """Where one language stands: sentences without a translation, and translations with a fault."""

    tongue: Tongue
    translated: int
    missing: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every sentence is said, and said rightly."""
        return not self.faults and not self.missing


def state_of(tongue: Tongue, catalogue: Catalog, sentences: Iterable[Sentence]) -> State:
    """Compare a catalogue with the sentences of today."""
    missing: list[str] = []
    faults: list[str] = []
    translated = 0
    for sentence in sentences:
        forms = _forms(catalogue, sentence)
        if not any(forms):
            if tongue.code not in MAY_STAY_FRENCH:
                missing.append(sentence.one)
            continue
        translated += 1
        faults.extend(f"{sentence.one} : {fault}" for fault in _faults(sentence, forms, catalogue.num_plurals))
    return State(tongue, translated, tuple(missing), tuple(faults))


def _forms(catalogue: Catalog, sentence: Sentence) -> tuple[str, ...]:
    message = catalogue.get(sentence.key)
    if message is None or bool(message.pluralizable) != bool(sentence.many):
        return ()
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def _faults(sentence: Sentence, forms: tuple[str, ...], plurals: int) -> list[str]:
    found = []
    if len(forms) != (plurals if sentence.many else 1) or not all(forms):
        found.append("il manque une forme du pluriel")
    for form in filter(None, forms):
        found.extend(_faults_of_one(sentence, form))
    return found


def _faults_of_one(sentence: Sentence, form: str) -> list[str]:
    source = sentence.many or sentence.one
    found = []
    values, wanted = set(_VALUE.findall(form)), set(_VALUE.findall(source))
    # A language may say "one page" without the figure.
    may_miss = {("num", "s")} if sentence.many else set()
    if not values <= wanted or not wanted - may_miss <= values:
        found.append("les valeurs ne sont pas celles du français")
    if _edges(form) != _edges(source):
        found.append("une espace ou une ligne de trop ou de moins au bord")
    if sorted(_TAG.findall(form)) != sorted(_TAG.findall(source)):
        found.append("les balises ne sont pas celles du français")
    if bool(_BARE_PERCENT.search(form)) != bool(_BARE_PERCENT.search(source)):
        found.append("un signe % seul")
    return [f"{fault} : {form}" for fault in found]


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
