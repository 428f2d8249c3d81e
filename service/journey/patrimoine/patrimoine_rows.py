"""The rows of a patrimoine file, brought into temporary tables by COPY."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.domain.addresses import Entry, entry_of_line, entry_of_name, fold
from service.domain.holdings import Checked, Holding
from service.models.member import Agency
from service.models.patrimoine import Residence

RESIDENCE_COLUMNS = (
    "id", "code", "name", "agency_id", "postcode", "insee", "city", "heating", "has_lift", "area_type", "caretaker",
)  # fmt: skip
DWELLING_COLUMNS = (
    "reference", "residence_id", "address_line", "address_key", "rpls_id", "building", "stair", "floor", "door",
    "heating", "has_lift",
)  # fmt: skip
ADDRESS_COLUMNS = ("residence_id", "address_key", "line", "number", "street_key", "postcode", "insee", "city_key")
_TABLES = {
    "incoming_residences": ("residences", RESIDENCE_COLUMNS),
    "incoming_dwellings": ("dwellings", DWELLING_COLUMNS),
    "incoming_addresses": ("addresses", ADDRESS_COLUMNS),
    "refused_dwellings": ("dwellings", ("reference",)),
}
# What stays as it is when the file has no column for it: its field -> the column. A code stays whatever the file has.
_KEPT_DWELLING = {name: name for name in ("rpls_id", "building", "stair", "floor", "door")}
_KEPT_RESIDENCE = {"caretaker": "caretaker", "area": "area_type", "": "code"}


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Return names as SQL lists them."""
    return ", ".join(f"{prefix}{name}" for name in names)


@dataclass
class Incoming:
    """A file whose residences and agencies have their ids, known or new."""

    checked: Checked
    residences: list[tuple[UUID, Holding]] = field(default_factory=list)
    agency_ids: dict[str, UUID] = field(default_factory=dict)  # by folded name
    agencies: list[Agency] = field(default_factory=list)  # the new ones


def arrange(session: Session, member_id: UUID, checked: Checked) -> Incoming:
    """Find the residences and agencies the file is about; those it brings are given an id."""
    known = session.execute(select(Agency.name, Agency.id))
    incoming = Incoming(checked, agency_ids={fold(name): agency_id for name, agency_id in known})
    by_code: dict[str, UUID] = {}
    by_name: dict[tuple[str, str], UUID] = {}
    rows = session.execute(
        select(Residence.id, Residence.code, Residence.name, Residence.insee).order_by(Residence.closed_on.nulls_last())
    )
    for row in rows:
        by_name[fold(row.name), row.insee] = row.id
        if row.code:
            by_code[row.code] = row.id
    coded, taken = set(by_code.values()), set[UUID | None]()
    # Those with a code take theirs before a name is looked at.
    for holding in sorted(checked.holdings, key=lambda one: one.code is None):
        name = (fold(holding.name), holding.first.insee)
        # A residence that has another code is another one, whatever its name.
        named = None if holding.code and by_name.get(name) in coded else by_name.get(name)
        found = by_code.get(holding.code or "") or (named if named not in taken else None)
        taken.add(found)
        incoming.residences.append((found or uuid4(), holding))
        if fold(holding.agency) not in incoming.agency_ids:
            agency = Agency(id=uuid4(), member_id=member_id, name=holding.agency, city=holding.first.city)
            incoming.agencies.append(agency)
            incoming.agency_ids[fold(holding.agency)] = agency.id
    return incoming


def stage(session: Session, member_id: UUID, incoming: Incoming) -> None:
    """Copy the file into temporary tables that end with the transaction."""
    addresses = [(residence_id, _entries(holding)) for residence_id, holding in incoming.residences]
    rows: dict[str, Iterable[tuple[Any, ...]]] = {
        "incoming_residences": _residences(incoming),
        "incoming_dwellings": _dwellings(incoming, dict(addresses)),
        "incoming_addresses": _addresses(addresses),
        "refused_dwellings": ((reference,) for reference in incoming.checked.refused_references),
    }
    driver: Any = session.connection().connection.driver_connection
    for name, (table, columns) in _TABLES.items():
        session.execute(
            text(f"create temporary table {name} on commit drop as select {listed(columns)} from {table} with no data")
        )
        with driver.cursor() as cursor, cursor.copy(f"copy {name} ({listed(columns)}) from stdin") as copy:
            for row in rows[name]:
                copy.write_row(row)
        session.execute(text(f"analyze {name}"))
    _keep(session, member_id, incoming.checked)


def _entries(holding: Holding) -> dict[tuple[str, str], Entry]:
    """Return the addresses of a residence by line and postcode, its own name last."""
    first = holding.first
    found = {}
    for line in holding.lines:
        if (line.address_line, line.postcode) not in found:
            entry = entry_of_line(line.address_line, line.postcode, line.insee, line.city)
            found[line.address_line, line.postcode] = entry
    found["", ""] = entry_of_name(holding.name, first.postcode, first.insee, first.city)
    return found


def _residences(incoming: Incoming) -> Iterator[tuple[Any, ...]]:
    for residence_id, one in incoming.residences:
        first, agency_id = one.first, incoming.agency_ids[fold(one.agency)]
        where = (first.postcode, first.insee, first.city)
        yield residence_id, one.code, one.name, agency_id, *where, one.heating, one.has_lift, one.area, one.caretaker


def _dwellings(incoming: Incoming, entries: dict[UUID, dict[tuple[str, str], Entry]]) -> Iterator[tuple[Any, ...]]:
    for residence_id, one in incoming.residences:
        known = entries[residence_id]
        for line in one.lines:
            key = known[line.address_line, line.postcode].address_key
            heating = line.heating if line.heating != one.heating else None
            has_lift = line.has_lift if line.has_lift != one.has_lift else None
            inside = (line.building, line.stair, line.floor, line.door)
            yield line.reference, residence_id, line.address_line, key, line.rpls_id, *inside, heating, has_lift


def _addresses(found: list[tuple[UUID, dict[tuple[str, str], Entry]]]) -> Iterator[tuple[Any, ...]]:
    for residence_id, entries in found:
        by_key = {entry.address_key: entry for entry in entries.values() if entry.address_key}
        for entry in by_key.values():
            yield residence_id, *astuple(entry)


def _keep(session: Session, member_id: UUID, checked: Checked) -> None:
    """Fill what the file has no column for with what is known already."""
    for table, names, condition in (
        ("dwellings", _KEPT_DWELLING, "d.reference = i.reference"),
        ("residences", _KEPT_RESIDENCE, "d.id = i.id"),
    ):
        absent = [column for name, column in names.items() if not checked.header.has(name)]
        if absent:
            values = listed(f"{column} = coalesce(i.{column}, d.{column})" for column in absent)
            session.execute(
                text(
                    f"update incoming_{table} i set {values} from {table} d where d.member_id = :member and {condition}"
                ),
                {"member": member_id},
            )
