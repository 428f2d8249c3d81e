"""News reach tenants the way they want, or another way once; what cannot is a person's work."""

import json
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from service.adapters.clock import SetClock
from service.domain.news import fits
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.news import courier, news, replies
from service.journey.parcels import Bounce, Incoming
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.feedback import OptOut
from service.models.incident import Incident
from service.models.news import LetterBatch
from service.models.outbox import OutboxStep
from service.settings import Settings
from tests.mending import complaint_of, events_of
from tests.work import kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
NAME = {"name": "Lou Petit"}


def submit(client: FlaskClient, member: MemberWorld, **tenant: str) -> UUID:
    body = {
        "text": "Le radiateur du salon reste froid", "dwelling": {"reference": member.collective},
        "tenant": tenant,
    }  # fmt: skip
    answer = client.post("/api/v1/complaints", json=body, headers=member.bearer)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json["id"])


def deliveries(member: MemberWorld, complaint_id: UUID, purpose: str) -> list[Delivery]:
    with member_transaction(member.id) as session:
        found = select(Delivery).where(Delivery.complaint_id == complaint_id, Delivery.purpose == purpose)
        return list(session.scalars(found.order_by(Delivery.event_id, Delivery.channel)))


def mails(settings: Settings, to: str) -> list[EmailMessage]:
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(settings.mail_dir).glob("*.eml")
    ]
    return [one for one in found if one["To"] == to]


def texts(settings: Settings) -> list[dict[str, str]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in Path(settings.sms_dir).glob("*.json")]


def answer(member: MemberWorld, complaint_id: UUID, ports: Ports, text: str = "Un chauffagiste passe demain.") -> None:
    handling.answer(member.id, complaint_id, member.agent_id, text=text, seen=0, ports=ports)
    work_off(member, ports)


def test_a_text_message_is_one_names_nobody_and_leads_to_the_page(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = submit(client, member, phone="06 12 34 56 78", preferred_channel="sms", **NAME)
        work_off(member, ports)
        answer(member, complaint_id, ports)
        closing.close(member.id, complaint_id, member.agent_id, outcome="solved", sentence="Réparé.", ports=ports)
        work_off(member, ports)
        token = complaint_of(member, complaint_id).tracking_token
    sent = texts(settings)
    assert len(sent) == 3
    for one in sent:
        assert one["to"] == "+33612345678"
        assert fits(one["text"]), one["text"]
        assert one["text"].isascii() or "é" in one["text"]
        assert f"/suivi/{token}" in one["text"]
        for word in ("Petit", "chauffagiste", "radiateur", "Réparé", "Vidal"):
            assert word not in one["text"]


def test_a_danger_by_text_message_gives_the_number_to_call(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    body = {
        "text": "Il y a une odeur de gaz", "dwelling": {"reference": member.collective},
        "tenant": {"phone": "0612345678", "preferred_channel": "sms"},
    }  # fmt: skip
    client.post("/api/v1/complaints", json=body, headers=member.bearer)
    with app.app_context():
        work_off(member, ports)
    mine = [one["text"] for one in texts(settings) if one["to"] == "+33612345678"]
    assert len(mine) == 1
    assert "112" in mine[0]


def test_without_any_way_nothing_is_planned_and_staff_read_so(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = submit(client, member)
        work_off(member, ports)
        answer(member, complaint_id, ports)
        assert deliveries(member, complaint_id, "received") == []
        assert deliveries(member, complaint_id, "answered") == []


def test_a_call_waits_for_a_person_and_an_e_mail_leaves_too(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = submit(client, member, phone="03 22 00 00 00", email="lou@poste.example",
                              preferred_channel="phone", **NAME)  # fmt: skip
        work_off(member, ports)
        answer(member, complaint_id, ports)
        by_mail, by_phone = deliveries(member, complaint_id, "answered")
        assert (by_mail.channel, by_mail.status) == ("email", "sent")
        assert (by_phone.channel, by_phone.recipient, by_phone.status) == ("phone", "03 22 00 00 00", "waiting")
        with member_transaction(member.id) as session:
            assert session.scalars(select(OutboxStep).where(OutboxStep.delivery_id == by_phone.id)).first() is None
            (call,) = courier.to_call(session, ports)
            assert "Un chauffagiste passe demain." in call.letter.paragraphs
        assert courier.unreached(member.id, by_phone.id, member.agent_id, ports)
        with member_transaction(member.id) as session:
            assert courier.to_call(session, ports)[0].tries == 1
        assert courier.called(member.id, by_phone.id, member.agent_id, ports)
        assert not courier.called(member.id, by_phone.id, member.supervisor_id, ports)
        assert deliveries(member, complaint_id, "answered")[1].status == "sent"
        assert kinds(member, complaint_id)[-2:] == ["noted", "noted"]


def test_letters_are_printed_in_a_batch_posted_once_and_printed_again(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    member = world.first
    with app.app_context():
        first = submit(client, member, preferred_channel="post", **NAME)
        second = submit(client, member, preferred_channel="post", language="en", **NAME)
        work_off(member, ports)
        answer(member, first, ports)
        batch_id = courier.make_batch(member.id, member.agent_id, ports)
        assert batch_id
        assert courier.make_batch(member.id, member.supervisor_id, ports) is None
        for _again in range(2):
            with member_transaction(member.id) as session:
                papers = courier.papers(session, batch_id, ports)
        assert len(papers) == 3
        assert papers[0].address[0] == "Lou Petit"
        assert "3 allée des Tilleuls" in papers[0].address
        assert papers[0].address[-1] == "80000 Amiens"
        assert {paper.tongue.code for paper in papers} == {"fr", "en"}
        assert any("Un chauffagiste passe demain." in paper.paragraphs for paper in papers)
        assert courier.mark_posted(member.id, batch_id, ports) == 3
        assert courier.mark_posted(member.id, batch_id, ports) == 0
        assert [one.status for one in deliveries(member, second, "received")] == ["sent"]
        with member_transaction(member.id) as session:
            assert session.get_one(LetterBatch, batch_id).posted_at
            assert len(courier.papers(session, batch_id, ports)) == 3


def test_another_member_sees_no_letter_of_ours(app: Flask, client: FlaskClient, ports: Ports, world: World) -> None:
    with app.app_context():
        submit(client, world.first, preferred_channel="post", **NAME)
        work_off(world.first, ports)
        assert courier.make_batch(world.second.id, world.second.agent_id, ports) is None
        batch_id = courier.make_batch(world.first.id, world.first.agent_id, ports)
        assert batch_id
        with member_transaction(world.second.id) as session:
            assert courier.papers(session, batch_id, ports) == []


def _come_back(delivery: Delivery, ports: Ports) -> None:
    bounce = Bounce(message_id=str(delivery.id), reply_to="", code="5.1.1")
    mail = Incoming(key="b", recipients=(), text="", is_automatic=True, attachments=0, bounce=bounce)
    assert replies.receive(mail, ports) == "bounce"


def test_a_mail_that_comes_back_is_told_by_text_message_once(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = submit(client, member, email="perdu@poste.example", phone="0612345678", **NAME)
        work_off(member, ports)
        answer(member, complaint_id, ports)
        (mail,) = deliveries(member, complaint_id, "answered")
        for _twice in range(2):
            _come_back(mail, ports)
            work_off(member, ports)
        by_mail, by_sms = deliveries(member, complaint_id, "answered")
        assert (by_mail.status, by_sms.status) == ("given_up", "sent")
        assert len(texts(settings)) == 1
        failed = [one for one in events_of(member, complaint_id) if one.kind == "delivery_failed"]
        assert [one.data["instead"] for one in failed] == ["sms"]
        # The next news do not try an address from which mails come back.
        closing.close(member.id, complaint_id, member.agent_id, outcome="solved", sentence="Réparé.", ports=ports)
        work_off(member, ports)
        assert [one.channel for one in deliveries(member, complaint_id, "closed")] == ["sms"]


def test_a_mail_that_comes_back_from_whoever_has_no_mobile_is_a_call(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = submit(client, member, email="perdu@poste.example", phone="03 22 00 00 00", **NAME)
        work_off(member, ports)
        answer(member, complaint_id, ports)
        _come_back(deliveries(member, complaint_id, "answered")[0], ports)
        work_off(member, ports)
        by_mail, by_phone = deliveries(member, complaint_id, "answered")
        assert (by_mail.status, by_phone.channel, by_phone.status) == ("given_up", "phone", "waiting")
    told = [one for one in mails(settings, "responsable@amont.example") if "pas arrivé" in one["Subject"]]
    assert len(told) == 1
    body = told[0].get_body(("plain",))
    assert body
    assert "Appelez le locataire" in body.get_content()


class _Refusing:
    def send(self, _sms: object) -> None:
        raise OSError("no gateway")


def test_a_text_message_that_never_leaves_goes_by_mail(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    object.__setattr__(ports, "sms", _Refusing())
    with app.app_context():
        complaint_id = submit(client, member, email="lou@poste.example", phone="0612345678", preferred_channel="sms")
        for _try in range(10):
            work_off(member, ports)
            clock.forward(timedelta(hours=10))
        by_mail, by_sms = deliveries(member, complaint_id, "received")
        assert (by_sms.status, by_mail.status) == ("given_up", "sent")
    assert len(mails(settings, "lou@poste.example")) == 1


def _refuse(member: MemberWorld, address: str, ports: Ports) -> None:
    with member_transaction(member.id) as session:
        mark, now = news.mark_of(address), ports.clock.now()
        session.add(OptOut(member_id=member.id, address_hash=mark, purpose="incident_news", at=now))


def test_news_that_were_refused_are_not_sent_another_way_either(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = submit(client, member, email="perdu@poste.example", phone="06 12 34 56 78")
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            event = session.scalars(select(Event).where(Event.complaint_id == complaint_id)).first()
            assert event
            news.tell(session, complaint, event, "incident_news", ports)
        (mail,) = deliveries(member, complaint_id, "incident_news")
        _refuse(member, "+33612345678", ports)
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            assert news.tell_otherwise(session, complaint, mail, ports) is None
            session.execute(delete(OptOut))
            assert news.tell_otherwise(session, complaint, mail, ports) == "sms"


@pytest.mark.parametrize("whose", ["its own", "a neighbour's"])
def test_news_of_a_danger_cannot_be_refused(
    app: Flask, client: FlaskClient, ports: Ports, world: World, whose: str
) -> None:
    member = world.first
    with app.app_context():
        complaint_id, other_id = (submit(client, member, email=f"{name}@poste.example") for name in ("lou", "ada"))
        _refuse(member, "lou@poste.example", ports)
        with member_transaction(member.id) as session:
            complaint, other = session.get_one(Complaint, complaint_id), session.get_one(Complaint, other_id)
            assert news.ways_of(session, complaint, "incident_news") == []
            incident = Incident(
                member_id=member.id, residence_id=complaint.residence_id, category="gaz", kind="outage", status="open",
                title="Fuite de gaz", opened_by="rules", opened_at=ports.clock.now(), starts_at=ports.clock.now(),
            )  # fmt: skip
            session.add(incident)
            session.flush()
            complaint.incident_id = other.incident_id = incident.id
            assert news.ways_of(session, complaint, "incident_news") == []
            (complaint if whose == "its own" else other).urgency = "danger"
            assert [way for way, _ in news.ways_of(session, complaint, "incident_news")] == ["email"]
