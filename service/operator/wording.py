"""What operators read of a refusal, of the log and of what waits."""

from typing import Any

from service.domain.audit import ACTIONS
from service.domain.errors import Refusal
from service.journey.administration.themes import Unreadable
from service.journey.dates import moment_in_words

SENTENCES = {
    "blank": "Écrivez au moins un mot.",
    "unstorable": "Ce texte contient un caractère qui ne peut pas être gardé. Retirez-le.",
    "name_too_long": "C'est trop long : 120 caractères au plus.",
    "name_reserved": "Ce nom est déjà pris par Sève dans l'historique. Écrivez le nom autrement.",
    "not_an_email": "Donnez une adresse comme prenom.nom@exemple.fr.",
    "email_taken": "Cette adresse a déjà un compte. Choisissez-en une autre.",
    "not_a_slug": "Écrivez de 3 à 40 signes : lettres sans accent, chiffres, tirets. Certains mots sont pris par Sève.",
    "slug_taken": "Un autre bailleur a déjà ce nom court. Choisissez-en un autre.",
    "not_a_stock": "Donnez un nombre entier de logements, de 1 à 1 000 000.",
    "not_a_phone": "Donnez un numéro de téléphone, par exemple 03 22 00 00 00.",
    "not_a_colour": "Écrivez la couleur comme #1d5b43 : un dièse, puis six signes.",
    "not_a_time": "Donnez une heure, par exemple 08:30.",
    "closes_before_opening": "L'heure de fermeture est avant celle d'ouverture.",
    "has_staff": "Des personnes de ce bailleur ont déjà un compte : l'administrateur s'invite par la commande "
    "« flask people invite », sur la machine.",
    "has_administrator": "Ce bailleur a déjà un administrateur : c'est lui qui invite les autres.",
}
ROLES = {"reader": "Groupe esprit client", "operator": "Exploitation"}
_A_MINUTE, _AN_HOUR, _A_DAY = 60, 3600, 86_400  # seconds


def in_french(refusal: Refusal) -> str:
    """Return what was wrong and how to mend it."""
    if isinstance(refusal, Unreadable):
        return f"Cette couleur ne se lit pas assez bien. La plus proche qui convient : {refusal.nearest}."
    return SENTENCES.get(refusal.code, "Cette valeur ne convient pas. Vérifiez-la.")


def action(name: str) -> str:
    """Return what was done, as it is read before its subject."""
    return ACTIONS.get(name, name)


def moment(at: Any) -> str:
    """Return an instant as people say it."""
    return moment_in_words(at)


def number(value: int) -> str:
    """Return a number as it is read in French."""
    return f"{value:,}".replace(",", "\u202f")


def age(seconds: float) -> str:
    """Return how long something has waited."""
    for size, name in ((_A_DAY, "jour"), (_AN_HOUR, "heure"), (_A_MINUTE, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "moins d'une minute"
