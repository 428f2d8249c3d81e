"""Playing the worker, and looking at what it did."""

from contextlib import suppress
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.status import EventKind
from service.journey import steps
from service.journey.classification import classification
from service.journey.ports import Ports, TextModelDown
from service.journey.transactions import member_transaction
from service.models.complaint import Event
from service.models.endpoint import Endpoint, EndpointSecret
from service.models.outbox import OutboxStep
from tests.world import MemberWorld


def work_off(member: MemberWorld, ports: Ports) -> int:
    """Take every waiting step as a worker would, until none is left; return how many were taken."""
    taken = 0
    while True:
        with member_transaction(member.id) as session:
            waiting = session.scalars(
                select(OutboxStep.id).where(OutboxStep.done_at.is_(None), OutboxStep.run_after <= ports.clock.now())
            ).all()
        if not waiting:
            return taken
        for step_id in waiting:
            with suppress(TextModelDown):  # the worker logs it; the step is put to a little later
                steps.run_step(member.id, step_id, ports)
            taken += 1


def kinds(member: MemberWorld, complaint_id: UUID) -> list[str]:
    with member_transaction(member.id) as session:
        # The delays that each reading sets are left out: tests/journey/clocks/test_clocks.py is about them.
        told = select(Event.kind).where(Event.complaint_id == complaint_id, Event.kind != EventKind.TARGETS_SET)
        return list(session.scalars(told.order_by(Event.id)).all())


def correct(
    member: MemberWorld,
    complaint_id: UUID,
    ports: Ports,
    *,
    category: str = "loyer",
    urgency: str = "normal",
    reason: str = "Une facture",
) -> None:
    """Let the member's agent give a complaint its category and urgency: the rent, and not urgent, unless told."""
    classification.correct(
        member.id, complaint_id, member.agent_id, category=category, urgency=urgency, reason=reason, ports=ports
    )


def add_webhook(session: Session, member: MemberWorld, ports: Ports, url: str) -> UUID:
    """Let the member's own system be called at an address; return the endpoint."""
    now = ports.clock.now()
    endpoint = Endpoint(id=uuid4(), member_id=member.id, kind="webhook", address=url, options={}, created_at=now)
    session.add(endpoint)
    session.flush()
    sealed = ports.sealer.seal("whsec_c2V2ZQ==")
    session.add(EndpointSecret(member_id=member.id, endpoint_id=endpoint.id, sealed=sealed, created_at=now))
    return endpoint.id
