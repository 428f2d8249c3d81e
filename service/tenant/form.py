"""What a tenant typed in the form: kept as typed, checked field by field, turned into a submission."""

import re

from marshmallow import ValidationError, validate
from werkzeug.datastructures import MultiDict

from service.domain.errors import BadInput
from service.domain.languages import N_
from service.domain.questions import WHERE, details_of
from service.domain.routing import NEEDS
from service.domain.submission import PREFERRED_CHANNELS, check_text, is_storable
from service.domain.taxonomy import categories
from service.journey.patrimoine.places import Address
from service.journey.submission.sent import Submission, Tenant
from service.tenant.choices import NO_CHOICE, Choices
from service.tenant.languages import gettext as _
from service.tenant.languages import spoken

Typed = dict[str, str]
Errors = dict[str, str]  # field -> what is wrong and how to mend it, in the tenant's language

PLACE = ("dwelling_reference", "address_line", "postcode", "city")
CONTACT = ("name", "email", "phone")
SHORT = (*PLACE, *CONTACT)
# Secrets of pages: of the form itself, of the introduction that led to it, of the draft it comes back from.
SECRETS = ("nonce", "arrivee", "brouillon")
# What the member's extranet says of who writes. Never read from the form.
SIGNED = ("tenancy_reference", "return_url")
MAX_SHORT = 300  # characters, as in the API
TRAP = "subject"  # a field no person sees: only a program that fills everything fills it
_FEWEST_DIGITS = 6
_POSTCODE = re.compile(r"\d{5}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{22,64}")

TEXT_ERRORS = {
    "blank": N_("Écrivez votre message : quelques mots suffisent."),
    "too_long": N_("Votre message est trop long. Gardez l'essentiel : 10 000 caractères au plus."),
    "unstorable": N_("Votre message contient un signe illisible. Effacez-le ou recopiez votre message."),
}


def read_form(form: MultiDict[str, str]) -> Typed:
    """Return every field of the form, absent ones empty. Browsers send line ends as CR LF; people type one."""
    typed = {name: form.get(name, "").strip() for name in (*SHORT, *SECRETS, "preferred_channel", TRAP)}
    typed |= dict.fromkeys(SIGNED, "")
    where, subject = form.get("where", ""), form.get("sujet", "")
    return typed | {
        "text": words(form.get("text", "")),
        "where": where if where in WHERE else "",
        "sujet": subject if subject in categories() else "",
        "needs": " ".join(need for need in NEEDS if need in form.getlist("needs")),
        "language": spoken().code,
    }


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
        return _(TEXT_ERRORS[refusal.code])
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


def without_faults(typed: Typed) -> tuple[Typed, list[str]]:
    """Return what is kept of a danger that does not wait for its fields to be mended, and the fields that are lost.

    A postcode is kept as typed: it may still tell people where.
    """
    faults = {name for name in errors_in(typed) if name != "postcode" or _short_error(typed["postcode"])}
    kept = typed | {name: "" for name in SHORT if name in faults}
    if errors_in(kept).keys() & {"email", "phone", "preferred_channel"}:
        kept["preferred_channel"] = ""  # There is no such way any more, or never was.
    return kept, [name for name in SHORT if typed[name] and not kept[name]]


def as_submission(typed: Typed, choices: Choices = NO_CHOICE) -> Submission:
    """Return the submission of a form without errors."""
    address = Address(typed["address_line"], _digits(typed["postcode"]), typed["city"])
    return Submission(
        text=typed["text"],
        channel="form",
        tenant=Tenant(
            reference=typed["tenancy_reference"] or None,
            name=typed["name"] or None,
            email=typed["email"] or None,
            phone=typed["phone"] or None,
            preferred_channel=preferred(typed),
            language=typed["language"],
            needs=tuple(typed["needs"].split()),
        ),
        dwelling_reference=typed["dwelling_reference"] or None,
        address=address if any((address.line, address.postcode, address.city)) else None,
        chosen_category=choices.subject or None,
        details=details_of(choices.asked, typed["where"], choices.answers),
        joined_incident_id=choices.incident,
        differs_from=choices.differs_from,
        return_url=typed["return_url"] or None,
        holder=typed["nonce"],
    )


def preferred(typed: Typed) -> str:
    """Return the channel chosen, or the one that what was given allows."""
    return typed["preferred_channel"] or ("phone" if typed["phone"] and not typed["email"] else "email")


def _digits(value: str) -> str:
    return "".join(value.split())


def _short_error(value: str) -> str | None:
    if len(value) > MAX_SHORT:
        return _("C'est trop long : %(most)s caractères au plus.", most=MAX_SHORT)
    return None if is_storable(value) else _("Un signe est illisible ici. Effacez-le ou recommencez ce champ.")


def _postcode_error(value: str) -> str | None:
    if value and not _POSTCODE.fullmatch(_digits(value)):
        return _("Un code postal a cinq chiffres, par exemple 80000.")
    return None


def _email_error(typed: Typed) -> str | None:
    if not typed["email"]:
        wanted = typed["preferred_channel"] == "email"
        return _("Vous voulez une réponse par e-mail : écrivez votre adresse e-mail.") if wanted else None
    try:
        validate.Email()(typed["email"] if typed["email"].isprintable() else "")
    except ValidationError:
        return _("Cette adresse e-mail n'est pas complète. Exemple : prenom.nom@exemple.fr")
    return None


def _phone_error(typed: Typed) -> str | None:
    if not typed["phone"]:
        wanted = typed["preferred_channel"] in ("phone", "sms")
        return _("Vous voulez une réponse par téléphone ou SMS : écrivez votre numéro.") if wanted else None
    if sum(sign.isdigit() for sign in typed["phone"]) < _FEWEST_DIGITS:
        return _("Ce numéro n'est pas complet. Exemple : 06 12 34 56 78")
    return None


def _channel_error(typed: Typed) -> str | None:
    channel = typed["preferred_channel"]
    if channel and channel not in PREFERRED_CHANNELS:
        return _("Choisissez une des quatre réponses.")
    if channel == "post" and not (typed["address_line"] or typed["dwelling_reference"]):
        return _("Pour une réponse par courrier, écrivez plus haut votre adresse ou votre référence de logement.")
    return None
