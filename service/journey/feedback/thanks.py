"""Thanks: a few words of the tenant, once it is over, that reach the people who helped. Each of them once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.closing import PASSED_ON
from service.domain.errors import NotAllowed
from service.domain.feedback import MAX_THANKS, THANK_WITHIN
from service.domain.mending import heard
from service.domain.status import Audience, EventKind, Status
from service.domain.submission import check_text
from service.journey.delivery.planning import Channel, plan
from service.journey.events import record
from service.journey.handling.handling import locked_complaint
from service.journey.news.mending import is_closed_for_tenant
from service.journey.people.absence import blind
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.member import Organisation, Team
from service.models.people import Staff

THANKS = "thanks"
_BY_STAFF = (EventKind.ANSWERED, EventKind.ASKED, EventKind.CLOSED)  # whoever did one of these helped
_TAKES_OFF = (EventKind.ROUTED, EventKind.TRANSFERRED, EventKind.REFUSED)  # who was to come does not


@dataclass(frozen=True)
class Thanked:
    """Who helped: a name, and where the words go. Without an address they are read on the complaint's page alone.

    `is_person` says that it is one colleague, who may see the complaint; a team's box is read by many.
    """

    name: str
    email: str | None
    is_outside: bool = False
    is_person: bool = False


def may_thank(complaint: Complaint, events: Sequence[Event], now: datetime) -> bool:
    """Say whether the tenant may still say thank you: it is over for less than sixty days, and not said yet."""
    is_over = complaint.status == Status.CLOSED and complaint.outcome != PASSED_ON and complaint.closed_at is not None
    if not is_over or any(event.kind == EventKind.THANKED for event in events):
        return False
    return complaint.closed_at is not None and now <= complaint.closed_at + THANK_WITHIN


def names_of(events: Sequence[Event], *, for_tenant: bool = False) -> list[str]:
    """Return the names of those who helped, as the history tells them, in the order in which they came in.

    `for_tenant` leaves out colleagues whom the tenant never read of.
    """
    found: list[str] = []
    coming: list[str] = []  # said to come, and not taken off it since
    for event in events:
        if event.kind in _TAKES_OFF:
            coming = []
        elif event.kind == EventKind.PLANNED:
            coming = [str(event.data["organisation"])]
        found += _named(event, for_tenant=for_tenant)
    return list(dict.fromkeys(found + coming))


def say_thanks(member_id: UUID, complaint_id: UUID, text: str, ports: Ports) -> bool:
    """Keep the words and bring them to those who helped; False when thanks were said before, which changes nothing.

    Raises
    ------
    BadInput
        When there are no words, or too many.
    NotFound, NotAllowed
        When there is no such complaint, it is not over, or it has been for more than sixty days.

    """
    check_text(text, "thanks", MAX_THANKS)
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        history = select(Event).where(Event.complaint_id == complaint.id).order_by(Event.id)
        events = session.scalars(history).all()
        if any(event.kind == EventKind.THANKED for event in events):
            return False
        now = ports.clock.now()
        if not (is_closed_for_tenant(complaint, events, now) and may_thank(complaint, events, now)):
            raise NotAllowed("no_thanks")
        people = _people(session, complaint, names_of(heard(events)))
        event = record(
            session,
            complaint,
            EventKind.THANKED,
            at=ports.clock.now(),
            actor="tenant",
            audience=Audience.TENANT,
            data={"text": text, "to": list(dict.fromkeys(one.name for one in people))},
        )
        for one in people:
            if one.email:  # Two names of one address are told once: one event tells one recipient one thing.
                data = {"outside": one.is_outside, "sees": one.is_person and complaint.is_sensitive}
                plan(session, event, Channel(THANKS, "email", one.email, with_text=True, data=data), ports)
    return True


def _named(event: Event, *, for_tenant: bool) -> list[str]:
    if event.kind in _BY_STAFF:
        return [] if event.actor == "tenant" else [event.actor]
    if event.kind == EventKind.ASSIGNED:
        return [] if for_tenant or not event.data["to"] else [str(event.data["to"])]
    return [str(event.data["organisation"])] if event.kind == EventKind.WORK_DONE else []


def _people(session: Session, complaint: Complaint, names: Sequence[str]) -> list[Thanked]:
    """Return where each name is reached; the team of the complaint when the history names nobody.

    The history keeps names. Two colleagues of the same name cannot be told apart: both are told, inside one house.
    Whoever may not see a sensitive complaint any more is left out.
    """
    staff: dict[str, list[str]] = {}
    unseeing = blind(session, complaint)
    for person in session.scalars(select(Staff).where(Staff.name.in_(names), Staff.is_active).order_by(Staff.email)):
        staff.setdefault(person.name, []).extend([] if person.id in unseeing else [person.email])
    outside = {one.name: one.email for one in session.scalars(select(Organisation).where(Organisation.name.in_(names)))}
    found: list[Thanked] = []
    for name in names:
        if name in staff:
            found += [Thanked(name, email, is_person=True) for email in staff[name]]
        else:
            found.append(Thanked(name, outside.get(name), is_outside=name in outside))
    if not found and complaint.team_id:
        team = session.get_one(Team, complaint.team_id)
        found = [Thanked(team.name, team.email)]
    return list({(one.name, one.email): one for one in found}.values())
