"""The sentences of the timeline for what the staff give each other, promise, say to partners, end, and keep to few."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from service.domain.closing import OUTCOMES, REMEDIES
from service.domain.status import EventKind
from service.staff import wording

Data = Mapping[str, Any]
Sentence = tuple[str, str, str]  # title, detail, words typed by somebody


def _assigned(data: Data) -> Sentence:
    instead = data.get("for")
    if not data["to"]:
        return (f"Rendue à l'équipe : {instead} est parti" if instead else "N'est plus attribuée"), "", ""
    place = "à la place de" if data.get("departed") else "en l'absence de"
    return f"Attribuée à {data['to']}" + (f", {place} {instead}" if instead else ""), "", ""


def _committed(data: Data) -> Sentence:
    due = wording.day(date.fromisoformat(data["due_on"]))
    return "Engagement pris", f"Pour le {due}, par {data['owner']}.", data["what"]


def _kept(data: Data) -> Sentence:
    return "Engagement tenu", "", data["what"]


def _dropped(data: Data) -> Sentence:
    until = f" Nouvelle date : {wording.day(date.fromisoformat(data['until']))}." if data.get("until") else ""
    return "Engagement retiré", f"{data['why']}{until}", data["what"]


def _partner_written(data: Data) -> Sentence:
    return f"Message à {data['organisation']}", "Le locataire ne lit pas ce message.", data["text"]


def _closed(data: Data) -> Sentence:
    beside = (
        ("goes_on", "Celle qui continue : {}."),
        ("remedy", "Remède : {}."),
        ("lesson", "À retenir, entre collègues : {}"),
    )
    told = {name: str(data[name]) for name, _ in beside if data.get(name)}
    if "remedy" in told:
        told["remedy"] = REMEDIES.get(told["remedy"], "").lower()
    said = [sentence.format(told[name]) for name, sentence in beside if name in told]
    return "Demande terminée", " ".join([f"{OUTCOMES.get(data['outcome'], '')}.", *said]), data["sentence"]


def _placed(data: Data) -> Sentence:
    return "Lieu donné", f"{data['to'][:1].upper()}{data['to'][1:]}. Avant : {data['from']}.", ""


def _marked(data: Data) -> Sentence:
    if data["on"]:
        return "Dossier sensible : réservé aux personnes nommées", data.get("why", ""), ""
    return "Le dossier n'est plus réservé", data.get("why", ""), ""


def _confided(data: Data) -> Sentence:
    return (f"Dossier confié à {data['to']}" if data["on"] else f"Dossier retiré à {data['to']}"), "", ""


def _erased(data: Data) -> Sentence:
    why = {"retention": "La durée de conservation est passée.", "asked": "Le locataire l'a demandé."}
    return "Textes et noms effacés", why.get(data["why"], ""), ""


SENTENCES: dict[EventKind, Callable[[Data], Sentence]] = {
    EventKind.ASSIGNED: _assigned,
    EventKind.COMMITTED: _committed,
    EventKind.COMMITMENT_KEPT: _kept,
    EventKind.COMMITMENT_DROPPED: _dropped,
    EventKind.PARTNER_WRITTEN: _partner_written,
    EventKind.CLOSED: _closed,
    EventKind.PLACED: _placed,
    EventKind.MARKED: _marked,
    EventKind.CONFIDED: _confided,
    EventKind.ERASED: _erased,
}
