"""A sensitive complaint: whoever is not named for it gets its reference, by mail, by text message and by machine."""

import json
import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.adapters.webhooks import RememberingCaller
from service.domain.status import EventKind
from service.journey.delivery import civic, machines, packing
from service.journey.events import record
from service.journey.parcels import Mail, NotSendable, Sms
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.handover import Handover
from tests.faces.test_staff import as_read, submit
from tests.work import add_webhook, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

TENANT = {"name": "Mme Petit", "phone": "06 39 98 00 00", "email": "petit@poste.example"}
# Its subject, its words, and who wrote it; its place.
TELLING = re.compile(r"chauffage|radiateur|froid|Petit|06 39 98 00 00", re.IGNORECASE)
PLACE = re.compile(r"Tilleuls|Amiens, |80000|amont-0001", re.IGNORECASE)
GO_THERE = ("page", "page_more", "note")  # whoever gets these has to go there
FOR_ORGANISATIONS = ("handover", "handover_danger", "handover_reminder", "partner_message", "withdrawn")
FOR_STAFF = ("arrival", "alert", "addition", "team_told", "note", "review", "failed", "page", "page_more", "page_over")


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def reserved(app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports) -> UUID:
    """A complaint that a supplier has, which somebody marked since."""
    found = UUID(submit(client, member, "Le radiateur est froid", **TENANT)["id"])
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            session.get_one(Complaint, found).is_marked = True
        work_off(member, ports)
    return found


def said(session: Session, complaint_id: UUID, purpose: str, means: str, ports: Ports) -> Mail | Sms:
    """Return what a delivery of one purpose says, were it packed now."""
    complaint = session.get_one(Complaint, complaint_id)
    words = {"text": "Chauffage : passez avant midi aux Tilleuls.", "from": "Mme Petit", "danger": True}
    kind = EventKind.PARTNER_WRITTEN if purpose == "partner_message" else EventKind.NOTED
    data = {
        **words, "organisation": "Chaleur Picarde", "organisation_id": str(complaint.organisation_id),
        "channel": "email", "error": "refused",
    }  # fmt: skip
    event = record(session, complaint, kind, at=ports.clock.now(), actor="Ana Vidal", data=data)
    called = {"page": str(uuid4()), "contact": f"contact:{uuid4()}", "round": 1, "households": 2, "town": None}
    delivery = Delivery(
        id=uuid4(), member_id=complaint.member_id, complaint_id=complaint.id, event_id=event.id, purpose=purpose,
        channel=means, recipient="chaleur@amont.example", with_text=True, status="waiting", attempts=0,
        data=called | {"with": complaint.reference, "by": None, "is_close": True, "is_taken": False},
    )  # fmt: skip
    parcel = packing.pack(session, delivery, None, ports)
    assert isinstance(parcel, Mail | Sms)
    return parcel


@pytest.mark.parametrize("urgency", ["normal", "danger"])
@pytest.mark.parametrize("purpose", [*FOR_ORGANISATIONS, *FOR_STAFF])
def test_a_mail_says_its_reference_and_where_it_waits(
    app: Flask, member: MemberWorld, ports: Ports, reserved: UUID, purpose: str, urgency: str
) -> None:
    if purpose not in packing.LETTERS:
        pytest.skip("no such letter")
    with app.app_context(), member_transaction(member.id) as session:
        complaint = session.get_one(Complaint, reserved)
        complaint.urgency = urgency
        mail = said(session, reserved, purpose, "email", ports)
        assert isinstance(mail, Mail)
        whole = f"{mail.subject}\n{mail.text}\n{mail.html}"
        assert complaint.reference in whole
        assert not TELLING.search(whole), TELLING.search(whole)
        assert bool(PLACE.search(whole)) is (purpose in GO_THERE), PLACE.search(whole)
        assert ("3 allée des Tilleuls, 80000 Amiens" in mail.text) is (purpose in GO_THERE)
        if purpose in FOR_ORGANISATIONS and purpose != "withdrawn":
            assert "/partenaire/" in mail.text


@pytest.mark.parametrize("purpose", ["page", "page_more", "page_over"])
def test_a_text_message_says_its_reference_and_where_to_go(
    app: Flask, member: MemberWorld, ports: Ports, reserved: UUID, purpose: str
) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        message = said(session, reserved, purpose, "sms", ports)
        assert isinstance(message, Sms)
        assert session.get_one(Complaint, reserved).reference in message.text
        assert not TELLING.search(message.text)
        assert ("3 allée des Tilleuls, 80000 Amiens" in message.text) is (purpose in GO_THERE)


def test_the_signed_page_shows_what_the_organisation_needs_and_its_messages(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports, reserved: UUID
) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        mail = said(session, reserved, "partner_message", "email", ports)
        assert isinstance(mail, Mail)
        (link,) = set(re.findall(r"http://localhost(/partenaire/\S+)", mail.text))
    page = as_read(client.get(link))
    for words in ("Chauffage", "3 allée des Tilleuls", "passez avant midi aux Tilleuls", "Messages de Amont Habitat"):
        assert words in page, words


def test_a_call_to_a_machine_says_that_it_is_sensitive_and_not_what_about(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports, caller: RememberingCaller
) -> None:
    with app.app_context():
        with member_transaction(member.id) as session:
            add_webhook(session, member, ports, "https://erp.example/hook")
        found = [UUID(submit(client, member, "Le radiateur est froid")["id"]) for _ in range(2)]
        with member_transaction(member.id) as session:
            session.get_one(Complaint, found[0]).is_marked = True
        work_off(member, ports)
    told = {UUID(data["id"]): data for data in (json.loads(call.body)["data"] for call in caller.calls)}
    assert [(told[one]["category"], told[one]["sensitive"]) for one in found] == [(None, True), ("chauffage", False)]


def test_a_file_for_an_old_system_says_nothing_of_what_it_is_about(
    app: Flask, member: MemberWorld, ports: Ports, reserved: UUID
) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        facts = packing.facts_of(session, _to(session, reserved), ports)
        endpoint = Endpoint(kind="folder", address="vieux", options={"services": {"chauffage": "CH"}})
        line = machines.drop(session, facts, endpoint).content.decode().split("\r\n")[1]
        assert not re.search("chauffage|radiateur|;CH;", line, re.IGNORECASE)


def test_an_authority_that_speaks_open311_gets_the_reference(
    app: Flask, member: MemberWorld, ports: Ports, reserved: UUID
) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        facts = packing.facts_of(session, _to(session, reserved), ports)
        options = {"services": {"chauffage": "12"}, "default_service": "99"}
        endpoint = Endpoint(id=uuid4(), kind="open311", address="https://ville.example", options=options)
        fields = civic.pack(session, facts, endpoint, ports).fields
        assert fields["service_code"] == "99"
        assert facts.complaint.reference in fields["description"]
        told = json.dumps(fields, ensure_ascii=False)
        assert not TELLING.search(told)
        assert not PLACE.search(told)
        endpoint.options = {"services": {"chauffage": "12"}}
        with pytest.raises(NotSendable):
            civic.pack(session, facts, endpoint, ports)


def _to(session: Session, complaint_id: UUID) -> Delivery:
    """Return a delivery to an organisation to which the words may go."""
    event = session.scalars(select(Event).where(Event.complaint_id == complaint_id).order_by(Event.id.desc())).first()
    assert event
    assert session.scalars(select(Handover)).first()
    return Delivery(
        id=uuid4(), member_id=event.member_id, complaint_id=complaint_id, event_id=event.id, purpose="handover",
        channel="open311", recipient="x", with_text=True, status="waiting", attempts=0, data={},
    )  # fmt: skip
