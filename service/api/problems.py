"""Errors as RFC 9457 problem documents, each sentence in French and in English, with a pointer to the field."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from service.domain.errors import BadInput, NotAllowed, NotFound, Refusal, ReplayedWithAnotherBody

# code -> (what is wrong and how to mend it, in French, in English)
SENTENCES: dict[str, tuple[str, str]] = {
    "blank": ("Ce champ est vide : écrivez au moins un mot.", "This field is blank: write at least one word."),
    "too_long": ("Ce champ est trop long : 10 000 caractères pour le message, 200 pour une réponse, 300 ailleurs.",
                 "This field is too long: 10,000 characters for the text, 200 for an answer, 300 elsewhere."),
    "unstorable": ("Ce champ contient un caractère impossible à conserver (nul ou moitié de caractère) : retirez-le.",
                   "This field holds a character that cannot be stored (NUL or a lone surrogate): remove it."),
    "required": ("Ce champ est obligatoire : ajoutez-le.", "This field is required: add it."),
    "unknown_field": ("Ce champ n'existe pas : retirez-le ou corrigez son nom.",
                      "There is no such field: remove it or correct its name."),
    "unknown_value": ("Cette valeur n'est pas dans la liste : voir /openapi.json.",
                      "This value is not in the list: see /openapi.json."),
    "wrong_type": ("Cette valeur n'est pas du type attendu : voir /openapi.json.",
                   "This value is not of the expected type: see /openapi.json."),
    "out_of_range": ("Cette date est trop loin : donnez une date de 2000 à 2100.",
                     "This date is too far away: give one from 2000 to 2100."),
    "not_a_cursor": ("Ce curseur n'est pas de nous : reprenez « next_cursor » tel quel, ou recommencez sans.",
                     "This cursor is not ours: send “next_cursor” back as it is, or start again without."),
    "not_an_email": ("Ceci n'est pas une adresse électronique.", "This is not an e-mail address."),
    "no_place": ("Donnez une référence de logement ou une adresse, ou retirez ce champ.",
                 "Give a dwelling reference or an address, or remove this field."),
    "replayed_with_another_body": (
        "Cette clé d'idempotence a déjà servi pour une autre demande : utilisez une clé nouvelle.",
        "This idempotency key was used for a different request: use a new key."),
    "foreign_address": (
        "Cette adresse de retour n'est pas acceptée : https, et à une origine déclarée s'il y en a.",
        "This return address is not accepted: https, and at a declared origin if there are any."),
    "file_empty": ("Ce fichier est vide.", "This file is empty."),
    "file_too_heavy": ("Ce fichier est trop lourd : 8 Mo au plus.", "This file is too heavy: 8 MB at most."),
    "too_many_files": ("Cette demande a déjà cinq fichiers.", "This complaint has five files already."),
    "too_many_pages": ("Ce PDF a trop de pages : dix au plus.", "This PDF has too many pages: ten at most."),
    "document_locked": ("Ce PDF est protégé par un mot de passe.", "This PDF is protected by a password."),
    "document_unreadable": ("Ce PDF ne peut pas être lu.", "This PDF cannot be read."),
    "files_busy": ("Beaucoup de fichiers arrivent en ce moment : réessayez dans une minute.",
                   "Many files are arriving now: try again in a minute."),
    "picture_too_large": ("Cette image a trop de points : réduisez-la.",
                          "This picture has too many pixels: shrink it."),
    "picture_heic": ("Le format HEIC n'est pas lu : envoyez du JPEG, du PNG ou du WebP.",
                     "HEIC is not read: send JPEG, PNG or WebP."),
    "not_a_file_of_ours": ("Ce fichier n'est ni une photo (JPEG, PNG, WebP) ni un PDF qui se lise.",
                           "This file is neither a picture (JPEG, PNG, WebP) nor a readable PDF."),
    "bad_json": ("Le corps de la requête n'est pas du JSON valide : vérifiez les guillemets, virgules et accolades.",
                 "The request body is not valid JSON: check quotes, commas and braces."),
}  # fmt: skip
TITLES: dict[int, tuple[str, str]] = {
    400: ("Requête illisible", "Unreadable request"),
    401: ("Clé absente, fausse ou révoquée : envoyez « Authorization: Bearer <clé> »",
          "Missing, wrong or revoked key: send “Authorization: Bearer <key>”"),
    403: ("Action non permise", "Not allowed"),
    404: ("Introuvable", "Not found"),
    405: ("Méthode non permise à cette adresse", "Method not allowed at this address"),
    409: ("Impossible dans l'état présent de la demande", "Impossible in the present state of the complaint"),
    413: ("Requête trop lourde", "Request too large"),
    415: ("Envoyez du JSON, avec « Content-Type: application/json »",
          "Send JSON, with “Content-Type: application/json”"),
    422: ("Demande refusée : un champ est à corriger", "Refused: a field needs mending"),
    429: ("Trop d'appels en peu de temps : attendez le nombre de secondes de « Retry-After »",
          "Too many calls in a short time: wait the seconds of “Retry-After”"),
    503: ("Service momentanément indisponible : réessayez dans quelques secondes avec la même clé d'idempotence",
          "Briefly unavailable: try again in a few seconds with the same idempotency key"),
    500: ("Erreur de notre côté : réessayez avec la même clé d'idempotence",
          "An error on our side: try again with the same idempotency key"),
}  # fmt: skip

STATUS_OF: dict[type[Refusal], int] = {BadInput: 422, ReplayedWithAnotherBody: 422, NotFound: 404, NotAllowed: 409}
_OF_THE_MOMENT = frozenset({"files_busy"})  # nothing is wrong with what was sent: it is good in a minute

# Told apart by us, and not by whoever calls.
_SAME = {
    "not_a_picture": "not_a_file_of_ours",
    "not_a_document": "not_a_file_of_ours",
    "picture_too_heavy": "file_too_heavy",
    "document_too_heavy": "file_too_heavy",
}
# What marshmallow says, turned into our codes. What we raise ourselves already is a code.
_MARSHMALLOW = {
    "Missing data for required field.": "required",
    "Field may not be null.": "required",
    "Unknown field.": "unknown_field",
    "Not a valid email address.": "not_an_email",
}


def problem(status: int, errors: list[dict[str, str]] | None = None) -> Response:
    """Return a problem document."""
    title, title_en = TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400])  # noqa: PLR2004
    body: dict[str, Any] = {
        "type": f"/api/docs#erreur-{status}",
        "status": status,
        "title": title,
        "title_en": title_en,
    }
    if errors:
        body |= {"detail": errors[0]["detail"], "detail_en": errors[0]["detail_en"], "errors": errors}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004
    return Response(
        json.dumps(body, ensure_ascii=False), status, headers, content_type="application/problem+json; charset=utf-8"
    )


def entry(code: str, pointer: str) -> dict[str, str]:
    """Return one error: its pointer into the body (or the header's name), its code and its two sentences."""
    code = _SAME.get(code, code)
    detail, detail_en = SENTENCES.get(code, SENTENCES["wrong_type"])
    return {
        "pointer": pointer,
        "code": code if code in SENTENCES else "wrong_type",
        "detail": detail,
        "detail_en": detail_en,
    }


def from_refusal(refusal: Refusal) -> Response:
    """Return the problem document of a refusal of the domain."""
    found = next(code for kind, code in STATUS_OF.items() if isinstance(refusal, kind))
    status = 503 if refusal.code in _OF_THE_MOMENT else found
    if status == 404 or refusal.field is None:  # noqa: PLR2004
        return problem(status)
    is_header = refusal.field == "Idempotency-Key"
    return problem(status, [entry(refusal.code, refusal.field if is_header else f"#/{refusal.field}")])


def from_http(error: HTTPException) -> Response:
    """Return the problem document of an HTTP error, with the headers it needs (such as Allow)."""
    status = error.code or 500
    messages: Mapping[str, Any] = (getattr(error, "data", None) or {}).get("messages") or {}
    if status == 400:  # noqa: PLR2004
        return problem(400, [entry("bad_json", "#")])
    answer = problem(status, _flatten(messages.get("json") or messages.get("query") or messages, ""))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length", "www-authenticate"):
            answer.headers[name] = value
    return answer


def _flatten(messages: Any, path: str) -> list[dict[str, str]]:
    """Return one error a field of marshmallow's nested messages."""
    if isinstance(messages, Mapping):
        found: list[dict[str, str]] = []
        for name, inner in messages.items():
            here = path if name == "_schema" else f"{path}/{_escape(str(name))}"
            found += _flatten(inner, here)
        return found
    first = str(messages[0]) if isinstance(messages, list) and messages else str(messages)
    return [entry(_MARSHMALLOW.get(first, first), f"#{path}")]


def _escape(name: str) -> str:
    """Write a field's name as JSON Pointer wants it, cut short: it may be anything a caller typed."""
    plain = name[:80].encode("utf-8", "backslashreplace").decode()
    return plain.replace("~", "~0").replace("/", "~1")
