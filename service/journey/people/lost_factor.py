"""A person who lost both telephone and printed codes: an administrator takes their second factor away."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.permissions import LEADERS
from service.domain.submission import check_text
from service.journey.administration import audit, four_eyes
from service.journey.people import account_news, people, second_factor, sessions
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import Proposal
from service.models.people import Staff
from service.models.signing_in import Passkey

KIND = "lost_factor"  # of the proposal: see journey.administration.proposals
WHY = "why"  # the field of the reason


def take_away(member_id: UUID, staff_id: UUID, by_id: UUID, reason: str, ports: Ports) -> bool:
    """Take a person's codes and keys away, so that their password lets them in; False when it waits for somebody else.

    Of whoever agrees to dangerous changes, it is proposed to a second person. Twice is harmless.

    Raises
    ------
    BadInput, NotFound, NotAllowed
        When no reason is given, there is no such person, or it is oneself.

    """
    check_text(reason, WHY, four_eyes.MAX_REASON)
    with member_transaction(member_id) as session:
        person, by = people.pair(session, staff_id, by_id)
        if person.id == by.id:
            raise NotAllowed("own_account")
        if not second_factor.has_factor(session, person):
            return True
        if person.role in LEADERS and four_eyes.takes_two(session, by, ports.clock.now(), person.id):
            subject = f"Retirer le second facteur de {person.name} ({person.email})"
            values = {"staff_id": str(person.id)}
            four_eyes.propose(session, by, KIND, subject=subject, values=values, reason=reason, ports=ports)
            return False
        _take(session, person, by, reason.strip(), ports)
        return True


def apply(session: Session, proposal: Proposal, agreeing: Staff, ports: Ports) -> None:
    """Do what a second person agreed to, who is not the one it is about: their session may be somebody else's."""
    person = session.get(Staff, UUID(proposal.values["staff_id"]), with_for_update=True)
    if person is None or not person.is_active:
        raise NotFound("staff")
    if person.id == agreeing.id:
        raise four_eyes.SecondPersonMissing("second_person")
    _take(session, person, agreeing, proposal.reason, ports)


def close_sessions(member_id: UUID, staff_id: UUID, by_id: UUID, ports: Ports) -> None:
    """End all sessions of a person: they are out at their next request, and may sign in again. Twice is harmless."""
    with member_transaction(member_id) as session:
        person, by = people.pair(session, staff_id, by_id)
        now = ports.clock.now()
        if sessions.end_all(session, person.id, "revoked", now):
            audit.write(session, member_id, audit.actor(by), "revoked", f"Connexions de {person.name}", at=now)


def _take(session: Session, person: Staff, by: Staff, reason: str, ports: Ports) -> None:
    now = ports.clock.now()
    person.totp_sealed = person.totp_confirmed_at = person.totp_last_step = person.totp_next_sealed = None
    person.recovery_hashes = []
    session.execute(delete(Passkey).where(Passkey.staff_id == person.id))
    sessions.end_all(session, person.id, "revoked", now)
    subject = f"Second facteur de {person.name}"
    audit.write(session, person.member_id, audit.actor(by), "removed", subject, at=now, after={"why": reason})
    account_news.tell(session, person, account_news.FACTOR_TAKEN, ports)
