"""The public list changes when two readers of the working group agree, and always from the next month on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.periods import month_start, next_month
from service.domain.products import MOST_TERMS
from service.domain.rising import is_public_word
from service.domain.watch_list import Listed
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import network_transaction
from service.journey.trends.watching import listed_terms
from service.models.people import NetworkReader
from service.models.trends import TermApproval, WatchTerm

NEEDED = 2  # readers
_LOCK = text("select pg_advisory_xact_lock(hashtext('watch_terms'))")  # one change at a time: the list has an end
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Undecided:
    """A word that joins the list, or leaves it, once enough readers agree."""

    term: str
    label: str
    does: str  # add, remove
    approvals: int
    is_agreed: bool  # by the reader who looks


@dataclass(frozen=True)
class WordsPage:
    """What the working group reads of the list. `month` is the first that a change counts from."""

    month: date
    listed: Sequence[Listed]  # in that month
    proposed: Sequence[Undecided]
    leaving: Sequence[Undecided]


def read_words(reader_id: UUID, ports: Ports) -> WordsPage:
    """Return the list of next month, what members propose, and what a reader wants to take off."""
    month = _month(ports)
    with network_transaction() as session:
        listed, proposed = listed_terms(session, month), _proposed(session)
        agreed = _agreed(session)
        new = [
            _undecided(term, label, "add", agreed, reader_id) for term, label in proposed.items() if term not in listed
        ]
        leaving = [
            _undecided(term, listed[term].label, "remove", agreed, reader_id)
            for term, does in sorted(agreed)
            if does == "remove" and term in listed
        ]
    return WordsPage(month, sorted(listed.values(), key=lambda one: one.term), new, leaving)


def approve(term: str, reader_id: UUID, ports: Ports) -> bool:
    """Agree that a proposed word joins the list; True when it now does. Agreed twice by one reader, it is agreed once.

    Raises
    ------
    NotFound, NotAllowed
        When too few members propose it, `already_listed` when it is on the list, `list_full` when nothing more fits.

    """
    with network_transaction() as session:
        session.execute(_LOCK)
        label, listed = _proposed(session).get(term), listed_terms(session, _month(ports))
        if label is None:
            raise NotFound("not_proposed", "term")
        if term in listed:
            raise NotAllowed("already_listed", "term")
        if len(listed) >= MOST_TERMS:
            raise NotAllowed("list_full", "term")
        return _agree(session, Listed(term, label, _month(ports)), "add", reader_id, ports)


def take_off(term: str, reader_id: UUID, ports: Ports) -> bool:
    """Agree that a word leaves the list; True when it now does.

    Raises
    ------
    NotFound
        When it is not on the list.

    """
    with network_transaction() as session:
        session.execute(_LOCK)
        one = listed_terms(session, _month(ports)).get(term)
        if one is None:
            raise NotFound("not_listed", "term")
        leaving = Listed(term, one.label, one.from_month, _month(ports))
        return _agree(session, leaving, "remove", reader_id, ports)


def _month(ports: Ports) -> date:
    """Return the first month that has not begun: no message was written yet that a change could count."""
    return next_month(month_start(ports.clock.now().astimezone(PARIS).date()))


def _proposed(session: Session) -> dict[str, str]:
    rows = session.execute(text("select term, label from seve_proposed_terms()"))
    return {term: label for term, label in rows if is_public_word(term)}


def _agreed(session: Session) -> dict[tuple[str, str], set[UUID]]:
    """Return the readers who agreed since the last decision on each word, by word and by what they want of it."""
    last = select(WatchTerm.term, func.max(WatchTerm.at)).group_by(WatchTerm.term)
    decided: dict[str, datetime] = {term: at for term, at in session.execute(last)}  # noqa: C416  A row is a tuple, mypy wants it unpacked.
    rows = session.execute(
        select(TermApproval.term, TermApproval.does, TermApproval.reader_id, TermApproval.at)
        .join(NetworkReader, NetworkReader.id == TermApproval.reader_id)
        .where(NetworkReader.is_active)
    )
    found: dict[tuple[str, str], set[UUID]] = {}
    for term, does, reader_id, at in rows:
        if at > decided.get(term, _NEVER):
            found.setdefault((term, does), set()).add(reader_id)
    return found


def _undecided(
    term: str, label: str, does: str, agreed: Mapping[tuple[str, str], set[UUID]], reader_id: UUID
) -> Undecided:
    readers = agreed.get((term, does), set())
    return Undecided(term, label, does, len(readers), reader_id in readers)


def _agree(session: Session, change: Listed, does: str, reader_id: UUID, ports: Ports) -> bool:
    """Write down that a reader agrees, and the change once enough do."""
    readers, now = _agreed(session).get((change.term, does), set()), ports.clock.now()
    if reader_id in readers:
        return False
    session.add(TermApproval(term=change.term, does=does, reader_id=reader_id, at=now))
    if len(readers) + 1 < NEEDED:
        return False
    values = {"until_month": change.until_month, "at": now}
    session.execute(
        insert(WatchTerm)
        .values(term=change.term, label=change.label, from_month=change.from_month, **values)
        .on_conflict_do_update(index_elements=["term", "from_month"], set_=values)
    )
    return True
