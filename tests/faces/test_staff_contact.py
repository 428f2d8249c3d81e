"""How to reach a tenant, mended by staff: what counts at once, what needs a yes, who is told, what leaves again."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from service.journey.delivery import dead_letters
from service.journey.handling import handling
from service.journey.news.addresses import MOST_A_DAY
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.settings import Settings
from tests.faces.test_staff import Desk, as_read, at_desk
from tests.faces.test_tenant_contact import _link, _mails
from tests.mending import complaint_of, events_of, submitted
from tests.work import work_off
from tests.world import World, staff_of_role

pytestmark = pytest.mark.services

OLD, NEW = "locataire@poste.example", "neuve@poste.example"


@pytest.fixture
def complaint(app: Flask, client: FlaskClient, ports: Ports, world: World) -> Complaint:
    with app.app_context():
        complaint_id = submitted(client, world.first)
        work_off(world.first, ports)
        return complaint_of(world.first, complaint_id)


@pytest.fixture
def page(complaint: Complaint) -> str:
    return f"/equipe/demandes/{complaint.id}"


def mend(desk: Desk, page: str, **fields: str) -> int:
    typed = {"email": OLD, "phone": "", "channel": "email"} | fields
    return desk.send(page, f"{page}/coordonnees", **typed).status_code


def now_of(app: Flask, world: World, complaint: Complaint) -> Complaint:
    with app.app_context():
        return complaint_of(world.first, complaint.id)


def changes(app: Flask, world: World, complaint_id: UUID) -> list[tuple[str, str]]:
    with app.app_context():
        found = events_of(world.first, complaint_id)
    return [(one.actor, one.data["words"]) for one in found if one.kind == "contact_changed"]


def come_back(app: Flask, world: World, complaint: Complaint, ports: Ports, purpose: str = "received") -> None:
    """Let the mail of a purpose come back from the tenant's address."""
    with app.app_context(), member_transaction(world.first.id) as session:
        handling.locked_complaint(session, complaint.id)
        mine = select(Delivery).where(Delivery.complaint_id == complaint.id, Delivery.purpose == purpose)
        dead_letters.give_up(session, session.scalars(mine).one(), "bounce 5.1.1", ports)


def test_an_address_told_on_the_phone_counts_once_somebody_there_says_yes(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    assert mend(desk, page, email=NEW) == 303
    with app.app_context():
        work_off(world.first, ports)
    assert now_of(app, world, complaint).tenant_email == OLD
    shown = desk.read(page)
    assert f"<dt>À confirmer</dt><dd>{NEW}" in shown
    assert "Coordonnées corrigées" in shown
    assert changes(app, world, complaint.id) == [("Ana Vidal", "Une nouvelle adresse e-mail attend d'être confirmée.")]
    told = [one for one in _mails(settings, OLD) if "changer d'adresse" in one["Subject"]]
    assert len(told) == 1
    assert "page de suivi, quelqu'un" not in told[0].as_string(), "nobody was on the tracking page"
    (mail,) = _mails(settings, NEW)
    assert complaint.tracking_token not in mail.as_string()
    assert client.post(_link(mail, "adresse")).status_code == 303
    assert now_of(app, world, complaint).tenant_email == NEW
    assert "À confirmer" not in desk.read(page)


def test_a_number_counts_at_once_and_the_one_before_is_told(
    app: Flask, ports: Ports, world: World, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    assert mend(desk, page, phone="06 12 34 56 78", channel="sms") == 303
    after = now_of(app, world, complaint)
    assert (after.tenant_phone, after.preferred_channel, after.tenant_email) == ("+33612345678", "sms", OLD)
    assert mend(desk, page, phone="07 00 00 00 01", channel="sms") == 303
    with app.app_context():
        work_off(world.first, ports)
        with member_transaction(world.first.id) as session:
            told = session.scalars(select(Delivery.recipient).where(Delivery.purpose == "address_changes")).all()
    assert list(told) == ["+33612345678"]
    assert "34" not in str(changes(app, world, complaint.id))


def test_the_same_twice_is_once_and_what_stands_there_is_left(
    app: Flask, world: World, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    assert mend(desk, page) == 303
    assert changes(app, world, complaint.id) == []
    for _twice in range(2):
        assert mend(desk, page, email=NEW, phone="06 12 34 56 78") == 303
    assert len(changes(app, world, complaint.id)) == 1
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Complaint, complaint.id).tenant_phone = "poste 12"  # as an extranet sent it
    assert mend(desk, page, phone="poste 12", channel="email") == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "pas une adresse"}, "Donnez une adresse"),
        ({"email": "a@b.fr\r\nBcc: tous@exemple.fr"}, "Donnez une adresse"),
        ({"phone": "12"}, "Donnez un numéro"),
        ({"channel": "sms", "phone": "03 22 00 00 00"}, "06 ou 07"),
        ({"channel": "phone"}, "écrivez son numéro"),
        ({"channel": "pigeon"}, "dans la liste"),
    ],
)
def test_what_cannot_be_kept_is_named_and_changes_nothing(
    app: Flask, world: World, complaint: Complaint, page: str, fields: dict[str, str], sentence: str
) -> None:
    desk = at_desk(app, world.first)
    answer = desk.send(page, f"{page}/coordonnees", **{"email": OLD, "phone": "", "channel": "email"} | fields)
    assert answer.status_code == 422
    assert sentence in as_read(answer)
    assert changes(app, world, complaint.id) == []


def test_a_number_is_mended_where_the_address_is_missing(
    app: Flask, world: World, complaint: Complaint, page: str
) -> None:
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Complaint, complaint.id).tenant_email = None
    assert mend(at_desk(app, world.first), page, email="", phone="06 12 34 56 78") == 303
    assert now_of(app, world, complaint).tenant_phone == "+33612345678"


def test_one_complaint_does_not_serve_to_write_to_many_strangers(
    app: Flask, world: World, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    for number in range(MOST_A_DAY):
        assert mend(desk, page, email=f"n{number}@poste.example") == 303
    answer = desk.send(page, f"{page}/coordonnees", email="encore@poste.example", phone="", channel="email")
    assert answer.status_code == 409
    assert "Réessayez demain" in as_read(answer)
    assert len(changes(app, world, complaint.id)) == MOST_A_DAY


def test_an_address_from_which_mails_come_back_is_not_told_and_what_was_lost_leaves_again(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings, complaint: Complaint, page: str
) -> None:
    come_back(app, world, complaint, ports)
    desk = at_desk(app, world.first)
    shown = desk.read(page)
    assert '<a href="#coordonnees">Noter sa bonne adresse</a>' in shown
    assert "Envoyer de nouveau" not in shown, "there is nowhere else to send it yet"
    assert desk.send(page, f"{page}/renvoi").status_code == 303
    before = len(_mails(settings, OLD))
    assert mend(desk, page, email=NEW) == 303
    with app.app_context():
        work_off(world.first, ports)
    assert len(_mails(settings, OLD)) == before
    (asked,) = _mails(settings, NEW)
    client.post(_link(asked, "adresse"))
    assert "Un message peut repartir" in desk.read(page)
    for _twice in range(2):
        assert desk.send(page, f"{page}/renvoi").status_code == 303
    with app.app_context():
        work_off(world.first, ports)
    assert len(_mails(settings, NEW)) == 2
    after = desk.read(page)
    assert "Un envoi n'est pas arrivé" not in after
    assert after.count("repartent vers les nouvelles") == 1


def test_what_left_another_way_already_is_not_sent_again(
    app: Flask, ports: Ports, world: World, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    assert mend(desk, page, phone="06 12 34 56 78") == 303
    come_back(app, world, complaint, ports)  # the same message leaves by SMS
    assert "Envoyer de nouveau" not in desk.read(page)


def test_neither_another_member_nor_a_reader_changes_how_a_tenant_is_told(
    app: Flask, client: FlaskClient, world: World, settings: Settings, complaint: Complaint, page: str
) -> None:
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        email = staff_of_role(session, world.first, "reader")
        session.commit()
    engine.dispose()
    reader = Desk(app.test_client())
    reader.sign_in(email)
    assert "Corriger ses coordonnées" not in reader.read(page)
    with app.app_context():
        own = f"/equipe/demandes/{submitted(client, world.second)}"
    for desk, form_page, status in ((reader, page, 403), (at_desk(app, world.second), own, 404)):
        fields = {"email": NEW, "phone": "", "channel": "email"}
        assert desk.send(form_page, f"{page}/coordonnees", **fields).status_code == status
        assert desk.send(form_page, f"{page}/renvoi").status_code == status
    assert changes(app, world, complaint.id) == []
