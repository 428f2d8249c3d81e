"""What stands around a complaint: the same person only, and the same place without names."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from service.journey.handling import neighbourhood
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


def send(
    client: FlaskClient, member: MemberWorld, text: str = "Le radiateur est froid", place: str = "", **tenant: str
) -> UUID:
    body = {"text": text, "dwelling": {"reference": place or member.collective}, "tenant": tenant}
    answer = client.post("/api/v1/complaints", json=body, headers=member.bearer)
    assert answer.status_code == 201, answer.text
    assert answer.json
    return UUID(answer.json["id"])


def of_person(app: Flask, member: MemberWorld, complaint_id: UUID, ports: Ports) -> set[UUID]:
    with app.app_context(), member_transaction(member.id) as session:
        complaint = session.get_one(Complaint, complaint_id)
        around = neighbourhood.of_person(session, complaint, ports.clock.now())
        assert around.total == len(around.complaints)
        return {one.id for one in around.complaints}


def test_the_same_contract_address_or_number_is_the_same_person(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    member = world.first
    first = send(client, member, reference="C-1", email="petit@poste.example", phone="06 00 00 00 01")
    by_contract = send(client, member, "Autre chose", reference="C-1")
    by_mail = send(client, member, "Encore", email="Petit@poste.example")
    by_number = send(client, member, "Toujours", phone="+33 6 00 00 00 01")
    send(client, member, "Un voisin du même logement", email="autre@poste.example")
    send(client, world.second, "Un autre bailleur", email="petit@poste.example")
    assert of_person(app, member, first, ports) == {by_contract, by_mail, by_number}


def test_who_lived_there_before_is_nobody_s_business(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    before = send(client, world.first, reference="ANCIEN", email="gardien@poste.example")
    now = send(client, world.first, "Nouveau", reference="NOUVEAU", email="gardien@poste.example")
    nameless = send(client, world.first, "Sans rien")
    assert of_person(app, world.first, now, ports) == set()
    assert of_person(app, world.first, before, ports) == set()
    assert of_person(app, world.first, nameless, ports) == set()


def test_what_is_older_than_a_year_is_left_alone(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    member = world.first
    first = send(client, member, email="petit@poste.example")
    old = send(client, member, "Vieux", email="petit@poste.example")
    with app.app_context(), member_transaction(member.id) as session:
        long_ago = ports.clock.now() - timedelta(days=366)
        session.execute(update(Complaint).where(Complaint.id == old).values(submitted_at=long_ago))
    assert of_person(app, member, first, ports) == set()


def test_a_residence_is_counted_by_subject_and_the_building_comes_first(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    member = world.first
    first = send(client, member)
    same = send(client, member, place=f"{member.slug}-0003")
    other = send(client, member, "La quittance de loyer", place=f"{member.slug}-0003")
    send(client, member, place=member.individual)  # another residence
    old = send(client, member)
    with app.app_context(), member_transaction(member.id) as session:
        long_ago = ports.clock.now() - timedelta(weeks=12, days=1)
        session.execute(update(Complaint).where(Complaint.id == old).values(submitted_at=long_ago))
    with app.app_context(), member_transaction(member.id) as session:
        place = neighbourhood.of_place(session, session.get_one(Complaint, first), ports.clock.now())
        assert place
        assert (dict(place.counts), place.total) == ({"chauffage": 1, "loyer": 1}, 2)
        assert [one.id for one in place.building.complaints] == [same, other]


def test_a_complaint_without_a_place_has_none_around(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    lost = send(client, world.first, place="nulle-part")
    with app.app_context(), member_transaction(world.first.id) as session:
        assert neighbourhood.of_place(session, session.get_one(Complaint, lost), ports.clock.now()) is None
