"""A member's own settings: each change is checked, written in the audit log, and counts at once."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.domain import member_settings
from service.domain.errors import BadInput, NotFound
from service.domain.member_settings import FIELDS
from service.domain.submission import check_text
from service.journey.administration import audit, four_eyes, themes
from service.journey.clocks import clocks
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.member import ClosureDay, Member
from service.models.oversight import Proposal
from service.models.people import Staff

WORKING = ("opens_at", "closes_at", "holiday_zone")  # what moves what is due
LONGEST_LABEL = 100
_YEARS = range(2020, 2101)


def save(member_id: UUID, staff_id: UUID, typed: Mapping[str, str], reason: str, ports: Ports) -> bool:
    """Keep the settings that were sent; return whether one of them waits for a second person.

    Raises
    ------
    Unreadable
        When one of them cannot be kept; nothing is then.
    BadInput
        When the second factor is made optional without a reason, or a colour cannot be read on our pages.

    """
    wanted = member_settings.read(typed)
    if "colour" in wanted:
        themes.check_theme(wanted["colour"])
    with member_transaction(member_id) as session:
        member = session.get_one(Member, member_id, with_for_update=True)
        staff = staff_member(session, staff_id)
        waits = wanted.get("second_factor") == "optional" and member.second_factor == "required"
        if waits:
            four_eyes.propose(
                session, staff, "second_factor", subject="Ne plus demander de second facteur",
                values={"second_factor": wanted.pop("second_factor")}, reason=reason, ports=ports,
            )  # fmt: skip
        is_moved = _keep(session, member, audit.actor(staff), wanted, ports)
    if is_moved:
        clocks.recompute(member_id, ports, write=True)
    return waits


def save_colour(member_id: UUID, who: audit.Actor, colour: str, ports: Ports) -> str:
    """Give a member its colour and return it as kept; refused when somebody could not read it: see `themes`."""
    wanted = themes.check_theme(colour)
    with member_transaction(member_id) as session:
        _keep(session, session.get_one(Member, member_id, with_for_update=True), who, {"colour": wanted}, ports)
    return wanted


def make_optional(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Do what two persons agreed to: a password alone is enough again."""
    member = session.get_one(Member, proposal.member_id, with_for_update=True)
    _keep(session, member, audit.actor(staff), proposal.values, ports)


def _keep(session: Session, member: Member, who: audit.Actor, wanted: Mapping[str, Any], ports: Ports) -> bool:
    """Put the values on the member's line; return whether working time has changed."""
    opens, closes = wanted.get("opens_at", member.opens_at), wanted.get("closes_at", member.closes_at)
    if opens >= closes:
        raise member_settings.Unreadable({"closes_at": "closes_before_opening"})
    before = {column: getattr(member, column) for column in wanted}
    for column, value in wanted.items():
        setattr(member, column, value)
    said = [
        {FIELDS[column].name: FIELDS[column].in_words(kept[column]) for column in wanted} for kept in (before, wanted)
    ]
    audit.write_change(session, member.id, who, "Réglages", *said, at=ports.clock.now())
    return any(before[column] != wanted[column] for column in WORKING if column in wanted)


def add_closure(member_id: UUID, who: audit.Actor, day: date, label: str, ports: Ports) -> int:
    """Close the member on a day; return how many delays were put off by it. A day closed already takes the new name.

    Raises
    ------
    BadInput
        When the day is none anybody means, or the name is blank or long.

    """
    check_text(label.strip(), "label", LONGEST_LABEL)
    if day.year not in _YEARS:
        raise BadInput("not_a_day", "day")
    with member_transaction(member_id) as session:
        known = session.scalars(select(ClosureDay).where(ClosureDay.day == day)).first()
        before = {"nom": known.label} if known else None
        session.execute(delete(ClosureDay).where(ClosureDay.day == day))
        session.add(ClosureDay(member_id=member_id, day=day, label=label.strip()))
        action, subject = ("changed" if known else "created"), f"Fermeture du {day.isoformat()}"
        audit.write(
            session, member_id, who, action, subject, at=ports.clock.now(), before=before, after={"nom": label.strip()}
        )
    return len(clocks.recompute(member_id, ports, write=True))


def remove_closure(member_id: UUID, who: audit.Actor, closure_id: UUID, ports: Ports) -> int:
    """Open the member on a day again; return how many delays end sooner for it.

    Raises
    ------
    NotFound
        When the member has no such day.

    """
    with member_transaction(member_id) as session:
        closure = session.get(ClosureDay, closure_id)
        if closure is None:
            raise NotFound("closure")
        subject = f"Fermeture du {closure.day.isoformat()}"
        audit.write(session, member_id, who, "removed", subject, at=ports.clock.now(), before={"nom": closure.label})
        session.delete(closure)
    return len(clocks.recompute(member_id, ports, write=True))
