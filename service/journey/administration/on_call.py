"""Whom a member calls in danger, as its administrators set it. No level is left empty; level 1 takes two people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.news import telephone_number
from service.domain.on_call import PERIODS, Call, emptied
from service.domain.paging import EVERYBODY, FIRST
from service.domain.routing import WORKING
from service.journey.administration import audit, four_eyes
from service.journey.danger import duty
from service.journey.people import people
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.clock import OnCallContact
from service.models.oversight import Proposal
from service.models.people import Staff

KIND = "on_call"
LEVELS = range(FIRST, EVERYBODY + 1)
MAX_PHONE = 30
_KEPT = ("level", "hours", "name", "email", "phone")
HOURS = {None: "jour et nuit", "working": "heures d'ouverture", "off": "bureaux fermés"}


@dataclass(frozen=True)
class Plan:
    """Whom to call, as typed."""

    level: str
    hours: str
    name: str
    email: str
    phone: str


def listed(session: Session) -> Sequence[OnCallContact]:
    """Return those the member named, level after level."""
    return session.scalars(select(OnCallContact).order_by(OnCallContact.level, OnCallContact.name)).all()


def called(session: Session) -> dict[tuple[int, str], list[str]]:
    """Return who is really called at each level and period: where nobody is named, whoever else there is."""
    return {
        (level, period): duty.names(duty.contacts_of(session, level, is_working=period == WORKING))
        for level in LEVELS
        for period in PERIODS
    }


def add(member_id: UUID, by_id: UUID, plan: Plan, ports: Ports) -> None:
    """Call somebody more, from the next danger on. Asked twice, they are called once.

    Raises
    ------
    BadInput, NotAllowed
        With the field that is wrong; when whoever asks administers no more.

    """
    values = _checked(plan)
    with member_transaction(member_id) as session:
        by, known = _administrator(session, by_id), _held(session)
        if any(_values(one) == values for one in known):
            return
        contact = OnCallContact(id=uuid4(), member_id=member_id, **values)
        session.add(contact)
        audit.write(session, member_id, audit.actor(by), "created", _called(values), at=ports.clock.now(),
                    after=_told(values))  # fmt: skip


def change(member_id: UUID, by_id: UUID, contact_id: UUID, plan: Plan, reason: str, ports: Ports) -> bool:
    """Call somebody otherwise; say whether that is done, or waits for a second person as all that changes level 1.

    Raises
    ------
    BadInput, NotFound, NotAllowed
        As for somebody new; `level_empty` when nobody named would be left where they were called.

    """
    return _replace(member_id, by_id, contact_id, _checked(plan), reason, ports)


def remove(member_id: UUID, by_id: UUID, contact_id: UUID, reason: str, ports: Ports) -> bool:
    """Call somebody no more; say whether that is done, or waits for a second person."""
    return _replace(member_id, by_id, contact_id, None, reason, ports)


def apply(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Do what a second person agreed to, unless whom it is about is no longer called as when that was proposed."""
    known = _held(session)
    contact = next((one for one in known if str(one.id) == proposal.values["contact"]), None)
    if contact is None or _values(contact) != proposal.values["before"]:
        raise NotAllowed("contact_changed")
    _check_nothing_empties(known, contact, proposal.values["after"])
    _put(session, contact, proposal.values["after"], audit.actor(staff), ports)


def _replace(
    member_id: UUID, by_id: UUID, contact_id: UUID, values: dict[str, Any] | None, reason: str, ports: Ports
) -> bool:
    with member_transaction(member_id) as session:
        by, known = _administrator(session, by_id), _held(session)
        contact = next((one for one in known if one.id == contact_id), None)
        if contact is None:
            raise NotFound("contact")
        before = _values(contact)
        if values == before:
            return True
        _check_nothing_empties(known, contact, values)
        if contact.level != FIRST or (values and values | {"name": contact.name} == before):
            _put(session, contact, values, audit.actor(by), ports)
            return True
        asked: dict[str, Any] = {"contact": str(contact_id), "before": before, "after": values}
        four_eyes.propose(
            session, by, KIND, subject=_in_words(before, values), values=asked, reason=reason, ports=ports
        )
        return False


def _put(
    session: Session, contact: OnCallContact, values: dict[str, Any] | None, who: audit.Actor, ports: Ports
) -> None:
    before, now, member_id = _values(contact), ports.clock.now(), contact.member_id
    if values is None:
        session.delete(contact)
        audit.write(session, member_id, who, "removed", _called(before), at=now, before=_told(before))
        return
    for name, value in values.items():
        setattr(contact, name, value)
    audit.write_change(session, member_id, who, _called(before), _told(before), _told(values), at=now)


def _check_nothing_empties(
    known: Sequence[OnCallContact], contact: OnCallContact, values: dict[str, Any] | None
) -> None:
    before = [Call(one.level, one.hours) for one in known]
    after = [Call(one.level, one.hours) for one in known if one.id != contact.id]
    if values:
        after.append(Call(values["level"], values["hours"]))
    if emptied(before, after):
        raise NotAllowed("level_empty", "level")


def _held(session: Session) -> Sequence[OnCallContact]:
    """Return all of them, held: two people who remove the last two do it one after the other."""
    return session.scalars(select(OnCallContact).order_by(OnCallContact.id).with_for_update()).all()


def _administrator(session: Session, by_id: UUID) -> Staff:
    return people.pair(session, by_id, by_id)[1]


def _checked(plan: Plan) -> dict[str, Any]:
    phone, email = " ".join(plan.phone.split()), plan.email.strip()
    if plan.level not in {str(level) for level in LEVELS}:
        raise BadInput("unknown_value", "level")
    if plan.hours not in {"", *PERIODS}:
        raise BadInput("unknown_value", "hours")
    if phone and (len(phone) > MAX_PHONE or telephone_number(phone) is None):
        raise BadInput("not_a_phone", "phone")
    if not phone and not email:
        raise BadInput("unreachable", "phone")
    return {
        "level": int(plan.level), "hours": plan.hours or None, "name": people.checked_name(plan.name),
        "email": people.checked_email(email) if email else None, "phone": phone or None,
    }  # fmt: skip


def _values(contact: OnCallContact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in _KEPT}


def _called(values: dict[str, Any]) -> str:
    return f"Astreinte : {values['name']}"


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "niveau": values["level"], "heures": HOURS[values["hours"]], "nom": values["name"], "e-mail": values["email"],
        "téléphone": values["phone"],
    }  # fmt: skip


def _in_words(before: dict[str, Any], after: dict[str, Any] | None) -> str:
    """Return what is proposed, so that the second person needs nothing else."""
    if after is None:
        return f"Astreinte, niveau {before['level']} : ne plus appeler {before['name']} ({_ways(before)})"
    return (
        f"Astreinte, niveau {before['level']} : au lieu de {before['name']} ({_ways(before)}), appeler {after['name']} "
        f"au niveau {after['level']} ({_ways(after)})"
    )


def _ways(values: dict[str, Any]) -> str:
    return ", ".join(filter(None, (values["phone"], values["email"], HOURS[values["hours"]])))
