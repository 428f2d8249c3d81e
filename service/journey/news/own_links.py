"""The links of somebody's own complaints, as the letter that brings them back names them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models.complaint import Complaint
from service.models.delivery import Delivery

PURPOSE = "links"


@dataclass(frozen=True)
class OwnLink:
    """One complaint of somebody who lost its link. `category` is None while it is not sure."""

    reference: str
    category: str | None
    submitted_at: datetime
    url: str


def links_in(session: Session, delivery: Delivery, base_url: str) -> tuple[OwnLink, ...]:
    """Return the links a letter carries, as the complaints stand when it leaves, the newest first."""
    if delivery.purpose != PURPOSE:
        return ()
    ids = [UUID(one) for one in delivery.data["complaints"]]
    rows = select(Complaint).where(Complaint.id.in_(ids)).order_by(Complaint.submitted_at.desc(), Complaint.id)
    return tuple(_link(one, base_url) for one in session.scalars(rows))


def _link(complaint: Complaint, base_url: str) -> OwnLink:
    category = None if complaint.abstained else complaint.category
    url = f"{base_url}/suivi/{complaint.tracking_token}"
    return OwnLink(complaint.reference, category, complaint.submitted_at, url)
