"""What somebody would receive if words were sent now: written and packed as for good, looked at, and undone.

What is shown is made by the very functions that send: it cannot differ from what leaves, but for the addresses that are
keys. Whoever opens them is the tenant, or the company: a colleague who looks is neither.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.closing import CHOICES
from service.domain.errors import BadInput, NotAllowed
from service.domain.news import Way
from service.domain.status import Audience, EventKind
from service.domain.templates import check_words
from service.journey.delivery import packing
from service.journey.delivery.planning import Channel, plan
from service.journey.handling import attaching
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.letters.every import LETTERS
from service.journey.news import news, personal_links
from service.journey.parcels import Mail, Sms
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.member import Organisation

# kind of event -> purpose of its letter
PURPOSES = {
    EventKind.ANSWERED: "answered",
    EventKind.ASKED: "asked",
    EventKind.CLOSED: "closed",
    EventKind.PARTNER_WRITTEN: "partner_message",
}


@dataclass(frozen=True)
class Preview:
    """What one person receives: by which way, where, and the words. Without a way, the tracking page alone tells it."""

    way: str
    address: str
    subject: str
    text: str


@dataclass(frozen=True)
class Draft:
    """Words somebody has not sent yet. `field` is the field they were typed in."""

    kind: EventKind
    text: str
    field: str
    outcome: str = ""
    holder: str = ""  # of the files that go with them


# The beginning of each address that is a key, and what stands in its place.
_KEYS = {
    "suivi": "(son lien de suivi)",
    "partenaire": "(son lien)",
    personal_links.CONFIRM: "(son lien)",
    personal_links.UNSUBSCRIBE: "(son lien)",
}


class _Undone(Exception):
    pass


def preview(member_id: UUID, complaint_id: UUID, staff_id: UUID, draft: Draft, ports: Ports) -> list[Preview]:
    """Return what leaves, one for each way; empty when the tenant would only read it on their page.

    Raises
    ------
    BadInput
        When the words could not be sent as they are.
    NotFound, NotAllowed
        When there is no such complaint, or no organisation that can be written to has it.

    """
    check_words(draft.text, draft.field)
    if draft.kind == EventKind.CLOSED and draft.outcome not in CHOICES:
        raise BadInput("unknown_value", "outcome")
    found: list[Preview] = []
    with suppress(_Undone), member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        event = _event(session, complaint, staff_member(session, staff_id).name, draft, ports)
        for way, address in _ways(session, complaint, draft.kind):
            found.append(packed(session, event, Channel(PURPOSES[draft.kind], way, address), ports))
        raise _Undone
    return found


def _event(session: Session, complaint: Complaint, name: str, draft: Draft, ports: Ports) -> Event:
    data: dict[str, Any] = {"text": draft.text} | attaching.said_of(attaching.arrived(session, draft.holder))
    if draft.kind == EventKind.CLOSED:
        data = {"outcome": draft.outcome, "sentence": draft.text}
    audience = Audience.INTERNAL if draft.kind == EventKind.PARTNER_WRITTEN else Audience.TENANT
    event = Event(
        member_id=complaint.member_id, complaint_id=complaint.id, kind=draft.kind, audience=audience, actor=name,
        at=ports.clock.now(), data=data,
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def _ways(session: Session, complaint: Complaint, kind: EventKind) -> list[tuple[str, str]]:
    if kind != EventKind.PARTNER_WRITTEN:
        return [(way.value, address) for way, address in news.ways_of(session, complaint, PURPOSES[kind])]
    if complaint.organisation_id is None:
        raise NotAllowed("no_organisation")
    email = session.get_one(Organisation, complaint.organisation_id).email
    if not email:
        raise NotAllowed("organisation_without_email")
    return [(Way.EMAIL.value, email)]


def packed(session: Session, event: Event, channel: Channel, ports: Ports) -> Preview:
    """Return what leaves of an event by one way, in a transaction that its caller undoes."""
    plan(session, event, channel, ports)
    session.flush()
    planned = select(Delivery).where(Delivery.event_id == event.id, Delivery.channel == channel.means)
    delivery = session.scalars(planned).one()
    way, address = channel.means, channel.recipient
    if channel.means in (Way.PHONE.value, Way.POST.value):
        letter = LETTERS[channel.purpose](packing.facts_of(session, delivery, ports))
        return Preview(way, address, letter.subject, _without_keys("\n\n".join(letter.paragraphs), ports))
    match packing.pack(session, delivery, None, ports):
        case Mail() as mail:
            return Preview(way, address, mail.subject, _without_keys(mail.text, ports))
        case Sms() as sms:
            return Preview(way, address, "", _without_keys(sms.text, ports))
    raise ValueError(channel.means)


def _without_keys(text: str, ports: Ports) -> str:
    keys = "|".join(_KEYS)
    return re.sub(rf"{re.escape(ports.base_url)}/({keys})/[^\s<>\"»]*", lambda found: _KEYS[found[1]], text)
