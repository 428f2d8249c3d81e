"""The pages of organisations and of their contracts: who works where, from when to when, and what they are given."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.journey.administration import organisations
from service.journey.delivery.handovers import may_have_text
from service.journey.people.absence import day_of
from service.journey.ports import Ports
from service.journey.routing.routing_table import desks_of
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.member import Agency, Organisation
from service.models.oversight import AuditEntry
from service.models.patrimoine import Contract, Residence
from tests.faces.test_admin_people import words
from tests.faces.test_staff import Desk, at_desk, submit
from tests.people import desk_of
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

ORGANISATIONS = "/equipe/administration/organismes"
CONTRACTS = "/equipe/administration/contrats"
LIFTS = {"name": "Ascenseurs du Nord", "kind": "supplier", "email": "depannage@ascenseurs.example", "phone": ""}


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def desk(app: Flask, member: MemberWorld) -> Desk:
    return desk_of(app, member, "administrator")


def lines(app: Flask, member: MemberWorld) -> list[Contract]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(Contract).order_by(Contract.starts_on)))


def contract(member: MemberWorld, **changed: str) -> dict[str, str]:
    return {"organisation": str(member.supplier_id), "trade": "lift", "starts_on": "2026-11-01"} | changed


def holder(app: Flask, member: MemberWorld, residence_id: UUID | None, day: date) -> UUID | None:
    with app.app_context(), member_transaction(member.id) as session:
        return desks_of(session).holder("lift", residence_id, day)


def residences(app: Flask, member: MemberWorld) -> list[Residence]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(Residence).order_by(Residence.name)))


def subjects(app: Flask, member: MemberWorld) -> list[str]:
    with app.app_context(), member_transaction(member.id) as session:
        entries = select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.number)
        return [f"{action} {subject}" for action, subject in session.execute(entries)]


def test_an_organisation_is_added_once_changed_and_written_down(app: Flask, desk: Desk, member: MemberWorld) -> None:
    assert "Chaleur Picarde" in desk.read(ORGANISATIONS)
    assert desk.send(ORGANISATIONS, ORGANISATIONS, **LIFTS).status_code == 303
    again = desk.send(ORGANISATIONS, ORGANISATIONS, **LIFTS | {"name": "ascenseurs DU nord"})
    assert again.status_code == 422
    assert "déjà ce nom" in again.text
    with app.app_context(), member_transaction(member.id) as session:
        made = session.scalars(select(Organisation).where(Organisation.name == LIFTS["name"])).one()
    assert (made.kind, made.takes_words) == ("supplier", False)  # nothing more than needed, unless it is ticked
    one = f"{ORGANISATIONS}/{made.id}"
    changed = LIFTS | {"phone": "03 22 00 00 00", "takes_words": "on", "kind": "authority"}
    assert desk.send(one, f"{one}/changement", **changed).status_code == 303
    with app.app_context(), member_transaction(member.id) as session:
        found = session.get_one(Organisation, made.id)
        assert (found.kind, found.phone, found.takes_words) == ("supplier", "03 22 00 00 00", True)
    assert subjects(app, member)[-2:] == [
        "created Organisme « Ascenseurs du Nord »", "changed Organisme « Ascenseurs du Nord »"
    ]  # fmt: skip


@pytest.mark.parametrize(("field", "typed"), [("name", ""), ("kind", "friend"), ("email", "x"), ("phone", "1")])
def test_what_is_no_organisation_is_refused(desk: Desk, field: str, typed: str) -> None:
    assert desk.send(ORGANISATIONS, ORGANISATIONS, **LIFTS | {field: typed}).status_code == 422


def test_an_organisation_that_takes_no_words_is_never_given_any(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports
) -> None:
    submit(client, member, "Le radiateur reste froid")
    with app.app_context():
        work_off(member, ports)
        for takes in (True, False):
            with member_transaction(member.id) as session:
                session.get_one(Organisation, member.supplier_id).takes_words = takes
            with member_transaction(member.id) as session:
                complaint = session.scalars(select(Complaint)).one()
                complaint.organisation_id = member.supplier_id
                event = Event(kind="transferred", data={"with_text": True})
                assert may_have_text(session, complaint, event) is takes
                session.rollback()


def test_a_contract_for_all_is_followed_by_routing_from_its_first_day_to_its_last(
    app: Flask, desk: Desk, member: MemberWorld
) -> None:
    for _ in range(2):  # pressed twice
        assert desk.send(CONTRACTS, CONTRACTS, **contract(member, ends_on="2026-12-31")).status_code == 303
    (line,) = lines(app, member)
    assert line.residence_id is None
    for day, expected in ((date(2026, 10, 31), None), (date(2026, 11, 1), member.supplier_id),
                          (date(2026, 12, 31), member.supplier_id), (date(2027, 1, 1), None)):  # fmt: skip
        assert holder(app, member, residences(app, member)[0].id, day) == expected
    page = desk.read(CONTRACTS)
    assert "toutes les résidences" in page
    assert "Ascenseurs" in page
    assert subjects(app, member)[-1] == "created Contrat de Chaleur Picarde : Ascenseurs"


def test_a_contract_for_an_agency_or_a_residence_stands_for_those_alone(
    app: Flask, desk: Desk, member: MemberWorld
) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        agency = session.scalars(select(Agency)).one()
    one, *others = residences(app, member)
    label = f"{one.name}, {one.city}"
    assert desk.send(CONTRACTS, CONTRACTS, **contract(member, residence_id=label)).status_code == 303
    assert [line.residence_id for line in lines(app, member)] == [one.id]
    assert desk.send(CONTRACTS, CONTRACTS, **contract(member, agency=str(agency.id))).status_code == 303
    assert {line.residence_id for line in lines(app, member)} == {one.id, *(other.id for other in others)}
    assert len(lines(app, member)) == 1 + len(others)  # the one that was there is not there twice


@pytest.mark.parametrize(
    ("field", "typed"),
    [("organisation", ""), ("organisation", "x"), ("trade", "magic"), ("starts_on", "demain"), ("agency", "x"),
     ("residence_id", "Nulle part"), ("ends_on", "2026-10-31")],
)  # fmt: skip
def test_what_is_no_contract_is_refused(app: Flask, desk: Desk, member: MemberWorld, field: str, typed: str) -> None:
    assert desk.send(CONTRACTS, CONTRACTS, **contract(member, **{field: typed})).status_code == 422
    assert lines(app, member) == []


def test_a_contract_ends_for_some_of_its_residences(app: Flask, desk: Desk, member: MemberWorld, ports: Ports) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        agency = session.scalars(select(Agency)).one()
    desk.send(CONTRACTS, CONTRACTS, **contract(member, agency=str(agency.id)))
    first, second = lines(app, member)[:2]
    page, today = f"{CONTRACTS}/{first.id}", day_of(ports.clock.now())
    assert desk.send(page, f"{page}/fin", last_day=today.isoformat()).status_code == 422  # none ticked
    ticked = {"last_day": today.isoformat(), "residences": str(first.residence_id)}
    assert desk.send(page, f"{page}/fin", **ticked).status_code == 303
    assert holder(app, member, first.residence_id, today) == member.supplier_id
    assert holder(app, member, first.residence_id, today + timedelta(days=1)) is None
    assert holder(app, member, second.residence_id, today + timedelta(days=1)) == member.supplier_id
    assert desk.send(page, f"{page}/fin", **ticked).status_code == 409  # pressed twice
    assert subjects(app, member)[-1].startswith("changed Contrat de Chaleur Picarde")


def test_a_contract_that_has_not_begun_is_taken_away_and_one_that_ended_stays(
    app: Flask, desk: Desk, member: MemberWorld, ports: Ports
) -> None:
    today = day_of(ports.clock.now())
    for start, end in (("2027-03-01", ""), ("2026-01-01", "2026-02-01")):
        desk.send(CONTRACTS, CONTRACTS, **contract(member, starts_on=start, ends_on=end))
    over, coming = lines(app, member)
    answer = desk.send(f"{CONTRACTS}/{coming.id}", f"{CONTRACTS}/{coming.id}/fin", last_day=today.isoformat())
    assert answer.status_code == 303
    assert [line.id for line in lines(app, member)] == [over.id]
    stale = desk.send(CONTRACTS, f"{CONTRACTS}/{coming.id}/fin", last_day=today.isoformat())
    assert stale.location == CONTRACTS  # from a stale page
    late = desk.send(CONTRACTS, f"{CONTRACTS}/{over.id}/fin", last_day="2027-01-01")
    assert late.status_code == 409
    assert "reprendre" in desk.read(f"{CONTRACTS}/{over.id}")


def test_only_administrators_and_only_their_own(app: Flask, desk: Desk, world: World) -> None:
    first, second = world.first, world.second
    desk.send(CONTRACTS, CONTRACTS, **contract(first))
    (line,) = lines(app, first)
    stranger = desk_of(app, second, "administrator")
    assert stranger.client.get(f"{CONTRACTS}/{line.id}").status_code == 404
    assert stranger.client.get(f"{ORGANISATIONS}/{first.supplier_id}").status_code == 404
    stranger.send(CONTRACTS, f"{CONTRACTS}/{line.id}/fin", last_day="2026-11-25")
    assert stranger.send(
        ORGANISATIONS, f"{ORGANISATIONS}/{first.supplier_id}/changement", **LIFTS
    ).status_code == 404  # fmt: skip
    assert stranger.send(CONTRACTS, CONTRACTS, **contract(first)).status_code == 422  # an organisation of others
    abroad = contract(second, agency=_agency(app, first))
    assert stranger.send(CONTRACTS, CONTRACTS, **abroad).status_code == 422
    assert [one.ends_on for one in lines(app, first)] == [None]
    assert lines(app, second) == []
    agent = at_desk(app, first)
    for path in (CONTRACTS, ORGANISATIONS, f"{CONTRACTS}/{line.id}"):
        assert agent.client.get(path).status_code == 403
    assert agent.send("/equipe/", CONTRACTS, **contract(first)).status_code == 403
    assert agent.send("/equipe/", ORGANISATIONS, **LIFTS).status_code == 403


def _agency(app: Flask, member: MemberWorld) -> str:
    with app.app_context(), member_transaction(member.id) as session:
        return str(session.scalars(select(Agency.id)).one())


def test_the_administration_leads_to_all_three(desk: Desk) -> None:
    home = words(desk.read("/equipe/administration"))
    for path in (ORGANISATIONS, CONTRACTS, "/equipe/administration/astreinte"):
        assert f'href="{path}"' in home
    assert organisations.KINDS
