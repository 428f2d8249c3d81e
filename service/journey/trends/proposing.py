"""A member proposes a word that rises in its own messages to the public list. Nobody but itself sees who proposed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.domain.periods import month_start, next_month
from service.domain.rising import is_public_word
from service.journey.administration import audit
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.journey.trends.own_words import read_rising
from service.journey.trends.watching import listed_terms
from service.models.trends import TermProposal

_LOG = "Mot proposé au réseau"


def read_proposals(session: Session, today: date) -> Sequence[tuple[TermProposal, bool]]:
    """Return the member's own proposals in order, and whether each is on the public list of next month."""
    listed = listed_terms(session, next_month(month_start(today)))
    rows = session.scalars(select(TermProposal).order_by(TermProposal.at.desc(), TermProposal.term))
    return [(row, row.term in listed) for row in rows]


def propose(member_id: UUID, staff_id: UUID, term: str, ports: Ports) -> None:
    """Propose a word for the public list; proposed twice, it is proposed once.

    Raises
    ------
    BadInput
        `not_rising` when the word is none of those that rise in this member's messages: no other can be proposed.

    """
    now = ports.clock.now()
    with member_transaction(member_id) as session:
        _, words = read_rising(session, now.astimezone(PARIS).date())
        labels = {one.term: one.label for one in words}
        if term not in labels:
            raise BadInput("not_rising", "term")
        added = session.scalar(
            insert(TermProposal)
            .values(member_id=member_id, term=term, label=labels[term], at=now)
            .on_conflict_do_nothing()
            .returning(TermProposal.id)
        )
        if added:
            staff = audit.actor(staff_member(session, staff_id))
            audit.write(session, member_id, staff, "created", f"{_LOG} : {labels[term]}", at=now)


def withdraw(member_id: UUID, staff_id: UUID, term: str, ports: Ports) -> None:
    """Take a proposal back; a word that already joined the list stays there."""
    if not is_public_word(term):
        return
    with member_transaction(member_id) as session:
        gone = session.scalar(delete(TermProposal).where(TermProposal.term == term).returning(TermProposal.label))
        if gone:
            staff = audit.actor(staff_member(session, staff_id))
            audit.write(session, member_id, staff, "removed", f"{_LOG} : {gone}", at=ports.clock.now())
