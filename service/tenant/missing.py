"""What did not go with a danger, which is sent before anything is checked: named on the tracking page."""

from service.domain.languages import N_
from service.models.complaint import Complaint
from service.tenant.languages import gettext as _

FILES = "fichiers"
# The fields of the form, as they are called there.
NAMES = {
    "dwelling_reference": N_("votre référence de logement"),
    "address_line": N_("votre adresse"),
    "postcode": N_("le code postal"),
    "city": N_("la ville"),
    "name": N_("votre nom"),
    "email": N_("votre adresse e-mail"),
    "phone": N_("votre numéro de téléphone"),
}


def sentences(complaint: Complaint, marks: str) -> list[str]:
    """Return what to say of the fields named in an address, which can be made up: only what is so is said."""
    asked = marks.split()
    lost = [_(label) for name, label in NAMES.items() if name in asked and not _kept(complaint, name)]
    said = []
    if lost:
        said.append(
            _("Nous n'avons pas pu lire : %(fields)s. Écrivez-le dans un message, plus bas.", fields=", ".join(lost))
        )
    if FILES in asked:
        said.append(_("Vos fichiers ne sont pas partis. Joignez-les à un message, plus bas."))
    return said


def _kept(complaint: Complaint, name: str) -> object:
    place = complaint.place_given
    known = {
        "dwelling_reference": place.get("reference"),
        "name": complaint.tenant_name,
        "email": complaint.tenant_email,
        "phone": complaint.tenant_phone,
    }
    address = place.get("address") or {}
    return known[name] if name in known else address.get(name.removeprefix("address_"))
