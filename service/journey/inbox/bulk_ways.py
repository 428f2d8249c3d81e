"""What an act on many complaints does to each of them, and how it is put back. The complaint is held by the caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain import templates as words
from service.domain.bulk import EACH, Kind, LeftOut, Why
from service.domain.errors import NotAllowed
from service.domain.status import EventKind
from service.journey import reading, steps
from service.journey.classification import classification, learning
from service.journey.clocks import clocks
from service.journey.closing import reviewers
from service.journey.events import record
from service.journey.handling import handling
from service.journey.incidents.incident_links import link, live_link, unlink
from service.journey.incidents.incident_origin import open_here
from service.journey.incidents.incident_reports import LIVE, hold_residence
from service.journey.news import mending, templates
from service.journey.people import absence
from service.journey.ports import Ports
from service.models.complaint import Complaint, Event
from service.models.incident import Incident
from service.models.people import Staff
from service.models.workspace import BulkAct

UNDONE = "annulé"  # the reason of a correction that puts a subject back
Item = dict[str, Any]
Done = tuple[Event, dict[str, Any]]  # the event, and what is to be put back


@dataclass
class Hand:
    """Who does it, in which transaction."""

    session: Session
    act: BulkAct
    staff: Staff
    ports: Ports
    incident: Incident | None = field(default=None)  # held, once it is needed

    @property
    def values(self) -> Mapping[str, Any]:
        """What is done to each."""
        return self.act.values


@dataclass(frozen=True)
class Way:
    """One kind of act."""

    apply: Callable[[Hand, Complaint, Item], Done]
    put_back: Callable[[Hand, Complaint, Item], None]
    touched_by: frozenset[EventKind]
    ready: Callable[[Hand], None] = lambda _hand: None  # once, when the complaints of a lot are held


def _assign(hand: Hand, complaint: Complaint, item: Item) -> Done:
    person = hand.session.get(Staff, UUID(item["to"]))
    if person is None or not person.is_active:
        raise LeftOut(Why.NOT_ALLOWED)
    if person.id in absence.blind(hand.session, complaint):
        raise LeftOut(Why.BLIND, person.name)
    given = absence.given(hand.session, complaint, person, absence.today_of(hand.ports))
    if complaint.assignee_id == given.to.id:
        raise LeftOut(Why.ALREADY_SO, given.to.name)
    reviewers.check_reviewer(hand.session, complaint, given.to)
    before = complaint.assignee_id
    event = handling.give(hand.session, complaint, person, hand.staff, hand.ports)
    return event, {"assignee": str(before) if before else None, "now": str(complaint.assignee_id)}


def _take_away(hand: Hand, complaint: Complaint, item: Item) -> None:
    before = item["before"]
    if str(complaint.assignee_id) != before["now"]:
        raise LeftOut(Why.CHANGED)
    person = hand.session.get(Staff, UUID(before["assignee"])) if before["assignee"] else None
    to = person if person and person.is_active else None
    handling.give(hand.session, complaint, to, hand.staff, hand.ports, undoes=item["done"])


# What a correction changes of a complaint, and what is put back.
_READ = ("category", "urgency", "abstained", "category_by_person", "danger_is_judged", "audit_due")


def _categorise(hand: Hand, complaint: Complaint, _item: Item) -> Done:
    is_judged = complaint.danger == "none" or complaint.danger_is_judged
    if complaint.urgency == "danger" or not is_judged:
        raise LeftOut(Why.DANGER)
    if complaint.contested_at is not None:
        raise LeftOut(Why.CONTESTED)
    category = complaint.category if hand.values["category"] == EACH else hand.values["category"]
    if category is None:
        raise LeftOut(Why.NOT_ALLOWED)  # nobody and nothing has read it yet
    if category == classification.BY_ITSELF:
        raise LeftOut(Why.SENSITIVE)
    urgency = hand.values["urgency"] or complaint.urgency or "normal"
    if complaint.category_by_person and (category, urgency) == (complaint.category, complaint.urgency):
        raise LeftOut(Why.ALREADY_SO)
    before = {name: getattr(complaint, name) for name in _READ}
    before["example"] = learning.noted(hand.session, complaint)
    event = classification.write_correction(
        hand.session, complaint, hand.staff,
        category=category, urgency=urgency, reason=hand.values["reason"], ports=hand.ports,
    )  # fmt: skip
    steps.take_at_once(hand.session, complaint.id, hand.ports)
    return event, before | {"now": [category, urgency]}


def _uncategorise(hand: Hand, complaint: Complaint, item: Item) -> None:
    before = dict(item["before"])
    if [complaint.category, complaint.urgency] != before["now"]:
        raise LeftOut(Why.CHANGED)
    wrong = {"from": complaint.category, "from_urgency": complaint.urgency}
    for name in _READ:
        setattr(complaint, name, before[name])
    learning.unlearn(hand.session, complaint, before["example"])
    # The word against the model is taken back, not given once more: it is no correction to learn from.
    right = {"to": complaint.category, "urgency": complaint.urgency or "normal", "reason": UNDONE}
    right["undoes"] = item["done"]
    at = hand.ports.clock.now()
    record(hand.session, complaint, EventKind.CORRECTED, at=at, actor=hand.staff.name, data=wrong | right)
    clocks.set_targets(hand.session, complaint, hand.ports)
    steps.take_at_once(hand.session, complaint.id, hand.ports)


def _answer(hand: Hand, complaint: Complaint, _item: Item) -> Done:
    sheet = reading.sheet(hand.session, complaint.id)
    facts = templates.facts_of(hand.session, sheet, hand.staff, words.Use.ANSWER, hand.ports.clock.now())
    text = words.fill(hand.values["text"], facts)
    try:
        words.check_words(text)
    except words.Unfilled as refusal:
        raise LeftOut(Why.NO_VALUE, refusal.names[0]) from refusal
    event = handling.say(hand.session, complaint, hand.staff, text, hand.ports)
    return event, {"leaves_at": event.data.get("leaves_at")}


def _keep_back(hand: Hand, complaint: Complaint, item: Item) -> None:
    try:
        mending.withhold_in(hand.session, complaint.id, item["done"], hand.staff.id, hand.ports)
    except NotAllowed as refusal:
        is_back = refusal.code == "already_withheld"
        raise LeftOut(Why.CHANGED if is_back else Why.ALREADY_LEFT) from refusal


def _hold_incident(hand: Hand) -> None:
    """Find the incident, or open it, and keep others from its residence: the complaints of the lot are held already."""
    chosen = hand.values.get("made") or hand.values["incident"]
    if chosen == "new":
        first = hand.session.get_one(Complaint, UUID(hand.values["from"]))
        hand.incident = open_here(hand.session, first, hand.staff.name, hand.ports)
        if hand.values["title"]:
            hand.incident.title = hand.values["title"]
        hand.act.values = {**hand.values, "made": str(hand.incident.id)}
        return
    incident = hand.session.get_one(Incident, UUID(chosen))
    hold_residence(hand.session, incident.residence_id)
    hand.session.refresh(incident)
    hand.incident = incident


def _link(hand: Hand, complaint: Complaint, _item: Item) -> Done:
    incident = hand.incident
    if incident is None or incident.status != "open":
        raise LeftOut(Why.NOT_ALLOWED)
    if complaint.residence_id not in (None, incident.residence_id):
        raise LeftOut(Why.OTHER_PLACE)
    if complaint.incident_id == incident.id and live_link(hand.session, complaint.id):
        raise LeftOut(Why.ALREADY_SO)
    before = complaint.incident_id
    event = link(hand.session, complaint, incident, by=hand.staff.name, ports=hand.ports, tells=hand.values["tells"])
    if event is None:
        raise LeftOut(Why.ALREADY_SO)
    return event, {"incident": str(before) if before else None}


def _unlink(hand: Hand, complaint: Complaint, item: Item) -> None:
    incident, before = hand.incident, item["before"]["incident"]
    if incident is None or complaint.incident_id != incident.id:
        raise LeftOut(Why.CHANGED)
    step = mending.step_that_tells(hand.session, item["done"])
    if step:
        step.done_at = hand.ports.clock.now()  # The tenant was not told yet, and is not.
    elif hand.values["tells"]:
        item["was_told"] = True
    unlink(hand.session, complaint, by=hand.staff.name, ports=hand.ports)
    earlier = hand.session.get(Incident, UUID(before)) if before else None
    if earlier and earlier.status in LIVE:
        link(hand.session, complaint, earlier, by=hand.staff.name, ports=hand.ports, tells=False)


# What somebody else did meanwhile that makes an act a mistake.
_MOVES = {EventKind.TRANSFERRED, EventKind.REFUSED}
_SUBJECT = {EventKind.CORRECTED, EventKind.CONFIRMED, EventKind.DANGER_RAISED}
_LINKS = {EventKind.LINKED, EventKind.UNLINKED}
_SAID = {
    EventKind.ANSWERED, EventKind.ASKED, EventKind.TENANT_WROTE, EventKind.REOPENED, EventKind.CONTESTED,
    EventKind.REVIEW_ASKED, EventKind.INCIDENT_NEWS,
}  # fmt: skip
WAYS: dict[Kind, Way] = {
    Kind.ASSIGN: Way(_assign, _take_away, frozenset({EventKind.ASSIGNED} | _MOVES)),
    Kind.CATEGORISE: Way(_categorise, _uncategorise, frozenset(_SUBJECT | _MOVES)),
    Kind.ANSWER: Way(_answer, _keep_back, frozenset(_SAID | _SUBJECT | _MOVES)),
    Kind.LINK: Way(_link, _unlink, frozenset(_LINKS | _SUBJECT | {EventKind.PLACED}), _hold_incident),
}
