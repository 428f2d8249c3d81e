"""A member's own delays: lines beside the network's. What was already promised does not change."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.deadlines import LABELS, LONGEST_TARGET, Clock, Line, Unit
from service.domain.deadlines import Target as Delay
from service.domain.errors import BadInput, NotFound
from service.domain.taxonomy import categories, category_label, urgencies
from service.journey.administration import audit
from service.journey.clocks.clocks import as_line
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.clock import Target


def read_line(clock: str, amount: str, unit: str, category: str | None, urgency: str | None) -> Line:
    """Return a line as typed.

    Raises
    ------
    BadInput
        When a part of it is not one we know, it is too long, or a danger would wait for the morning.

    """
    _check("clock", clock, set(Clock))
    _check("unit", unit, set(Unit))
    if category:
        _check("category", category, set(categories()))
    if urgency:
        _check("urgency", urgency, set(urgencies()))
    if not (amount.isascii() and amount.isdigit() and 1 <= int(amount) <= LONGEST_TARGET[Unit(unit)]):
        raise BadInput("not_a_delay", "amount")
    if urgency == "danger" and unit != Unit.HOURS:
        raise BadInput("danger_in_days", "unit")
    return Line(Clock(clock), Delay(int(amount), Unit(unit)), category or None, urgency or None)


def _check(field: str, value: str, choices: Collection[str]) -> None:
    if value not in choices:
        raise BadInput("unknown_value", field)


def in_words(line: Line) -> str:
    """Return what a line is about, as people read it."""
    category = category_label(line.category) if line.category else "tous les sujets"
    urgency = urgencies()[line.urgency].label if line.urgency else "toutes les urgences"
    return f"{LABELS[line.clock]}, {category}, {urgency}"


def own_lines(session: Session) -> list[Target]:
    """Return the lines of the transaction's member."""
    return list(session.scalars(select(Target).order_by(Target.clock, Target.category, Target.urgency)))


def save_line(member_id: UUID, who: audit.Actor, line: Line, ports: Ports) -> None:
    """Keep a line; one about the same thing is replaced."""
    with member_transaction(member_id) as session:
        same = select(Target).where(
            Target.clock == line.clock,
            Target.category.is_not_distinct_from(line.category),
            Target.urgency.is_not_distinct_from(line.urgency),
        )
        row = session.scalars(same.with_for_update()).first()
        before = as_line(row).target.words if row else None
        if row is None:
            row = Target(member_id=member_id, clock=line.clock, category=line.category, urgency=line.urgency)
            session.add(row)
        row.amount, row.unit = line.target.amount, line.target.unit
        subject = f"Délai : {in_words(line)}"
        audit.write_change(
            session, member_id, who, subject, {"délai": before}, {"délai": line.target.words}, at=ports.clock.now()
        )


def remove_line(member_id: UUID, who: audit.Actor, target_id: UUID, ports: Ports) -> None:
    """Take a line away: the network's counts again.

    Raises
    ------
    NotFound
        When the member has no such line.

    """
    with member_transaction(member_id) as session:
        row = session.get(Target, target_id, with_for_update=True)
        if row is None:
            raise NotFound("target")
        line = as_line(row)
        subject, before = f"Délai : {in_words(line)}", {"délai": line.target.words}
        audit.write(session, member_id, who, "removed", subject, at=ports.clock.now(), before=before)
        session.delete(row)
