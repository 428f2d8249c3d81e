"""What an agent typed for a tenant: read field by field, checked, turned into a submission."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from marshmallow import ValidationError, validate
from werkzeug.datastructures import MultiDict

from service.domain.errors import BadInput
from service.domain.languages import is_spoken
from service.domain.questions import WHERE
from service.domain.routing import NEEDS
from service.domain.submission import PREFERRED_CHANNELS, check_text, is_storable
from service.journey.handling import attaching
from service.journey.patrimoine.places import Address
from service.journey.submission.sent import Submission, Tenant
from service.staff import refusals

# How it arrived, as the agent reads it.
CHANNELS = {
    "phone": "Par téléphone",
    "counter": "À l'accueil",
    "paper": "Par courrier",
    "email": "Par e-mail",
}
SHORT = (
    "search", "dwelling", "address_line", "postcode", "city", "contract", "name", "phone", "email", "received_on",
)  # fmt: skip
CHOSEN = ("channel", "where", "preferred_channel", "language", "subject", "nonce")
EARLIEST = timedelta(days=30)  # a letter that lay longer is another matter
NO_PLACE = "none"  # none of the dwellings found
_MAX_SHORT = 300  # characters
_FEWEST_DIGITS = 6
_NONCE = re.compile(r"[A-Za-z0-9_-]{22,64}")

Errors = dict[str, str]  # field -> what is wrong and how to mend it


@dataclass(frozen=True)
class Typed:
    """Every field as typed, absent ones empty."""

    text: str
    fields: Mapping[str, str]
    needs: Sequence[str]

    def __getitem__(self, name: str) -> str:
        return self.fields[name]


def read(form: MultiDict[str, str], nonce: str) -> Typed:
    """Return what was typed; `nonce` stands in for a hidden number that is missing."""
    fields = {name: form.get(name, "").strip() for name in (*SHORT, *CHOSEN)}
    if not _NONCE.fullmatch(fields["nonce"]):
        fields["nonce"] = nonce
    # What the page had ticked by itself is the model's word, not the agent's: it moves with what is typed.
    is_chosen = fields["subject"] != form.get("suggested")
    fields["subject"] = form.get("another", "").strip() or (fields["subject"] if is_chosen else "")
    fields["dwelling"] = "" if fields["dwelling"] == NO_PLACE else fields["dwelling"]
    return Typed(form.get("text", "").replace("\r\n", "\n"), fields, form.getlist("needs"))


def errors_in(typed: Typed, today: date) -> Errors:
    """Return what is to be mended, in the order of the page."""
    found = {
        "channel": None if typed["channel"] in CHANNELS else "Dites comment la demande est arrivée.",
        "received_on": _received_error(typed["received_on"], today),
        "text": _text_error(typed.text),
        **{name: _short_error(typed[name]) for name in SHORT if name != "received_on"},
        "preferred_channel": _way_error(typed),
    }
    found["email"] = found["email"] or _email_error(typed["email"])
    found["phone"] = found["phone"] or _phone_error(typed["phone"])
    if any(need not in NEEDS for need in typed.needs):
        found["needs"] = refusals.SENTENCES["unknown_value"]
    return {name: error for name, error in found.items() if error}


def holder_of(typed: Typed, staff_id: UUID) -> str:
    """Return under what the files of the form wait: a scan of the letter, photos that somebody brought."""
    return attaching.holder_of(staff_id, typed["nonce"], attaching.ENTRY)


def as_submission(typed: Typed, staff_id: UUID) -> Submission:
    """Return the submission of a form without errors."""
    address = Address(typed["address_line"], "".join(typed["postcode"].split()), typed["city"])
    details = {"where": typed["where"] if typed["where"] in WHERE else "", "received_on": typed["received_on"]}
    return Submission(
        text=typed.text,
        channel=typed["channel"],
        tenant=Tenant(
            reference=typed["contract"] or None,
            name=typed["name"] or None,
            email=typed["email"] or None,
            phone=typed["phone"] or None,
            preferred_channel=typed["preferred_channel"],
            language=typed["language"] if is_spoken(typed["language"]) else "fr",
            needs=tuple(typed.needs),
        ),
        dwelling_reference=typed["dwelling"] or None,
        address=address if any((address.line, address.postcode, address.city)) else None,
        details={name: value for name, value in details.items() if value},
        entered_by_id=staff_id,
        holder=holder_of(typed, staff_id),
    )


def _text_error(text: str) -> str | None:
    try:
        check_text(text)
    except BadInput as refusal:
        return refusals.in_french(refusal)
    return None


def _short_error(value: str) -> str | None:
    if len(value) > _MAX_SHORT:
        return f"C'est trop long : {_MAX_SHORT} caractères au plus."
    return None if is_storable(value) else refusals.SENTENCES["unstorable"]


def _received_error(typed: str, today: date) -> str | None:
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return refusals.SENTENCES["not_a_day"]
    if day > today:
        return "Ce jour n'est pas encore arrivé. Donnez le jour où la demande est arrivée chez vous."
    return None if day >= today - EARLIEST else "C'est il y a plus de 30 jours. Vérifiez la date, ou laissez vide."


def _email_error(typed: str) -> str | None:
    try:
        validate.Email()(typed or "prenom.nom@exemple.fr")
    except ValidationError:
        return "Cette adresse e-mail n'est pas complète. Exemple : prenom.nom@exemple.fr"
    return None


def _phone_error(typed: str) -> str | None:
    if typed and sum(sign.isdigit() for sign in typed) < _FEWEST_DIGITS:
        return "Ce numéro n'est pas complet. Exemple : 06 12 34 56 78"
    return None


def _way_error(typed: Typed) -> str | None:
    way = typed["preferred_channel"]
    if way not in PREFERRED_CHANNELS:
        return "Demandez comment la personne veut la réponse."
    needed = {
        "email": ("email", "Pour une réponse par e-mail, notez l'adresse e-mail."),
        "sms": ("phone", "Pour une réponse par SMS, notez le téléphone."),
        "phone": ("phone", "Pour une réponse par téléphone, notez le numéro."),
    }
    if way in needed:
        field, sentence = needed[way]
        return None if typed[field] else sentence
    return None if typed["dwelling"] or typed["address_line"] else "Pour une réponse par courrier, notez le logement."
