"""Choosing a password by a link, for the people of the network."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import own_account
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.passwords import LONGEST, SHORTEST
from service.journey.people import reader_links
from service.journey.people.reader_links import Expected
from service.operator.request_context import ports

HOMES = {"reader": "network.sign_in", "operator": "operator.sign_in"}


def invitation(token: str) -> ResponseReturnValue:
    """Let somebody choose a password, then sign in with it."""
    try:
        expected = reader_links.look(token, ports())
    except NotFound:
        return render_template("operator/invitation_over.html"), HTTPStatus.NOT_FOUND
    if not expected.is_open:
        return render_template("operator/invitation_over.html"), HTTPStatus.GONE
    return _choose(token, expected) if request.method == "POST" else _page(expected)


def _choose(token: str, expected: Expected) -> ResponseReturnValue:
    password = request.form.get("new_password", "")
    if password != request.form.get("again", ""):
        return _page(expected, {"again": own_account.SENTENCES["password_twice"]}), 422
    try:
        reader_links.accept(token, password, ports())
    except BadInput as refusal:
        return _page(expected, {"new_password": own_account.sentence(refusal)}), 422
    except NotAllowed:
        return render_template("operator/invitation_over.html"), HTTPStatus.GONE
    flash("Votre mot de passe est choisi. Connectez-vous.")
    return redirect(url_for(HOMES[expected.role]), 303)


def _page(expected: Expected, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "operator/invitation.html", expected=expected, errors=errors or {}, shortest=SHORTEST, longest=LONGEST
    )
