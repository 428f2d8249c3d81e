"""The page of the addresses we call: added, tried, given new secrets, switched off and on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from service.domain.delivery import failure_in_words
from service.domain.endpoints import KINDS, WITHOUT_WORDS, without_query
from service.domain.errors import BadInput, NotFound, Refusal
from service.domain.permissions import Act
from service.domain.taxonomy import categories
from service.journey.delivery import endpoint_changes, endpoints, undelivered
from service.journey.delivery.endpoints import NewEndpoint
from service.journey.transactions import member_transaction
from service.models.endpoint import Endpoint
from service.models.member import Organisation, Team
from service.staff import deliveries, refusals
from service.staff.administration.admin_doors import said
from service.staff.administration.admin_settings import WAITS, me
from service.staff.request_context import now, ports
from service.staff.route import page, press
from service.staff.wording import count

# How long the secret before goes on signing.
OVERLAPS = {"7": "7 jours", "1": "1 jour", "30": "30 jours", "0": "plus du tout (il a fuité)"}
LONGEST_KEY = 500  # characters


def admin_endpoints() -> str:
    """Show the addresses, and how each does."""
    return _page()


def add_endpoint() -> ResponseReturnValue:
    """Have an address called, or let a second person decide."""
    form = request.form
    try:
        team_id, organisation_id = _owner(form.get("owner", ""))
        key = form.get("key", "").strip()[:LONGEST_KEY] if form.get("kind") == "open311" else ""
        new = NewEndpoint(
            form.get("kind", ""), form.get("address", "").strip(), team_id, organisation_id, _options(form), key or None
        )
        added = endpoint_changes.ask(g.staff.member_id, g.staff.id, new, form.get("reason", ""), ports())
    except Refusal as refusal:
        return _page(said(refusal)), refusals.status_of(refusal)
    if added is None:
        flash(WAITS)
        return redirect(url_for("staff.admin_endpoints"), 303)
    return _page(made=(without_query(new.address), added.secret))


def renew_secret(endpoint_id: UUID) -> ResponseReturnValue:
    """Give an address a new secret, shown this once."""
    form = request.form
    days = form.get("overlap", "")
    try:
        if days not in OVERLAPS:
            raise BadInput("unknown_value", "overlap")
        key = form.get("key", "").strip()[:LONGEST_KEY] or None
        secret = endpoints.rotate(
            g.staff.member_id, endpoint_id, ports(), me(),
            overlap=timedelta(days=int(days)), key=key, newest=_id(form.get("newest", "")),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        return _page({"": refusals.in_french(refusal)}), refusals.status_of(refusal)
    if key:
        flash("La nouvelle clé est enregistrée.")
        return redirect(url_for("staff.admin_endpoints"), 303)
    return _page(made=("", secret))


def try_endpoint(endpoint_id: UUID) -> ResponseReturnValue:
    """Call an address once, with a signed test."""

    def use_case() -> str:
        failure = endpoints.try_out(g.staff.member_id, endpoint_id, ports())
        return f"L'essai n'est pas passé : {failure_in_words(failure)}." if failure else "L'essai est arrivé."

    return _act(use_case)


def switch_off(endpoint_id: UUID) -> ResponseReturnValue:
    """Call an address no more."""

    def use_case() -> str:
        waiting = endpoints.retire(g.staff.member_id, endpoint_id, ports(), me())
        left = f" {count(waiting, 'envoi')} en attente : la page des envois dit ce qu'il en est." if waiting else ""
        return f"Cette adresse n'est plus appelée.{left}"

    return _act(use_case)


def switch_on(endpoint_id: UUID) -> ResponseReturnValue:
    """Call an address again, or let a second person decide."""

    def use_case() -> str:
        reason = request.form.get("reason", "")
        is_done = endpoint_changes.resume(g.staff.member_id, g.staff.id, endpoint_id, reason, ports())
        return "Cette adresse est de nouveau appelée." if is_done else WAITS

    return _act(use_case)


def _act(use_case: Callable[[], str]) -> ResponseReturnValue:
    """Do what was asked and say how it went, or show the page with what was wrong."""
    try:
        flash(use_case())
    except NotFound:
        raise
    except Refusal as refusal:
        return _page({"": refusals.in_french(refusal)}), refusals.status_of(refusal)
    return redirect(url_for("staff.admin_endpoints"), 303)


def _owner(typed: str) -> tuple[UUID | None, UUID | None]:
    """Return the team or the organisation that was chosen."""
    kind, _, value = typed.partition(":")
    if not typed:
        return None, None
    chosen = _id(value)
    if chosen is None or kind not in {"team", "organisation"}:
        raise BadInput("unknown_value", "owner")
    return (chosen, None) if kind == "team" else (None, chosen)


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise BadInput("unknown_value") from None


def _options(form: Mapping[str, str]) -> dict[str, object]:
    """Return what an authority's server asks for: its codes for our subjects, one a line, and its own name."""
    if form.get("kind") != "open311":
        return {}
    services = {}
    for line in form.get("services", "").splitlines():
        subject, _, code = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if subject not in categories() or not code or len(code) > LONGEST_KEY:
            raise BadInput("not_a_service", "services")
        services[subject] = code
    options = {
        "services": services,
        "default_service": form.get("default_service", "").strip()[:LONGEST_KEY],
        "jurisdiction_id": form.get("jurisdiction", "").strip()[:LONGEST_KEY],
    }
    return {name: value for name, value in options.items() if value}


def _page(errors: Mapping[str, str] | None = None, made: tuple[str, str | None] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        states = undelivered.endpoint_states(session)
        newest = {state.endpoint.id: endpoints.newest_secret(session, state.endpoint.id) for state in states}
        off: Sequence[Endpoint] = session.scalars(
            select(Endpoint).where(~Endpoint.is_active).order_by(Endpoint.created_at.desc()).limit(50)
        ).all()
        teams = session.scalars(select(Team).order_by(Team.name)).all()
        organisations = session.scalars(select(Organisation).order_by(Organisation.name)).all()
    return render_template(
        "staff/admin/doors_endpoints.html",
        states=states,
        newest=newest,
        off=off,
        teams=teams,
        organisations=organisations,
        names=deliveries.KINDS,
        kinds=KINDS,
        without_words=WITHOUT_WORDS,
        overlaps=OVERLAPS,
        shown=without_query,
        why=failure_in_words,
        health=lambda endpoint: deliveries.health(endpoint, now()),
        made=made,
        typed={} if made else request.form,
        errors=errors or {},
    )


_ALL = "/administration/connexions/adresses"
_ONE = f"{_ALL}/<uuid:endpoint_id>"
ROUTES = (
    page(_ALL, admin_endpoints, Act.ADMINISTER),
    press(_ALL, add_endpoint, Act.ADMINISTER, name="admin_endpoints_add"),
    press(f"{_ONE}/secret", renew_secret, Act.ADMINISTER, name="admin_endpoints_renew"),
    press(f"{_ONE}/essai", try_endpoint, Act.ADMINISTER, name="admin_endpoints_try"),
    press(f"{_ONE}/arret", switch_off, Act.ADMINISTER, name="admin_endpoints_off"),
    press(f"{_ONE}/reprise", switch_on, Act.ADMINISTER, name="admin_endpoints_on"),
)
