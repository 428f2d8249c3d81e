"""What people bring to tenants: calls to make, and letters printed in batches. Nothing of it leaves by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.news import Way
from service.domain.status import EventKind
from service.journey.delivery import dead_letters, packing
from service.journey.delivery.planning import Channel, plan
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.letters.every import LETTERS
from service.journey.letters.paper import Paper, paper
from service.journey.news import news
from service.journey.news.messages import Letter
from service.journey.ports import Ports
from service.journey.transactions import looking_as, member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.news import LetterBatch

MOST = 100  # shown on one page, and letters in one batch


@dataclass(frozen=True)
class ToCall:
    """Somebody to call: about what, and what to say, in French."""

    delivery: Delivery
    complaint: Complaint
    letter: Letter
    tries: int
    tried_at: datetime | None
    can_post: bool


@dataclass(frozen=True)
class Batch:
    """Letters printed at once."""

    batch: LetterBatch
    letters: int


def to_call(session: Session, ports: Ports) -> list[ToCall]:
    """Return whom to call, the oldest first."""
    return [_to_call(session, one, ports) for one in session.scalars(_waiting(Way.PHONE).limit(MOST))]


def _to_call(session: Session, delivery: Delivery, ports: Ports) -> ToCall:
    facts = replace(packing.facts_of(session, delivery, ports), is_for_staff=True)
    tried = delivery.data.get("tried_at")
    return ToCall(
        delivery,
        facts.complaint,
        LETTERS[delivery.purpose](facts),
        int(delivery.data.get("tries", 0)),
        datetime.fromisoformat(tried) if tried else None,
        news.reach_of(session, facts.complaint).post is not None,
    )


def _waiting(way: Way) -> Select[Delivery]:
    mine = select(Delivery).where(Delivery.channel == way.value, Delivery.status == "waiting")
    return mine.order_by(Delivery.event_id)


def by_hand() -> ColumnElement[bool]:
    """Say what a person has to call about, print or post: in the words of its index."""
    ways = [literal(way.value, literal_execute=True) for way in (Way.PHONE, Way.POST)]
    return and_(Delivery.channel.in_(ways), Delivery.status == literal("waiting", literal_execute=True))


def to_print(session: Session) -> list[tuple[Delivery, Complaint]]:
    """Return the letters that wait for a batch, the oldest first."""
    waiting = (
        select(Delivery, Complaint)
        .join(Complaint, Complaint.id == Delivery.complaint_id)
        .where(Delivery.channel == Way.POST.value, Delivery.status == "waiting", Delivery.batch_id.is_(None))
    )
    rows = session.execute(waiting.order_by(Delivery.event_id).limit(MOST))
    return [(delivery, complaint) for delivery, complaint in rows]


def batches(session: Session, most: int = 20) -> list[Batch]:
    """Return the latest batches: those not posted yet come first."""
    counts = select(Delivery.batch_id, func.count()).where(Delivery.batch_id.is_not(None)).group_by(Delivery.batch_id)
    latest = select(LetterBatch).order_by(LetterBatch.posted_at.is_not(None), LetterBatch.made_at.desc()).limit(most)
    found = session.scalars(latest).all()
    rows = session.execute(counts.where(Delivery.batch_id.in_([one.id for one in found])))
    letters = {row[0]: int(row[1]) for row in rows}
    return [Batch(one, letters.get(one.id, 0)) for one in found]


def make_batch(member_id: UUID, staff_id: UUID, ports: Ports) -> UUID | None:
    """Put the letters that wait in one batch; return it, None when there is none. Two people at once share them out."""
    with member_transaction(member_id) as session:
        staff_member(session, staff_id)
        waiting = _waiting(Way.POST).where(Delivery.batch_id.is_(None)).limit(MOST)
        letters = session.scalars(waiting.with_for_update(skip_locked=True)).all()
        if not letters:
            return None
        batch = LetterBatch(id=uuid4(), member_id=member_id, made_by_id=staff_id, made_at=ports.clock.now())
        session.add(batch)
        session.flush()
        for letter in letters:
            letter.batch_id = batch.id
        return batch.id


def batch_of(session: Session, batch_id: UUID) -> LetterBatch:
    """Return a batch of the transaction's member; NotFound for any other."""
    batch = session.get(LetterBatch, batch_id)
    if batch is None:
        raise NotFound("batch")
    return batch


def papers(session: Session, batch_id: UUID, ports: Ports) -> list[Paper]:
    """Return the letters of a batch, ready to be printed, once more or again."""
    inside = select(Delivery).where(Delivery.batch_id == batch_id).order_by(Delivery.event_id)
    found = []
    for delivery in session.scalars(inside):
        facts = packing.facts_of(session, delivery, ports)
        found.append(paper(facts, LETTERS[delivery.purpose](facts), ports.clock.now()))
    return found


def complaints_of(session: Session, batch_id: UUID) -> Sequence[UUID]:
    """Return the complaints that the letters of a batch are about."""
    inside = select(Delivery.complaint_id).where(Delivery.batch_id == batch_id)
    return [one for one in session.scalars(inside) if one]


def mark_posted(member_id: UUID, batch_id: UUID, ports: Ports) -> int:
    """Say that a batch was posted; return how many letters it had. Said twice, it counts once."""
    # Letters of complaints that this person does not see are in the same envelopes: all of them left.
    with looking_as(None), member_transaction(member_id) as session:
        batch = session.get(LetterBatch, batch_id, with_for_update=True)
        if batch is None:
            raise NotFound("batch")
        now = ports.clock.now()
        inside = select(Delivery).where(Delivery.batch_id == batch_id, Delivery.status == "waiting")
        letters = session.scalars(inside.with_for_update()).all()
        batch.posted_at = batch.posted_at or now
        for letter in letters:
            letter.status, letter.sent_at, letter.attempts = "sent", now, 1
        return len(letters)


def called(member_id: UUID, delivery_id: UUID, staff_id: UUID, ports: Ports) -> bool:
    """Note that the tenant was told by telephone; say whether it was still to do."""
    with member_transaction(member_id) as session:
        delivery, complaint = _held_call(session, delivery_id)
        if delivery is None:
            return False
        name, now = staff_member(session, staff_id).name, ports.clock.now()
        delivery.status, delivery.sent_at = "sent", now
        delivery.attempts += 1
        data = {"text": "Le locataire est prévenu par téléphone."}
        record(session, complaint, EventKind.NOTED, at=now, actor=name, data=data)
        return True


def unreached(member_id: UUID, delivery_id: UUID, staff_id: UUID, ports: Ports) -> bool:
    """Note that nobody answered the telephone: it stays to do."""
    with member_transaction(member_id) as session:
        delivery, complaint = _held_call(session, delivery_id)
        if delivery is None:
            return False
        name, now = staff_member(session, staff_id).name, ports.clock.now()
        delivery.attempts += 1
        delivery.data = {**delivery.data, "tries": delivery.attempts, "tried_at": now.isoformat()}
        record(session, complaint, EventKind.NOTED, at=now, actor=name, data={"text": "Appel sans réponse."})
        return True


def post_instead(member_id: UUID, delivery_id: UUID, staff_id: UUID, ports: Ports) -> bool:
    """Post a letter in the place of a call; say whether the call was still to do.

    Raises
    ------
    NotAllowed
        `no_place` when we do not know where to post it.

    """
    with member_transaction(member_id) as session:
        staff_member(session, staff_id)
        delivery, complaint = _held_call(session, delivery_id)
        if delivery is None:
            return False
        address = news.reach_of(session, complaint).post
        if address is None:
            raise NotAllowed("no_place")
        delivery.status = "cancelled"
        event = session.get_one(Event, delivery.event_id)
        instead = {"instead_of": Way.PHONE.value}
        plan(session, event, Channel(delivery.purpose, Way.POST.value, address, data=instead), ports)
        return True


def _held_call(session: Session, delivery_id: UUID) -> tuple[Delivery | None, Complaint]:
    """Return a call still to make, held after its complaint; None in its place when it was made."""
    found = session.get(Delivery, delivery_id)
    if found is None or found.channel != Way.PHONE or found.complaint_id is None:
        raise NotFound("delivery")
    complaint = locked_complaint(session, found.complaint_id)
    delivery = dead_letters.held(session, delivery_id)
    return (delivery if delivery.status == "waiting" else None), complaint
