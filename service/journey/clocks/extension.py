"""Extension: the full answer put back once, with a reason that the tenant reads."""

from uuid import UUID

from service.domain.deadlines import EXTENDABLE, LONGEST_EXTENSION
from service.domain.errors import BadInput, NotAllowed
from service.domain.status import Audience, EventKind
from service.domain.submission import MAX_REASON, check_text
from service.journey.clocks import clocks
from service.journey.closing import reviewers
from service.journey.dates import in_words
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction


def extend(member_id: UUID, complaint_id: UUID, staff_id: UUID, *, days: int, reason: str, ports: Ports) -> None:
    """Put the full answer back by some working days, and tell the tenant why.

    Raises
    ------
    BadInput
        When there are no days or more than ten, or the reason is blank or over 300 characters.
    NotFound
        When the member has no such complaint.
    NotAllowed
        When it was extended before, waits for a first answer, or may not be: a danger, a lost essential service; or
        somebody else has to look again.

    """
    if not 1 <= days <= LONGEST_EXTENSION:
        raise BadInput("not_a_number_of_days", "days")
    check_text(reason, "extension_reason", MAX_REASON)
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        reviewers.keep_off(session, complaint, staff)
        now = clocks.refresh(session, complaint, ports)
        running = next((state for state in now.states if state.clock == EXTENDABLE), None)
        if not now.can_extend or running is None:
            raise NotAllowed("extension")
        hours = clocks.ways_of(session, member_id, ports).time
        # While the tenant is waited for nothing is due: the new day counts from today as if they answered now.
        due = hours.day_of(running.due_at or ports.clock.now())
        until = hours.after(due, days)
        said = f"Il nous faut plus de temps : {reason} Nouvelle date, au plus tard : {in_words(until)}."
        data = {"clock": EXTENDABLE.value, "days": days, "until": until.isoformat(), "reason": reason, "text": said}
        at, told = ports.clock.now(), Audience.TENANT
        record(session, complaint, EventKind.EXTENDED, at=at, actor=staff.name, audience=told, data=data)
        clocks.refresh(session, complaint, ports)
