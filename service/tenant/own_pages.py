"""The facts of a tenant's own copy, as sections with labels that people read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from service.domain.closing import OUTCOMES
from service.domain.languages import N_
from service.domain.taxonomy import category_label, natures, urgencies
from service.tenant.languages import gettext as _
from service.tenant.languages import spoken


@dataclass(frozen=True)
class Section:
    """A title and its rows, each a label and what is held."""

    title: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Line:
    """One thing that happened: when, by whom, and the words."""

    when: str
    who: str
    what: str
    text: str


# What is shown of each part, in order: the name in the facts, and the label.
COMPLAINT = (
    ("reference", N_("Référence")),
    ("submitted_at", N_("Envoyée le")),
    ("text", N_("Votre message")),
    ("place_given", N_("Lieu donné")),
    ("details", N_("Précisions données")),
    ("chosen_category", N_("Sujet choisi par vous")),
    ("team", N_("Équipe")),
    ("organisation", N_("Organisme")),
    ("route_reason", N_("Pourquoi cette équipe")),
    ("promised_answer_by", N_("Réponse promise pour le")),
    ("first_answered_at", N_("Première réponse le")),
    ("closed_at", N_("Terminée le")),
    ("outcome", N_("Comment elle s'est terminée")),
    ("closing_sentence", N_("Phrase de fin")),
)
TENANT = (
    ("name", N_("Nom")),
    ("email", N_("E-mail")),
    ("phone", N_("Téléphone")),
    ("reference", N_("Numéro de contrat")),
    ("preferred_channel", N_("Façon de vous prévenir")),
    ("language", N_("Langue")),
    ("needs", N_("Besoins dits")),
    ("read_at", N_("Page lue le")),
    ("entered_by", N_("Écrite pour vous par")),
)
READING = (
    ("category_label", N_("Sujet")),
    ("confidence", N_("Le programme était sûr à")),
    ("words", N_("Mots qui ont compté")),
    ("nature", N_("Nature")),
    ("urgency", N_("Urgence")),
    ("alternatives", N_("Autres sujets possibles")),
    ("decided_by", N_("Décidé par")),
    ("model_version", N_("Version du programme")),
)
FEEDBACK = (("score", N_("Note sur 10")), ("solved", N_("Est-ce réglé ?")), ("comment", N_("Commentaire")))
SENT = (("by", N_("Moyen")), ("to", N_("Envoyé à")), ("sent_at", N_("Envoyé le")))
INCIDENT = (("title", N_("Problème connu")), ("linked_at", N_("Depuis le")), ("unlinked_at", N_("Jusqu'au")))
TRAINING = (("text", N_("Copie sans votre nom")), ("category", N_("Sujet")))

TRENDS = (("left_out_since", N_("Votre logement n'y compte plus depuis le")),)

WORDS = {
    "person": N_("une personne"),
    "model": N_("un programme"),
    "email": N_("e-mail"),
    "sms": N_("SMS"),
    "phone": N_("téléphone"),
    "post": N_("courrier"),
    "yes": N_("oui"),
    "partly": N_("en partie"),
    "no": N_("non"),
}
CODES = {"category", "chosen_category"}
KINDS = {
    "submitted": N_("Votre demande"),
    "transferred": N_("Changement de mains"),
    "passed_on": N_("Passée à un autre bailleur"),
    "planned": N_("Passage prévu"),
    "asked": N_("Question"),
    "extended": N_("Délai prolongé"),
    "answered": N_("Réponse"),
    "tenant_wrote": N_("Votre message"),
    "noted": N_("Votre message"),
    "closed": N_("Fin de la demande"),
    "reopened": N_("Demande rouverte"),
    "contested": N_("Sujet ou équipe contestés"),
    "review_asked": N_("Relecture demandée"),
    "confirmed": N_("Vérification"),
    "feedback_given": N_("Votre avis"),
    "thanked": N_("Votre merci"),
    "linked": N_("Problème connu dans la résidence"),
    "incident_news": N_("Nouvelles du problème connu"),
}


def sections(facts: Mapping[str, Any]) -> list[Section]:
    """Return every part but the history, without what is empty."""
    found = [
        _section(_("Votre demande"), COMPLAINT, facts["complaint"]),
        _section(_("Vous"), TENANT, facts["tenant"]),
        _section(_("Comment votre message a été lu"), READING, facts["reading"]),
        *(_section(_("Message envoyé"), SENT, one) for one in facts["messages_sent"]),
        *(_section(_("Problème de la résidence"), INCIDENT, one) for one in facts["incidents"]),
        *(_section(_("Votre avis"), FEEDBACK, one) for one in facts["feedback"]),
        *(_section(_("Ce qui sert à améliorer la lecture"), TRAINING, one) for one in facts["training"]),
        _section(_("Les chiffres du réseau"), TRENDS, facts["trends"]),
        Section(
            _("Quand votre demande a été ouverte, et par quelle équipe"),
            [_opened(one, facts) for one in facts["opened"]],
        ),
    ]
    return [section for section in found if section.rows]


def history(facts: Mapping[str, Any]) -> list[Line]:
    """Return what happened, in order."""
    return [
        Line(
            when=spoken().moment(datetime.fromisoformat(one["at"])),
            who=_("Vous") if one["by"] == "tenant" else str(one["by"]),
            what=_(KINDS.get(one["kind"], "")) if KINDS.get(one["kind"]) else str(one["kind"]),
            text=str(one["text"] or one["data"].get("reason") or ""),
        )
        for one in facts["history"]
    ]


def _section(title: str, names: Sequence[tuple[str, str]], part: Mapping[str, Any]) -> Section:
    rows = [(_(label), _in_words(name, part.get(name))) for name, label in names]
    return Section(title, [(label, value) for label, value in rows if value])


def _opened(look: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return the day of a look and the team it came from: what somebody does, never who it is."""
    return spoken().day(date.fromisoformat(look["on"])), look["by"] or facts["landlord"]


def _in_words(name: str, value: Any) -> str:
    """Return a value as people read it; empty when there is none."""
    if value in (None, "", [], {}):
        return ""
    if name == "confidence":
        return f"{value:.0%}"
    if name == "outcome":
        return _(OUTCOMES.get(value, value))
    if name in CODES:
        return _(category_label(value))
    return _by_kind(name, value)


def _by_kind(name: str, value: Any) -> str:
    levels = {"nature": natures(), "urgency": urgencies()}
    if name in levels:
        return _(levels[name][value].label)
    if isinstance(value, Mapping):
        return ", ".join(part for one in value.values() if (part := _in_words("", one)))
    if isinstance(value, list):
        return ", ".join(_of_list(one) for one in value)
    return _of_text(name, value)


def _of_list(one: Any) -> str:
    if isinstance(one, Mapping):
        return _(category_label(one["category"])) if "category" in one else _in_words("", dict(one))
    return str(one)


def _of_text(name: str, value: Any) -> str:
    if name.endswith(("_at", "_since")):
        return spoken().moment(datetime.fromisoformat(value))
    if name == "promised_answer_by":
        return spoken().day(date.fromisoformat(value))
    return _(WORDS[value]) if value in WORDS and name != "text" else str(value)
