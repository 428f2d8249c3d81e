"""What suppliers and authorities read, in words."""

from datetime import datetime

from service.domain.errors import Refusal
from service.domain.questions import lines_of
from service.domain.submission import MAX_TEXT
from service.domain.taxonomy import category_label, urgencies
from service.journey.dates import in_words, moment_in_words
from service.journey.delivery.handovers import Door
from service.journey.submission.pictures import MOST, PictureRefused
from service.models.complaint import Complaint

SLOTS = {"morning": "Le matin", "afternoon": "L'après-midi", "day": "Dans la journée"}
SENTENCES = {
    "blank": "Écrivez au moins un mot.",
    "too_long": f"C'est trop long : {MAX_TEXT:,} caractères au plus.".replace(",", "\u202f"),
    "unstorable": "Ce texte contient un caractère qui ne peut pas être gardé. Retirez-le.",
    "unknown_value": "Choisissez une réponse dans la liste.",
    "not_a_day": "Donnez une date comme 01/12/2026.",
    "past_day": "Cette date est passée. Choisissez aujourd'hui ou un jour qui vient.",
    "far_day": "Cette date est dans plus d'un an. Vérifiez l'année.",
    "no_recipient": "Écrivez qui peut agir, ou cochez « Je ne sais pas ».",
    "too_many_pictures": f"Choisissez {MOST} photos au plus.",
    "picture_too_heavy": "ce fichier est trop lourd. Choisissez une photo de 8 Mo au plus.",
    "picture_too_large": "cette image est trop grande. Choisissez une photo de 40 millions de points au plus.",
    "picture_heic": "ce format (HEIC) ne peut pas être lu. Sur l'iPhone : Réglages, Appareil photo, Formats, "
    "« Le plus compatible ». Ou envoyez une copie en JPEG.",
    "files_busy": "beaucoup de photos arrivent en ce moment. Attendez une minute, puis envoyez-la de nouveau.",
    "not_a_picture": "ce fichier n'est pas une photo que nous pouvons lire. Envoyez une image JPEG, PNG ou WebP.",
}
# Why a page is not open any more, and what to do.
DOORS = {
    Door.WITHDRAWN: (
        "Cette demande n'est plus chez vous",
        (
            "Elle a changé de destinataire, ou vous a été envoyée de nouveau : dans ce cas, ouvrez le lien du dernier "
            "e-mail. Sinon, n'intervenez pas."
        ),
    ),
    Door.EXPIRED: (
        "Ce lien n'est plus valable",
        "Rien ne s'y est passé depuis deux mois. Si la demande vous concerne toujours, demandez un nouveau lien.",
    ),
    Door.FINISHED: ("Cette demande est terminée", "Vous n'avez plus rien à faire. Merci."),
    Door.REFUSED: (
        "Votre refus est enregistré",
        "La demande est passée à quelqu'un d'autre. Vous n'avez plus rien à faire. Merci d'avoir répondu.",
    ),
}
CHANGED = "Cette réponse n'est plus possible : la demande a changé entre-temps. Voici où elle en est."
ALREADY_DONE = "Vous avez déjà dit que c'est fait. Pour ajouter quelque chose, appelez le bailleur."


def told_beside(complaint: Complaint) -> list[tuple[str, str]]:
    """Return what the tenant told beside the message: what was asked, and the answer."""
    return lines_of(complaint.details)


def in_french(refusal: Refusal) -> str:
    """Return what was wrong and how to mend it; a file is called by its name."""
    sentence = SENTENCES.get(refusal.code, SENTENCES["unknown_value"])
    return f"« {refusal.name} » : {sentence}" if isinstance(refusal, PictureRefused) else sentence


def subject(category: str | None) -> str:
    """Return the French name of a category."""
    return category_label(category)


def urgency(code: str | None) -> str:
    """Return the French name of an urgency."""
    return urgencies()[code].label if code else "à préciser"


def moment(at: datetime) -> str:
    """Return an instant as people in France say it."""
    return moment_in_words(at)


def day(value: object) -> str:
    """Return a date as people say it."""
    return in_words(value)
