"""Which key of an extranet brought a complaint: to any other, a sensitive one tells that it exists, and no more."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_

from service.models.complaint import Complaint

KEY = "key_id"  # of Complaint.details


def is_told(complaint: Complaint, key_id: UUID) -> bool:
    """Say whether a key may read what a complaint says: it is not sensitive, or this key brought it."""
    return not complaint.is_sensitive or complaint.details.get(KEY) == str(key_id)


def told_to(key_id: UUID) -> ColumnElement[bool]:
    """Return the same as a condition: what narrows by a subject would tell it."""
    return or_(~Complaint.is_sensitive, Complaint.details[KEY].astext == str(key_id))
