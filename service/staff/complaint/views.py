"""Writing down that somebody looked at a complaint, and the panel that says who did."""

from collections.abc import Iterable
from uuid import UUID

from flask import g, request
from sqlalchemy.orm import Session

from service.journey.inbox import views
from service.journey.reading import Sheet
from service.staff.request_context import now, ports

SHOWN = 8  # in the panel
HOW = {
    views.PAGE: "a ouvert la page",
    views.FILE: "a ouvert un fichier",
    views.LETTER: "a imprimé la lettre",
    views.EXPORT: "l'a exportée",
    views.ACT: "l'a vue avant d'agir sur plusieurs",
    views.OPINIONS: "a lu l'avis du locataire",
    views.CALL: "a lu ce qu'il faut dire au téléphone",
}


def look(complaint_id: UUID, how: str = views.PAGE) -> None:
    """Write down that the person of this request looks; a program that only asks for the headings does not."""
    if request.method != "HEAD":
        views.look(g.staff.member_id, complaint_id, g.staff.id, how, ports())


def look_at_letters(session: Session, complaint_ids: Iterable[UUID]) -> None:
    """Write down that the person of this request prints the letters of these complaints."""
    if request.method == "GET":
        views.write(session, g.staff.member_id, g.staff.id, complaint_ids, views.LETTER, now())


def look_over(session: Session, complaint_ids: Iterable[UUID], how: str) -> None:
    """Write down that the person of this request sees a page with something of these complaints."""
    if request.method == "GET":
        views.look_over(session, g.staff.member_id, g.staff.id, complaint_ids, how, now())


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/views.html` shows: the latest looks, and whether there are more."""
    found = views.of(session, sheet.complaint.id, SHOWN + 1)
    return {"latest": found[:SHOWN], "more": len(found) > SHOWN, "how": HOW}
