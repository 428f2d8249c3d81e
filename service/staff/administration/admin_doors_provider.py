"""The page of the member's identity provider: set, tried out, and whose account is tied to it."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from service.domain.errors import NotFound, Refusal
from service.domain.identity_provider import Description, Faulty, check_issuer
from service.domain.permissions import Act
from service.journey.administration import provider_settings as journey
from service.journey.transactions import member_transaction
from service.models.member import Member
from service.models.signing_in import IdentityProvider
from service.staff import refusals
from service.staff.administration.admin_doors import said
from service.staff.administration.admin_settings import WAITS
from service.staff.request_context import ports
from service.staff.route import page, press

# What may be wrong at a provider that is tried out, and how to mend it.
TROUBLES = {
    "unreachable": "Le fournisseur ne répond pas, ou trop lentement. Vérifiez son adresse, et qu'il est joignable "
    "depuis internet.",
    "not_found": "À cette adresse, il n'y a pas de description OpenID Connect. Vérifiez l'adresse de l'émetteur.",
    "unreadable": "La description du fournisseur ne se lit pas. Vérifiez l'adresse de l'émetteur.",
    "issuer": "Le fournisseur ne se nomme pas ainsi. Recopiez son émetteur exactement, barre finale comprise.",
    "endpoints": "Il manque une adresse dans la description du fournisseur, ou elle n'est pas en https.",
    "code_flow": "Le fournisseur ne permet pas la connexion par code. Autorisez « authorization code ».",
    "algorithms": "Le fournisseur ne signe qu'avec un secret partagé. Choisissez RS256, PS256 ou ES256.",
    "keys": "Aucune clé de signature du fournisseur ne peut être lue.",
}


def admin_provider() -> str:
    """Show the provider."""
    return _page()


def try_provider() -> ResponseReturnValue:
    """Ask the provider that was typed what it says of itself. Nothing is kept."""
    try:
        return _page(tried=ports().identity_providers.examine(check_issuer(request.form.get("issuer", ""))))
    except Faulty as fault:
        return _page({"issuer": TROUBLES.get(fault.code, TROUBLES["unreadable"])}), 422
    except Refusal as refusal:
        return _page(said(refusal)), refusals.status_of(refusal)


def save_provider() -> ResponseReturnValue:
    """Keep what was typed, or let a second person decide."""
    form = request.form
    typed = journey.Typed(
        form.get("name", ""), form.get("issuer", ""), form.get("client_id", ""), form.get("secret", ""),
        form.get("domains", ""), is_public="is_public" in form, is_active="is_active" in form,
        is_the_only_way="is_the_only_way" in form,
    )  # fmt: skip
    try:
        is_done = journey.save(g.staff.member_id, g.staff.id, typed, form.get("reason", ""), ports())
    except Refusal as refusal:
        return _page(said(refusal)), refusals.status_of(refusal)
    flash("C'est enregistré." if is_done else WAITS)
    return redirect(url_for("staff.admin_provider"), 303)


def untie_account(person_id: UUID) -> ResponseReturnValue:
    """Forget who a person is at the provider."""
    try:
        name = journey.unlink(g.staff.member_id, g.staff.id, person_id, ports())
        flash(f"C'est fait. Le compte de {name} sera relié de nouveau à sa prochaine connexion.")
    except NotFound:
        flash("Ce compte n'est plus relié : il n'y avait rien à faire.")
    return redirect(url_for("staff.admin_provider", _anchor="comptes"), 303)


def _page(errors: Mapping[str, str] | None = None, tried: Description | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        provider, linked = journey.provider_of(session), journey.linked(session)
        slug = session.get_one(Member, g.staff.member_id).slug
        is_waiting = journey.waiting(session, ports())
    return render_template(
        "staff/admin/doors_provider.html",
        provider=provider,
        linked=linked,
        is_waiting=is_waiting,
        tried=tried,
        typed=request.form if request.method == "POST" else _kept(provider),
        errors=errors or {},
        return_to=f"{ports().base_url}{url_for('staff.come_back', slug=slug)}",
        way_in=f"{ports().base_url}{url_for('staff.start_at_provider', slug=slug)}",
    )


def _kept(provider: IdentityProvider | None) -> MultiDict[str, str]:
    """Return what the form shows before anything is typed; never the secret."""
    if provider is None:
        return MultiDict({"is_active": "on"})
    shown = {"name": provider.name, "issuer": provider.issuer, "client_id": provider.client_id}
    ticked = {
        "is_public": provider.sealed_secret is None,
        "is_active": provider.is_active,
        "is_the_only_way": provider.is_the_only_way,
    }
    return MultiDict(
        shown
        | {"domains": ", ".join(provider.email_domains)}
        | {name: "on" for name, is_ticked in ticked.items() if is_ticked}
    )


_PROVIDER = "/administration/connexions/identite"
ROUTES = (
    page(_PROVIDER, admin_provider, Act.ADMINISTER),
    press(_PROVIDER, save_provider, Act.ADMINISTER, name="admin_provider_save"),
    press(f"{_PROVIDER}/essai", try_provider, Act.ADMINISTER, name="admin_provider_try"),
    press(f"{_PROVIDER}/comptes/<uuid:person_id>/oubli", untie_account, Act.ADMINISTER, name="admin_provider_untie"),
)
