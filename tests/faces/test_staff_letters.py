"""The page of what people bring to tenants: calls and letters."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from service.journey.handling import handling
from service.journey.news import replies
from service.journey.parcels import Bounce, Incoming
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.database import db
from service.models.delivery import Delivery
from service.models.oversight import ComplaintView
from service.settings import Settings
from tests.faces.test_staff_mending import sign_in, token_in
from tests.mending import wait_to_mend
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


def _submit(client: FlaskClient, member: MemberWorld, **tenant: str) -> UUID:
    body = {
        "text": "Le radiateur du salon reste froid", "dwelling": {"reference": member.collective},
        "tenant": {"name": "Lou Petit", **tenant},
    }  # fmt: skip
    return UUID(client.post("/api/v1/complaints", json=body, headers=member.bearer).json["id"])


def _answered(client: FlaskClient, member: MemberWorld, ports: Ports, **tenant: str) -> UUID:
    complaint_id = _submit(client, member, **tenant)
    work_off(member, ports)
    handling.answer(member.id, complaint_id, member.agent_id, text="Il passe <demain>.", seen=0, ports=ports)
    work_off(member, ports)
    return complaint_id


def _press(client: FlaskClient, address: str) -> str:
    page = client.get("/equipe/courriers").text
    return client.post(address, data={"csrf_token": token_in(page)}, follow_redirects=True).text


def test_an_empty_page_says_so(client: FlaskClient, world: World) -> None:
    sign_in(client, world.first.agent_email)
    page = client.get("/equipe/courriers").text
    for sentence in ("Aucun message n", "Personne n", "Aucune lettre n"):
        assert sentence in page


def test_a_call_is_made_from_the_page(app: Flask, client: FlaskClient, ports: Ports, world: World) -> None:
    with app.app_context():
        _answered(client, world.first, ports, phone="03 22 00 00 00", preferred_channel="phone", language="en")
    sign_in(client, world.first.agent_email)
    page = client.get("/equipe/courriers").text
    assert 'href="tel:0322000000"' in page
    assert "Il passe &lt;demain&gt;." in page
    assert "English" in page
    assert "Depuis votre page" not in page or "Une question, un changement" in page  # what is said is in French
    addresses = dict.fromkeys(re.findall(r'action="(/equipe/courriers/appels/[^"]+)"', page))
    unreached = next(one for one in addresses if one.endswith("injoignable"))
    assert "1 essai sans réponse" in _press(client, unreached)
    called = next(one for one in addresses if one.endswith("appele"))
    assert "Personne n'est à appeler" in _press(client, called).replace("&#39;", "'")
    assert "déjà fait" in _press(client, called)


def test_whoever_reads_what_is_to_be_said_on_the_telephone_is_written_down_once(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    with app.app_context():
        called = _answered(client, world.first, ports, phone="03 22 00 00 00", preferred_channel="phone")
        _answered(client, world.first, ports, email="lou@poste.example")  # nothing of it stands there
    sign_in(client, world.first.agent_email)
    client.head("/equipe/courriers")
    for _ in range(2):
        assert "Il passe &lt;demain&gt;." in client.get("/equipe/courriers").text
    with app.app_context(), member_transaction(world.first.id) as session:
        looks = session.execute(select(ComplaintView.complaint_id, ComplaintView.staff_id, ComplaintView.how)).all()
    assert [tuple(one) for one in looks] == [(called, world.first.agent_id, "call")]
    assert "a lu ce qu'il faut dire au téléphone" in client.get(f"/equipe/demandes/{called}").text.replace("&#39;", "'")


def test_a_call_becomes_a_letter(app: Flask, client: FlaskClient, ports: Ports, world: World) -> None:
    with app.app_context():
        _answered(client, world.first, ports, phone="03 22 00 00 00", preferred_channel="phone")
    sign_in(client, world.first.agent_email)
    page = client.get("/equipe/courriers").text
    address = re.search(r'action="(/equipe/courriers/appels/[^"]+/lettre)"', page)
    assert address
    after = _press(client, address[1])
    assert "la réponse au locataire, pour Lou Petit" in after


def test_letters_are_printed_one_a_page_and_marked_as_posted(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    with app.app_context():
        _answered(client, world.first, ports, preferred_channel="post")
        _submit(client, world.first, preferred_channel="post", language="ar")
        work_off(world.first, ports)
    sign_in(client, world.first.agent_email)
    batch = _press(client, "/equipe/courriers/lots")
    assert batch.count('<article class="paper"') == 3
    assert "Il passe &lt;demain&gt;." in batch
    assert 'lang="ar" dir="rtl"' in batch
    assert "03 53 01 00 00" in batch
    assert " style=" not in batch
    assert "<script" not in batch.split("</head>")[1]
    posted = re.search(r'action="(/equipe/courriers/lots/[^"]+/poste)"', batch)
    assert posted
    assert "ces lettres sont à la poste" in _press(client, posted[1])
    assert "déjà noté" in _press(client, posted[1])
    assert "postées" in client.get("/equipe/courriers").text
    assert client.get(posted[1].removesuffix("/poste")).status_code == 200  # printed again


def test_another_member_s_batch_is_not_found(app: Flask, client: FlaskClient, ports: Ports, world: World) -> None:
    with app.app_context():
        _answered(client, world.first, ports, preferred_channel="post")
    sign_in(client, world.first.agent_email)
    batch = _press(client, "/equipe/courriers/lots")
    posted = re.search(r'action="(/equipe/courriers/lots/[^"]+/poste)"', batch)
    assert posted
    client.post("/equipe/deconnexion", data={"csrf_token": token_in(batch)})
    sign_in(client, world.second.agent_email)
    assert client.get(posted[1].removesuffix("/poste")).status_code == 404
    other = token_in(client.get("/equipe/courriers").text)
    assert client.post(posted[1], data={"csrf_token": other}).status_code == 404


def test_the_complaint_says_that_mails_come_back_or_that_nobody_can_be_told(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    member = world.first
    with app.app_context():
        lost = _submit(client, member, email="perdu@poste.example")
        nobody = client.post(
            "/api/v1/complaints", json={"text": "Le radiateur est froid", "tenant": {}}, headers=member.bearer
        ).json["id"]
        work_off(member, ports)
        with member_transaction(member.id) as session:
            delivery = session.query(Delivery).filter_by(complaint_id=lost, purpose="received").one().id
        bounce = Bounce(message_id=str(delivery), reply_to="", code="5.1.1")
        mail = Incoming(key="b", recipients=(), text="", is_automatic=True, attachments=0, bounce=bounce)
        replies.receive(mail, ports)
    sign_in(client, member.agent_email)
    page = client.get(f"/equipe/demandes/{lost}").text.replace("&#39;", "'")
    assert "L'e-mail n'arrive pas" in page
    assert "Une lettre à poster" in page
    page = client.get(f"/equipe/demandes/{nobody}").text
    assert "Personne ne peut prévenir ce locataire" in page


def test_what_leaves_soon_is_read_in_as_many_queries_whatever_its_number(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    wait_to_mend(settings, world.first)
    sign_in(client, world.first.agent_email)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    counts = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        for _number in range(2):
            for _each in range(2):
                _answered(client, world.first, ports, email="lou@poste.example")
            asked.clear()
            page = client.get("/equipe/courriers").text
            counts.append((page.count("La réponse part à"), len(asked)))
        event.remove(db.engine, "before_cursor_execute", note)
    assert [shown for shown, _ in counts] == [2, 4]
    assert counts[0][1] == counts[1][1]
