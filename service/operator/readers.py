"""The people of the network: who reads its figures, and who keeps the platform running."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput
from service.journey.people import factor_rules, operating, reader_links
from service.journey.people.people import MAX_EMAIL, MAX_NAME
from service.operator.request_context import me, ports
from service.operator.wording import in_french


def show_readers() -> str:
    """Show the people of the network."""
    return _page()


def add_reader() -> ResponseReturnValue:
    """Open the account of a reader of the working group, and show the link once."""
    name, email = request.form.get("name", ""), request.form.get("email", "")
    try:
        reader_id = operating.add_reader(name, email, "reader", me(), ports())
    except BadInput as refusal:
        return _page({refusal.field or "": in_french(refusal)}), 422
    return _page(link=reader_links.make(reader_id, me(), ports()))


def give_link(reader_id: UUID) -> ResponseReturnValue:
    """Show another link for a reader, once."""
    return _page(link=reader_links.make(reader_id, me(), ports(), role="reader"))


def switch(reader_id: UUID) -> ResponseReturnValue:
    """Close or open a reader's account."""
    is_on = request.form.get("on") == "1"
    reader = operating.switch(reader_id, me(), ports(), is_on=is_on)
    flash(f"Le compte de {reader.name} est {'ouvert' if is_on else 'fermé'}.")
    return redirect(url_for("operator.show_readers"), 303)


def ask_second_factor() -> ResponseReturnValue:
    """Ask every reader for a second factor, or no longer."""
    is_required = request.form.get("required") == "1"
    factor_rules.ask_of_readers(me(), ports(), is_required=is_required)
    flash(
        "La double vérification est obligatoire : chacun l'ajoute à sa prochaine page."
        if is_required
        else "La double vérification est conseillée, elle n'est plus obligatoire."
    )
    return redirect(url_for("operator.show_readers"), 303)


def _page(errors: Mapping[str, str] | None = None, link: str = "") -> str:
    return render_template(
        "operator/readers.html", readers=operating.readers(), link=link, errors=errors or {}, typed=request.form,
        max_name=MAX_NAME, max_email=MAX_EMAIL, is_required=factor_rules.asked_of_readers(),
    )  # fmt: skip
