"""Words that rise in one member's own messages: counted when a month is over, kept for the member's own staff."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.addresses import WAYS
from service.domain.periods import instants_of, last_publishable_month, month_start, months_before, next_month
from service.domain.rising import Month, RisingWord, count_words, rising
from service.domain.watch_list import words_of
from service.journey import steps
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.journey.trends.watching import listed_terms
from service.models.complaint import Complaint
from service.models.member import Agency, Member, Organisation
from service.models.patrimoine import Address, Residence
from service.models.people import Staff
from service.models.trends import OwnWords

KEPT = 12  # months: the latest and those it is compared with
_MOST = 20_000  # messages read in one turn: the rest waits for the next


def count_due(ports: Ports) -> None:
    """Count the words of the months that are over and were not counted yet, the newest first; forget old ones."""
    last, left = last_publishable_month(ports.clock.now().astimezone(PARIS).date()), _MOST
    for member_id in steps.member_ids():
        for month in _missing(member_id, last):
            if left > 0:
                left -= _count(member_id, month)


def _missing(member_id: UUID, last: date) -> list[date]:
    wanted = [months_before(last, back) for back in range(KEPT)]
    with member_transaction(member_id) as session:
        session.execute(delete(OwnWords).where(OwnWords.month < wanted[-1]))
        there = set(session.scalars(select(OwnWords.month)))
    return [month for month in wanted if month not in there]


def _count(member_id: UUID, month: date) -> int:
    """Count one month; return how many messages were read. Sensitive complaints are not looked into."""
    start, end = instants_of(month, "month")
    with member_transaction(member_id) as session:
        rows = session.execute(
            select(Complaint.dwelling_id, Complaint.residence_id, Complaint.text).where(
                Complaint.submitted_at >= start,
                Complaint.submitted_at < end,
                Complaint.dwelling_id.is_not(None),
                Complaint.is_sensitive.is_(False),
            )
        ).all()
        known = {word for name in _register(session) for word in words_of(name)} if rows else set[str]()
    if not rows:
        return 0
    messages = ((dwelling, residence, text) for dwelling, residence, text in rows if dwelling and residence)
    found = count_words(messages, known - WAYS)
    with member_transaction(member_id) as session:
        session.execute(
            insert(OwnWords)
            .values(member_id=member_id, month=month, households=found.households, words=dict(found.words))
            .on_conflict_do_nothing()
        )
    return len(rows)


def _register(session: Session) -> Iterator[str]:
    """Return every name that the member knows: of people, streets, residences, towns and organisations."""
    for column in (
        Staff.name, Complaint.tenant_name, Address.line, Residence.name, Residence.city, Residence.caretaker,
        Organisation.name, Agency.name, Agency.city, Member.name,
    ):  # fmt: skip
        yield from (name for name in session.scalars(select(column).distinct()) if name)


def read_rising(session: Session, today: date) -> tuple[date | None, list[RisingWord]]:
    """Return the latest month that was counted and what rose in it; None while none was."""
    rows = session.scalars(select(OwnWords).order_by(OwnWords.month.desc()).limit(KEPT)).all()
    if not rows:
        return None, []
    latest, *past = (Month(row.households, row.words) for row in rows)
    return rows[0].month, rising(latest, past, listed_terms(session, next_month(month_start(today))))
