"""What a person prefers for their own pages: kept with them, read by nobody else."""

from typing import Any
from uuid import UUID

from service.journey.handling.handling import staff_member
from service.journey.transactions import member_transaction


def choose(member_id: UUID, staff_id: UUID, name: str, value: Any) -> None:
    """Keep a preference of a person; the others stay as they are."""
    with member_transaction(member_id) as session:
        staff = staff_member(session, staff_id)
        staff.choices = {**staff.choices, name: value}
