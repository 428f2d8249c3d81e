"""The bar above a complaint: the one thing to do now, the others behind it, and the way to the next of the list."""

from dataclasses import dataclass

from flask import g
from sqlalchemy.orm import Session

from service.domain.status import EventKind, Status, is_allowed
from service.journey.closing import reviewers
from service.journey.delivery import handovers
from service.journey.handling.handling import staff_member
from service.journey.reading import Sheet
from service.models.complaint import Complaint, Event
from service.staff.inbox import came_from
from service.staff.request_context import today

_SAID = (EventKind.ANSWERED, EventKind.ASKED, EventKind.CLOSED)
_TENANT_SAID = (EventKind.TENANT_WROTE, EventKind.REOPENED, EventKind.REVIEW_ASKED)


@dataclass(frozen=True)
class Action:
    """Something to do on the page: its name, the pane it opens or the part of the page where it is done."""

    label: str
    pane: str = ""
    anchor: str = "ecrire"


ANSWER = Action("Répondre", "reponse")
QUESTION = Action("Poser une question", "question")
CLOSE = Action("Terminer", "fin")
PARTNER = Action("Écrire au partenaire", "partenaire")
NOTE = Action("Écrire une note interne", "note")
SUBJECT = Action("Choisir le sujet", anchor="tri")
CORRECT = Action("Corriger le sujet", anchor="sujet")
PLACE = Action("Donner ou corriger le lieu", anchor="lieu")
CONFIDE = Action("Confier à un collègue", anchor="relecture")
TRANSFER = Action("Transmettre", anchor="orientation")
PROMISE = Action("Prendre un engagement", anchor="engagements")
ASSIGN = Action("Attribuer", anchor="suivi")


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/head.html` shows."""
    complaint = sheet.complaint
    is_kept_off = reviewers.is_kept_off(session, complaint, staff_member(session, g.staff.id))
    main = _main(sheet, is_kept_off=is_kept_off)
    others = [one for one in _all(sheet, is_kept_off=is_kept_off) if one != main]
    beside = came_from.neighbours(session, complaint)
    visit = handovers.coming_visit(session, complaint, today())
    return {"main": main, "others": others, "back": came_from.back(), "beside": beside, "visit": visit}


def _main(sheet: Sheet, *, is_kept_off: bool) -> Action:
    """Return the one thing to do now, by where the complaint stands; the first that holds."""
    complaint = sheet.complaint
    may_answer = is_allowed(Status(complaint.status), EventKind.ANSWERED)
    last = _last(sheet, *_SAID, *_TENANT_SAID)
    tenant_waits = last is None or last.kind in _TENANT_SAID
    cases = (
        (complaint.status == Status.CLOSED, NOTE),
        (is_kept_off, CONFIDE),
        (_is_unsorted(complaint), SUBJECT),
        (not may_answer, NOTE),
        (tenant_waits or complaint.first_answered_at is None, ANSWER),
        (complaint.is_paused, ANSWER),
        (True, CLOSE),
    )
    return next(action for holds, action in cases if holds)


def _is_unsorted(complaint: Complaint) -> bool:
    return not complaint.category_by_person and (complaint.category is None or complaint.abstained)


def _all(sheet: Sheet, *, is_kept_off: bool) -> list[Action]:
    status = Status(sheet.complaint.status)
    to_tenant = () if is_kept_off else (ANSWER, QUESTION, CLOSE)
    may_write = bool(sheet.organisation and sheet.organisation.email) and is_allowed(status, EventKind.PARTNER_WRITTEN)
    found = (
        *((one, is_allowed(status, EventKind.ANSWERED)) for one in to_tenant),
        (PARTNER, may_write),
        (NOTE, True),
        (PROMISE, is_allowed(status, EventKind.COMMITTED) and not is_kept_off),
        (TRANSFER, is_allowed(status, EventKind.TRANSFERRED)),
        (CORRECT, is_allowed(status, EventKind.CORRECTED)),
        (PLACE, is_allowed(status, EventKind.PLACED)),
        (ASSIGN, is_allowed(status, EventKind.ASSIGNED)),
    )
    return [action for action, holds in found if holds]


def _last(sheet: Sheet, *kinds: EventKind) -> Event | None:
    return next((event for event in reversed(sheet.events) if event.kind in kinds), None)
