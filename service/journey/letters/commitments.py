"""What is written about a promise made to a tenant, and to the organisation that a person writes to."""

from collections.abc import Callable
from datetime import date

from service.domain.taxonomy import category_label
from service.journey.letters.reserved import reserved
from service.journey.news.messages import Facts, Letter, Typed


def _committed(facts: Facts) -> Letter:
    _, data = facts.language.gettext, facts.event.data
    day = facts.language.day(date.fromisoformat(data["due_on"]))
    return Letter(
        _("Un engagement pour votre demande %(reference)s", reference=facts.complaint.reference),
        [
            _("Bonjour,"),
            _("Nous prenons un engagement envers vous :"),
            Typed(data["what"]),
            _("Au plus tard : %(day)s. Qui agit : %(owner)s.", day=day, owner=data["owner"]),
            facts.signature,
        ],
        [(_("Suivre ma demande"), facts.tracking_url)],
        heading=_("Nous nous engageons"),
        preheader=_("Au plus tard : %(day)s. Qui agit : %(owner)s.", day=day, owner=data["owner"]),
    )


def _dropped(facts: Facts) -> Letter:
    _, data = facts.language.gettext, facts.event.data
    return Letter(
        _("Un engagement change pour votre demande %(reference)s", reference=facts.complaint.reference),
        [
            _("Bonjour,"),
            _("Nous ne pouvons pas tenir cet engagement, et nous vous prions de nous en excuser :"),
            Typed(data["what"]),
            _("Pourquoi : %(reason)s", reason=data["why"]),
            *_new_day(facts),
            facts.signature,
        ],
        [(_("Suivre ma demande ou nous écrire"), facts.tracking_url)],
        heading=_("Un engagement change"),
    )


def _new_day(facts: Facts) -> list[str]:
    until = facts.event.data.get("until")
    if not until:
        return []
    day = facts.language.day(date.fromisoformat(until))
    return [facts.language.gettext("Nouvelle date, au plus tard : %(day)s.", day=day)]


_FILES = "Des fichiers vont avec ce message : ouvrez-les sur la page de la demande."


def _partner_message(facts: Facts) -> Letter:
    complaint, member = facts.complaint, facts.member
    if complaint.is_sensitive:
        return reserved(facts, f"Un message de {member.name} vous attend.")
    return Letter(
        f"Demande {complaint.reference} - {category_label(complaint.category)} - message de {member.name}",
        [
            str(facts.event.data["text"]),
            *([_FILES] if facts.event.data.get("files") else []),
            f"Lieu : {facts.place}.",
            (
                "Répondez à ce message, ou sur la page de la demande. Votre réponse arrive à l'équipe qui la suit, "
                "pas au locataire."
            ),
            f"{facts.event.actor}, {facts.desk}, {member.name}, {member.phone}",
        ],
        [("Ouvrir la page de la demande", facts.partner_url)] if facts.partner_url else [],
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {
    "committed": _committed,
    "commitment_dropped": _dropped,
    "partner_message": _partner_message,
}
