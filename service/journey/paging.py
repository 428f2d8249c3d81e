"""Paging: in danger, people on duty are called until one of them says that they have it."""

from sqlalchemy.orm import Session

from service.journey.ports import Ports
from service.models.complaint import Complaint, Event


def page(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Make one round of calls, and plan the next unless somebody acknowledged."""
