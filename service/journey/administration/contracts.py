"""Who works for which residences in which trade, from a day to a day: what the member's rules follow.

A contract is one line for the whole member, or one for each of its residences. Lines that say the same of several
residences are shown, and ended, together.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.routing import TRADES
from service.journey.administration import audit
from service.journey.people import people
from service.journey.people.absence import day_of
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.member import Agency, Organisation
from service.models.patrimoine import Contract, Residence
from service.models.people import Staff


@dataclass(frozen=True)
class Plan:
    """A contract to write down; neither an agency nor a residence: for the whole member."""

    organisation_id: UUID
    trade: str
    starts_on: date | None
    ends_on: date | None
    agency_id: UUID | None = None
    residence_id: UUID | None = None


@dataclass(frozen=True)
class Group:
    """Lines of one organisation, trade and time: `residences` is empty where it is for the whole member."""

    id: UUID  # of its first line, which stands for it in addresses
    organisation: str
    trade: str
    starts_on: date | None
    ends_on: date | None
    residences: Sequence[Residence]

    def state(self, today: date) -> str:
        """Return coming, running or over."""
        if self.ends_on and self.ends_on < today:
            return "over"
        return "coming" if self.starts_on and self.starts_on > today else "running"


def groups(session: Session) -> list[Group]:
    """Return the member's contracts, by trade, those of the whole member first."""
    asked = select(Contract, Organisation.name, Residence)
    asked = asked.join(Organisation, Organisation.id == Contract.organisation_id)
    asked = asked.outerjoin(Residence, Residence.id == Contract.residence_id).order_by(Residence.name, Contract.id)
    found: dict[tuple[Any, ...], list[tuple[Contract, str, Residence | None]]] = defaultdict(list)
    for contract, name, residence in session.execute(asked):
        found[_key(contract)].append((contract, name, residence))
    made = [_group(rows) for rows in found.values()]
    return sorted(made, key=lambda one: (TRADES.get(one.trade, one.trade), bool(one.residences), one.organisation))


def group(session: Session, contract_id: UUID) -> Group:
    """Return the contract that a line belongs to; NotFound when there is none any more."""
    contract = session.get(Contract, contract_id)
    if contract is None:
        raise NotFound("contract")
    name = session.get_one(Organisation, contract.organisation_id).name
    residences = {one.id: one for one in session.scalars(select(Residence))}
    return _group([(one, name, residences.get(one.residence_id or one.id)) for one in _lines(session, contract)])


def add(member_id: UUID, by_id: UUID, plan: Plan, ports: Ports) -> int:
    """Write down a contract; return how many lines that made. Sent twice, it is written once.

    Raises
    ------
    BadInput, NotAllowed
        With the field that is wrong; when whoever asks administers no more.

    """
    if plan.trade not in TRADES:
        raise BadInput("unknown_value", "trade")
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        raise BadInput("ends_before_it_starts", "ends_on")
    with member_transaction(member_id) as session:
        by = _administrator(session, by_id)
        # Held: the same contract sent twice at once is written by the first.
        organisation = session.get(Organisation, plan.organisation_id, with_for_update=True)
        if organisation is None:
            raise BadInput("unknown_value", "organisation")
        wanted = Contract(
            organisation_id=organisation.id, trade=plan.trade, starts_on=plan.starts_on, ends_on=plan.ends_on
        )
        places = _places(session, plan)
        known = {one.residence_id for one in session.scalars(_same(wanted))}
        new = [place for place in places if place not in known]
        session.add_all(
            Contract(
                id=uuid4(), member_id=member_id, organisation_id=organisation.id, trade=plan.trade, residence_id=place,
                starts_on=plan.starts_on, ends_on=plan.ends_on,
            )
            for place in new
        )  # fmt: skip
        if new:
            told = _told(plan.starts_on, plan.ends_on) | {"où": _where(session, plan, len(new))}
            audit.write(session, member_id, audit.actor(by), "created", _called(organisation.name, plan.trade),
                        at=ports.clock.now(), after=told)  # fmt: skip
        return len(new)


def end(
    member_id: UUID, by_id: UUID, contract_id: UUID, last_day: date, residences: Collection[UUID], ports: Ports
) -> int:
    """End a contract on a day, for some of its residences or for the whole member; return how many lines that is.

    What has not begun by then is taken away: it never serves.

    Raises
    ------
    BadInput, NotFound, NotAllowed
        When no residence is chosen; there is no such contract; it has ended already.

    """
    with member_transaction(member_id) as session:
        by, contract = _administrator(session, by_id), session.get(Contract, contract_id)
        if contract is None:
            raise NotFound("contract")
        lines = [one for one in _lines(session, contract) if one.residence_id is None or one.residence_id in residences]
        if not lines:
            raise BadInput("nothing_ticked", "residences")
        today = day_of(ports.clock.now())
        if contract.ends_on and (contract.ends_on < today or contract.ends_on == last_day):
            raise NotAllowed("contract_ended")
        before, starts_on = contract.ends_on, contract.starts_on
        name = session.get_one(Organisation, contract.organisation_id).name
        for line in lines:
            _end(session, line, last_day)
        audit.write_change(
            session, member_id, audit.actor(by), _called(name, contract.trade),
            _told(starts_on, before) | {"lignes": None}, _told(starts_on, last_day) | {"lignes": len(lines)},
            at=ports.clock.now(),
        )  # fmt: skip
        return len(lines)


def _end(session: Session, line: Contract, last_day: date) -> None:
    if line.starts_on and line.starts_on > last_day:
        session.delete(line)
    else:
        line.ends_on = last_day


def _key(contract: Contract) -> tuple[Any, ...]:
    """Return what lines that are shown together have in common."""
    is_everywhere = contract.residence_id is None
    return contract.organisation_id, contract.trade, contract.starts_on, contract.ends_on, is_everywhere


def _lines(session: Session, contract: Contract) -> Sequence[Contract]:
    """Return the lines shown together with one, held."""
    key = _key(contract)
    return [one for one in session.scalars(_same(contract).order_by(Contract.id).with_for_update()) if _key(one) == key]


def _same(contract: Contract) -> Select[Contract]:
    return select(Contract).where(
        Contract.organisation_id == contract.organisation_id,
        Contract.trade == contract.trade,
        Contract.starts_on.is_not_distinct_from(contract.starts_on),
        Contract.ends_on.is_not_distinct_from(contract.ends_on),
    )


def _group(rows: Sequence[tuple[Contract, str, Residence | None]]) -> Group:
    first, name, _ = rows[0]
    places = sorted((place for _, _, place in rows if place), key=lambda place: place.name)
    return Group(first.id, name, first.trade, first.starts_on, first.ends_on, places)


def _places(session: Session, plan: Plan) -> list[UUID | None]:
    """Return the residences of a contract; None stands for all, those to come too."""
    if plan.residence_id:
        if session.get(Residence, plan.residence_id) is None:
            raise BadInput("unknown_residence", "residence")
        return [plan.residence_id]
    if plan.agency_id:
        found = list(session.scalars(select(Residence.id).where(Residence.agency_id == plan.agency_id)))
        if not found:
            raise BadInput("unknown_value", "agency")
        return [*found]
    return [None]


def _where(session: Session, plan: Plan, count: int) -> str:
    if plan.residence_id:
        return session.get_one(Residence, plan.residence_id).name
    if plan.agency_id:
        return f"{session.get_one(Agency, plan.agency_id).name}, {count} résidences"
    return "toutes les résidences"


def _told(starts_on: date | None, ends_on: date | None) -> dict[str, Any]:
    return {
        "du": starts_on.isoformat() if starts_on else None, "au": ends_on.isoformat() if ends_on else None
    }  # fmt: skip


def _called(organisation: str, trade: str) -> str:
    return f"Contrat de {organisation} : {TRADES.get(trade, trade)}"


def _administrator(session: Session, by_id: UUID) -> Staff:
    return people.pair(session, by_id, by_id)[1]
