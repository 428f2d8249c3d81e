"""A lost link: the same page and the same time whatever exists; the answer goes to the address alone."""

from http import HTTPStatus

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.languages import N_
from service.domain.link_requests import address_of
from service.journey.news import links
from service.journey.ports import Ports
from service.tenant.asking_limits import WINDOW, limits
from service.tenant.door import member_named
from service.tenant.languages import gettext as _
from service.tenant.languages import spoken

NOT_AN_ADDRESS = N_(
    "Écrivez une adresse e-mail, comme nom@exemple.fr, ou un numéro de téléphone, comme 06 12 34 56 78."
)


def show_lost_link(slug: str) -> Response:
    """Show the form, or that the request was taken."""
    return _page(slug, is_sent="envoye" in request.args)


def ask_link(slug: str) -> AnyResponse:
    """Take the request. Whether anybody has this address is looked up later, by another process."""
    member, typed = member_named(slug), request.form.get("adresse", "").strip()
    ports: Ports = current_app.extensions["seve"].ports
    address = address_of(typed)
    if address is None:
        return _page(slug, typed=typed, error=_(NOT_AN_ADDRESS), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not limits().may_ask_links(address, ports.clock.now()):
        response = _page(slug, typed=typed, must_wait=True, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
        return response
    links.ask(member.id, address, spoken().code, ports)
    return redirect(url_for("tenant.lost_link", slug=slug, envoye=1), HTTPStatus.SEE_OTHER)


def _page(
    slug: str,
    *,
    typed: str = "",
    error: str = "",
    is_sent: bool = False,
    must_wait: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    page = render_template(
        "tenant/lost_link.html",
        member=member_named(slug),
        typed={"adresse": typed},
        errors={"adresse": error} if error else {},
        is_sent=is_sent,
        must_wait=must_wait,
    )
    return make_response(page, status)
