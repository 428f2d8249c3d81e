"""What would become of a message if it were sent now: everything is done as for good, looked at, and undone.

Nothing is kept, nobody is told, and what is shown is exactly what sending it would do at this moment.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID, uuid4

from service.domain.submission import check_text
from service.journey import reading, steps
from service.journey.ports import Ports, TextModelDown
from service.journey.submission import submission
from service.journey.submission.sent import Submission
from service.journey.transactions import member_transaction

T = TypeVar("T")


class _Undone(Exception):
    """Leaves the transaction without keeping anything."""


def rehearse(member_id: UUID, sent: Submission, look: Callable[[reading.Sheet], T], ports: Ports) -> T:
    """Return what `look` makes of the complaint as it would stand at its desk. While the model is down, it is unsorted.

    Raises
    ------
    BadInput
        When the text cannot be accepted.

    """
    check_text(sent.text)
    seen: list[T] = []
    complaint_id = uuid4()
    with suppress(_Undone), member_transaction(member_id) as session:
        submission.store_where_it_belongs(session, member_id, complaint_id, sent, ports)
        with suppress(TextModelDown):
            steps.take_at_once(session, complaint_id, ports)
        seen.append(look(reading.sheet(session, complaint_id)))
        raise _Undone
    return seen[0]
