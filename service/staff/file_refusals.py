"""Why a file that staff send is not kept, in words."""

from service.journey.submission.cleaning import MAX_BYTES, FileRefused
from service.journey.submission.upload_room import MOST

PAGES_AT_MOST = 10  # of a document: what adapters.documents keeps
_NO_FILE = "Ce n'est ni une photo ni un PDF que nous savons lire. Choisissez une image JPEG, PNG ou WebP, ou un PDF."
_TOO_HEAVY = f"Ce fichier est trop lourd : {MAX_BYTES // 1024**2} Mo au plus. Choisissez une photo plus petite."
_SENTENCES = {
    "file_empty": "Ce fichier est vide. Choisissez-en un autre.",
    "file_too_heavy": _TOO_HEAVY,
    "picture_too_heavy": _TOO_HEAVY,
    "document_too_heavy": _TOO_HEAVY,
    "too_many_files": f"{MOST} fichiers au plus à la fois. Envoyez ceux-ci, puis les autres avec un autre message.",
    "no_room": "Trop de fichiers arrivent en ce moment. Écrivez sans fichier : vous pourrez l'ajouter plus tard.",
    "complaint_full": "Cette demande a déjà beaucoup de fichiers. Écrivez sans fichier.",
    "picture_too_large": "Cette image est trop grande. Choisissez une capture d'écran de cette image.",
    "picture_heic": "Cette photo est au format HEIC. Affichez-la, faites une capture d'écran et joignez la capture.",
    "too_many_pages": f"Ce PDF a trop de pages : {PAGES_AT_MOST} au plus. Joignez seulement les pages utiles.",
    "document_locked": "Ce PDF est protégé par un mot de passe. Joignez une copie sans mot de passe.",
    "document_unreadable": "Ce PDF ne peut pas être lu. Joignez plutôt une photo de chaque page utile.",
    "files_busy": "Beaucoup de fichiers arrivent en ce moment. Attendez une minute, puis recommencez.",
}


def in_french(refusal: FileRefused) -> str:
    """Return what is wrong with a file and what to do; it is called by its name where it has one."""
    said = _SENTENCES.get(refusal.code, _NO_FILE)
    return f"« {refusal.name} » : {said} Aucun fichier de cet envoi n'est gardé." if refusal.name else said
