"""Collective incidents: many households, one trouble."""

from sqlalchemy.orm import Session

from service.journey.ports import Ports
from service.models.complaint import Complaint, Event


def watch(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Look whether neighbours report the same trouble."""
