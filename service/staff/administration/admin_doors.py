"""The doors of a member: who comes in from outside, and what we call outside. One page that leads to each."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, render_template

from service.domain.errors import Refusal
from service.domain.permissions import Act
from service.journey.administration import api_keys, frame_origins, provider_settings
from service.journey.delivery import undelivered
from service.journey.submission import introduction_keys
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.route import page
from service.staff.wording import count


@dataclass(frozen=True)
class Door:
    """One kind of door: its page, its name, what it is for, and how it stands now."""

    endpoint: str
    name: str
    what: str
    state: str


def admin_doors() -> str:
    """Show every door, and how it stands."""
    member_id = g.staff.member_id
    introductions = sum(key.revoked_at is None for key in introduction_keys.keys_of(member_id))
    origins = len(frame_origins.origins_of(member_id))
    with member_transaction(member_id) as session:
        provider = provider_settings.provider_of(session)
        keys = sum(key.revoked_at is None for key in api_keys.keys_of(session))
        called = undelivered.endpoint_states(session)
    troubled = sum(bool(state.endpoint.failures) for state in called)
    doors = (
        Door(
            "staff.admin_provider",
            "Connexion de vos équipes",
            "Votre fournisseur d'identité (OpenID Connect) : vos équipes entrent sans mot de passe de plus.",
            "Aucun" if provider is None else f"{provider.name}, {'en' if provider.is_active else 'hors'} service",
        ),
        Door(
            "staff.admin_keys",
            "Clés de votre extranet",
            "Ce avec quoi votre extranet envoie les demandes des locataires.",
            f"{count(keys, 'clé')} en service",
        ),
        Door(
            "staff.admin_arrivals",
            "Locataires présentés",
            "Ce avec quoi votre extranet dit qui arrive, et les sites qui montrent le formulaire.",
            f"{count(introductions, 'clé')} en service, {count(origins, 'site')}",
        ),
        Door(
            "staff.admin_endpoints",
            "Logiciels prévenus",
            "Vos logiciels, ceux des prestataires et des collectivités, que Sève prévient.",
            f"{count(len(called), 'adresse')}, {troubled or 'aucune'} en difficulté",
        ),
    )
    return render_template("staff/admin/doors.html", doors=doors)


def said(refusal: Refusal) -> Mapping[str, str]:
    """Return what was wrong, by field."""
    return {refusal.field or "": refusals.in_french(refusal)}


ROUTES = (page("/administration/connexions", admin_doors, Act.ADMINISTER),)
