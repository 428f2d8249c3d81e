"""The public list of words, and which messages of a month hold them; the messages never leave their member."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, or_, select

from service.domain.periods import instants_of
from service.domain.watch_list import find_terms
from service.journey.transactions import member_transaction, shared_transaction
from service.models.complaint import Complaint
from service.models.trends import TermSighting, WatchTerm


def watch_list(month: date) -> list[str]:
    """Return the words in force for a month, in order; the list was fixed before the month began."""
    with shared_transaction() as session:
        return list(
            session.scalars(
                select(WatchTerm.term)
                .where(
                    WatchTerm.from_month <= month, or_(WatchTerm.until_month.is_(None), WatchTerm.until_month > month)
                )
                .order_by(WatchTerm.term)
            )
        )


def note_terms(member_id: UUID, month: date, terms: Sequence[str]) -> None:
    """Note in one member which of its messages hold which words, for the release that follows; safe to do again."""
    start, end = instants_of(month, "month")
    wanted = frozenset(terms)
    with member_transaction(member_id) as session:
        session.execute(delete(TermSighting))
        messages = session.execute(
            select(Complaint.id, Complaint.text).where(
                Complaint.submitted_at >= start, Complaint.submitted_at < end, Complaint.dwelling_id.is_not(None)
            )
        ).yield_per(1000)
        for complaint_id, words in messages:
            session.add_all(
                TermSighting(member_id=member_id, complaint_id=complaint_id, term=term)
                for term in sorted(find_terms(words, wanted))
            )
