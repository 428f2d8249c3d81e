"""Learning: what a person says of a message's category is kept, without names, for the next training."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.pseudonyms import Writer, pseudonymise
from service.journey.submission.submission import PARIS
from service.models.complaint import Complaint
from service.models.learning import TrainingExample
from service.models.patrimoine import Dwelling

_SAID = ("category", "urgency", "source", "incident", "author", "model_version")  # of an example, besides its text


class Home(Protocol):
    """A dwelling of the patrimoine, as far as its reference and address go."""

    @property
    def reference(self) -> str:
        """Its reference."""
        ...

    @property
    def address_line(self) -> str:
        """Its number and street."""
        ...


class Source(StrEnum):
    """How a person came to say it."""

    CORRECTION = "correction"
    CONFIRMATION = "confirmation"
    AUDIT = "audit"  # the complaint was drawn to be checked, whatever the answer


def keep_example(
    session: Session, complaint: Complaint, staff_id: UUID, *, urgency: str | None, is_right: bool, at: datetime
) -> None:
    """Keep the complaint's category as a person's word: one example a complaint, the latest; answer its audit.

    `urgency` is None when the person said nothing of it; `is_right` when the model was sure of this very category.
    """
    dwelling = session.get(Dwelling, complaint.dwelling_id) if complaint.dwelling_id else None
    fresh = example_of(complaint, dwelling, staff_id, urgency=urgency, is_right=is_right, at=at)
    complaint.audit_due = False
    kept = session.scalars(select(TrainingExample).where(TrainingExample.complaint_id == complaint.id)).first()
    if kept is None:
        fresh.id = uuid4()
        session.add(fresh)
        session.flush()
        return
    # What was drawn stays drawn: the audit is judged by the latest word.
    is_audit = Source.AUDIT in (kept.source, fresh.source)
    kept.source = Source.AUDIT if is_audit else fresh.source
    kept.urgency = fresh.urgency or kept.urgency
    for name in ("text", "category", "incident", "author", "model_version", "at"):
        setattr(kept, name, getattr(fresh, name))


def noted(session: Session, complaint: Complaint) -> dict[str, Any] | None:
    """Return what is kept of a complaint as an example, its text left out; None when nobody has said anything yet."""
    kept = session.scalars(select(TrainingExample).where(TrainingExample.complaint_id == complaint.id)).first()
    return {name: getattr(kept, name) for name in _SAID} | {"at": kept.at.isoformat()} if kept else None


def unlearn(session: Session, complaint: Complaint, before: Mapping[str, Any] | None) -> None:
    """Take back the latest word on a complaint: the example is again what it was before, or is none."""
    kept = session.scalars(select(TrainingExample).where(TrainingExample.complaint_id == complaint.id)).first()
    if kept is None:
        return
    if before is None:
        session.delete(kept)
        return
    for name in _SAID:
        setattr(kept, name, before[name])
    kept.at = datetime.fromisoformat(before["at"])


def example_of(
    complaint: Complaint,
    dwelling: Home | None,
    staff_id: UUID,
    *,
    urgency: str | None,
    is_right: bool,
    at: datetime,
) -> TrainingExample:
    """Return the example, its id still to be given. The nature is left out: no page asks a person for it."""
    source = Source.AUDIT if complaint.audit_due else Source.CONFIRMATION if is_right else Source.CORRECTION
    return TrainingExample(
        member_id=complaint.member_id,
        complaint_id=complaint.id,
        text=pseudonymise(complaint.text, writer_of(complaint, dwelling)),
        category=complaint.category,
        nature=None,
        urgency=urgency,
        source=source,
        incident=_incident(complaint),
        author=_opaque("author", str(staff_id)),
        model_version=complaint.model_version,
        at=at,
    )


def writer_of(complaint: Complaint, dwelling: Home | None) -> Writer:
    """Return what is known of whoever wrote: as they gave it, and as the patrimoine has it."""
    given = complaint.place_given
    references = (complaint.tenant_reference, given.get("reference"), dwelling.reference if dwelling else None)
    lines = ((given.get("address") or {}).get("line"), dwelling.address_line if dwelling else None)
    return Writer(
        names=_given(complaint.tenant_name),
        mails=_given(complaint.tenant_email),
        phones=_given(complaint.tenant_phone),
        references=_given(complaint.reference, *references),
        addresses=_given(*lines),
    )


def _given(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _incident(complaint: Complaint) -> str:
    """Return one digest for all that a residence writes about one thing in a week; its own where no place is known."""
    year, week, _ = complaint.submitted_at.astimezone(PARIS).date().isocalendar()
    where = complaint.residence_id or complaint.id
    return _opaque("incident", f"{where} {complaint.category} {year}-{week}")


def _opaque(purpose: str, value: str) -> str:
    """Return a digest: ids are random, so nobody finds them back."""
    return hashlib.sha256(f"{purpose} {value}".encode()).hexdigest()[:32]
