"""One act on many complaints: prepared, looked at, done in lots, undone for half an hour.

What is done to a complaint and what is written of it in the act are one commit: broken off in the middle, asked again
or pressed twice, it goes on where it was, and nothing is done twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.bulk import BATCH, UNDO_FOR, Kind, LeftOut, Why, check_many
from service.domain.errors import NotAllowed, NotFound
from service.domain.status import Status
from service.journey import steps
from service.journey.handling import assigned
from service.journey.handling.handling import staff_member
from service.journey.inbox import live
from service.journey.inbox.bulk_ways import WAYS, Hand, Item
from service.journey.incidents import incident_desk
from service.journey.incidents.incident_links import households_of
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.workspace import BulkAct

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """What is to be done, to which complaints, and whose each becomes if it is given to several people in turn."""

    kind: Kind
    ids: list[str]
    values: Values
    to: Sequence[str] = ()


def prepare(session: Session, staff_id: UUID, choice: Choice, seen: int, now: datetime) -> UUID:
    """Keep an act that nobody has agreed to yet; return its id. `seen` is the last event of the list that was shown."""
    chosen = check_many(choice.ids)
    given = [{"to": choice.to[rank % len(choice.to)]} if choice.to else {} for rank in range(len(chosen))]
    act = BulkAct(
        id=uuid4(),
        member_id=staff_member(session, staff_id).member_id,
        staff_id=staff_id,
        kind=choice.kind,
        values=dict(choice.values),
        items=[{"id": one, "event": seen} | to for one, to in zip(chosen, given, strict=True)],
        made_at=now,
    )
    session.add(act)
    session.flush()
    return act.id


def act_of(session: Session, act_id: UUID, staff_id: UUID, *, hold: bool = False) -> BulkAct:
    """Return an act of this very person; NotFound for anybody else's."""
    act = session.get(BulkAct, act_id, with_for_update=hold)
    if act is None or act.staff_id != staff_id:
        raise NotFound("act")
    return act


def is_begun(act: BulkAct) -> bool:
    """Say whether something was done already."""
    return act.done_at is not None or any("done" in item or "why" in item for item in act.items)


def can_undo(act: BulkAct, now: datetime) -> bool:
    """Say whether there is something to put back, and still time for it."""
    is_left = any("done" in item and not is_settled(item) for item in act.items)
    return is_left and act.undone_at is None and now < (act.done_at or act.made_at) + UNDO_FOR


def offers_undo(act: BulkAct, now: datetime) -> bool:
    """Say whether undoing would put something back: answers that have all left stay said."""
    if act.kind != Kind.ANSWER:
        return can_undo(act, now)
    leaving = [item["before"]["leaves_at"] for item in act.items if "done" in item and not is_settled(item)]
    return can_undo(act, now) and any(at and now < datetime.fromisoformat(at) for at in leaving)


def is_settled(item: Item) -> bool:
    """Say whether an undoing has dealt with this complaint."""
    return "undone" in item or "kept" in item


def perform(member_id: UUID, act_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """Do what is left of an act.

    Raises
    ------
    NotFound
        When it is nobody's or somebody else's.

    """

    def one_lot(hand: Hand) -> list[UUID]:
        act = hand.act
        waiting = [item for item in act.items if "done" not in item and "why" not in item]
        if not waiting or act.done_at:
            act.done_at = act.done_at or ports.clock.now()
            return []
        fresh = apply(hand, waiting[:BATCH])
        _write(act, fresh)
        return [UUID(item["id"]) for item in fresh]

    _in_lots(member_id, act_id, staff_id, ports, one_lot)
    with member_transaction(member_id) as session:
        assigned.tell_of_act(session, act_of(session, act_id, staff_id), staff_member(session, staff_id), ports)


def undo(member_id: UUID, act_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """Put back what an act did, but for what somebody touched since, or what has left; each is named.

    Raises
    ------
    NotFound, NotAllowed
        When it is not this person's; `too_late_to_undo` half an hour after it was done.

    """

    def one_lot(hand: Hand) -> list[UUID]:
        act, now = hand.act, ports.clock.now()
        waiting = [item for item in act.items if "done" in item and not is_settled(item)]
        if not waiting or act.undone_at:
            act.undone_at = act.undone_at or now
            return []
        if not can_undo(act, now):
            raise NotAllowed("too_late_to_undo")
        act.done_at = act.done_at or now  # Broken off in the middle, it is not taken up again.
        fresh = _put_back(hand, waiting[:BATCH])
        _write(act, fresh)
        return [UUID(item["id"]) for item in fresh]

    _in_lots(member_id, act_id, staff_id, ports, one_lot)
    _dismiss_empty(member_id, act_id, staff_id, ports)


def _in_lots(
    member_id: UUID, act_id: UUID, staff_id: UUID, ports: Ports, one_lot: Callable[[Hand], list[UUID]]
) -> None:
    """Take one lot after the other, each in a transaction of its own; two requests share them between them."""
    touched: list[UUID] = []
    while True:
        with member_transaction(member_id) as session:
            act = act_of(session, act_id, staff_id, hold=True)
            lot = one_lot(Hand(session, act, staff_member(session, staff_id), ports))
        touched += lot
        if not lot:
            break
    for complaint_id in touched:
        steps.wake_waiting(member_id, complaint_id, ports)


def apply(hand: Hand, items: Sequence[Item]) -> list[Item]:
    """Do the act to some complaints in the transaction at hand; return each with its event, or why it was left out."""
    held = _hold(hand.session, items)
    way = WAYS[Kind(hand.act.kind)]
    if held:
        way.ready(hand)
    shown = min(item["event"] for item in items)
    happened = live.since_at(hand.session, list(held), shown, hand.staff.name)

    def one(item: Item) -> Item:
        complaint = _open_one(held, item)
        for event in happened.get(complaint.id, ()):
            if event.kind in way.touched_by:
                raise LeftOut(Why.TOUCHED, event.actor)
        done, before = way.apply(hand, complaint, item)
        return {"done": done.id, "before": before}

    return [_tried(hand.session, item, one, "why") for item in items]


def _put_back(hand: Hand, items: Sequence[Item]) -> list[Item]:
    held = _hold(hand.session, items)
    way = WAYS[Kind(hand.act.kind)]
    if held:
        way.ready(hand)
    happened = live.since_at(hand.session, list(held), min(item["done"] for item in items), hand.staff.name)

    def one(item: Item) -> Item:
        complaint = _open_one(held, item)
        later = [event for event in happened.get(complaint.id, ()) if event.event_id > item["done"]]
        if later:
            raise LeftOut(Why.TOUCHED, later[-1].actor)
        way.put_back(hand, complaint, item)
        return {"undone": True}

    return [_tried(hand.session, item, one, "kept") for item in items]


def _hold(session: Session, items: Sequence[Item]) -> dict[UUID, Complaint]:
    """Return the complaints of a lot, held in an order that all acts share: two never wait for each other."""
    ids = [UUID(item["id"]) for item in items]
    wanted = select(Complaint).where(Complaint.id.in_(ids)).order_by(Complaint.id).with_for_update()
    return {complaint.id: complaint for complaint in session.scalars(wanted)}


def _open_one(held: Mapping[UUID, Complaint], item: Item) -> Complaint:
    complaint = held.get(UUID(item["id"]))
    if complaint is None:
        raise LeftOut(Why.NOT_FOUND)
    if complaint.status == Status.CLOSED:
        raise LeftOut(Why.CLOSED)
    return complaint


def _tried(session: Session, item: Item, work: Callable[[Item], Item], refused: str) -> Item:
    """Return the item with what came of it; one that is refused half-way leaves nothing behind."""
    fresh = dict(item)
    try:
        with session.begin_nested():
            return fresh | work(fresh)
    except LeftOut as left:
        return item | {refused: left.why, f"{refused}_detail": left.detail}
    except NotAllowed as refusal:
        why = Why.UNDER_REVIEW if refusal.code in ("under_review", "review_by_another") else Why.NOT_ALLOWED
        return item | {refused: why, f"{refused}_detail": ""}


def _write(act: BulkAct, fresh: Sequence[Item]) -> None:
    by_id = {item["id"]: item for item in fresh}
    act.items = [by_id.get(item["id"], item) for item in act.items]


def _dismiss_empty(member_id: UUID, act_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """End an incident that the act had opened, when nobody is linked to it any more."""
    with member_transaction(member_id) as session:
        made = act_of(session, act_id, staff_id).values.get("made")
        is_empty = bool(made) and households_of(session, UUID(made)) == 0
    if made and is_empty:
        incident_desk.dismiss(member_id, UUID(made), staff_id, ports)
