"""What is written when a complaint changes hands, and when an organisation answers."""

from collections.abc import Callable
from datetime import date

from service.domain.languages import N_
from service.domain.status import EventKind
from service.domain.taxonomy import category_label
from service.journey.dates import in_words, moment_in_words
from service.journey.letters.reserved import reserved, sensitive
from service.journey.news.messages import Facts, Letter, Typed

SLOTS = {"morning": N_("le matin"), "afternoon": N_("l'après-midi"), "day": N_("dans la journée")}


def _transferred(facts: Facts) -> Letter:
    _, reference, member = facts.language.gettext, facts.complaint.reference, facts.member
    return Letter(
        _("Votre demande %(reference)s avance", reference=reference),
        [
            _("Bonjour,"),
            Typed(facts.event.data["reason"]),
            *_no_visit(facts),
            _("Vous n'avez rien à refaire : vos messages et vos coordonnées restent avec votre demande."),
            _("%(member)s reste votre contact.", member=member.name),
            member.name,
        ],
        [(_("Suivre ma demande"), facts.tracking_url)],
        heading=_("Votre demande avance"),
        preheader=_("Elle est maintenant chez l'équipe qui peut agir."),
    )


def _passed_on(facts: Facts) -> Letter:
    _, name = facts.language.gettext, facts.event.data["member"]
    given = _("%(member)s a reçu votre message, le lieu et vos coordonnées.", member=name)
    if facts.complaint.needs:
        given = _(
            "%(member)s a reçu votre message, le lieu, vos coordonnées et ce que vous avez dit de vos besoins.",
            member=name,
        )
    return Letter(
        _("Votre demande %(reference)s est passée à %(member)s", reference=facts.complaint.reference, member=name),
        [
            _("Bonjour,"),
            Typed(facts.event.data["reason"]),
            *_no_visit(facts),
            _("Vous n'avez rien à refaire."),
            given,
            _("Vous recevez de ce bailleur une nouvelle référence, avec un nouveau lien de suivi."),
            _("Votre page de suivi actuelle y conduit aussi."),
            facts.member.name,
        ],
        [(_("Suivre ma demande"), facts.tracking_url)],
        heading=_("Votre demande est passée à %(member)s", member=name),
    )


def _planned(facts: Facts) -> Letter:
    _, data, member = facts.language.gettext, facts.event.data, facts.member
    day, slot = facts.language.day(date.fromisoformat(data["on"])), _(SLOTS[data["slot"]])
    comes = _("%(who)s passera le %(day)s, %(slot)s.", who=data["organisation"], day=day, slot=slot)
    before = data.get("instead_of")
    return Letter(
        _("Un passage est prévu pour votre demande %(reference)s", reference=facts.complaint.reference),
        [
            _("Bonjour,"),
            comes,
            *([_replaces(facts, before)] if before else []),
            _(
                "Ce jour ne vous convient pas ? Dites-le depuis votre page de suivi, ou appelez %(member)s au "
                "%(phone)s.",
                member=member.name,
                phone=member.phone,
            ),
            member.name,
        ],
        [(_("Suivre ma demande"), facts.tracking_url)],
        heading=_("Un passage est prévu"),
        preheader=_("Le jour est dans ce message. Vous pouvez en demander un autre."),
    )


def _replaces(facts: Facts, before: str) -> str:
    day = facts.language.day(date.fromisoformat(before))
    return facts.language.gettext("Ce passage remplace celui du %(day)s.", day=day)


def _no_visit(facts: Facts) -> list[str]:
    day = facts.event.data.get("cancelled")
    if not day:
        return []
    words = facts.language.day(date.fromisoformat(day))
    return [facts.language.gettext("Le passage prévu le %(day)s n'aura pas lieu.", day=words)]


def _reminder(facts: Facts) -> Letter:
    complaint = facts.complaint
    due = (
        f"Nous attendions votre réponse pour le {moment_in_words(facts.handover.answer_due_at)}."
        if facts.handover
        else "Nous attendons votre réponse."
    )
    if complaint.is_sensitive:
        return reserved(facts, f"{facts.member.name} vous a confié une demande. {due}", "Rappel : ")
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
    if complaint.is_sensitive:
        return reserved(facts, "Un danger est signalé dans une demande que vous avez. Appelez-nous.", "DANGER - ")
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
    if complaint.is_sensitive:
        return sensitive(facts, "Il y a du nouveau dans une demande que vous suivez.")
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
