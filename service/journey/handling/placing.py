"""Placing: a person says where a complaint is about, when nobody knew or when it was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.domain.status import EventKind, Status
from service.journey.clocks import clocks
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.incidents.incident_links import live_link
from service.journey.incidents.incident_reports import household
from service.journey.patrimoine import dwelling_search
from service.journey.patrimoine.places import Address, find_place, place_in_words, words_of_place
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.journey.trends import objections
from service.models.complaint import Complaint
from service.models.member import Member
from service.models.patrimoine import Dwelling, Residence

_LONGEST = 200  # signs that are looked for


@dataclass(frozen=True)
class Chosen:
    """The place a person chose: a dwelling, or a whole residence when none is known."""

    dwelling_id: UUID | None = None
    residence_id: UUID | None = None


@dataclass(frozen=True)
class Candidates:
    """What may be meant by the words typed: residences and dwellings of the member, or another member that has it."""

    residences: Sequence[Residence] = ()
    dwellings: Sequence[tuple[Dwelling, Residence]] = ()
    has_more: bool = False
    elsewhere: str | None = None


def look_for(session: Session, member_id: UUID, typed: str) -> Candidates:
    """Return the places that the words may mean, by every word, else as an address that a tenant types.

    Where the member has none such, the one other member that holds it by the network's agreement is named.
    """
    typed = typed.strip()[:_LONGEST]
    if not typed:
        return Candidates()
    found = dwelling_search.search(session, typed)
    if found.dwellings:
        here = {residence.id: residence for _, residence in found.dwellings}
        return Candidates(tuple(here.values()), found.dwellings, found.has_more)
    place = find_place(session, member_id, typed, Address(typed, "", ""))
    if place.member_id != member_id:
        return Candidates(elsewhere=session.get_one(Member, place.member_id).name)
    residence = session.get(Residence, place.residence_id) if place.residence_id else None
    dwelling = session.get(Dwelling, place.dwelling_id) if place.dwelling_id else None
    if residence is None:
        return Candidates()
    return Candidates((residence,), ((dwelling, residence),) if dwelling else ())


def place(member_id: UUID, complaint_id: UUID, staff_id: UUID, chosen: Chosen, ports: Ports) -> None:
    """Write where the complaint is about; the steps that follow route it and look at its neighbours. Safe twice.

    What a person brought somewhere stays there: see journey.routing. What counts households counts it from now on as
    one of this dwelling, in every period that is not published yet.

    Raises
    ------
    BadInput
        `not_a_place` when the place is none of the member's, or is closed.
    NotFound, NotAllowed
        When there is no such complaint, or it is closed.

    """
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        dwelling, residence = _place_of(session, chosen)
        ids = (dwelling.id if dwelling else None, residence.id)
        if ids == (complaint.dwelling_id, complaint.residence_id) and complaint.status != Status.CLOSED:
            return
        before = place_in_words(session, complaint)
        complaint.dwelling_id, complaint.residence_id = ids
        complaint.place_words = _words(complaint, residence, dwelling)
        # Its household is that of the dwelling now, also where it is linked already.
        if bond := live_link(session, complaint.id):
            bond.household = household(complaint)
        objections.follow(session, complaint, staff, ports.clock.now())
        data = {"from": before, "to": place_in_words(session, complaint)}
        record(session, complaint, EventKind.PLACED, at=ports.clock.now(), actor=staff.name, data=data)
        clocks.refresh(session, complaint, ports)


def _place_of(session: Session, chosen: Chosen) -> tuple[Dwelling | None, Residence]:
    dwelling = session.get(Dwelling, chosen.dwelling_id) if chosen.dwelling_id else None
    residence_id = dwelling.residence_id if dwelling else None if chosen.dwelling_id else chosen.residence_id
    residence = session.get(Residence, residence_id) if residence_id else None
    if residence is None or residence.closed_on or (dwelling and dwelling.closed_on):
        raise BadInput("not_a_place", "place")
    return dwelling, residence


def _words(complaint: Complaint, residence: Residence, dwelling: Dwelling | None) -> str:
    given = complaint.place_given.get("address")
    return words_of_place(
        residence, dwelling, complaint.place_given.get("reference"), Address(**given) if given else None
    )
