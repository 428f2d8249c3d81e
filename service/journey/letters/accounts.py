"""What people read when something changed in how their account opens. No link: none is to be followed to sign in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from service.journey.dates import moment_in_words
from service.journey.news.messages import Letter, Occasion
from service.journey.people import account_news

# what happened -> the subject of the mail, and what it says
HAPPENED: Mapping[str, tuple[str, str]] = {
    account_news.PASSWORD_CHANGED: (
        "Votre mot de passe a changé",
        "Le mot de passe de votre compte a changé le {at}. Vos autres appareils sont déconnectés.",
    ),
    account_news.CODE_ADDED: (
        "Une application de codes est ajoutée",
        "Une application de codes est ajoutée à votre compte le {at}.",
    ),
    account_news.CODE_REPLACED: (
        "Votre application de codes est remplacée",
        "L'application de codes de votre compte est remplacée par une autre le {at}.",
    ),
    account_news.CODE_REMOVED: (
        "Votre application de codes est retirée",
        "L'application de codes de votre compte est retirée le {at}.",
    ),
    account_news.RECOVERY_RENEWED: (
        "Vos codes de secours sont remplacés",
        "Dix nouveaux codes de secours remplacent les anciens depuis le {at}.",
    ),
    account_news.KEY_ADDED: ("Une clé d'accès est ajoutée", "Une clé d'accès est ajoutée à votre compte le {at}."),
    account_news.KEY_REMOVED: ("Une clé d'accès est retirée", "Une clé d'accès est retirée de votre compte le {at}."),
    account_news.FACTOR_TAKEN: (
        "Votre second facteur est retiré",
        (
            "La personne qui gère les comptes a retiré vos codes et vos clés d'accès le {at}. Votre mot de passe "
            "suffit maintenant pour entrer. Ajoutez un nouveau second facteur dès que possible, dans « Mon compte »."
        ),
    ),
    account_news.NEW_DEVICE: (
        "Connexion depuis un nouvel appareil",
        "Votre compte s'est ouvert le {at} sur un appareil que nous ne connaissions pas : {device}.",
    ),
}
IT_WAS_YOU = "C'était vous ? Vous n'avez rien à faire."
# who reads -> what to do if it was not them
MENDING: Mapping[str, str] = {
    "staff": "Ce n'était pas vous ? Prévenez tout de suite la personne qui gère les comptes chez {member}. Puis ouvrez "
    "la page de connexion comme d'habitude, et choisissez « Mot de passe oublié ».",
    "reader": "Ce n'était pas vous ? Prévenez tout de suite l'exploitation de la plateforme : elle ferme votre compte "
    "et vous donne un nouveau lien.",
    "operator": "Ce n'était pas vous ? Prévenez tout de suite les autres personnes de l'exploitation. La commande "
    "« flask operators link », sur la machine, donne un lien : le mot de passe choisi avec lui remplace l'ancien, et "
    "ferme toutes les sessions.",
}
NO_LINK = "Ce message n'a pas de lien, et nous ne vous demandons jamais votre mot de passe ni un code."


def account_letter(data: Mapping[str, Any], role: str, member: str = "") -> Letter:
    """Return the letter to a person of the staff of `member`, or of the network: `role` is a key of MENDING."""
    subject, happened = HAPPENED[data["what"]]
    said = happened.format(at=moment_in_words(datetime.fromisoformat(data["at"])), device=data.get("device", ""))
    return Letter(subject, ["Bonjour,", said, IT_WAS_YOU, MENDING[role].format(member=member), NO_LINK])


def _to_staff(occasion: Occasion) -> Letter:
    return account_letter(occasion.delivery.data, "staff", occasion.member.name)


GENERAL: dict[str, Callable[[Occasion], Letter]] = {account_news.PURPOSE: _to_staff}
