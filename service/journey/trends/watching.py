"""The public list of words, and which messages of a month hold them; the messages never leave their member."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from service.domain.periods import instants_of
from service.domain.watch_list import Listed, find_terms, in_force, term_of, watched_words
from service.journey.transactions import member_transaction, network_transaction, shared_transaction
from service.models.complaint import Complaint
from service.models.trends import TermSighting, WatchTerm

_AT_ONCE = 1000  # messages


def watch_list(month: date) -> list[str]:
    """Return the terms in force for a month, in order; the list was fixed before the month began."""
    with shared_transaction() as session:
        return list(listed_terms(session, month))


def read_labels() -> dict[str, str]:
    """Return how every term that was ever listed is written for people."""
    with network_transaction() as session:
        rows = session.execute(select(WatchTerm.term, WatchTerm.label))
        return {term: label for term, label in rows} | {one.term: one.label for one in watched_words()}  # noqa: C416  A row is a tuple, mypy wants it unpacked.


def listed_terms(session: Session, month: date) -> dict[str, Listed]:
    """Return the list of a month by term, in order."""
    rows = session.scalars(select(WatchTerm))
    changes = (Listed(row.term, row.label, row.from_month, row.until_month) for row in rows)
    return in_force(month, {(one.term, one.from_month): one for one in changes})


def note_terms(member_id: UUID, month: date, terms: Sequence[str]) -> None:
    """Note in one member which of its messages hold which words, for the release that follows; safe to do again.

    The messages of sensitive complaints are not looked into. Releases come one after the other, and each removes its
    notes: what is still there was left by one that failed.
    """
    with member_transaction(member_id) as session:
        session.execute(delete(TermSighting))
        wanted = {term_of(term): term for term in terms}
        for some in _messages(session, month):
            notes = list(_notes(member_id, some, wanted))
            if notes:
                session.execute(insert(TermSighting), notes)


def _messages(session: Session, month: date) -> Iterator[Sequence[tuple[UUID, str]]]:
    start, end = instants_of(month, "month")
    question = select(Complaint.id, Complaint.text).where(
        Complaint.submitted_at >= start,
        Complaint.submitted_at < end,
        Complaint.dwelling_id.is_not(None),
        Complaint.is_sensitive.is_(False),
    )
    rows = session.execute(question).all()
    for start_at in range(0, len(rows), _AT_ONCE):
        yield [(complaint_id, words) for complaint_id, words in rows[start_at : start_at + _AT_ONCE]]


def _notes(
    member_id: UUID, messages: Iterable[tuple[UUID, str]], wanted: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    for complaint_id, words in messages:
        for term in sorted(find_terms(words, wanted.keys())):
            yield {"member_id": member_id, "complaint_id": complaint_id, "term": wanted[term]}
