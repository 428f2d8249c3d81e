"""What a tenant typed in the form: kept as typed, checked field by field, turned into a submission."""

import re
from collections.abc import Mapping

from marshmallow import ValidationError, validate

from service.domain.errors import BadInput
from service.domain.submission import MAX_TEXT, PREFERRED_CHANNELS, check_text, is_storable
from service.journey.places import Address
from service.journey.sent import Submission, Tenant

Typed = dict[str, str]
Errors = dict[str, str]  # field -> what is wrong and how to mend it, in French

SHORT = ("dwelling_reference", "address_line", "postcode", "city", "name", "email", "phone")
MAX_SHORT = 300  # characters, as in the API
TRAP = "subject"  # a field no person sees: only a program that fills everything fills it
_FEWEST_DIGITS = 6
_POSTCODE = re.compile(r"\d{5}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{22,64}")

TEXT_ERRORS = {
    "blank": "Écrivez votre message : quelques mots suffisent.",
    "too_long": f"Votre message est trop long. Gardez l'essentiel : {MAX_TEXT:,} caractères au plus.".replace(",", " "),
    "unstorable": "Votre message contient un signe illisible. Effacez-le ou recopiez votre message.",
}


def read_form(form: Mapping[str, str]) -> Typed:
    """Return every field of the form, absent ones empty. Browsers send line ends as CR LF; people type one."""
    typed = {name: form.get(name, "").strip() for name in (*SHORT, "preferred_channel", "nonce", TRAP)}
    return typed | {"text": words(form.get("text", ""))}


def is_our_nonce(value: str) -> bool:
    """Say whether a hidden number looks like one we give: anything shorter could be met twice by chance."""
    return _NONCE.fullmatch(value) is not None


def words(value: str) -> str:
    """Return a long text as typed."""
    return value.replace("\r\n", "\n")


def text_error(text: str) -> str | None:
    """Say what is wrong with a message, or None."""
    try:
        check_text(text)
    except BadInput as refusal:
        return TEXT_ERRORS[refusal.code]
    return None


def errors_in(typed: Typed) -> Errors:
    """Return what is to be mended, in the order of the page."""
    found = {"text": text_error(typed["text"])}
    found |= {name: _short_error(typed[name]) for name in SHORT}
    found["postcode"] = found["postcode"] or _postcode_error(typed["postcode"])
    found["email"] = found["email"] or _email_error(typed)
    found["phone"] = found["phone"] or _phone_error(typed)
    found["preferred_channel"] = _channel_error(typed)
    return {name: error for name, error in found.items() if error}


def as_submission(typed: Typed) -> Submission:
    """Return the submission of a form without errors."""
    address = Address(typed["address_line"], _digits(typed["postcode"]), typed["city"])
    return Submission(
        text=typed["text"],
        channel="form",
        tenant=Tenant(
            name=typed["name"] or None,
            email=typed["email"] or None,
            phone=typed["phone"] or None,
            preferred_channel=_preferred(typed),
        ),
        dwelling_reference=typed["dwelling_reference"] or None,
        address=address if any((address.line, address.postcode, address.city)) else None,
    )


def _digits(value: str) -> str:
    return "".join(value.split())


def _preferred(typed: Typed) -> str:
    """Return the channel chosen, or the one that what was given allows."""
    return typed["preferred_channel"] or ("phone" if typed["phone"] and not typed["email"] else "email")


def _short_error(value: str) -> str | None:
    if len(value) > MAX_SHORT:
        return f"C'est trop long : {MAX_SHORT} caractères au plus."
    return None if is_storable(value) else "Un signe est illisible ici. Effacez-le ou recommencez ce champ."


def _postcode_error(value: str) -> str | None:
    if value and not _POSTCODE.fullmatch(_digits(value)):
        return "Un code postal a cinq chiffres, par exemple 80000."
    return None


def _email_error(typed: Typed) -> str | None:
    if not typed["email"]:
        wanted = typed["preferred_channel"] == "email"
        return "Vous voulez une réponse par e-mail : écrivez votre adresse e-mail." if wanted else None
    try:
        validate.Email()(typed["email"])
    except ValidationError:
        return "Cette adresse e-mail n'est pas complète. Exemple : prenom.nom@exemple.fr"
    return None


def _phone_error(typed: Typed) -> str | None:
    if not typed["phone"]:
        wanted = typed["preferred_channel"] in ("phone", "sms")
        return "Vous voulez une réponse par téléphone ou SMS : écrivez votre numéro." if wanted else None
    if sum(sign.isdigit() for sign in typed["phone"]) < _FEWEST_DIGITS:
        return "Ce numéro n'est pas complet. Exemple : 06 12 34 56 78"
    return None


def _channel_error(typed: Typed) -> str | None:
    channel = typed["preferred_channel"]
    if channel and channel not in PREFERRED_CHANNELS:
        return "Choisissez une des quatre réponses."
    if channel == "post" and not (typed["address_line"] or typed["dwelling_reference"]):
        return "Pour une réponse par courrier, écrivez plus haut votre adresse ou votre référence de logement."
    return None
