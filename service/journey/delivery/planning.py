"""Planning what goes outside: one delivery and its step for each channel, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.delivery import LONGEST
from service.journey.ports import Ports
from service.models.complaint import Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.outbox import OutboxStep

# The step that brings it outside: mails and text messages have workers of their own, beside those of endpoints; and so
# have the calls to people on duty, which wait behind nobody's letters.
SEND, CALL, WARN = "send", "call", "warn"
TO_DUTY = ("page", "page_more", "page_over")
BY_HAND = ("phone", "post")  # a person calls, or posts a printed letter: no step does it
HELD = "held"  # for the mail of the evening: see journey.news.grouping


@dataclass(frozen=True)
class Channel:
    """One way out: which message, by what means, to whom, and whether the tenant's words may go with it."""

    purpose: str
    means: str  # email, sms, phone, post, or the kind of an endpoint
    recipient: str
    with_text: bool = False
    endpoint_id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)  # ids and counts, no words

    @classmethod
    def to(cls, endpoint: Endpoint, purpose: str, *, with_text: bool = False) -> "Channel":
        """Return the way to an endpoint."""
        return cls(purpose, endpoint.kind, str(endpoint.id), with_text, endpoint.id)


def plan(session: Session, event: Event, channel: Channel, ports: Ports, *, key: str | None = None) -> None:
    """Write the delivery and its step; the unique indexes make planning it twice harmless.

    One event tells one recipient one thing once, whatever the `key`.
    """
    _write(session, _about(event), channel, ports, key)


def hold(session: Session, event: Event, channel: Channel, ports: Ports) -> None:
    """Write the delivery, held for the mail of the evening; holding it twice is harmless."""
    _write(session, _about(event), channel, ports, None, status=HELD)


def plan_alone(session: Session, member_id: UUID, key: str, channel: Channel, ports: Ports) -> UUID | None:
    """Write a delivery that is about no complaint in particular; `key` makes planning it twice harmless.

    Return it, or None when it was planned before.
    """
    return _write(session, {"member_id": member_id}, channel, ports, key)


def _about(event: Event) -> dict[str, Any]:
    return {"member_id": event.member_id, "complaint_id": event.complaint_id, "event_id": event.id}


def _write(
    session: Session,
    about: Mapping[str, Any],
    channel: Channel,
    ports: Ports,
    key: str | None,
    *,
    status: str = "waiting",
) -> UUID | None:
    planned: UUID | None = session.execute(
        insert(Delivery)
        .values(
            **about,
            id=uuid4(),
            key=key,
            purpose=channel.purpose,
            channel=channel.means,
            recipient=channel.recipient,
            endpoint_id=channel.endpoint_id,
            with_text=channel.with_text,
            data=dict(channel.data),
            status=status,
            attempts=0,
            give_up_at=last_moment(channel.endpoint_id, ports),
        )
        .on_conflict_do_nothing()
        .returning(Delivery.id)
    ).scalar()
    if planned and status != HELD and channel.means not in BY_HAND:
        name = step_name(channel.purpose, channel.endpoint_id)
        session.add(step_for(about, planned, name, ports))
    return planned


def last_moment(endpoint_id: UUID | None, ports: Ports) -> datetime | None:
    """Return when it is given up at the latest, while its endpoint is left alone; a mail is only tried so often."""
    return ports.clock.now() + LONGEST if endpoint_id else None


def step_name(purpose: str, endpoint_id: UUID | None) -> str:
    """Return the step that brings such a delivery outside."""
    if endpoint_id:
        return CALL
    return WARN if purpose in TO_DUTY else SEND


def step_for(about: Mapping[str, Any], delivery_id: UUID, name: str, ports: Ports) -> OutboxStep:
    """Return the step that brings a delivery outside, due now."""
    return OutboxStep(**about, delivery_id=delivery_id, name=name, run_after=ports.clock.now())
