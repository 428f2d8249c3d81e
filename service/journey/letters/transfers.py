"""What is written when a complaint changes hands, and when an organisation answers."""

from collections.abc import Callable
from datetime import date

from service.domain.status import EventKind
from service.domain.taxonomy import category_label
from service.journey.dates import in_words, moment_in_words
from service.journey.messages import Facts, Letter

SLOTS = {"morning": "le matin", "afternoon": "l'après-midi", "day": "dans la journée"}


def _transferred(facts: Facts) -> Letter:
    return Letter(
        f"Votre demande {facts.complaint.reference} avance",
        [
            "Bonjour,",
            str(facts.event.data["reason"]),
            *_no_visit(facts),
            "Vous n'avez rien à refaire : vos messages et vos coordonnées restent avec votre demande.",
            f"{facts.member.name} reste votre contact.",
            facts.member.name,
        ],
        [("Suivre ma demande", facts.tracking_url)],
    )


def _passed_on(facts: Facts) -> Letter:
    name = facts.event.data["member"]
    given = "votre message, le lieu et vos coordonnées"
    if facts.complaint.needs:
        given = "votre message, le lieu, vos coordonnées et ce que vous avez dit de vos besoins"
    return Letter(
        f"Votre demande {facts.complaint.reference} est passée à {name}",
        [
            "Bonjour,",
            str(facts.event.data["reason"]),
            *_no_visit(facts),
            (
                f"Vous n'avez rien à refaire. {name} a reçu {given}. "
                "Vous recevez de ce bailleur une nouvelle référence, avec un nouveau lien de suivi."
            ),
            "Votre page de suivi actuelle y conduit aussi.",
            facts.member.name,
        ],
        [("Suivre ma demande", facts.tracking_url)],
    )


def _planned(facts: Facts) -> Letter:
    data = facts.event.data
    day, slot = in_words(date.fromisoformat(data["on"])), SLOTS[data["slot"]]
    before = data.get("instead_of")
    changed = [f"Ce passage remplace celui du {in_words(date.fromisoformat(before))}."] if before else []
    return Letter(
        f"Un passage est prévu pour votre demande {facts.complaint.reference}",
        [
            "Bonjour,",
            f"{data['organisation']} passera le {day}, {slot}.",
            *changed,
            (
                "Ce jour ne vous convient pas ? Dites-le depuis votre page de suivi, "
                f"ou appelez {facts.member.name} au {facts.member.phone}."
            ),
            facts.member.name,
        ],
        [("Suivre ma demande", facts.tracking_url)],
    )


def _no_visit(facts: Facts) -> list[str]:
    day = facts.event.data.get("cancelled")
    return [f"Le passage prévu le {in_words(date.fromisoformat(day))} n'aura pas lieu."] if day else []


def _reminder(facts: Facts) -> Letter:
    complaint = facts.complaint
    due = (
        f"Nous attendions votre réponse pour le {moment_in_words(facts.handover.answer_due_at)}."
        if facts.handover
        else "Nous attendons votre réponse."
    )
    return Letter(
        f"Rappel : demande {complaint.reference} - {category_label(complaint.category)}",
        [
            "Bonjour,",
            f"{facts.member.name} vous a confié la demande {complaint.reference}. {due}",
            f"Objet : {category_label(complaint.category)}. Lieu : {facts.place}.",
            "Vous pouvez l'accepter, donner une date, ou la refuser en disant qui peut agir.",
            f"Une question ? Appelez {facts.member.name} au {facts.member.phone}.",
        ],
        [("Répondre à cette demande", facts.partner_url)] if facts.partner_url else [],
    )


def _handover_danger(facts: Facts) -> Letter:
    complaint, member = facts.complaint, facts.member
    on = facts.handover.planned_on if facts.handover else None
    visit = [f"Votre passage du {in_words(on)} reste prévu."] if on else []
    return Letter(
        f"DANGER - demande {complaint.reference} - {category_label(complaint.category)}",
        [
            "Bonjour,",
            f"Un danger est signalé dans la demande {complaint.reference}, que {member.name} vous a confiée.",
            f"Objet : {category_label(complaint.category)}. Lieu : {facts.place}.",
            f"L'astreinte de {member.name} est appelée.",
            *visit,
            f"Appelez {member.name} au {member.phone} avant d'intervenir, ou si vous pouvez venir plus tôt.",
        ],
        [("Ouvrir la page de la demande", facts.partner_url)] if facts.partner_url else [],
    )


def _team_told(facts: Facts) -> Letter:
    complaint = facts.complaint
    what, next_step = _NEWS[EventKind(facts.event.kind)](facts)
    return Letter(
        f"Demande {complaint.reference} - {what}",
        [
            f"{what}.",
            f"Objet : {category_label(complaint.category)}. Lieu : {facts.place}.",
            next_step,
        ],
        [("Ouvrir la demande", facts.staff_url)],
    )


def _left(facts: Facts) -> tuple[str, str]:
    data = facts.event.data
    now_at = data.get("organisation") or data["team"]
    return f"Passée à {now_at}", f"Elle n'est plus à traiter par votre équipe. Décidé par : {facts.event.actor}."


def _left_the_member(facts: Facts) -> tuple[str, str]:
    return f"Passée à {facts.event.data['member']}", f"Elle est terminée ici. Décidé par : {facts.event.actor}."


def _done(facts: Facts) -> tuple[str, str]:
    return (
        f"Travail fait, dit {facts.event.data['organisation']}",
        "Vérifiez avec le locataire, puis terminez la demande.",
    )


def _silent(facts: Facts) -> tuple[str, str]:
    return (
        f"Sans réponse de {facts.event.data['organisation']}",
        "Un rappel est déjà parti. Appelez, ou donnez la demande à quelqu'un d'autre. Elle vous est confiée.",
    )


_NEWS: dict[EventKind, Callable[[Facts], tuple[str, str]]] = {
    EventKind.TRANSFERRED: _left,
    EventKind.PASSED_ON: _left_the_member,
    EventKind.WORK_DONE: _done,
    EventKind.NOTED: _silent,
}

LETTERS: dict[str, Callable[[Facts], Letter]] = {
    "transferred": _transferred,
    "passed_on": _passed_on,
    "planned": _planned,
    "handover_danger": _handover_danger,
    "handover_reminder": _reminder,
    "team_told": _team_told,
}
