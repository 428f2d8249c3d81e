"""The network's door: which landlord do you write to; and the colours of each."""

from flask import Response, abort, render_template
from sqlalchemy import select

from service.domain.contrast import darker_twin, read_colour
from service.journey.transactions import shared_transaction
from service.models.member import Member

_HOUR = 3600  # seconds a browser may keep a member's colours


def home() -> str:
    """Show what this is, whom to call in danger, and one card for each member."""
    with shared_transaction() as session:
        members = session.scalars(select(Member).order_by(Member.name)).all()
    return render_template("tenant/home.html", members=members)


def member_named(slug: str) -> Member:
    """Return the member of an address, or answer 404."""
    with shared_transaction() as session:
        member = session.scalars(select(Member).where(Member.slug == slug)).first()
    return member or abort(404)


def colours(slug: str) -> Response:
    """Give a member's colours as a style sheet: the security policy forbids a style written in the page."""
    response = Response(colours_css(member_named(slug).colour), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={_HOUR}"
    return response


def colours_css(colour: str) -> str:
    """Return the two colours a member's pages are drawn with; nothing when the colour is not `#rrggbb`."""
    read = read_colour(colour)
    return f":root {{ --sap: {read}; --sap-dark: {darker_twin(read)}; }}\n" if read else ""
