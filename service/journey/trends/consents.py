"""What a member agrees to show the network by name: given by two persons, taken back by one, for later periods only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed
from service.domain.naming import NAMED, OPEN, Consent
from service.domain.periods import last_publishable_month, next_month
from service.journey.administration import audit, four_eyes
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction, network_transaction
from service.models.member import Member
from service.models.oversight import Proposal
from service.models.people import Staff
from service.models.trends import TrendConsent, TrendSnapshot

KIND = "trend_consent"
# product -> what is agreed to, as people read it
SUBJECTS = {code: f"montrer notre ligne au réseau : {product.label}" for code, product in NAMED.items()} | {
    OPEN: "ouvrir à tous les chiffres du réseau"
}


@dataclass(frozen=True)
class State:
    """What a member agrees to of one product."""

    product: str
    label: str
    live: TrendConsent | None
    past: Sequence[TrendConsent]
    is_asked: bool  # waits for a second person


def read_consents() -> list[Consent]:
    """Return what all members agree to and agreed to."""
    with network_transaction() as session:
        rows = session.execute(
            select(Member.slug, TrendConsent.product, TrendConsent.from_month, TrendConsent.until_month).join(
                Member, Member.id == TrendConsent.member_id
            )
        )
        return [Consent(*row) for row in rows]


def member_names() -> dict[str, str]:
    """Return the public name of each member, by slug."""
    with network_transaction() as session:
        rows = session.execute(select(Member.slug, Member.name).order_by(Member.slug))
        return {slug: name for slug, name in rows}  # noqa: C416  A row is a tuple, mypy wants it unpacked.


def states(session: Session, ports: Ports) -> list[State]:
    """Return what the member of the transaction agrees to, product by product."""
    rows = session.scalars(select(TrendConsent).order_by(TrendConsent.from_month.desc())).all()
    asked = session.scalars(
        select(Proposal.values).where(
            Proposal.kind == KIND, Proposal.decision.is_(None), Proposal.expires_at > ports.clock.now()
        )
    ).all()
    waiting = {values["product"] for values in asked}
    return [
        State(
            code,
            NAMED[code].label if code in NAMED else "Données ouvertes",
            next((row for row in rows if row.product == code and row.until_month is None), None),
            [row for row in rows if row.product == code and row.until_month is not None],
            code in waiting,
        )
        for code in SUBJECTS
    ]


def ask(member_id: UUID, staff_id: UUID, product: str, reason: str, ports: Ports) -> None:
    """Propose to agree; nothing is shown before a second person agrees too.

    Raises
    ------
    BadInput
        When there is no such product, or no reason.
    NotAllowed
        `already_so` when the member agrees already.

    """
    _check(product)
    with member_transaction(member_id) as session:
        if _live(session, product):
            raise NotAllowed("already_so")
        four_eyes.propose(
            session, staff_member(session, staff_id), KIND, subject=SUBJECTS[product].capitalize(),
            values={"product": product}, reason=reason, ports=ports,
        )  # fmt: skip


def apply(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Agree as two persons decided, from the first month that cannot be published yet."""
    product = str(proposal.values["product"])
    _check(product)
    if _live(session, product):
        return
    now = ports.clock.now()
    month = _first_not_closed(ports)
    session.add(
        TrendConsent(
            member_id=staff.member_id, product=product, from_month=month, given_by=staff.name, at=now,
        )
    )  # fmt: skip
    audit.write(
        session, staff.member_id, audit.actor(staff), "created", SUBJECTS[product].capitalize(), at=now,
        after={"from": month.isoformat()},
    )  # fmt: skip


def withdraw(member_id: UUID, staff_id: UUID, product: str, ports: Ports) -> None:
    """Agree no more, from the first month that is not published. What is published stays as it is.

    Raises
    ------
    BadInput, NotAllowed
        When there is no such product; `already_so` when the member does not agree to it.

    """
    _check(product)
    month = _first_unpublished(ports)
    with member_transaction(member_id) as session:
        staff, live = staff_member(session, staff_id), _live(session, product)
        if not live:
            raise NotAllowed("already_so")
        for one in live:
            one.until_month = max(month, one.from_month)
        audit.write(
            session, member_id, audit.actor(staff), "removed", SUBJECTS[product].capitalize(), at=ports.clock.now(),
            before={"from": live[0].from_month.isoformat()}, after={"until": month.isoformat()},
        )  # fmt: skip


def _check(product: str) -> None:
    if product not in SUBJECTS:
        raise BadInput("unknown_value", "product")


def _live(session: Session, product: str) -> Sequence[TrendConsent]:
    found = select(TrendConsent).where(TrendConsent.product == product, TrendConsent.until_month.is_(None))
    return session.scalars(found.with_for_update()).all()


def _first_not_closed(ports: Ports) -> date:
    return next_month(last_publishable_month(ports.clock.now().astimezone(PARIS).date()))


def _first_unpublished(ports: Ports) -> date:
    """Return the month after the last published one: a month that is late to be published is not shown either."""
    with network_transaction() as session:
        newest = select(TrendSnapshot.period).where(TrendSnapshot.product == "C1")
        latest = session.scalar(newest.order_by(TrendSnapshot.period.desc()).limit(1))
    closed = _first_not_closed(ports)
    return min(next_month(latest), closed) if latest else closed
