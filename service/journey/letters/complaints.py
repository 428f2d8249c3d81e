"""What is written to tenants, desks and organisations along the straight line.

Subjects never carry a name or the tenant's words.
"""

from collections.abc import Callable
from datetime import date

from service.domain.closing import MEDIATION, OUTCOMES
from service.domain.feedback import SCORES
from service.domain.safety import advice_for, numbers_always_shown
from service.domain.status import EventKind
from service.domain.taxonomy import category_label, urgencies
from service.journey.dates import in_words, moment_in_words
from service.journey.messages import Facts, Letter
from service.models.complaint import Complaint


def _numbers() -> str:
    return "En cas de danger, n'attendez pas notre réponse. Appelez :\n" + "\n".join(
        f"- {number.phone} : {number.label}" for number in numbers_always_shown()
    )


def _safety(complaint: Complaint) -> list[str]:
    if complaint.danger == "none" and not complaint.danger_types:
        return []
    return [f"{advice.title}. {advice.text} Numéro : {advice.phone}." for advice in advice_for(complaint.danger_types)]


def _received(facts: Facts) -> Letter:
    complaint = facts.complaint
    who = f"Elle est arrivée ici : {facts.desk}." if facts.desk else "Nous la transmettons à la bonne équipe."
    return Letter(
        f"Votre demande {complaint.reference} est bien reçue",
        [
            "Bonjour,",
            *_safety(complaint),
            f"Nous avons bien reçu votre demande. Sa référence est {complaint.reference}. {who}",
            f"Une personne vous répond au plus tard le {in_words(complaint.promised_answer_by)}.",
            _numbers(),
            facts.member.name,
        ],
        [("Suivre ma demande", facts.tracking_url)],
    )


def _answered(facts: Facts) -> Letter:
    return Letter(
        f"Une réponse à votre demande {facts.complaint.reference}",
        [str(facts.event.data["text"]), f"{facts.event.actor}, {facts.member.name}"],
        [("Lire, répondre ou compléter", facts.tracking_url)],
    )


def _closed(facts: Facts) -> Letter:
    data = facts.event.data
    question = (
        "Est-ce vraiment réglé ? Donnez une note de 0 à 10. "
        "Si ce n'est pas réglé, dites-le : votre demande sera rouverte."
    )
    links = [(f"Ma note : {score} sur 10", f"{facts.tracking_url}/avis?note={score}") for score in reversed(SCORES)]
    return Letter(
        f"Votre demande {facts.complaint.reference} est terminée",
        [
            "Bonjour,",
            f"{OUTCOMES[str(data['outcome'])]}. {data['sentence']}",
            *([question] if facts.ask_feedback else []),
            MEDIATION,
            f"{facts.event.actor}, {facts.member.name}",
        ],
        [
            *(links if facts.ask_feedback else []),
            ("Ce n'est pas réglé", f"{facts.tracking_url}/avis?regle=no"),
            ("Relire ma demande", facts.tracking_url),
        ],
    )


def _again(facts: Facts) -> str:
    """Say that the household wrote that it is not solved."""
    return " rouverte" if facts.event.kind == EventKind.REOPENED else ""


def _arrival(facts: Facts) -> Letter:
    complaint = facts.complaint
    urgency = urgencies()[complaint.urgency].label if complaint.urgency else "à préciser"
    return Letter(
        f"[{urgency}] {category_label(complaint.category)} - demande {complaint.reference}{_again(facts)}",
        [
            f"Une demande{_again(facts)} arrive à votre équipe : {facts.desk}.",
            f"Objet : {category_label(complaint.category)}. Urgence : {urgency}.",
            f"Lieu : {facts.place}.",
            f"Pourquoi vous : {complaint.route_reason}",
            f"Réponse promise au locataire pour le {in_words(complaint.promised_answer_by)}.",
        ],
        [("Ouvrir la demande", facts.staff_url)],
    )


def _addition(facts: Facts) -> Letter:
    complaint = facts.complaint
    return Letter(
        f"Le locataire complète la demande {complaint.reference}",
        [
            f"Le locataire a ajouté un message à une demande de votre équipe : {facts.desk}.",
            f"Objet : {category_label(complaint.category)}. Lieu : {facts.place}.",
        ],
        [("Lire le message", facts.staff_url)],
    )


def _alert(facts: Facts) -> Letter:
    letter = _arrival(facts)
    return Letter(
        f"ALERTE DANGER - demande {facts.complaint.reference}",
        ["Un danger est signalé. Prenez contact avec le locataire tout de suite.", *letter.paragraphs],
        letter.links,
    )


def _handover(facts: Facts) -> Letter:
    complaint = facts.complaint
    urgency = urgencies()[complaint.urgency].label if complaint.urgency else "à préciser"
    mark = "URGENT - " if complaint.urgency in ("danger", "urgent") else ""
    words = [f"Message du locataire :\n{complaint.text}"] if facts.with_text else []
    return Letter(
        f"{mark}Demande {complaint.reference} - {category_label(complaint.category)}{_again(facts)}",
        [
            "Bonjour,",
            f"{facts.member.name} vous confie la demande d'un locataire.",
            f"Objet : {category_label(complaint.category)}. Urgence : {urgency}. Lieu : {facts.place}.",
            *words,
            *_how_to_answer(facts),
            (
                f"Votre contact : l'équipe {facts.desk}, {facts.member.name}, {facts.member.phone}. "
                f"Citez la référence {complaint.reference}."
            ),
        ],
        [("Répondre à cette demande", facts.partner_url)] if facts.partner_url else [],
    )


def _how_to_answer(facts: Facts) -> list[str]:
    if facts.handover is None or not facts.partner_url:
        return []
    return [
        f"Merci de répondre avant le {moment_in_words(facts.handover.answer_due_at)}.",
        (
            "La page ci-dessous s'ouvre sans compte ni mot de passe. Vous pouvez y accepter ou refuser la demande, "
            "donner une date de passage, puis dire que c'est fait, avec des photos."
        ),
        "Ce lien vous est réservé : ne le transmettez qu'à la personne qui intervient.",
    ]


def _withdrawn(facts: Facts) -> Letter:
    complaint = facts.complaint
    return Letter(
        f"Demande {complaint.reference} - ne pas intervenir",
        [
            "Bonjour,",
            f"{facts.member.name} vous avait confié la demande {complaint.reference}. {_what_happened(facts)}",
            *_visit_called_off(facts),
            "Elle n'est plus à traiter par vous : merci de ne pas intervenir.",
            f"En cas de doute, appelez {facts.member.name} au {facts.member.phone} en citant la référence.",
        ],
        [("Vérifier sur la page de la demande", facts.partner_url)] if facts.partner_url else [],
    )


def _what_happened(facts: Facts) -> str:
    return "Elle est terminée." if facts.event.kind == EventKind.CLOSED else "Elle a changé de destinataire."


def _visit_called_off(facts: Facts) -> list[str]:
    day = facts.delivery.data.get("visit")
    return [f"Le passage prévu le {in_words(date.fromisoformat(day))} n'est plus attendu."] if day else []


LETTERS: dict[str, Callable[[Facts], Letter]] = {
    "received": _received,
    "answered": _answered,
    "closed": _closed,
    "arrival": _arrival,
    "addition": _addition,
    "alert": _alert,
    "handover": _handover,
    "withdrawn": _withdrawn,
}
