"""What is written to a team when words for it arrived by another way than the tenant's page."""

from collections.abc import Callable

from service.domain.status import Status
from service.domain.taxonomy import category_label
from service.journey.letters.reserved import sensitive
from service.journey.news.messages import Facts, Letter, Occasion

_AT_ONCE = " Il parle d'un danger. Prenez contact tout de suite."


def _note(facts: Facts) -> Letter:
    complaint, data = facts.complaint, facts.event.data
    if complaint.is_sensitive:
        # Nobody on duty is called for what is over here, or was passed on: whoever reads this has to know where.
        at_once = f"{_AT_ONCE} Lieu : {facts.place}." if data.get("danger") else ""
        return sensitive(facts, f"Un message est arrivé.{at_once}")
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


def _danger_aside(occasion: Occasion) -> Letter:
    reference = occasion.delivery.data["reference"]
    return Letter(
        f"ALERTE DANGER - un message est arrivé pour la demande {reference}, effacée",
        [
            "Un message qui parle d'un danger est arrivé par e-mail. Agissez tout de suite.",
            f"Il répond à la demande {reference}, dont le texte et les noms sont effacés. Sève ne peut pas l'y garder.",
            (
                "Il est mis de côté dans la boîte des réponses, avec l'adresse de la personne. Demandez-le à qui "
                "s'occupe de cette boîte, et prenez contact avec elle."
            ),
        ],
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {"note": _note}
GENERAL: dict[str, Callable[[Occasion], Letter]] = {"danger_aside": _danger_aside}
