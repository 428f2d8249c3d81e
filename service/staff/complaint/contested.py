"""What the tenant does not accept, and what they have read: the part of a complaint's page that speaks of it."""

from dataclasses import dataclass

from flask import g
from sqlalchemy.orm import Session

from service.domain.mending import fates
from service.domain.recourse import CONTESTED_REASON
from service.domain.status import Audience, EventKind
from service.journey.closing import contesting, reviewers
from service.journey.handling.handling import staff_member
from service.journey.reading import Sheet
from service.models.complaint import Event
from service.staff import wording
from service.staff.request_context import now

# What staff say to a tenant, of whose reading they want to know.
_SAID = (EventKind.ANSWERED, EventKind.ASKED, EventKind.CLOSED, EventKind.EXTENDED)


@dataclass(frozen=True)
class Contested:
    """A contest that waits. `category` is the subject the tenant names, when they do."""

    is_of_subject: bool
    category: str | None
    text: str
    when: str


@dataclass(frozen=True)
class Review:
    """A review that waits: whose answer, who looks, the reason, and whether it is the reader's own answer."""

    answered_by: str
    reviewer: str
    text: str
    when: str
    is_mine: bool


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/contested.html` and the history show."""
    last = _last_said(sheet)
    return {
        "contested": _contested(sheet),
        "review": _review(session, sheet),
        "reason": CONTESTED_REASON,
        # One click says nothing of a danger that nobody judged of: the form asks for the urgency.
        "at_once": sheet.complaint.danger == "none" or sheet.complaint.danger_is_judged,
        "last_told": last.id if last else None,
        "read": _read(sheet, last) if last else "",
    }


def _contested(sheet: Sheet) -> Contested | None:
    said = _last(sheet, EventKind.CONTESTED)
    if sheet.complaint.contested_at is None or said is None:
        return None
    is_of_subject = said.data["about"] == contesting.About.CATEGORY
    return Contested(is_of_subject, said.data["category"], said.data["text"], wording.moment_in_words(said.at))


def _review(session: Session, sheet: Sheet) -> Review | None:
    asked = _last(sheet, EventKind.REVIEW_ASKED)
    if sheet.complaint.review_asked_at is None or asked is None:
        return None
    author = reviewers.contested(session, sheet.complaint)
    person = sheet.assignee or reviewers.reviewer(session, author)
    is_mine = reviewers.is_kept_off(session, sheet.complaint, staff_member(session, g.staff.id))
    name, when = author.name if author else "", wording.moment_in_words(asked.at)
    return Review(name, person.name if person else "", asked.data["text"], when, is_mine)


def _last(sheet: Sheet, *kinds: EventKind) -> Event | None:
    return next((one for one in reversed(sheet.events) if one.kind in kinds), None)


def _last_said(sheet: Sheet) -> Event | None:
    """Return the last thing that left for the tenant; what waits or was kept back is none."""
    known, at = fates(sheet.events), now()
    for event in reversed(sheet.events):
        is_said = event.id not in known or known[event.id].is_said(at)
        if event.kind in _SAID and event.audience == Audience.TENANT and event.actor != "tenant" and is_said:
            return event
    return None


def _read(sheet: Sheet, last: Event) -> str:
    read_at = sheet.complaint.read_at
    fate = fates(sheet.events).get(last.id)
    left_at = fate.leaves_at if fate else last.at
    if read_at and read_at >= left_at:
        return f"Page lue par le locataire le {wording.moment_in_words(read_at)}."
    return "Pas encore lu sur la page de suivi."
