"""A staged patrimoine file compared with what the member has, and written by sets."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.journey.patrimoine.patrimoine_rows import (
    ADDRESS_COLUMNS,
    DWELLING_COLUMNS,
    RESIDENCE_COLUMNS,
    Incoming,
    listed,
)
from service.models.patrimoine import Contract

_MISSING = (
    "d.member_id = :member and d.closed_on is null "
    "and not exists (select from incoming_dwellings i where i.reference = d.reference) "
    "and not exists (select from refused_dwellings f where f.reference = d.reference)"
)


def _upsert(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    """Return the statement that adds and changes rows, touching none that stays as it is, and opens the closed ones."""
    changed = [name for name in columns if name not in key]
    given = "" if "id" in columns else "id, "
    made = "" if "id" in columns else "gen_random_uuid(), "
    closes = table != "addresses"
    return (
        f"insert into {table} ({given}member_id, {listed(columns)}) select {made}:member, {listed(columns)} "
        f"from incoming_{table} on conflict ({listed(key)}) do update set "
        f"{listed(f'{name} = excluded.{name}' for name in changed)}{', closed_on = null' if closes else ''} "
        f"where ({listed(changed, f'{table}.')}) is distinct from ({listed(changed, 'excluded.')})"
        f"{f' or {table}.closed_on is not null' if closes else ''}"
    )


_COUNT = text(
    "select count(*) filter (where d.id is null), "
    "count(*) filter (where d.closed_on is null and d.id is not null and "
    f"({listed(DWELLING_COLUMNS, 'd.')}) is distinct from ({listed(DWELLING_COLUMNS, 'i.')})), "
    "count(*) filter (where d.closed_on is not null), "
    f"(select count(*) from dwellings d where {_MISSING}), "
    "(select count(*) from dwellings d where d.member_id = :member and d.closed_on is null) "
    "from incoming_dwellings i left join dwellings d on d.member_id = :member and d.reference = i.reference"
)
_ADD = (
    _upsert("residences", RESIDENCE_COLUMNS, ("id",)),
    _upsert("dwellings", DWELLING_COLUMNS, ("member_id", "reference")),
)
_CLOSE = (
    f"update dwellings d set closed_on = :today where {_MISSING}",
    (
        "update residences r set closed_on = :today where r.member_id = :member and r.closed_on is null "
        "and not exists (select from incoming_residences i where i.id = r.id) "
        "and not exists (select from dwellings d where d.residence_id = r.id and d.closed_on is null)"
    ),
)
READDRESS = (
    # An address goes when nobody lives there any more; a name, when the file gives another or the residence is closed.
    (
        "delete from addresses a where a.member_id = :member "
        "and not exists (select from incoming_addresses i where (i.residence_id, i.address_key) = "
        "(a.residence_id, a.address_key)) "
        "and not exists (select from dwellings d where (d.residence_id, d.address_key) = "
        "(a.residence_id, a.address_key) and d.closed_on is null) "
        "and (a.number <> '' or exists (select from incoming_residences i where i.id = a.residence_id) "
        "or exists (select from residences r where r.id = a.residence_id and r.closed_on is not null))"
    ),
    _upsert("addresses", ADDRESS_COLUMNS, ("residence_id", "address_key")),
)


@dataclass(frozen=True)
class Counts:
    """Dwellings: those the file adds, changes and reopens, those it no longer has, those open before."""

    added: int
    changed: int
    reopened: int
    missing: int
    open: int


def count(session: Session, member_id: UUID) -> Counts:
    """Compare what is staged with what the member has."""
    return Counts(*session.execute(_COUNT, {"member": member_id}).one())


def write(session: Session, member_id: UUID, incoming: Incoming, closed_on: date | None) -> None:
    """Write what is staged; with a day, close what the file no longer has."""
    session.add_all(incoming.agencies)
    session.flush()
    statements = (*_ADD, *(_CLOSE if closed_on else ()), *READDRESS)
    for statement in statements:
        session.execute(text(statement), {"member": member_id, "today": closed_on})
    if incoming.checked.header.has("contracts"):
        _sign(session, member_id, incoming)
        session.flush()
    session.execute(text("select seve_analyze_patrimoine()"))


def _sign(session: Session, member_id: UUID, incoming: Incoming) -> None:
    """Give the residences of the file the contracts it names, and take back the others, unless lines were refused."""
    wanted = {
        (residence_id, trade, organisation_id)
        for residence_id, holding in incoming.residences
        for trade, organisation_id in holding.contracts.items()
    }
    of_file = {residence_id for residence_id, _ in incoming.residences}
    for contract in session.scalars(select(Contract).where(Contract.residence_id.is_not(None))):
        if contract.residence_id is None or contract.residence_id not in of_file:
            continue
        key = (contract.residence_id, contract.trade, contract.organisation_id)
        if key in wanted:
            wanted.discard(key)
        elif not incoming.checked.faults:
            session.delete(contract)
    session.add_all(
        Contract(member_id=member_id, residence_id=residence_id, trade=trade, organisation_id=organisation_id)
        for residence_id, trade, organisation_id in sorted(wanted, key=str)
    )
