"""What is written when something did not arrive."""

from collections.abc import Callable

from service.domain.delivery import failure_in_words
from service.journey.news.messages import Facts, Letter, Occasion

WHAT = {
    "email": "Un e-mail",
    "sms": "Un SMS",
    "webhook": "Un appel vers un logiciel",
    "open311": "Un envoi vers une collectivité",
    "folder": "Un fichier pour un logiciel",
}


def _failed(facts: Facts) -> Letter:
    data = facts.event.data
    what = WHAT.get(str(data["channel"]), "Un envoi")
    return Letter(
        f"Un envoi n'est pas arrivé - demande {facts.complaint.reference}",
        [
            f"{what} au sujet de cette demande n'est pas arrivé après plusieurs essais. La suite vous est confiée.",
            f"Raison : {failure_in_words(str(data['error']))}.",
            _what_to_do(data.get("instead")),
        ],
        [("Ouvrir la demande", facts.staff_url)],
    )


# How the same news leaves instead, and what is left to do.
_INSTEAD = {
    "email": "Le même message part par e-mail. Demandez au locataire son bon numéro.",
    "sms": "Le même message part par SMS. Demandez au locataire sa bonne adresse.",
    "phone": "Appelez le locataire : le message est dans la page « Courriers ». Demandez sa bonne adresse.",
    "post": "Une lettre attend dans la page « Courriers ».",
}


def _what_to_do(instead: str | None) -> str:
    return _INSTEAD.get(instead or "", "Prévenez la personne ou l'organisme par un autre moyen.")


def _endpoint_failed(occasion: Occasion) -> Letter:
    data = occasion.delivery.data
    return Letter(
        "Un logiciel ne reçoit plus nos envois",
        [
            "Bonjour,",
            (
                f"Nous avons essayé pendant un jour de joindre {data['address']}. Rien n'est passé, et nous avons "
                "arrêté pour les envois les plus anciens. La suite vous est confiée."
            ),
            f"Raison : {failure_in_words(str(data['error']))}.",
            "Les demandes elles-mêmes sont bien dans la liste de leur équipe.",
            (
                "Prévenez la personne qui s'occupe de ce logiciel. Une fois qu'il répond, la page des envois permet "
                "de tout renvoyer en une fois."
            ),
        ],
        [("Voir les envois", f"{occasion.base_url}/equipe/envois")],
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {"failed": _failed}
GENERAL: dict[str, Callable[[Occasion], Letter]] = {"endpoint_failed": _endpoint_failed}
