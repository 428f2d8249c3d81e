"""What is written to a team when words for it arrived by another way than the tenant's page."""

from collections.abc import Callable

from service.domain.status import Status
from service.domain.taxonomy import category_label
from service.journey.letters.complaints import sensitive
from service.journey.messages import Facts, Letter


def _note(facts: Facts) -> Letter:
    complaint, data = facts.complaint, facts.event.data
    if complaint.is_sensitive and not data.get("danger"):
        return sensitive(facts, "Un message est arrivé.")
    by_mail = " par e-mail" if data.get("by_mail") else ""
    closed = ["Cette demande est terminée : voyez s'il faut répondre ou la reprendre."]
    return Letter(
        f"{'ALERTE DANGER - d' if data.get('danger') else 'D'}emande {complaint.reference} - un message est arrivé",
        [
            *(["Ce message parle d'un danger. Prenez contact tout de suite."] if data.get("danger") else []),
            f"Un message est arrivé{by_mail}. Il vient de : {data['from']}.",
            *(closed if complaint.status == Status.CLOSED else []),
            f"Objet : {category_label(complaint.category)}. Lieu : {facts.place}.",
        ],
        [("Lire le message", facts.staff_url)],
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {"note": _note}
