"""Letters that let somebody of a member's staff choose their password."""

from collections.abc import Callable

from service.journey.news.messages import Letter, Occasion


def _invitation(occasion: Occasion) -> Letter:
    member = occasion.member.name
    return Letter(
        f"Votre compte chez {member}",
        [
            "Bonjour,",
            f"Un compte est ouvert à votre nom chez {member}, pour suivre les demandes de ses locataires.",
            "Choisissez votre mot de passe. Le lien sert une fois, pendant sept jours.",
            "Le lien est trop vieux ? Demandez-en un autre à la personne qui gère les comptes.",
            "Vous n'attendiez pas ce message ? Ne faites rien.",
        ],
        [("Choisir mon mot de passe", occasion.personal_url)],
    )


def _forgotten(occasion: Occasion) -> Letter:
    return Letter(
        "Choisir un nouveau mot de passe",
        [
            "Bonjour,",
            "Quelqu'un a demandé un nouveau mot de passe pour votre compte. Le lien sert une fois, pendant une heure.",
            "Ce n'était pas vous ? Ne faites rien : votre mot de passe ne change pas.",
        ],
        [("Choisir un nouveau mot de passe", occasion.personal_url)],
    )


GENERAL: dict[str, Callable[[Occasion], Letter]] = {"invitation": _invitation, "forgotten": _forgotten}
