"""What people do about incidents: each button of the pages, and the three beside a complaint."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, Refusal
from service.journey.incidents import incident_desk, incident_lists, incident_news, incident_opening
from service.journey.incidents.incident_desk import Changes, Ending
from service.journey.incidents.incident_opening import Announcement
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.complaint.complaint import act, typed
from service.staff.complaint.incidents import incident_typed
from service.staff.incidents.incident_pages import BESIDE, announcing_page, incident_page
from service.staff.request_context import ports
from service.staff.wording import count

_WRITTEN = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M")
_YEARS = range(2000, 2101)


def decide(incident_id: UUID) -> ResponseReturnValue:
    """Accept a proposal, or say that it is no incident."""
    if typed("decision") == "accept":
        return _do(
            incident_id,
            lambda: incident_desk.accept(g.staff.member_id, incident_id, g.staff.id, ports()),
            "L'incident est ouvert. Les demandes sont liées et les locataires prévenus.",
        )
    return _do(
        incident_id,
        lambda: incident_desk.dismiss(g.staff.member_id, incident_id, g.staff.id, ports()),
        "C'est noté : ce n'est pas un incident collectif.",
    )


def change(incident_id: UUID) -> ResponseReturnValue:
    """Change the title, the building, the next news, the expected end."""

    def use_case() -> None:
        changes = Changes(
            typed("title"), typed("building").strip() or None, _moment("ends_at"), _moment("next_news_at")
        )
        incident_desk.change(g.staff.member_id, incident_id, changes, ports())

    return _do(incident_id, use_case, "Les changements sont enregistrés.")


def link(incident_id: UUID) -> ResponseReturnValue:
    """Link a complaint by its reference."""

    def use_case() -> None:
        complaint_id = incident_opening.complaint_of(g.staff.member_id, typed("reference"))
        incident_opening.link_one(g.staff.member_id, incident_id, complaint_id, g.staff.id, ports())

    return _do(incident_id, use_case, "La demande est liée et le locataire prévenu.")


def unlink(incident_id: UUID) -> ResponseReturnValue:
    """Take a complaint off."""

    def use_case() -> None:
        complaint_id = incident_opening.complaint_of(g.staff.member_id, typed("complaint"))
        incident_opening.unlink_one(g.staff.member_id, incident_id, complaint_id, g.staff.id, ports())

    return _do(incident_id, use_case, "La demande est déliée. Son suivi continue comme avant.")


def write(incident_id: UUID) -> ResponseReturnValue:
    """Write news to all, or show first how one household would read them."""
    text = typed("text")
    if typed("what") == "preview":
        try:
            with member_transaction(g.staff.member_id) as session:
                preview = incident_news.preview(session, incident_id, text)
        except BadInput as refusal:
            return incident_page(incident_id, _named(refusal)), refusals.status_of(refusal)
        return incident_page(incident_id, preview=preview)

    def use_case() -> None:
        incident_news.write_news(
            g.staff.member_id, incident_id, g.staff.id,
            text=text, seen=_number("seen"), next_at=_moment("next_at"), ports=ports(),
        )  # fmt: skip

    is_emptied = typed("promised") and not typed("next_at").strip()
    said = "Les nouvelles partent à tous les foyers." + (" Plus aucune date n'est promise." if is_emptied else "")
    return _do(incident_id, use_case, said, where=BESIDE)


def resolve(incident_id: UUID) -> ResponseReturnValue:
    """End the incident, with or without its complaints."""
    ending = Ending(typed("outcome"), typed("sentence")) if typed("closes") else None
    try:
        closed, left = incident_desk.resolve(
            g.staff.member_id, incident_id, g.staff.id, ending=ending, ports=ports(), seen=typed("shown") or None
        )
    except Refusal as refusal:
        return incident_page(incident_id, _named(refusal)), refusals.status_of(refusal)
    flash("L'incident est terminé." + (f" Demandes terminées avec lui : {closed}." if ending else ""))
    if left:
        flash(f"{count(left, 'demande')} à terminer une par une : pas encore à une équipe, ou changées entre-temps.")
    return redirect(url_for("staff.incident", incident_id=incident_id), 303)


def announce() -> ResponseReturnValue:
    """Announce works or a known outage."""
    try:
        announcement = Announcement(
            residence_id=_residence(typed("residence")),
            category=typed("category"),
            title=typed("title"),
            starts_at=_needed("starts_at"),
            ends_at=_moment("ends_at"),
            text=typed("text"),
            building=typed("building").strip() or None,
            kind="outage" if typed("kind") == "outage" else "works",
        )
        incident_id = incident_opening.announce(g.staff.member_id, g.staff.name, announcement, ports())
    except BadInput as refusal:
        return announcing_page(_named(refusal)), refusals.status_of(refusal)
    flash("L'annonce est enregistrée. Les demandes à ce sujet s'y lieront d'elles-mêmes.")
    return redirect(url_for("staff.incident", incident_id=incident_id), 303)


def report(complaint_id: UUID) -> ResponseReturnValue:
    """Open an incident from a complaint."""

    def use_case() -> None:
        incident_opening.open_from(g.staff.member_id, complaint_id, g.staff.id, ports())

    return act(complaint_id, use_case, "L'incident est ouvert, et la demande lui est liée.")


def link_known(complaint_id: UUID) -> ResponseReturnValue:
    """Link a complaint to the incident chosen beside it."""

    def use_case() -> None:
        incident_opening.link_one(g.staff.member_id, incident_typed(), complaint_id, g.staff.id, ports())

    return act(complaint_id, use_case, "La demande est liée à l'incident, et le locataire prévenu.")


def unlink_known(complaint_id: UUID) -> ResponseReturnValue:
    """Take a complaint off the incident beside it."""

    def use_case() -> None:
        incident_opening.unlink_one(g.staff.member_id, incident_typed(), complaint_id, g.staff.id, ports())

    return act(complaint_id, use_case, "La demande est déliée. Son suivi continue comme avant.")


def _do(
    incident_id: UUID, use_case: Callable[[], None], success: str, *, where: str = "message"
) -> ResponseReturnValue:
    """Do what was asked and show the incident anew, or its page again with what is to mend."""
    try:
        use_case()
    except Refusal as refusal:
        return incident_page(incident_id, _named(refusal)), refusals.status_of(refusal)
    flash(success, where)
    return redirect(url_for("staff.incident", incident_id=incident_id), 303)


def _named(refusal: Refusal) -> dict[str, str]:
    return {refusal.field or "": refusals.in_french(refusal)}


def _number(field: str) -> int:
    written = request.form.get(field, "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 9 else 0  # noqa: PLR2004


def _moment(field: str) -> datetime | None:
    """Return the instant typed in a field of date and hour, in Paris time; None when it is empty."""
    written = " ".join(typed(field).split())
    if not written:
        return None
    for form in _WRITTEN:
        try:
            found = datetime.strptime(written, form).replace(tzinfo=PARIS)
        except ValueError:
            continue
        if found.year in _YEARS:
            return found
    raise BadInput("not_a_moment", field)


def _needed(field: str) -> datetime:
    found = _moment(field)
    if found is None:
        raise BadInput("not_a_moment", field)
    return found


def _residence(written: str) -> UUID:
    with member_transaction(g.staff.member_id) as session:
        return incident_lists.residence_named(session, written)
