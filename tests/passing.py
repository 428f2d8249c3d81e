"""One complaint at its supplier: what tests of transfers and hand-overs start from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from service.journey.delivery import handovers
from service.journey.ports import Ports
from service.journey.routing import transfers
from service.journey.routing.transfers import TransferTarget
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.handover import Handover
from service.models.member import Organisation
from tests.work import kinds, work_off
from tests.world import MemberWorld

COLD = "Le radiateur reste froid"


@dataclass(frozen=True)
class Case:
    """One complaint of one member, and everything a test does with it."""

    app: Flask
    member: MemberWorld
    ports: Ports
    id: UUID

    def complaint(self) -> Complaint:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            return session.get_one(Complaint, self.id)

    def kinds(self) -> list[str]:
        with self.app.app_context():
            return kinds(self.member, self.id)

    def events(self, kind: str) -> list[dict[str, Any]]:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            rows = select(Event.data).where(Event.complaint_id == self.id, Event.kind == kind)
            return list(session.scalars(rows.order_by(Event.id)).all())

    def seen(self) -> int:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            last = select(Event.id).where(Event.complaint_id == self.id).order_by(Event.id.desc()).limit(1)
            return session.scalars(last).one()

    def handovers(self) -> Sequence[Handover]:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            rows = select(Handover).where(Handover.complaint_id == self.id).order_by(Handover.event_id)
            return session.scalars(rows).all()

    def token(self, rank: int = -1) -> str:
        return handovers.token_of(self.handovers()[rank], self.ports)

    def sent(self, purpose: str) -> list[str]:
        """Return to whom a message was planned or sent, in order."""
        with self.app.app_context(), member_transaction(self.member.id) as session:
            rows = select(Delivery).where(Delivery.complaint_id == self.id, Delivery.purpose == purpose)
            return [one.recipient for one in session.scalars(rows.order_by(Delivery.event_id)) if one.status == "sent"]

    def work_off(self) -> None:
        with self.app.app_context():
            work_off(self.member, self.ports)

    def organisation(self, name: str, kind: str = "authority") -> UUID:
        organisation_id = uuid4()
        email = f"{re.sub('[^a-z]', '', name.lower())}@{self.member.slug}.example"
        with self.app.app_context(), member_transaction(self.member.id) as session:
            session.add(
                Organisation(
                    id=organisation_id, member_id=self.member.id, name=name, kind=kind, email=email, phone=None
                )
            )
        return organisation_id

    def transfer(
        self,
        to: TransferTarget,
        reason: str = "trade",
        words: str = "",
        seen: int | None = None,
        staff: UUID | None = None,
    ) -> None:
        with self.app.app_context():
            transfers.transfer(
                self.member.id,
                self.id,
                staff or self.member.agent_id,
                to=to,
                reason=reason,
                words=words,
                seen=self.seen() if seen is None else seen,
                ports=self.ports,
            )

    def refuse(
        self, to: TransferTarget | None = None, reason: str = "not_our_trade", words: str = "", seen: int | None = None
    ) -> None:
        with self.app.app_context():
            transfers.refuse(
                self.member.id,
                self.id,
                self.member.agent_id,
                to=to or TransferTarget(),
                reason=reason,
                words=words,
                seen=self.seen() if seen is None else seen,
                ports=self.ports,
            )


def at_supplier(app: Flask, member: MemberWorld, ports: Ports, text: str = COLD, **tenant: str) -> Case:
    """Send a complaint that the rules bring to the supplier, and let the worker bring it there."""
    tenant = {"email": "petit@poste.example", "name": "Mme Petit", "phone": "06 00 00 00 00", **tenant}
    body = {"text": text, "dwelling": {"reference": member.collective}, "tenant": tenant}
    answer = app.test_client().post("/api/v1/complaints", json=body, headers=member.bearer)
    assert answer.status_code == 201, answer.text
    assert answer.json
    case = Case(app, member, ports, UUID(answer.json["id"]))
    case.work_off()
    return case
