"""The place of a complaint on its page: looked for, given, mended; by whom, and what the tenant reads of it."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from service.journey.handling.neighbourhood import MOST
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.patrimoine import Contract, Dwelling
from service.settings import Settings
from tests.faces.test_staff import Desk, as_read, at_desk, submit
from tests.incidents import opened, settle_in
from tests.world import MemberWorld, World, staff_of_role

pytestmark = pytest.mark.services


def unplaced(client: FlaskClient, member: MemberWorld, line: str = "3 allée des Inconnus") -> dict[str, str]:
    address = {"line": line, "postcode": "80000", "city": "Amiens"}
    body = {"text": "Le radiateur reste froid", "dwelling": {"address": address}, "tenant": {"name": "Ida Roy"}}
    answer = client.post("/api/v1/complaints", json=body, headers=member.bearer)
    assert answer.status_code == 201, answer.text
    return dict(answer.json or {})


def card(page: str) -> str:
    return page[page.index('aria-labelledby="lieu"') :].partition("</section>")[0]


def look(desk: Desk, page: str, typed: str) -> str:
    answer = desk.send(page, f"{page}/lieu", action="search", place_search=typed)
    assert answer.status_code == 200
    return card(as_read(answer))


def dwelling_of(app: Flask, member: MemberWorld, reference: str) -> UUID:
    with app.app_context(), member_transaction(member.id) as session:
        return session.scalars(select(Dwelling.id).where(Dwelling.reference == reference)).one()


def kept(app: Flask, member: MemberWorld, complaint_id: str) -> Complaint:
    with app.app_context(), member_transaction(member.id) as session:
        return session.get_one(Complaint, UUID(complaint_id))


def test_a_place_is_looked_for_and_given(app: Flask, client: FlaskClient, world: World) -> None:
    sent, desk = unplaced(client, world.first), at_desk(app, world.first)
    page = f"/equipe/demandes/{sent['id']}"
    shown = card(desk.read(page))
    assert "Lieu à vérifier" in shown
    assert '<details data-opens="lieu" open>' in shown
    assert 'value="3 allée des Inconnus Amiens"' in shown, "what the tenant typed is there to be looked for"
    found = look(desk, page, "tilleuls")
    homes = re.findall(r'value="(logement:[^"]+)"', found)
    assert len(homes) == 2
    assert "Toute la résidence Les Tilleuls, 80000 Amiens" in found
    assert kept(app, world.first, sent["id"]).residence_id is None, "looking keeps nothing"
    chosen = f"logement:{dwelling_of(app, world.first, world.first.collective)}"
    assert chosen in homes
    answer = desk.send(page, f"{page}/lieu", action="keep", place=chosen, place_search="tilleuls")
    assert (answer.status_code, answer.location) == (303, page)
    after = desk.read(page)
    assert "Le lieu est enregistré." in after
    assert "3 allée des Tilleuls, 80000 Amiens" in card(after)
    assert "Corriger le lieu" in card(after)
    assert 'data-opens="lieu" open' not in card(after)
    assert "Lieu donné" in after
    assert kept(app, world.first, sent["id"]).organisation_id == world.first.supplier_id


def test_a_whole_residence_is_given(app: Flask, client: FlaskClient, world: World) -> None:
    sent, desk = unplaced(client, world.first), at_desk(app, world.first)
    page = f"/equipe/demandes/{sent['id']}"
    (whole,) = re.findall(r'value="(residence:[^"]+)"', look(desk, page, "tilleuls"))
    assert desk.send(page, f"{page}/lieu", action="keep", place=whole).status_code == 303
    assert kept(app, world.first, sent["id"]).residence_id == UUID(whole.partition(":")[2])


def test_what_is_not_found_and_what_another_member_has_is_said(app: Flask, client: FlaskClient, world: World) -> None:
    sent, desk = unplaced(client, world.first), at_desk(app, world.first)
    page = f"/equipe/demandes/{sent['id']}"
    assert "Aucun lieu ne correspond" in look(desk, page, "nulle part")
    elsewhere = look(desk, page, world.second.collective)
    assert "Ce lieu est à Aval Habitat" in elsewhere
    assert '<a href="#orientation">Transmettre</a>' in elsewhere
    assert "Enregistrer le lieu" not in elsewhere
    assert "Aval Habitat" not in look(desk, page, "tilleuls")


def test_places_of_others_and_made_up_ones_are_refused(app: Flask, client: FlaskClient, world: World) -> None:
    sent, desk = unplaced(client, world.first), at_desk(app, world.first)
    page = f"/equipe/demandes/{sent['id']}"
    foreign = dwelling_of(app, world.second, world.second.collective)
    for place in (f"logement:{foreign}", f"residence:{foreign}", f"autre:{foreign}", "logement:", "", "bonjour"):
        answer = desk.send(page, f"{page}/lieu", action="keep", place=place)
        assert answer.status_code == 422
        assert "Choisissez un lieu de la liste" in as_read(answer)
    theirs = at_desk(app, world.second)
    own = f"logement:{foreign}"
    desk_page = f"/equipe/demandes/{unplaced(client, world.second)['id']}"
    for action in ("search", "keep"):
        answer = theirs.send(desk_page, f"{page}/lieu", action=action, place=own, place_search="tilleuls")
        assert answer.status_code == 404
    assert kept(app, world.first, sent["id"]).residence_id is None


def test_a_choice_refused_shows_the_search_again(app: Flask, client: FlaskClient, world: World) -> None:
    sent, desk = unplaced(client, world.first), at_desk(app, world.first)
    page = f"/equipe/demandes/{sent['id']}"
    answer = desk.send(page, f"{page}/lieu", action="keep", place_search="tilleuls")
    shown = card(as_read(answer))
    assert "Choisissez un lieu de la liste" in shown
    assert shown.count('name="place"') == 3


def test_who_only_reads_gives_no_place(app: Flask, client: FlaskClient, world: World, settings: Settings) -> None:
    sent = unplaced(client, world.first)
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        email = staff_of_role(session, world.first, "reader")
        session.commit()
    engine.dispose()
    desk = Desk(app.test_client())
    desk.sign_in(email)
    page = f"/equipe/demandes/{sent['id']}"
    assert "place_search" not in desk.read(page)
    answer = desk.send(page, f"{page}/lieu", action="search", place_search="tilleuls")
    assert answer.status_code == 403


def test_the_tenant_reads_no_place_that_was_given(app: Flask, client: FlaskClient, world: World) -> None:
    sent, desk = unplaced(client, world.first), at_desk(app, world.first)
    page = f"/equipe/demandes/{sent['id']}"
    chosen = f"logement:{dwelling_of(app, world.first, world.first.collective)}"
    assert desk.send(page, f"{page}/lieu", action="keep", place=chosen).status_code == 303
    tracking = "/suivi/" + sent["tracking_url"].rpartition("/")[2]
    told = as_read(app.test_client().get(tracking))
    assert "3 allée des Inconnus" in told
    assert "Tilleuls" not in told
    assert "Lieu donné" not in told
    assert "Chaleur Picarde" in told, "who has it now is told as after any routing"


def test_the_card_says_what_serves_the_place_and_what_is_going_on_there(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    member = world.first
    with app.app_context():
        street = settle_in(member, 4)
        incident, ids = opened(member, street, ports)
        with member_transaction(member.id) as session:
            session.add(
                Contract(
                    id=uuid4(), member_id=member.id, organisation_id=member.supplier_id, trade="heating_collective"
                )
            )
    shown = card(at_desk(app, member).read(f"/equipe/demandes/{ids[0]}"))
    assert "Chauffage collectif, avec ascenseur" in shown
    assert "<dd>Chaleur Picarde</dd>" in shown
    assert f'href="/equipe/incidents/{incident.id}"' in shown
    assert "Équipement" not in card(at_desk(app, member).read(f"/equipe/demandes/{unplaced(client, member)['id']}"))


def test_the_first_ones_lead_to_the_list_of_the_residence(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    found = [submit(client, member, f"Le radiateur reste froid, fois {number}") for number in range(MOST + 2)]
    desk = at_desk(app, member)
    shown = card(desk.read(f"/equipe/demandes/{found[0]['id']}"))
    link = re.search(r'href="([^"]+)">Voir les demandes de la résidence', shown)
    assert link
    assert found[-1]["reference"] in desk.read(link[1])
