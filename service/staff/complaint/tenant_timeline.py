"""The sentences of the timeline for what tenants do from their own page."""

from collections.abc import Callable, Mapping
from typing import Any

from service.domain.status import EventKind
from service.staff import wording

Data = Mapping[str, Any]
Sentence = tuple[str, str, str]  # title, detail, words typed by somebody


def _contested(data: Data) -> Sentence:
    about = "le sujet" if data["about"] == "category" else "le destinataire"
    said = f"D'après lui : {wording.category(data['category'])}." if data.get("category") else ""
    return f"Le locataire conteste {about}", said, data.get("text", "")


def _review_asked(data: Data) -> Sentence:
    return "Le locataire demande qu'une autre personne relise", "", data["text"]


def _mended(data: Data) -> Sentence:
    if data["text"] is None:
        wrote = "Le locataire a écrit entre-temps : la demande reste ouverte. " if data.get("why") else ""
        return "Message retenu avant son départ", f"{wrote}Le locataire ne le recevra pas.", ""
    if data.get("leaves_at"):
        return "Message envoyé sans attendre", "", ""
    return "Message corrigé avant son départ", "", data["text"]


def _thanked(data: Data) -> Sentence:
    return "Merci du locataire", f"Transmis à {', '.join(data['to'])}." if data.get("to") else "", data["text"]


def _contact_changed(data: Data) -> Sentence:
    title = "Coordonnées corrigées" if data.get("by_staff") else "Le locataire change la façon de le prévenir"
    return title, data.get("words", ""), ""


SENTENCES: dict[EventKind, Callable[[Data], Sentence]] = {
    EventKind.CONTESTED: _contested,
    EventKind.REVIEW_ASKED: _review_asked,
    EventKind.MENDED: _mended,
    EventKind.THANKED: _thanked,
    EventKind.CONTACT_CHANGED: _contact_changed,
}
