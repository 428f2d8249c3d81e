"""The page of deliveries: what did not arrive, how each endpoint does, sending again."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.adapters.webhooks import RememberingCaller
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.delivery import Delivery
from tests.work import add_webhook, work_off
from tests.world import PASSWORD, MemberWorld, World

pytestmark = pytest.mark.services

PAGE = "/equipe/envois"
URL = "https://si.example/seve"


@dataclass
class Office:
    """A member whose system is down, and a person of it at work."""

    app: Flask
    member: MemberWorld
    client: FlaskClient
    ports: Ports
    clock: SetClock
    caller: RememberingCaller
    endpoint_id: UUID

    def read(self) -> str:
        answer = self.client.get(PAGE)
        assert answer.status_code == 200
        return answer.text.replace("\u00a0", " ").replace("\u202f", " ").replace("&#39;", "'")

    def send(self, path: str) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(PAGE).text)
        assert found
        return self.client.post(f"{PAGE}/{path}", data={"csrf_token": found[1]}, follow_redirects=True)

    def submit(self, count: int = 1) -> None:
        for _ in range(count):
            body = {"text": "Le loyer de novembre", "dwelling": {"reference": self.member.collective}}
            self.app.test_client().post("/api/v1/complaints", json=body, headers=self.member.bearer)
        self.work()

    def work(self) -> None:
        with self.app.app_context():
            work_off(self.member, self.ports)

    def give_up(self, count: int = 1) -> None:
        """Let so many calls fail until a person has them."""
        self.caller.is_down = True
        self.submit(count)
        for _ in range(9):
            self.clock.forward(timedelta(hours=3))
            self.work()
        sign_in(self.client, self.member.agent_email)  # the session before is long over

    def deliveries(self) -> list[tuple[UUID, str]]:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            calls = select(Delivery.id, Delivery.status).where(Delivery.channel == "webhook")
            return [(one, status) for one, status in session.execute(calls.order_by(Delivery.event_id))]


def sign_in(client: FlaskClient, email: str) -> None:
    page = client.get("/equipe/connexion").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    client.post("/equipe/connexion", data={"csrf_token": found[1], "email": email, "password": PASSWORD})


@pytest.fixture
def office(app: Flask, world: World, ports: Ports, clock: SetClock, caller: RememberingCaller) -> Office:
    with app.app_context(), member_transaction(world.first.id) as session:
        endpoint_id = add_webhook(session, world.first, ports, URL)
    client = app.test_client()
    sign_in(client, world.first.agent_email)
    return Office(app, world.first, client, ports, clock, caller, endpoint_id)


def test_the_page_is_for_people_of_the_member_only(app: Flask, world: World) -> None:
    answer = app.test_client().get(PAGE)
    assert answer.status_code == 303
    assert "connexion" in answer.headers["Location"]
    assert world


def test_when_all_is_well_it_says_so_in_calm_words(office: Office) -> None:
    office.submit()
    page = office.read()
    assert "tout est arrivé" in page
    assert "fonctionne" in page
    assert "Pour toutes les demandes." in page
    assert "Dernier envoi arrivé : mercredi 25 novembre" in page


def test_what_waits_behind_an_endpoint_that_is_left_alone_is_counted(office: Office) -> None:
    office.caller.is_down = True
    office.submit(5)
    page = office.read()
    assert "ne répond pas, nouvel essai à 12 h 0" in page
    assert "5 envois en attente" in page
    assert "Rien n'est perdu" in page
    assert "l'adresse est éteinte" in page
    assert "tout est arrivé" in page  # nothing is given up yet


def test_what_was_given_up_names_its_complaint_its_reason_and_whose_it_is(office: Office) -> None:
    office.give_up()
    page = office.read()
    assert "1 envoi non arrivé" in page
    assert "L'avis d'arrivée à l'équipe, vers un logiciel" in page
    assert "7 essais : l'adresse est éteinte." in page
    assert "Confié à <strong>Rémi Sorel</strong>" in page
    assert re.search(r'href="/equipe/demandes/[0-9a-f-]+">\w{4}-\w{4}</a>', page)


def test_one_delivery_leaves_again_once_whatever_is_clicked(office: Office) -> None:
    office.give_up()
    office.caller.is_down = False
    ((delivery_id, _),) = office.deliveries()
    assert "L&#39;envoi repart." in office.send(f"{delivery_id}/renvoi").text
    assert "déjà reparti" in office.send(f"{delivery_id}/renvoi").text
    office.work()
    assert [status for _, status in office.deliveries()] == ["sent"]
    assert len(office.caller.calls) == 1
    assert "tout est arrivé" in office.read()


def test_all_of_one_endpoint_leave_again(office: Office) -> None:
    office.give_up(3)
    assert "Tout renvoyer (3)" in office.read()
    office.caller.is_down = False
    assert "3 envois en route" in office.send(f"adresses/{office.endpoint_id}/renvoi").text.replace("\u202f", " ")
    office.work()
    assert {status for _, status in office.deliveries()} == {"sent"}


def test_a_try_may_be_asked_for_before_its_time(office: Office) -> None:
    office.caller.is_down = True
    office.submit(5)
    office.caller.is_down = False
    assert "Essayer tout de suite" in office.read()
    assert "Un nouvel essai part" in office.send(f"adresses/{office.endpoint_id}/renvoi").text
    office.work()
    assert sorted(status for _, status in office.deliveries())[:2] == ["sent", "sent"]


def test_told_another_way_it_leaves_the_page(office: Office) -> None:
    office.give_up()
    ((delivery_id, _),) = office.deliveries()
    assert "prévenu autrement" in office.send(f"{delivery_id}/prevenu").text
    assert "tout est arrivé" in office.read()
    assert [status for _, status in office.deliveries()] == ["told_otherwise"]


def test_another_members_people_see_and_move_nothing_of_it(office: Office, world: World) -> None:
    office.give_up()
    ((delivery_id, _),) = office.deliveries()
    stranger = office.app.test_client()
    sign_in(stranger, world.second.agent_email)
    theirs = Office(office.app, world.second, stranger, office.ports, office.clock, office.caller, office.endpoint_id)
    assert URL not in theirs.read()
    for path in (f"{delivery_id}/renvoi", f"{delivery_id}/prevenu", f"adresses/{office.endpoint_id}/renvoi"):
        assert _send_as(theirs, office, path) == 404
    assert [status for _, status in office.deliveries()] == ["given_up"]


def _send_as(theirs: Office, office: Office, path: str) -> int:
    found = re.search(r'name="csrf_token" value="([^"]+)"', theirs.client.get(PAGE).text)
    assert found
    assert office
    return theirs.client.post(f"{PAGE}/{path}", data={"csrf_token": found[1]}).status_code


@pytest.mark.parametrize("path", ["renvoi", "prevenu"])
def test_a_form_without_its_token_changes_nothing(office: Office, path: str) -> None:
    office.give_up()
    ((delivery_id, _),) = office.deliveries()
    office.client.post(f"{PAGE}/{delivery_id}/{path}")
    assert [status for _, status in office.deliveries()] == ["given_up"]


def test_the_page_carries_nothing_the_browser_would_refuse(office: Office) -> None:
    office.give_up()
    page = office.read()
    assert " style=" not in page
    assert "<script>" not in page
