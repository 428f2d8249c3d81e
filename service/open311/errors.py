"""Errors in the standard's form: a list of a code and a description, in French and in English."""

from http import HTTPStatus

from flask import Response, request
from werkzeug.exceptions import HTTPException

from service.domain.errors import BadInput, NotAllowed, NotFound, Refusal, ReplayedWithAnotherBody
from service.domain.submission import MAX_TEXT
from service.open311.formats import extension_of, write

# code of a refusal -> (in French, in English); {field} is the name of the parameter.
SENTENCES: dict[str, tuple[str, str]] = {
    "blank": ("{field} est obligatoire et ne peut pas être vide.", "{field} is required and cannot be blank."),
    "too_long": (
        f"{{field}} est trop long : {MAX_TEXT} caractères au plus pour description, 300 pour les autres.",
        f"{{field}} is too long: {MAX_TEXT} characters at most for description, 300 for the others.",
    ),
    "unstorable": (
        "{field} contient un caractère impossible à conserver (nul ou moitié de caractère).",
        "{field} holds a character that cannot be stored (NUL or a lone surrogate).",
    ),
    "not_an_email": ("{field} n'est pas une adresse électronique.", "{field} is not an e-mail address."),
    "not_a_position": (
        "{field} n'est pas une position : lat et long vont ensemble, en degrés décimaux.",
        "{field} is not a position: lat and long go together, in decimal degrees.",
    ),
    "not_an_instant": (
        "{field} n'est pas une date et heure avec fuseau, par exemple 2026-11-25T11:00:00Z.",
        "{field} is not a date and time with a time zone, such as 2026-11-25T11:00:00Z.",
    ),
    "too_wide": (
        "start_date et end_date doivent se suivre, à 90 jours au plus.",
        "end_date must follow start_date by 90 days at most.",
    ),
    "not_a_number": ("{field} n'est pas un nombre permis.", "{field} is not an allowed number."),
    "unknown_value": ("{field} n'a pas une valeur permise.", "{field} does not have an allowed value."),
    "service": ("{field} n'existe pas : voir la liste des services.", "{field} was not found: see the service list."),
    "jurisdiction": (
        "{field} n'existe pas, ou n'est pas celle de votre clé.",
        "{field} was not found, or is not the one of your key.",
    ),
    "service_request": ("{field} n'existe pas.", "{field} was not found."),
    "key": (
        "api_key est absente, fausse ou révoquée.",
        "api_key is missing, wrong or revoked.",
    ),
    "replayed_with_another_body": (
        "Cette clé d'idempotence a déjà servi pour une autre demande.",
        "This idempotency key was used for a different request.",
    ),
}
TITLES: dict[int, tuple[str, str]] = {
    400: ("Requête illisible.", "Unreadable request."),
    404: ("Il n'y a rien à cette adresse.", "There is nothing at this address."),
    405: ("Méthode non permise à cette adresse.", "Method not allowed at this address."),
    413: ("Requête trop lourde.", "Request too large."),
    503: ("Service momentanément indisponible : réessayez.", "Briefly unavailable: try again."),
}
ELSE = ("Erreur de notre côté : réessayez.", "An error on our side: try again.")
# The standard answers 400 to what is wrong, 403 to a key, 404 to what is not there.
STATUS_OF: dict[type[Refusal], int] = {
    BadInput: HTTPStatus.BAD_REQUEST,
    ReplayedWithAnotherBody: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
}


def from_refusal(refusal: Refusal) -> Response:
    """Return the answer to a refusal of the domain."""
    status = next(code for kind, code in STATUS_OF.items() if isinstance(refusal, kind))
    french, english = SENTENCES.get(refusal.code, SENTENCES["unknown_value"])
    field = refusal.field or ""
    return _answer(status, french.format(field=field), english.format(field=field))


def from_http(error: HTTPException) -> Response:
    """Return the answer to an HTTP error, with the headers it needs (such as Allow)."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    answer = _answer(status, *TITLES.get(status, ELSE))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _answer(status: int, french: str, english: str) -> Response:
    body = [{"code": str(int(status)), "description": f"{french} / {english}"}]
    return write("errors", body, extension_of(request.path), status)
