"""What the domain refuses, in the words of the staff pages. One table."""

from service.domain.errors import BadInput, NotAllowed, Refusal
from service.domain.submission import MAX_REASON, MAX_TEXT

SENTENCES = {
    "blank": "Écrivez au moins un mot.",
    "too_long": f"C'est trop long : {MAX_TEXT:,} caractères au plus.".replace(",", "\u202f"),
    "unstorable": "Ce texte contient un caractère qui ne peut pas être gardé. Retirez-le.",
    "unknown_value": "Choisissez une réponse dans la liste.",
    "staff": "Cette personne ne fait plus partie de votre équipe. Choisissez-en une autre.",
    "sends_away": "Le locataire lira ces mots. Dites qui peut agir et pourquoi, pas que ce n'est pas à vous.",
    "already_there": "La demande y est déjà. Choisissez quelqu'un d'autre.",
    "recipient": "Ce destinataire n'existe plus. Choisissez-en un autre.",
    "not_a_taker": "Ce bailleur ne reçoit pas de demandes par le réseau. Choisissez-en un autre.",
    "not_a_number_of_days": "Donnez un nombre de jours, de 1 à 10.",
    "not_a_day": "Donnez une date comme 01/12/2026.",
    "ends_before_it_starts": "Cette date est avant la date de début.",
    "not_of_family": "Ce sujet n'est pas de ce thème. Choisissez l'un ou l'autre.",
    "agency_needs_place": "L'agence dépend du logement : cochez cette case, ou choisissez une autre équipe.",
    "danger_needs_team": "Un danger ne dépend jamais d'un contrat. Choisissez une équipe, ou un organisme par son nom.",
    "too_many_lines": "La table est pleine : 200 règles au plus. Retirez-en d'abord.",
    "not_a_rank": "Donnez un rang comme 1, 2 ou 3.",
    "which_residence": "Plusieurs résidences ont ce nom. Ajoutez la ville, par exemple « Les Tilleuls, Amiens ».",
    "unknown_residence": "Aucune résidence n'a ce nom. Choisissez-la dans la liste proposée.",
    "not_a_moment": "Donnez une date et une heure, par exemple 01/12/2026 09:00.",
    "in_the_past": "Ce moment est déjà passé. Donnez-en un à venir.",
    "unknown_blank": "Entre accolades, seuls {logement} et {reference} peuvent être remplis. Corrigez les autres.",
    "unknown_reference": "Aucune de vos demandes n'a cette référence.",
    "not_a_reference": "Cette référence n'existe pas : un signe manque ou est faux. Relisez-la, par exemple K7M4-AXH2.",
}
NOT_ALLOWED = (
    "La demande a changé entre-temps : elle est terminée, ou n'est pas encore arrivée à une équipe. "
    "Rien n'a été enregistré."
)
NOT_ALLOWED_BY_CODE = {
    "extension": "Ce délai ne peut pas être prolongé : il l'a déjà été, ou c'est un danger ou un service essentiel.",
    "incident_ended": "Cet incident a changé entre-temps : il n'est pas ouvert. Rien n'a été enregistré.",
    "complaint_closed": "Cette demande est terminée : elle ne peut plus être liée. Rien n'a été enregistré.",
    "no_place": "Le lieu de cette demande n'est pas retrouvé : un incident a besoin d'une résidence.",
    "no_subject": "Le sujet de cette demande ne peut pas être un incident collectif. Corrigez d'abord son sujet.",
    "already_left": "Ce message est déjà parti, ou il part en ce moment. Rien n'a été changé.",
    "already_withheld": "Un collègue a déjà retenu ce message : il ne partira pas.",
    "mended_meanwhile": "Un collègue a changé ce message entre-temps. Relisez-le avant de le changer encore.",
    "under_review": "Le locataire demande qu'une autre personne relise votre réponse. Un collègue doit répondre ou "
    "terminer. Rien n'a été enregistré.",
    "supervisors_only": "Seuls les responsables changent les règles.",
    "draft_of_another": "Ce brouillon est celui d'un collègue. Rien n'a été enregistré.",
    "draft_exists": "Vous avez déjà un brouillon. Publiez-le ou supprimez-le d'abord.",
    "published": "Cette version est publiée : elle ne change plus. Reprenez-la dans un brouillon.",
    "too_many_hops": "Cette demande a déjà changé de mains deux fois. Un responsable, ou la personne à qui il l'a "
    "confiée, décide maintenant. Rien n'a été enregistré.",
}
SHORT = ("reason", "note", "explanation", "title", "extension_reason")  # fields of 300 characters
STATUS: dict[type[Refusal], int] = {BadInput: 422, NotAllowed: 409}


def in_french(refusal: Refusal) -> str:
    """Return what was wrong and how to mend it."""
    if refusal.code == "too_long" and refusal.field in SHORT:
        return f"C'est trop long : {MAX_REASON} caractères au plus."
    if isinstance(refusal, NotAllowed):
        return NOT_ALLOWED_BY_CODE.get(refusal.code, NOT_ALLOWED)
    return SENTENCES.get(refusal.code, SENTENCES["unknown_value"])


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of the page that says it."""
    return STATUS.get(type(refusal), 422)
