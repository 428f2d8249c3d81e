"""Links asked for again: the page says the same whatever exists, and the clock writes to the address if it is known.

Nothing is looked up while the person waits: neither what the page says nor how long it takes tells anything.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.domain.link_requests import address_of
from service.domain.news import mobile_number
from service.journey.delivery.planning import Channel, plan_alone
from service.journey.news.own_links import PURPOSE
from service.journey.ports import Ports, SealBroken
from service.journey.steps import member_ids
from service.journey.submission.sent import hash_of
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.news import LinkRequest

MOST = 10  # links in one mail
SINCE = timedelta(days=365)
KEPT = timedelta(days=1)  # an answered request
SUBSCRIBER = 9  # figures
BATCH = 50  # requests answered in one tick for one member


def ask(member_id: UUID, typed: str, language: str, ports: Ports) -> None:
    """Write down that somebody asks for their links. The same is done for every address.

    Raises
    ------
    BadInput
        When it is neither an e-mail address nor a telephone number.

    """
    address = address_of(typed)
    if address is None:
        raise BadInput("not_an_address", "address")
    with member_transaction(member_id) as session:
        session.add(
            LinkRequest(
                id=uuid4(),
                member_id=member_id,
                sealed_address=ports.sealer.seal(address),
                language=language,
                asked_at=ports.clock.now(),
            )
        )


def answer_due(ports: Ports) -> int:
    """Answer the requests that wait; return how many. Harmless when two processes do."""
    return sum(_answer_due(member_id, ports) for member_id in member_ids())


def _answer_due(member_id: UUID, ports: Ports) -> int:
    now = ports.clock.now()
    with member_transaction(member_id) as session:
        waiting = select(LinkRequest).where(LinkRequest.done_at.is_(None)).order_by(LinkRequest.asked_at)
        requests = session.scalars(waiting.limit(BATCH).with_for_update(skip_locked=True)).all()
        for request in requests:
            with suppress(SealBroken):  # sealed with a key that is gone: nobody can answer it any more
                _answer(session, request, ports)
            request.done_at = now
    return len(requests)


def prune(member_id: UUID, ports: Ports) -> None:
    """Forget the requests that were answered a day ago. Harmless when two processes do."""
    with member_transaction(member_id) as session:
        session.execute(delete(LinkRequest).where(LinkRequest.done_at < ports.clock.now() - KEPT))


def _answer(session: Session, request: LinkRequest, ports: Ports) -> None:
    """Plan the letter, one for each address in an hour; nothing when no complaint has it, or no message gets there."""
    address = ports.sealer.unseal(request.sealed_address)
    means = "email" if "@" in address else "sms"
    found = _complaints_of(session, address, ports.clock.now())
    if not found or (means == "sms" and mobile_number(address) is None):
        return
    hour = request.asked_at.strftime("%Y%m%d%H")
    key = f"{PURPOSE}:{hash_of(f'{ports.secret_key} {address}')}:{hour}"
    data = {"language": request.language, "complaints": [str(one.id) for one in found]}
    plan_alone(session, request.member_id, key, Channel(PURPOSE, means, address, data=data), ports)


def _complaints_of(session: Session, address: str, now: datetime) -> Sequence[Complaint]:
    """Return the complaints of the last twelve months that have this address, the newest first."""
    known = select(Complaint).where(Complaint.submitted_at > now - SINCE, is_of(address))
    return session.scalars(known.order_by(Complaint.submitted_at.desc(), Complaint.id).limit(MOST)).all()


def is_of(address: str) -> ColumnElement[bool]:
    """Say which complaints have an address or a number, written as domain.link_requests writes it."""
    if "@" in address:
        return Complaint.email_key == address
    return Complaint.phone_key == address[-SUBSCRIBER:]
