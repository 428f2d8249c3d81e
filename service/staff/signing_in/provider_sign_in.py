"""Signing in at the member's own identity provider: the button, the way there and the way back."""

import logging
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus

from flask import abort, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service import sign_in as way_in
from service.domain.errors import NotAllowed
from service.domain.identity_provider import Faulty, RoundTrip, is_too_late
from service.domain.permissions import Act
from service.journey.people import identity_providers as journey
from service.journey.people.accounts import Person
from service.journey.people.identity_providers import Way
from service.staff.request_context import ports
from service.staff.route import Route
from service.staff.signing_in.sign_in import DOOR

log = logging.getLogger(__name__)
KEPT = "round_trip"  # in the cookie, until the person is back
STATUS = {"state": HTTPStatus.BAD_REQUEST, "denied": HTTPStatus.FORBIDDEN, "nobody": HTTPStatus.FORBIDDEN}


def find_provider() -> ResponseReturnValue:
    """Say where people of a domain sign in. The script of the sign-in page sends the domain alone."""
    typed = request.values.get("domaine", "")
    way = journey.way_for(typed)
    suite = way_in.local(DOOR, request.values.get("suite"))
    if request.accept_mimetypes.best == "application/json":
        if way is None:
            return jsonify({})
        return jsonify({"name": way.name, "url": url_for("staff.start_at_provider", slug=way.slug, suite=suite)})
    is_asked = request.method == "POST"
    return render_template("staff/provider_finding.html", way=way, suite=suite, typed=typed, is_asked=is_asked)


def start_at_provider(slug: str) -> ResponseReturnValue:
    """Lead a person to the provider of their member."""
    way = journey.way_of(slug)
    if way is None:
        abort(404)
    try:
        trip, address = journey.set_out(slug, _return_to(slug), ports())
    except Faulty as fault:
        return _failed(way, fault.code)
    session[KEPT] = {
        **asdict(trip), "slug": slug, "at": ports().clock.now().isoformat(),
        "suite": way_in.local(DOOR, request.args.get("suite")),
    }  # fmt: skip
    return redirect(address, 303)


def come_back(slug: str) -> ResponseReturnValue:
    """Let in whoever comes back from the provider, once everything it says was checked."""
    if request.method == "HEAD":
        abort(405)  # a person comes back with a page; what looks ahead must not use up their way
    way = journey.way_of(slug)
    if way is None:
        abort(404)
    kept = session.pop(KEPT, None)
    if not kept or kept["slug"] != slug or is_too_late(datetime.fromisoformat(kept["at"]), ports().clock.now()):
        return _failed(way, "state")
    trip = RoundTrip(kept["state"], kept["nonce"], kept["verifier"])
    try:
        found = journey.come_back(slug, trip, request.args, _return_to(slug), ports())
    except (Faulty, NotAllowed) as refusal:
        return _failed(way, refusal.code)
    return way_in.come_in(DOOR, Person(found.staff_id, found.member_id), "provider", kept["suite"])


def _return_to(slug: str) -> str:
    """Return the address of ours that the provider sends people back to: of one member only."""
    return f"{ports().base_url}{url_for('staff.come_back', slug=slug)}"


def _failed(way: Way, code: str) -> ResponseReturnValue:
    """Say calmly that it did not work, and whom to ask; only the kind of failure is logged."""
    log.warning("provider_sign_in_failed %s", code)
    status = STATUS.get(code, HTTPStatus.BAD_GATEWAY)
    return render_template("staff/provider_failed.html", way=way, code=code), status


ROUTES = (
    Route("/connexion/bailleur", find_provider, "find_provider", Act.READ, ("GET", "POST"), is_open=True),
    Route("/connexion/<slug>", start_at_provider, "start_at_provider", Act.READ, ("GET",), is_open=True),
    Route("/connexion/<slug>/retour", come_back, "come_back", Act.READ, ("GET",), is_open=True),
)
