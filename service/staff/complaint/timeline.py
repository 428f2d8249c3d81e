"""What happened to a complaint, one sentence an event."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.domain.status import Audience, EventKind
from service.models.complaint import Event
from service.staff import wording
from service.staff.complaint import partner_timeline, tenant_timeline, workspace_timeline

ACTORS = {
    "tenant": "Le locataire",
    "model": "Le modèle",
    "lexicon": "Les mots de danger",
    "rules": "Les règles d'orientation",
    "system": "Sève",
}
SOLVED = {
    "yes": "c'est réglé",
    "partly": "réglé en partie",
    "no": "ce n'est pas réglé",
    "unknown": "ne sait pas si c'est réglé",
}

# Who reads of an event, in words.
AUDIENCES = {"tenant": "Locataire", "partner": "Partenaire", "internal": "Interne"}
MESSAGES = "messages"  # the part of the history that holds what people wrote
_MESSAGES = frozenset(
    {
        EventKind.ANSWERED, EventKind.ASKED, EventKind.TENANT_WROTE, EventKind.NOTED, EventKind.CLOSED,
        EventKind.REOPENED, EventKind.CONTESTED, EventKind.REVIEW_ASKED, EventKind.PARTNER_WRITTEN,
        EventKind.COMMITTED, EventKind.COMMITMENT_DROPPED, EventKind.EXTENDED, EventKind.INCIDENT_NEWS,
        EventKind.THANKED, EventKind.FEEDBACK_GIVEN,
    }
)  # fmt: skip

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One line of the history; `text` holds the words somebody wrote, as typed."""

    title: str
    detail: str
    text: str
    actor: str
    when: str
    machine_when: str
    audience: str  # a key of AUDIENCES
    is_failure: bool
    is_message: bool  # words between people, and not a step of the way
    is_fresh: bool  # it happened since the page was shown
    event_id: int


def entries(events: Iterable[Event], *, fresh_after: int | None = None) -> list[Entry]:
    """Return the history, the first event first; what came after the event `fresh_after` is marked."""
    found = list(events)
    partners = {str(event.data["organisation"]) for event in found if event.data.get("organisation")}
    return [_entry(event, partners, fresh_after) for event in found]


def chosen(history: list[Entry], thread: str | None) -> list[Entry]:
    """Return what is shown of a history: all of it, or only what people wrote."""
    return [entry for entry in history if entry.is_message] if thread == MESSAGES else history


def _entry(event: Event, partners: set[str], fresh_after: int | None) -> Entry:
    title, detail, text = SENTENCES[EventKind(event.kind)](event.data)
    return Entry(
        title=title,
        detail=detail,
        text=text,
        actor=ACTORS.get(event.actor, event.actor),
        when=wording.moment_in_words(event.at),
        machine_when=event.at.isoformat(),
        audience=_audience(event, partners),
        is_failure=event.kind == EventKind.DELIVERY_FAILED,
        is_message=event.kind in _MESSAGES or bool(text and event.actor in partners),
        is_fresh=fresh_after is not None and event.id > fresh_after,
        event_id=event.id,
    )


def _audience(event: Event, partners: set[str]) -> str:
    """Return who reads of an event: the tenant, the organisation that has it, or the house alone."""
    if event.audience == Audience.TENANT:
        return "tenant"
    return "partner" if event.kind == EventKind.PARTNER_WRITTEN or event.actor in partners else "internal"


Sentence = tuple[str, str, str]  # title, detail, words typed by somebody


def _submitted(data: Data) -> Sentence:
    title = f"Demande reçue par {wording.CHANNELS.get(data.get('channel', ''), 'un autre moyen')}"
    arrived = f"Arrivée le {wording.day(date.fromisoformat(data['received_on']))}. " if data.get("received_on") else ""
    return title, f"{arrived}Saisie par {data['entered_by']}." if data.get("entered_by") else "", ""


def _classified(data: Data) -> Sentence:
    if data["category"] is None:
        return "Danger entendu, sujet pas encore lu", "Le modèle ne répondait pas : une personne trie.", ""
    subject = wording.category(data["category"])
    band = wording.likelihood(data["confidence"] or 0.0, abstained=data["abstained"])
    title = f"Sujet inconnu, peut-être « {subject} »" if data["abstained"] else f"Sujet lu : {subject} ({band.text})"
    return title, f"Urgence : {wording.urgency(data['urgency'])}. Version {data['model_version']}.", ""


def _routed(data: Data) -> Sentence:
    desk = f"{data['organisation']}, suivie par {data['team']}" if data.get("organisation") else data["team"]
    return f"Orientée vers {desk}", data["reason"], ""


def _delivered(data: Data) -> Sentence:
    return f"Arrivée dans la liste : {data['team']}", "", ""


def _danger_raised(data: Data) -> Sentence:
    if "member" in data:
        return f"Danger signalé par {data['member']}, qui passe la demande", "Elle est traitée comme un danger.", ""
    return "Danger possible dans un message ajouté", "La demande est orientée de nouveau, comme un danger.", ""


def _delivery_failed(data: Data) -> Sentence:
    what = wording.PURPOSES.get(data["purpose"], "un envoi")
    given_to = f"Confié à {data['given_to']}." if data.get("given_to") else "Personne n'a pu être désigné."
    if data.get("instead"):
        given_to = f"Le même message part {wording.MEANS[data['instead']]}. {given_to}"
    return f"Échec d'envoi : {what}, {wording.MEANS.get(data['channel'], '')}", given_to, ""


def _corrected(data: Data) -> Sentence:
    before, after = wording.category(data["from"]), wording.category(data["to"])
    title = f"Sujet confirmé : {after}" if before == after else f"Sujet corrigé : {before} devient {after}"
    return title, f"Urgence : {wording.urgency(data['urgency'])}.", data["reason"]


def _confirmed(data: Data) -> Sentence:
    if data.get("about") == "recipient":
        return "Destinataire vérifié : c'était le bon", "Le locataire le contestait. Il est prévenu.", ""
    if data.get("contested"):
        told = "Le locataire le contestait. Il est prévenu."
        return f"Sujet vérifié : {wording.category(data['category'])}", told, ""
    return f"Sujet vérifié : {wording.category(data['category'])}", "Le classement automatique était le bon.", ""


def _transferred(data: Data) -> Sentence:
    desk = f"{data['organisation']}, suivie par {data['team']}" if data.get("organisation") else data["team"]
    return f"Transmise à {desk}", data["reason"], ""


def _passed_on(data: Data) -> Sentence:
    return f"Passée à {data['member']}", data["reason"], ""


def _noted(data: Data) -> Sentence:
    if data.get("after_closing"):
        return "Message du locataire, après la fin", "", data["text"]
    return "Réponse arrivée par e-mail" if data.get("by_mail") else "Note interne", "", data["text"]


def _asked(data: Data) -> Sentence:
    return "Question au locataire", "Le délai attend sa réponse.", data["text"]


def _targets_set(data: Data) -> Sentence:
    return "Délais fixés", data["words"][:1].upper() + data["words"][1:], ""


def _extended(data: Data) -> Sentence:
    return f"Délai prolongé jusqu'au {wording.day(date.fromisoformat(data['until']))}", "", data["reason"]


def _paged(data: Data) -> Sentence:
    told = f"Prévenus : {', '.join(data['to'])}." if data["to"] else ""
    if "with" in data:
        return f"Appels communs avec la demande {data['with']} : {data['households']} foyers", told, ""
    return f"Appel à l'astreinte, tour {data['round']}", told, ""


def _acknowledged(data: Data) -> Sentence:
    return f"Danger pris en charge par {data['by']}", f"Avec la demande {data['with']}." if "with" in data else "", ""


def _linked(data: Data) -> Sentence:
    return f"Liée à un incident collectif : {data['title']}", "", ""


def _unlinked(data: Data) -> Sentence:
    return f"Déliée de l'incident collectif : {data['title']}", "", ""


def _incident_news(data: Data) -> Sentence:
    return f"Nouvelles de l'incident : {data['title']}", "", data["text"]


def _answered(data: Data) -> Sentence:
    return "Réponse au locataire", "", data["text"]


def _tenant_wrote(data: Data) -> Sentence:
    return "Message du locataire", "", data["text"]


def _reopened(data: Data) -> Sentence:
    return "Demande rouverte par le locataire", "", data.get("text", "")


def _feedback_given(data: Data) -> Sentence:
    return f"Avis du locataire : {data['score']} sur 10", SOLVED.get(data.get("solved") or "", ""), ""


SENTENCES: dict[EventKind, Callable[[Data], Sentence]] = {
    EventKind.SUBMITTED: _submitted,
    EventKind.CLASSIFIED: _classified,
    EventKind.ROUTED: _routed,
    EventKind.DELIVERED: _delivered,
    EventKind.DANGER_RAISED: _danger_raised,
    EventKind.DELIVERY_FAILED: _delivery_failed,
    EventKind.CORRECTED: _corrected,
    EventKind.CONFIRMED: _confirmed,
    EventKind.TRANSFERRED: _transferred,
    EventKind.PASSED_ON: _passed_on,
    EventKind.NOTED: _noted,
    EventKind.ASKED: _asked,
    EventKind.TARGETS_SET: _targets_set,
    EventKind.EXTENDED: _extended,
    EventKind.PAGED: _paged,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.LINKED: _linked,
    EventKind.UNLINKED: _unlinked,
    EventKind.INCIDENT_NEWS: _incident_news,
    EventKind.ANSWERED: _answered,
    EventKind.TENANT_WROTE: _tenant_wrote,
    EventKind.REOPENED: _reopened,
    EventKind.FEEDBACK_GIVEN: _feedback_given,
    **partner_timeline.SENTENCES,
    **tenant_timeline.SENTENCES,
    **workspace_timeline.SENTENCES,
}
