"""Beside an ending: the request that goes on when this one says the same, the remedy, and what colleagues learn of it.

A duplicate is a link, never a merge: each request keeps its words, its history and its tenant.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.closing import DUPLICATE, MAX_LESSON, REMEDIES
from service.domain.errors import BadInput
from service.domain.status import Status
from service.domain.submission import check_text
from service.models.complaint import Complaint, Event


@dataclass(frozen=True)
class Aside:
    """What a person says beside an ending: a reference, a key of REMEDIES, words for colleagues; each may be empty."""

    goes_on: str = ""
    remedy: str = ""
    lesson: str = ""


def kept(session: Session, complaint: Complaint, outcome: str, aside: Aside) -> dict[str, object]:
    """Return what the event of the ending keeps of it.

    Raises
    ------
    BadInput
        `unknown_reference`, `itself` or `not_going_on` for the request that goes on, `unknown_value` for a remedy,
        and when the words for colleagues are too long.

    """
    if aside.remedy and aside.remedy not in REMEDIES:
        raise BadInput("unknown_value", "remedy")
    lesson = aside.lesson.strip()
    if lesson:
        check_text(lesson, "lesson", MAX_LESSON)
    said: dict[str, object] = {name: value for name, value in (("remedy", aside.remedy), ("lesson", lesson)) if value}
    if outcome != DUPLICATE:
        return said
    other = _going_on(session, complaint, aside.goes_on)
    return said | {"goes_on": other.reference, "is_own": is_same_person(complaint, other)}


def _going_on(session: Session, complaint: Complaint, typed: str) -> Complaint:
    """Return the request that goes on: one that whoever ends this one may see, and that is not over."""
    reference = typed.strip().upper()
    other = session.scalars(select(Complaint).where(Complaint.reference == reference)).first() if reference else None
    if other is None or other.erased_at:
        raise BadInput("unknown_reference", "goes_on")
    if other.id == complaint.id:
        raise BadInput("itself", "goes_on")
    if other.status == Status.CLOSED:
        raise BadInput("not_going_on", "goes_on")
    return other


def is_same_person(one: Complaint, other: Complaint) -> bool:
    """Say whether two requests come from one e-mail address and one dwelling."""
    addresses = {(found.tenant_email or "").strip().casefold() for found in (one, other)}
    is_one_home = one.dwelling_id is not None and one.dwelling_id == other.dwelling_id
    return is_one_home and len(addresses) == 1 and addresses != {""}


def own_link(session: Session, event: Event, base_url: str) -> str:
    """Return the link that follows the request that goes on, for the mail that leaves for its own address.

    The mail alone has it: whoever wrote under the address of another would read their request on the page.
    """
    if not event.data.get("is_own"):
        return ""
    found = select(Complaint).where(Complaint.reference == event.data["goes_on"])
    other = session.scalars(found).first()
    if other is None or other.erased_at:
        return ""
    ours = session.get_one(Complaint, event.complaint_id)
    return f"{base_url}/suivi/{other.tracking_token}" if is_same_person(ours, other) else ""
