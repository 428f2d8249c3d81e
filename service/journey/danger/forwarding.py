"""Forwarding: words of danger about a complaint that another member has now are heard there, not here."""

from sqlalchemy.orm import Session

from service.domain.closing import PASSED_ON
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.routing.referrals import passed_to
from service.journey.transactions import name_member
from service.models.complaint import Complaint


def forward_danger(session: Session, complaint: Complaint, text: str, ports: Ports, *, mail: str | None = None) -> bool:
    """Add the tenant's words where the complaint went on, opened again if it is closed there; say whether they are.

    Called with the complaint held. Complaints are held in the order in which they were passed on, so that nobody waits
    for each other; the transaction speaks for the member of the first one again in the end.
    """
    current = complaint
    while current.outcome == PASSED_ON and (passed := passed_to(session, current.id)):
        session.flush()  # while the transaction still speaks for this member
        name_member(session, passed.member_id)
        current = handling.locked_complaint(session, passed.complaint_id)
    if current is complaint:
        return False
    closing.reopen(session, current, "", ports)
    handling.add_words(session, current, text, ports, mail=mail)
    session.flush()
    name_member(session, complaint.member_id)
    return True
