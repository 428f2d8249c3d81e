"""What is written to tenants, desks and organisations along the straight line.

Subjects never carry a name or the tenant's words.
"""

from collections.abc import Callable
from datetime import date

from service.domain.closing import OUTCOMES, WITHDRAWN
from service.domain.languages import N_
from service.domain.safety import advice_for, numbers_always_shown
from service.domain.status import EventKind
from service.domain.taxonomy import category_label, urgencies
from service.journey.dates import in_words, moment_in_words
from service.journey.letters.mediation import mediation_of
from service.journey.letters.reserved import reserved, sensitive
from service.journey.news.messages import Facts, Letter, Typed


def _numbers(facts: Facts) -> str:
    _ = facts.language.gettext
    lines = [f"- {number.phone} : {_(number.label)}" for number in numbers_always_shown()]
    return "\n".join([_("En cas de danger, n'attendez pas notre réponse. Appelez :"), *lines])


def _received(facts: Facts) -> Letter:
    _, complaint = facts.language.gettext, facts.complaint
    day = facts.language.day(complaint.promised_answer_by)
    arrived = _("Elle est arrivée ici : %(desk)s.", desk=facts.desk)
    return Letter(
        _("Votre demande %(reference)s est bien reçue", reference=complaint.reference),
        [
            _("Bonjour,"),
            *safety(facts, is_danger=complaint.danger == "danger" or bool(complaint.danger_types)),
            _("Nous avons bien reçu votre demande. Sa référence est %(reference)s.", reference=complaint.reference),
            arrived if facts.desk else _("Nous la donnons à l'équipe qui peut agir."),
            _("Une personne vous répond au plus tard le %(day)s.", day=day),
            _numbers(facts),
            facts.member.name,
        ],
        [(_("Suivre ma demande"), facts.tracking_url)],
        heading=_("Votre demande est bien reçue"),
        preheader=_("Une personne vous répond au plus tard le %(day)s.", day=day),
    )


def safety(facts: Facts, *, is_danger: bool) -> list[str]:
    """Return what to do at once, for whoever may be in danger."""
    if not is_danger:
        return []
    _ = facts.language.gettext
    return [
        # Where the advice says the number itself, it is not said twice.
        _("%(title)s. %(text)s", title=_(one.title), text=_(one.text))
        if one.phone in one.text
        else _("%(title)s. %(text)s Numéro : %(phone)s.", title=_(one.title), text=_(one.text), phone=one.phone)
        for one in advice_for(facts.complaint.danger_types)
    ]


def _answered(facts: Facts) -> Letter:
    _, reference = facts.language.gettext, facts.complaint.reference
    return Letter(
        _("Une réponse à votre demande %(reference)s", reference=reference),
        [
            Typed(facts.words),
            *facts.pieces,
            facts.signature,
            _("Une question, un changement ? Répondez depuis votre page de suivi."),
        ],
        [(_("Lire, répondre ou compléter"), facts.tracking_url)],
        heading=_("Une réponse à votre demande"),
        preheader=_("Vous pouvez lire la réponse ici et sur votre page de suivi."),
    )


# How a complaint that the tenant ended is said to have ended.
_ENDED_BY_TENANT = {
    WITHDRAWN: N_("Vous avez retiré votre demande. Nous ne la traitons plus."),
    "solved": N_("Vous nous avez dit que c'est réglé. Merci."),
}


def _closed(facts: Facts) -> Letter:
    _, reference = facts.language.gettext, facts.complaint.reference
    return Letter(
        _("Votre demande %(reference)s est terminée", reference=reference),
        [
            _("Bonjour,"),
            *_ending(facts),
            *_going_on(facts),
            _("Ce n'est pas réglé ? Dites-le : nous rouvrons votre demande."),
            *([] if _is_ended_by_tenant(facts) else mediation_of(facts.member, _)),
            facts.signature,
        ],
        [
            (_("Ce n'est pas réglé"), f"{facts.tracking_url}/avis?regle=no"),
            *([(_("Suivre la demande qui continue"), facts.goes_on_url)] if facts.goes_on_url else []),
            (_("Relire ma demande"), facts.tracking_url),
            (_("Obtenir de l'aide"), facts.help_url),
        ],
        heading=_("Votre demande est terminée"),
        preheader=_("Si ce n'est pas réglé, vous pouvez la faire rouvrir."),
    )


def _is_ended_by_tenant(facts: Facts) -> bool:
    """Say whether the tenant ended it: there is then no answer of ours to disagree with."""
    return facts.event.actor == "tenant" and facts.event.data["outcome"] in _ENDED_BY_TENANT


def _ending(facts: Facts) -> list[str]:
    _, outcome = facts.language.gettext, str(facts.event.data["outcome"])
    if _is_ended_by_tenant(facts):
        return [_(_ENDED_BY_TENANT[outcome])]
    return [_("%(outcome)s.", outcome=_(OUTCOMES[outcome])), Typed(facts.words)]


def _going_on(facts: Facts) -> list[str]:
    """Say which request goes on, to whoever wrote both."""
    if not facts.goes_on_url:
        return []
    return [facts.language.gettext("La demande qui continue : %(reference)s.", reference=facts.event.data["goes_on"])]


def _again(facts: Facts) -> str:
    """Say that the household wrote that it is not solved."""
    return " rouverte" if facts.event.kind == EventKind.REOPENED else ""


def _arrival(facts: Facts) -> Letter:
    if facts.complaint.is_sensitive:
        return sensitive(facts, f"Une demande{_again(facts)} arrive à votre équipe : {facts.desk}.")
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
    if facts.complaint.is_sensitive:
        return sensitive(facts, f"Le locataire a ajouté un message à une demande de votre équipe : {facts.desk}.")
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
    if complaint.is_sensitive:
        return reserved(facts, f"{facts.member.name} vous confie une demande. Elle vous attend.", mark)
    return Letter(
        f"{mark}Demande {complaint.reference} - {category_label(complaint.category)}{_again(facts)}",
        [
            "Bonjour,",
            f"{facts.member.name} vous confie la demande d'un locataire.",
            f"Objet : {category_label(complaint.category)}. Urgence : {urgency}. Lieu : {facts.place}.",
            *words,
            *_how_to_answer(facts),
            (
                f"Votre contact : {facts.desk}, {facts.member.name}, {facts.member.phone}. "
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
