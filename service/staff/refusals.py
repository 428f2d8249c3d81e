"""What the domain refuses, in the words of the staff pages. One table."""

from service.domain.errors import BadInput, NotAllowed, Refusal
from service.domain.submission import MAX_REASON, MAX_TEXT

SENTENCES = {
    "blank": "Écrivez au moins un mot.",
    "too_long": f"C'est trop long : {MAX_TEXT:,} caractères au plus.".replace(",", "\u202f"),
    "unstorable": "Ce texte contient un caractère qui ne peut pas être gardé. Retirez-le.",
    "unknown_value": "Choisissez une réponse dans la liste.",
    "staff": "Cette personne ne fait plus partie de votre équipe. Choisissez-en une autre.",
    "not_a_day": "Donnez une date comme 01/12/2026.",
    "ends_before_it_starts": "Cette date est avant la date de début.",
    "not_a_reference": "Cette référence n'existe pas : un signe manque ou est faux. Relisez-la, par exemple K7M4-AXH2.",
}
NOT_ALLOWED = (
    "La demande a changé entre-temps : elle est terminée, ou n'est pas encore arrivée à une équipe. "
    "Rien n'a été enregistré."
)
STATUS: dict[type[Refusal], int] = {BadInput: 422, NotAllowed: 409}


def in_french(refusal: Refusal) -> str:
    """Return what was wrong and how to mend it."""
    if refusal.code == "too_long" and refusal.field == "reason":
        return f"C'est trop long : {MAX_REASON} caractères au plus."
    return NOT_ALLOWED if isinstance(refusal, NotAllowed) else SENTENCES.get(refusal.code, SENTENCES["unknown_value"])


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of the page that says it."""
    return STATUS.get(type(refusal), 422)
