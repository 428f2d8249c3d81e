"""News that may wait leave together in the evening: one mail for each address, each of the news once."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.news import contact, grouping, replies
from service.journey.parcels import Bounce, Incoming
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.settings import Settings
from tests.mending import submitted
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
SIX_HOURS = timedelta(hours=6)  # from noon to six o'clock
TENANT = "locataire@poste.example"


def _daily(client: FlaskClient, member: MemberWorld, ports: Ports, **wish: str) -> UUID:
    complaint_id = submitted(client, member)
    work_off(member, ports)
    asked = {"channel": "email", "email": "", "phone": "", "pace": "daily", "language": "fr"} | wish
    contact.change(member.id, complaint_id, contact.Wish(**asked), ports)
    return complaint_id


def _answer(member: MemberWorld, complaint_id: UUID, ports: Ports, *texts: str) -> None:
    for text in texts:
        handling.answer(member.id, complaint_id, member.agent_id, text=text, seen=0, ports=ports)
    work_off(member, ports)


def _mails(settings: Settings, sign: str = "") -> list[EmailMessage]:
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(settings.mail_dir).glob("*.eml")
    ]
    return [one for one in found if one["To"] == TENANT and sign in one["Subject"]]


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


def _statuses(member: MemberWorld, purpose: str = "answered") -> list[str]:
    with member_transaction(member.id) as session:
        found = select(Delivery.status).where(Delivery.purpose == purpose).order_by(Delivery.event_id)
        return list(session.scalars(found))


def test_the_news_of_a_day_are_one_mail_at_six(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        first, second = _daily(client, member, ports), _daily(client, member, ports)
        _answer(member, first, ports, "Le chauffagiste est prévenu.", "Il passe demain.")
        _answer(member, second, ports, "Le hall est nettoyé.")
        clock.forward(SIX_HOURS - timedelta(minutes=1))
        assert grouping.send_due(ports) == 0
        work_off(member, ports)
        assert _mails(settings, "nouvelles") == []
        assert _statuses(member) == ["held"] * 3
        clock.forward(timedelta(minutes=1))
        assert grouping.send_due(ports) == 1
        assert grouping.send_due(ports) == 0
        work_off(member, ports)
        assert _statuses(member) == ["sent"] * 3
    (mail,) = _mails(settings, "nouvelles")
    text = _text(mail)
    places = [
        text.index(words) for words in ("Le chauffagiste est prévenu.", "Il passe demain.", "Le hall est nettoyé.")
    ]
    assert places == sorted(places)
    assert "3 nouvelles" in text
    assert mail["Subject"] == "Les nouvelles de vos demandes"


def test_what_does_not_wait_leaves_at_once(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _daily(client, member, ports)
        closing.close(member.id, complaint_id, member.agent_id, outcome="solved", sentence="Réparé.", ports=ports)
        work_off(member, ports)
    assert len(_mails(settings, "terminée")) == 1


def test_one_piece_of_news_is_its_own_mail(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _daily(client, member, ports)
        _answer(member, complaint_id, ports, "Il passe demain.")
        clock.forward(SIX_HOURS)
        grouping.send_due(ports)
        work_off(member, ports)
    assert len(_mails(settings, "Une réponse à votre demande")) == 1


def test_two_clocks_at_once_make_one_mail(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _daily(client, member, ports)
        _answer(member, complaint_id, ports, "Un.", "Deux.")
    clock.forward(SIX_HOURS)

    def tick() -> None:
        with app.app_context():
            grouping.send_due(ports)

    clocks = [Thread(target=tick) for _ in range(4)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join()
    with app.app_context():
        work_off(member, ports)
    assert len(_mails(settings, "nouvelles")) == 1


class _Killed(BaseException):
    pass


def test_killed_while_it_makes_the_mail_it_makes_it_later_and_once(
    app: Flask,
    client: FlaskClient,
    ports: Ports,
    clock: SetClock,
    world: World,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _daily(client, member, ports)
        _answer(member, complaint_id, ports, "Un.", "Deux.")
        clock.forward(SIX_HOURS)
        plan_alone = grouping.plan_alone

        def plan_and_die(*args: object) -> None:
            plan_alone(*args)  # type: ignore[arg-type]
            raise _Killed

        monkeypatch.setattr(grouping, "plan_alone", plan_and_die)
        with pytest.raises(_Killed):
            grouping.send_due(ports)
        monkeypatch.undo()
        work_off(member, ports)
        assert _mails(settings, "nouvelles") == []
        assert grouping.send_due(ports) == 1
        work_off(member, ports)
    assert len(_mails(settings, "nouvelles")) == 1


def test_whoever_wants_news_at_once_again_gets_what_is_held(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _daily(client, member, ports)
        _answer(member, complaint_id, ports, "Un.")
        assert _mails(settings, "réponse") == []
        contact.change(member.id, complaint_id, contact.Wish("email", "", "", "now", "fr"), ports)
        work_off(member, ports)
        assert len(_mails(settings, "réponse")) == 1
        clock.forward(SIX_HOURS)
        assert grouping.send_due(ports) == 0


def test_what_is_held_follows_the_tenant_to_another_way(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _daily(client, member, ports)
        _answer(member, complaint_id, ports, "Un.", "Deux.")
        contact.change(member.id, complaint_id, contact.Wish("sms", "", "0612345678", "daily", "fr"), ports)
        clock.forward(SIX_HOURS)
        grouping.send_due(ports)
        work_off(member, ports)
    assert _mails(settings, "nouvelles") == []
    assert len(list(Path(settings.sms_dir).glob("*.json"))) == 1  # one text message for one complaint


def test_a_mail_of_the_evening_that_comes_back_is_each_complaint_s_work(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World
) -> None:
    member = world.first
    with app.app_context():
        first, second = _daily(client, member, ports), _daily(client, member, ports)
        _answer(member, first, ports, "Un.")
        _answer(member, second, ports, "Deux.")
        clock.forward(SIX_HOURS)
        grouping.send_due(ports)
        work_off(member, ports)
        with member_transaction(member.id) as session:
            mail = session.scalars(select(Delivery.id).where(Delivery.purpose == "grouped")).one()
        bounce = Bounce(message_id=str(mail), reply_to="", code="5.1.1")
        incoming = Incoming(key="b", recipients=(), text="", is_automatic=True, attachments=0, bounce=bounce)
        for _twice in range(2):
            replies.receive(incoming, ports)
        assert _statuses(member) == ["given_up"] * 2
        with member_transaction(member.id) as session:
            assert session.get_one(Complaint, first).assignee_id is not None
            assert session.get_one(Complaint, second).assignee_id is not None
