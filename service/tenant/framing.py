"""Our form inside a member's own page: `?cadre=1` stays in every address, and only the member's origins may show it.

A tracking page is never framed: its link opens a page of its own, and the frame says so.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, abort, current_app, g, has_request_context, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from service.domain.origins import allowed_origins
from service.domain.safety import advice_for
from service.journey.transactions import shared_transaction
from service.models.member import Member
from service.tenant.tracked_complaint import TrackedComplaint, open_tracked_complaint

PARAMETER = "cadre"
FRAMED = "1"
UNFRAMED = frozenset({"tenant.colours"})  # addresses that are the same in a frame


def framed() -> bool:
    """Say whether the page at hand is shown inside a member's own page."""
    return has_request_context() and bool(request.args.get(PARAMETER))


def frame_origins() -> tuple[str, ...]:
    """Return the origins that may show the page at hand; none when it is not framed."""
    origins: tuple[str, ...] = g.get("frame_origins", ())
    return origins


def ancestors() -> str:
    """Return who may frame the page at hand, as the security policy writes it: nobody, for all others."""
    return " ".join(frame_origins()) or "'none'"


def register(app: Flask, blueprint: Blueprint) -> None:
    """Let the blueprint's pages be framed, and its addresses carry it."""
    app.add_template_global(framed)
    app.add_template_global(frame_origins)
    blueprint.before_request(_frame)
    blueprint.url_defaults(_carry)


def _frame() -> AnyResponse | str | None:
    """Name the origins that may show this page; in the place of a tracking page, give its link."""
    if not framed():
        return None
    values = request.view_args or {}
    if "slug" in values:
        g.frame_origins = _origins_of(values["slug"])
    elif request.endpoint == "tenant.tracking" and request.method == "GET":
        tracked = open_tracked_complaint(values["token"])
        # Its member's frame, or that of the member it was sent to, which does not own the dwelling. Nobody else's.
        mine = [one for one in (tracked.sheet.member, tracked.sent_to) if one and one.slug == request.args[PARAMETER]]
        g.frame_origins = allowed_origins(mine[0].frame_origins) if mine else abort(HTTPStatus.NOT_FOUND)
        return _sent(tracked)
    return None


def _sent(tracked: TrackedComplaint) -> str:
    """Show what was sent, and the link that follows it in a page of its own."""
    complaint = tracked.sheet.complaint
    is_danger = complaint.danger_types or complaint.danger == "danger"
    return render_template(
        "tenant/framed_sent.html",
        member=tracked.sheet.member,
        complaint=complaint,
        is_new="nouveau" in request.args,
        advice=advice_for(complaint.danger_types) if is_danger else [],
    )


def _origins_of(slug: str) -> tuple[str, ...]:
    with shared_transaction() as session:
        kept = session.scalars(select(Member.frame_origins).where(Member.slug == slug)).first()
    return allowed_origins(kept or ())


def _carry(endpoint: str, values: dict[str, Any]) -> None:
    """Keep the frame in every link of the page: an address that names no member carries whose frame it is."""
    if not framed() or endpoint in UNFRAMED or PARAMETER in values:
        return
    if current_app.url_map.is_endpoint_expecting(endpoint, "slug"):
        values[PARAMETER] = FRAMED
    elif current_app.url_map.is_endpoint_expecting(endpoint, "token"):
        values[PARAMETER] = (request.view_args or {}).get("slug") or request.args[PARAMETER]
