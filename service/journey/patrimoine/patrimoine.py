"""Patrimoine: a member's file of dwellings, written in one transaction or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from service.domain.addresses import Entry, entry_of_line, entry_of_name
from service.domain.columns import Header
from service.domain.holdings import Checked, check
from service.journey.administration import audit
from service.journey.dates import PARIS
from service.journey.patrimoine.patrimoine_rows import arrange, stage
from service.journey.patrimoine.patrimoine_writing import Counts, count, write
from service.journey.transactions import member_transaction
from service.models.member import Organisation
from service.models.patrimoine import Address, Dwelling, Residence

CLOSED_SHARE, CLOSED_COUNT = 0.20, 100  # more than both at once is not believed
_LIMITS = ("set local statement_timeout = '10min'", "set local lock_timeout = '30s'")
# A second import of the same member waits for the first, then compares with what it wrote.
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:member, 4))")


@dataclass(frozen=True)
class Choices:
    """What was asked for."""

    is_dry_run: bool = False
    is_partial: bool = False  # write the good lines, leave the refused ones
    allows_closing: bool = False


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do."""

    is_written: bool
    counts: Counts
    closes_too_many: bool
    keeps_missing: bool  # a refused line may be about any dwelling: none is closed
    new_agencies: tuple[str, ...]


def read_file(member_id: UUID, header: Header, rows: Iterable[tuple[int, Sequence[object]]]) -> Checked:
    """Read every line of a file, its number and its cells, as the member's; nothing is written."""
    with member_transaction(member_id) as session:
        organisations = {one.name: one.id for one in session.scalars(select(Organisation))}
    return check(header, rows, organisations)


def bring_in(member_id: UUID, checked: Checked, choices: Choices, now: datetime) -> Outcome:
    """Write a file once read: add, change, reopen and close dwellings, all in one commit; or only say what it would do.

    Nothing is written on a dry run, when lines are refused and the import is not partial, or when it would close
    more than a fifth of the open dwellings and more than a hundred without that being allowed.
    """
    keeps_missing = checked.nameless_lines > 0
    with member_transaction(member_id) as session:
        for limit in _LIMITS:
            session.execute(text(limit))
        session.execute(_ONE_AT_A_TIME, {"member": str(member_id)})
        incoming = arrange(session, member_id, checked)
        stage(session, member_id, incoming)
        counts = count(session, member_id)
        closing = 0 if keeps_missing else counts.missing
        closes_too_many = closing > max(CLOSED_COUNT, CLOSED_SHARE * counts.open) and not choices.allows_closing
        may_write = not choices.is_dry_run and (choices.is_partial or not checked.faults) and not closes_too_many
        if may_write:
            write(session, member_id, incoming, None if keeps_missing else now.astimezone(PARIS).date())
            told = {
                "logements ajoutés": counts.added, "modifiés": counts.changed, "rouverts": counts.reopened,
                "fermés": closing,
            }  # fmt: skip
            audit.write(session, member_id, audit.COMMAND, "changed", "Patrimoine importé", at=now, after=told)
    return Outcome(
        may_write, counts, closes_too_many, keeps_missing, tuple(agency.name for agency in incoming.agencies)
    )


def readdress(member_id: UUID) -> int:
    """Make a member's addresses again from its dwellings, as this version of Sève reads them; return how many."""
    with member_transaction(member_id) as session:
        for limit in _LIMITS:
            session.execute(text(limit))
        session.execute(_ONE_AT_A_TIME, {"member": str(member_id)})
        entries = _entries(session)
        session.execute(delete(Address))
        rows = [
            {"id": uuid4(), "member_id": member_id, "residence_id": residence_id, **asdict(entry)}
            for (residence_id, _), entry in entries.items()
        ]
        if rows:
            session.execute(insert(Address), rows)
        session.execute(text("select seve_analyze_patrimoine()"))
    return len(rows)


def _entries(session: Session) -> dict[tuple[UUID, str], Entry]:
    """Return the addresses of the open residences, and give each dwelling the key of its own."""
    towns = {(one.residence_id, one.address_key): one for one in session.scalars(select(Address))}
    residences = {one.id: one for one in session.scalars(select(Residence).where(Residence.closed_on.is_(None)))}
    lived_at = select(Dwelling.residence_id, Dwelling.address_line, Dwelling.address_key).distinct()
    found: dict[tuple[UUID, str], Entry] = {}
    for residence in residences.values():
        entry = entry_of_name(residence.name, residence.postcode, residence.insee, residence.city)
        found[residence.id, entry.address_key] = entry
    for row in session.execute(lived_at.where(Dwelling.closed_on.is_(None))).all():
        residence, known = residences[row.residence_id], towns.get((row.residence_id, row.address_key))
        town = (known.postcode, known.insee, known.city_key) if known else None
        entry = entry_of_line(row.address_line, *(town or (residence.postcode, residence.insee, residence.city)))
        found[residence.id, entry.address_key] = entry
        if entry.address_key != row.address_key:
            here = (Dwelling.residence_id == residence.id, Dwelling.address_line == row.address_line)
            session.execute(
                update(Dwelling)
                .where(*here, Dwelling.address_key == row.address_key)
                .values(address_key=entry.address_key)
            )
    return {place: entry for place, entry in found.items() if entry.address_key}
