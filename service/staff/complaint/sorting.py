"""After a complaint was sorted from a list: the next of that list opens, with a word on the one just sorted."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from service.domain.routing import OUT_OF_SCOPE
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import Team
from service.staff import wording
from service.staff.complaint.secrecy import VANISHED
from service.staff.inbox import came_from


@dataclass(frozen=True)
class Walk:
    """Going through a list: the complaint at hand, and the next one to sort."""

    complaint_id: UUID
    following: UUID | None


def walk(complaint_id: UUID) -> Walk | None:
    """Return where somebody stands in the list they sort; asked before, since a sensitive subject hides it after."""
    if request.form.get("suite") != "1" or not came_from.leads_on():
        return None
    with member_transaction(g.staff.member_id) as session:
        complaint = session.get(Complaint, complaint_id)
        return Walk(complaint_id, came_from.next_to_sort(session, complaint)) if complaint else None


def onward(step: Walk) -> ResponseReturnValue | None:
    """Lead to the next complaint of the list, or back to the list at its end.

    None where the page stays in front: of a danger there is something to tell the tenant at once.
    """
    with member_transaction(g.staff.member_id) as session:
        complaint = session.get(Complaint, step.complaint_id)
        if complaint is not None and complaint.urgency == "danger":
            return None
        flash(_told(session, complaint) if complaint else VANISHED)
    if step.following is None:
        flash("C'était la dernière de la liste.")
        return redirect(came_from.back(), 303)
    return redirect(url_for("staff.show", complaint_id=step.following), 303)


def _told(session: Session, complaint: Complaint) -> Markup:
    said = f"{complaint.reference} : classée en « {wording.category(complaint.category)} »."
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    if team and complaint.category == OUT_OF_SCOPE and not complaint.routed_by_person:
        said += f" Elle reste à {team.name}, qui y répond."  # no desk is a better one: see inbox.lists
    back = url_for("staff.show", complaint_id=complaint.id)
    return Markup('{} <a href="{}" data-key="u">Y revenir</a>').format(said, back)
