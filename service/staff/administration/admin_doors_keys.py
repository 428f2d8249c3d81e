"""The pages of keys: those of the extranet, those that introduce tenants, and the sites that show the form."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import NotFound, Refusal
from service.domain.introductions import ALGORITHMS
from service.domain.permissions import Act
from service.journey.administration import api_keys, four_eyes, frame_origins
from service.journey.administration.api_keys import Made
from service.journey.handling.handling import staff_member
from service.journey.submission import introduction_keys
from service.journey.submission.introductions import audience_of
from service.journey.transactions import member_transaction
from service.models.member import Member
from service.staff import refusals
from service.staff.administration.admin_doors import said
from service.staff.administration.admin_settings import WAITS, me
from service.staff.request_context import now, ports
from service.staff.route import page, press

GONE = "Ce n'était déjà plus en service : il n'y avait rien à faire."


def admin_keys() -> str:
    """Show the keys of the extranet."""
    return _keys()


def create_key() -> ResponseReturnValue:
    """Create a key and show it, this once: a page that is asked for again does not show it.

    One that reads what tenants wrote waits for a second person, where somebody else leads; one to try with does not.
    """
    member_id, name, why = g.staff.member_id, request.form.get("name", ""), request.form.get("why", "")
    try:
        if "is_sandbox" in request.form:
            made = Made(api_keys.create(member_id, me(), name, ports(), is_sandbox=True), is_done=True)
        else:
            made = api_keys.ask(member_id, g.staff.id, name, why, ports())
    except Refusal as refusal:
        wrong = {"why" if field == "reason" else field: sentence for field, sentence in said(refusal).items()}
        return _keys(wrong), refusals.status_of(refusal)
    return _keys(made=made)


def revoke_key(key_id: UUID) -> ResponseReturnValue:
    """Accept a key no more, or let a second person decide when it is the last."""
    try:
        is_done = api_keys.revoke(g.staff.member_id, g.staff.id, key_id, request.form.get("reason", ""), ports())
    except NotFound:
        raise
    except Refusal as refusal:
        return _keys(said(refusal)), refusals.status_of(refusal)
    flash("La clé est révoquée : plus rien n'entre avec elle." if is_done else WAITS)
    return redirect(url_for("staff.admin_keys"), 303)


def _keys(errors: Mapping[str, str] | None = None, made: Made | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        keys, waiting = api_keys.keys_of(session), api_keys.waiting(session, now())
        takes_two = four_eyes.takes_two(session, staff_member(session, g.staff.id), now())
    real = [key.id for key in keys if key.revoked_at is None and not key.is_sandbox]
    return render_template(
        "staff/admin/doors_keys.html",
        keys=keys,
        waiting=waiting,
        takes_two=takes_two,
        last=real[0] if len(real) == 1 else None,
        made=made,
        longest=api_keys.LONGEST,
        typed={} if made else request.form,
        errors=errors or {},
    )


def admin_arrivals() -> str:
    """Show how tenants arrive from the member's own sites."""
    return _arrivals()


def create_introduction_key() -> ResponseReturnValue:
    """Create a key; the secret of one that is shared is shown this once."""
    form = request.form
    try:
        secret = introduction_keys.create(
            g.staff.member_id,
            form.get("name", "").strip(),
            form.get("algorithm", ""),
            form.get("public_key", "").strip() or None,
            ports(),
            me(),
        )
    except Refusal as refusal:
        return _arrivals(said(refusal)), refusals.status_of(refusal)
    return _arrivals(made=form.get("name", "").strip(), secret=secret)


def revoke_introduction_key() -> ResponseReturnValue:
    """Accept nothing more that is signed with a key."""
    try:
        introduction_keys.revoke(g.staff.member_id, request.form.get("name", ""), ports(), me())
        flash("La clé est révoquée : plus aucun locataire n'est présenté avec elle.")
    except NotFound:
        flash(GONE)
    return redirect(url_for("staff.admin_arrivals"), 303)


def allow_origin() -> ResponseReturnValue:
    """Let a site show the form."""
    try:
        frame_origins.allow(g.staff.member_id, me(), request.form.get("origin", ""), ports())
    except Refusal as refusal:
        return _arrivals(said(refusal)), refusals.status_of(refusal)
    flash("C'est enregistré.")
    return redirect(url_for("staff.admin_arrivals", _anchor="sites"), 303)


def refuse_origin() -> ResponseReturnValue:
    """Let a site show the form no more."""
    try:
        frame_origins.refuse(g.staff.member_id, me(), request.form.get("known", ""), ports())
        flash("Ce site ne montre plus le formulaire.")
    except Refusal:
        flash(GONE)
    return redirect(url_for("staff.admin_arrivals", _anchor="sites"), 303)


def _arrivals(errors: Mapping[str, str] | None = None, made: str = "", secret: str | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        slug = session.get_one(Member, g.staff.member_id).slug
    return render_template(
        "staff/admin/doors_arrivals.html",
        keys=introduction_keys.keys_of(g.staff.member_id),
        origins=frame_origins.origins_of(g.staff.member_id),
        algorithms=ALGORITHMS,
        slug=slug,
        audience=audience_of(ports().base_url, slug),
        made=made,
        secret=secret,
        typed={} if made else request.form,
        errors=errors or {},
    )


_KEYS, _ARRIVALS = "/administration/connexions/cles", "/administration/connexions/arrivees"
ROUTES = (
    page(_KEYS, admin_keys, Act.ADMINISTER),
    press(_KEYS, create_key, Act.ADMINISTER, name="admin_keys_create"),
    press(f"{_KEYS}/<uuid:key_id>/revocation", revoke_key, Act.ADMINISTER, name="admin_keys_revoke"),
    page(_ARRIVALS, admin_arrivals, Act.ADMINISTER),
    press(_ARRIVALS, create_introduction_key, Act.ADMINISTER, name="admin_arrivals_create"),
    press(f"{_ARRIVALS}/revocation", revoke_introduction_key, Act.ADMINISTER, name="admin_arrivals_revoke"),
    press(f"{_ARRIVALS}/sites", allow_origin, Act.ADMINISTER, name="admin_arrivals_allow"),
    press(f"{_ARRIVALS}/sites/retrait", refuse_origin, Act.ADMINISTER, name="admin_arrivals_refuse"),
)
