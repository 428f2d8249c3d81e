"""Read marks: when a person last had their tracking page in front of them."""

from datetime import datetime
from uuid import UUID

from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint


def mark_read(member_id: UUID, complaint_id: UUID, seen: datetime, ports: Ports) -> None:
    """Write down that what was told until `seen` was read. It only goes forward, from the sending to now."""
    with member_transaction(member_id) as session:
        complaint = session.get_one(Complaint, complaint_id, with_for_update=True)
        seen = max(complaint.submitted_at, min(seen, ports.clock.now()))
        if complaint.read_at is None or seen > complaint.read_at:
            complaint.read_at = seen
