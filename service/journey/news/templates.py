"""Templates: which are proposed for a complaint, and what stands in the place of their braces."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain import templates as rules
from service.domain.incident_news import dwelling_in_words
from service.domain.taxonomy import category_label
from service.domain.templates import State, Template, Use
from service.journey.dates import PARIS, in_words
from service.journey.delivery import handovers
from service.journey.reading import Sheet
from service.models.complaint import Complaint
from service.models.people import Staff
from service.models.workspace import AnswerTemplate, Commitment


def for_complaint(session: Session, sheet: Sheet, use: str, now: datetime) -> list[Template]:
    """Return what is proposed for a complaint: the member's own first, in each the most precise first."""
    complaint = sheet.complaint
    state = state_of(complaint, now)
    # Words about an organisation make no sense where none has the complaint.
    cannot = () if complaint.organisation_id else ("organisme",)
    fitting = [
        one
        for one in all_of(session, use)
        if one.fits(_category(complaint), state) and not set(cannot) & set(rules.left_open(one.body))
    ]
    return sorted(fitting, key=lambda one: (not one.is_own, -one.weight))


def all_of(session: Session, use: str) -> list[Template]:
    """Return every template of a use, the member's own first by name, then those of the network in their order."""
    own = select(AnswerTemplate).where(AnswerTemplate.use == use, AnswerTemplate.is_active)
    mine = [as_template(row) for row in session.scalars(own.order_by(func.lower(AnswerTemplate.name)))]
    return [*mine, *(one for one in rules.network_templates() if one.use == use)]


def find(session: Session, key: str) -> Template | None:
    """Return a template by its key, also one that is switched off; None when there is none."""
    known = next((one for one in rules.network_templates() if one.key == key), None)
    if known:
        return known
    try:
        row = session.get(AnswerTemplate, UUID(key))
    except ValueError:
        return None
    return as_template(row) if row else None


def as_template(row: AnswerTemplate) -> Template:
    """Return a row of a member as the domain reads it."""
    return Template(str(row.id), row.name, row.use, row.body, row.category, row.family, row.state, is_own=True)


def own(session: Session) -> Sequence[AnswerTemplate]:
    """Return the member's own templates, those switched off last."""
    rows = select(AnswerTemplate).order_by(AnswerTemplate.is_active.desc(), AnswerTemplate.use, AnswerTemplate.name)
    return session.scalars(rows).all()


def state_of(complaint: Complaint, now: datetime) -> State:
    """Return where a complaint stands as far as what is written about it goes."""
    return rules.state_of(
        is_answered=complaint.first_answered_at is not None,
        is_paused=complaint.is_paused,
        is_late=complaint.due_at is not None and complaint.due_at < now,
    )


def facts_of(session: Session, sheet: Sheet, staff: Staff, use: str, now: datetime) -> dict[str, str]:
    """Return what is known of a complaint by the names in `templates.VARIABLES`; what is not known is left out.

    A tenant reads the place as they typed it: whoever tries a reference that is not theirs must not read a neighbour's
    address. An organisation reads it as the member knows it, and nothing of who wrote.
    """
    complaint, today = sheet.complaint, now.astimezone(PARIS).date()
    address = complaint.place_given.get("address") or {}
    typed = dwelling_in_words(complaint.place_given.get("reference"), address.get("line"))
    found = {
        "reference": complaint.reference,
        "objet": category_label(known) if (known := _category(complaint)) else "",
        "lieu": sheet.place if use == Use.PARTNER else typed,
        "date_reception": in_words(complaint.submitted_at.astimezone(PARIS).date()),
        "date_reponse": _day(_answer_day(complaint), today),
        "date_passage": _day(handovers.coming_visit(session, complaint, today), today),
        "date_engagement": _day(_next_promise(session, complaint.id), today),
        "equipe": sheet.team.name if sheet.team else "",
        "organisme": sheet.organisation.name if sheet.organisation else "",
        "bailleur": sheet.member.name,
        "telephone": sheet.member.phone,
        "agent": staff.name,
        "prenom_agent": staff.name.split()[0] if staff.name.split() else "",
    }
    return {name: value for name, value in found.items() if value}


def _category(complaint: Complaint) -> str | None:
    """Return what it is about; None while that is a guess, which nobody is told."""
    return None if complaint.abstained and not complaint.category_by_person else complaint.category


def _answer_day(complaint: Complaint) -> date | None:
    if complaint.first_answered_at is None:
        return complaint.promised_answer_by
    return complaint.due_at.astimezone(PARIS).date() if complaint.due_at else None


def _next_promise(session: Session, complaint_id: UUID) -> date | None:
    waiting = select(func.min(Commitment.due_on)).where(
        Commitment.complaint_id == complaint_id, Commitment.kept_at.is_(None), Commitment.dropped_at.is_(None)
    )
    return session.scalar(waiting)


def _day(day: date | None, today: date) -> str:
    """Return a day in words, and nothing for one that is over: nobody is told to wait for yesterday."""
    return in_words(day) if day and day >= today else ""
