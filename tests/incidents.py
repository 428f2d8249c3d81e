"""Neighbours: more homes in the first residence of a member, and what their tenants write."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.journey import steps
from service.journey.incidents import incident_desk
from service.journey.ports import Ports
from service.journey.submission import submission
from service.journey.submission.sent import Submission, Tenant
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.incident import Incident
from service.models.patrimoine import Dwelling
from tests.work import work_off
from tests.world import MemberWorld

LIFT, COLD, GAS = "L'ascenseur est en panne", "Le radiateur est froid", "Il y a une odeur de gaz"


@dataclass(frozen=True)
class Street:
    """The homes of one residence, by reference."""

    residence_id: UUID
    homes: list[str]


def settle_in(member: MemberWorld, count: int, building: str | None = "A") -> Street:
    """Add homes to the residence of the member's first dwelling."""
    with member_transaction(member.id) as session:
        first = session.scalars(select(Dwelling).where(Dwelling.reference == member.collective)).one()
        homes = [f"{member.slug}-{building or 'x'}-{number:04}" for number in range(count)]
        session.add_all(
            Dwelling(
                id=uuid4(), member_id=member.id, reference=home, residence_id=first.residence_id,
                address_line=first.address_line, address_key=first.address_key, building=building, floor=1, door=home,
            )
            for home in homes
        )  # fmt: skip
        return Street(first.residence_id, homes)


def write(member: MemberWorld, home: str | None, text: str, ports: Ports, **tenant: str) -> UUID:
    """Send one message, sorted and routed at once as within a request; nothing else is done yet."""
    sent = Submission(text=text, channel="extranet", tenant=Tenant(**tenant), dwelling_reference=home)
    receipt = submission.submit(member.id, sent, uuid4().hex, ports)
    steps.follow(member.id, receipt.complaint_id, ports)
    return receipt.complaint_id


def neighbours_write(member: MemberWorld, homes: list[str], text: str, ports: Ports) -> list[UUID]:
    """Let each home write the same, each with an e-mail, and play the worker after each."""
    found = []
    for home in homes:
        found.append(write(member, home, text, ports, email=f"{home}@poste.example"))
        work_off(member, ports)
    return found


def incidents(session: Session) -> list[Incident]:
    return list(session.scalars(select(Incident).order_by(Incident.opened_at)))


def incident_of(member: MemberWorld, complaint_id: UUID) -> UUID | None:
    with member_transaction(member.id) as session:
        return session.get_one(Complaint, complaint_id).incident_id


def the_one(member: MemberWorld) -> Incident:
    with member_transaction(member.id) as session:
        found = incidents(session)
    assert len(found) == 1
    return found[0]


def opened(member: MemberWorld, street: Street, ports: Ports, count: int = 3) -> tuple[Incident, list[UUID]]:
    """Let neighbours report their lift and a person accept the proposal."""
    ids = neighbours_write(member, street.homes[:count], LIFT, ports)
    incident_desk.accept(member.id, the_one(member).id, member.agent_id, ports)
    work_off(member, ports)
    return the_one(member), ids


def letters(folder: Path) -> list[str]:
    """Return the text of every mail sent."""
    found = []
    for path in sorted(folder.glob("*.eml")):
        body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
        assert body
        found.append(str(body.get_content()))
    return found
