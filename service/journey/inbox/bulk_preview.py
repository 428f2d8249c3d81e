"""What an act on many complaints would change: it is done as for good, looked at, and undone, lot by lot."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.bulk import BATCH
from service.domain.status import Audience
from service.journey.delivery.delivery import NOTICES
from service.journey.delivery.planning import Channel
from service.journey.handling.handling import staff_member
from service.journey.inbox import bulk
from service.journey.inbox.bulk_ways import Hand, Item
from service.journey.incidents.incident_reports import household
from service.journey.news import news, previews
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.incident import Incident
from service.models.member import Member, Organisation, Team
from service.models.outbox import OutboxStep
from service.models.people import Staff


@dataclass(frozen=True)
class State:
    """Where a complaint stands, as far as an act may change it."""

    category: str | None
    urgency: str | None
    desk: str | None
    assignee: str | None
    incident: str | None
    due_at: datetime | None
    due_clock: str | None
    is_paused: bool


@dataclass(frozen=True)
class Change:
    """One complaint of an act: as it stands and as it would; `why` it would be left out, if it would."""

    id: UUID
    reference: str
    tenant: str | None
    before: State
    after: State
    why: str | None = None
    detail: str = ""
    text: str | None = None  # what its tenant would read
    household: str | None = None  # opaque: whom a message reaches, when one leaves
    ways: tuple[tuple[str, str], ...] = ()  # by which it leaves, and where; none: we have no address
    event_id: int | None = None  # what its tenant is told of


@dataclass(frozen=True)
class Preview:
    """What an act would do. `not_found` are complaints that the person may not see, or that do not exist here."""

    changes: list[Change]
    not_found: int
    minutes: int  # before an answer leaves
    letter: previews.Preview | None  # what one household reads, where nobody typed it

    @property
    def done(self) -> list[Change]:
        """Those that would change."""
        return [one for one in self.changes if one.why is None]

    @property
    def left_out(self) -> list[Change]:
        """Those that would not."""
        return [one for one in self.changes if one.why is not None]

    @property
    def letters(self) -> list[Change]:
        """Those whose tenant would be written to."""
        return [one for one in self.done if one.household is not None]


class _Undone(Exception):
    """Leaves the transaction without keeping anything."""


def rehearse(member_id: UUID, act_id: UUID, staff_id: UUID, ports: Ports) -> Preview:
    """Return what performing an act would do now; NotFound as for performing it."""
    with member_transaction(member_id) as session:
        items = list(bulk.act_of(session, act_id, staff_id).items)
        minutes = session.get_one(Member, staff_member(session, staff_id).member_id).minutes_to_mend
    changes: list[Change] = []
    letter: previews.Preview | None = None
    for start in range(0, len(items), BATCH):
        with suppress(_Undone), member_transaction(member_id) as session:
            hand = Hand(session, bulk.act_of(session, act_id, staff_id), staff_member(session, staff_id), ports)
            lot = _changes(hand, items[start : start + BATCH])
            changes, letter = changes + lot, letter or _letter(hand, lot)
            raise _Undone
    return Preview(sorted(changes, key=lambda one: one.reference), len(items) - len(changes), minutes, letter)


def _changes(hand: Hand, items: Sequence[Item]) -> list[Change]:
    ids = [UUID(item["id"]) for item in items]
    shown = {one.id: one for one in hand.session.scalars(select(Complaint).where(Complaint.id.in_(ids)))}
    before = {one.id: _state(hand.session, one) for one in shown.values()}
    tried = bulk.apply(hand, items)
    return [
        _change(hand.session, shown[UUID(item["id"])], before[UUID(item["id"])], item)
        for item in tried
        if UUID(item["id"]) in shown
    ]


def _change(session: Session, complaint: Complaint, before: State, item: Item) -> Change:
    why = item.get("why")
    event = session.get(Event, item["done"]) if why is None else None
    is_told = event is not None and _is_told(session, event)
    return Change(
        id=complaint.id,
        reference=complaint.reference,
        tenant=complaint.tenant_name,
        before=before,
        after=_state(session, complaint),
        why=why,
        detail=item.get("why_detail", ""),
        text=event.data.get("text") if event else None,
        household=household(complaint) if is_told else None,
        ways=_ways(session, complaint, event) if event and is_told else (),
        event_id=event.id if event else None,
    )


def _letter(hand: Hand, lot: Sequence[Change]) -> previews.Preview | None:
    """Return what the first household that is written to reads; None where the words were typed, or nobody is."""
    told = next((one for one in lot if one.ways and one.text is None), None)
    if told is None:
        return None
    event = hand.session.get_one(Event, told.event_id)
    means, address = told.ways[0]
    return previews.packed(hand.session, event, Channel(_purpose(event), means, address), hand.ports)


def _is_told(session: Session, event: Event) -> bool:
    """Say whether the tenant is written to because of an event."""
    tells = select(OutboxStep.id).where(OutboxStep.event_id == event.id, OutboxStep.name == "notify")
    return event.audience == Audience.TENANT and session.scalars(tells).first() is not None


def _ways(session: Session, complaint: Complaint, event: Event) -> tuple[tuple[str, str], ...]:
    return tuple((way.value, address) for way, address in news.ways_of(session, complaint, _purpose(event)))


def _purpose(event: Event) -> str:
    return next(purpose for kind, purpose in NOTICES.items() if kind == event.kind)


def _state(session: Session, complaint: Complaint) -> State:
    organisation = session.get(Organisation, complaint.organisation_id) if complaint.organisation_id else None
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    assignee = session.get(Staff, complaint.assignee_id) if complaint.assignee_id else None
    incident = session.get(Incident, complaint.incident_id) if complaint.incident_id else None
    desk = " · ".join(one.name for one in (organisation, team) if one)
    return State(
        category=complaint.category,
        urgency=complaint.urgency,
        desk=desk or None,
        assignee=assignee.name if assignee else None,
        incident=incident.title if incident else None,
        due_at=complaint.due_at,
        due_clock=complaint.due_clock,
        is_paused=complaint.is_paused,
    )
