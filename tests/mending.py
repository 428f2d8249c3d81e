"""A member whose messages leave twenty minutes later."""

from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.settings import Settings
from tests.world import MemberWorld


def wait_to_mend(settings: Settings, member: MemberWorld, minutes: int = 20) -> None:
    """Let the member's messages wait; its world lets them leave at once."""
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text("update members set minutes_to_mend = :minutes where id = :member"),
            {"minutes": minutes, "member": member.id},
        )
    engine.dispose()


def submitted(client: FlaskClient, member: MemberWorld, text: str = "Le radiateur du salon reste froid") -> UUID:
    """Send a message through the API; return its complaint."""
    body = {
        "text": text,
        "dwelling": {"reference": member.collective},
        "tenant": {"email": "locataire@poste.example"},
    }
    answer = client.post("/api/v1/complaints", json=body, headers=member.bearer)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json["id"])


def events_of(member: MemberWorld, complaint_id: UUID) -> list[Event]:
    with member_transaction(member.id) as session:
        return list(session.query(Event).filter_by(complaint_id=complaint_id).order_by(Event.id).all())


def complaint_of(member: MemberWorld, complaint_id: UUID) -> Complaint:
    with member_transaction(member.id) as session:
        return session.get_one(Complaint, complaint_id)
