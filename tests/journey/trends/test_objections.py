"""A household that wants no part in the figures: left out, counted again, written down."""

import html
import io
import zipfile
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.domain.errors import NotAllowed, NotFound
from service.domain.products import PRODUCTS
from service.journey.administration import audit
from service.journey.handling import own_data
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, name_member, release_transaction
from service.journey.trends import objections
from service.journey.trends.bounding import exact_table
from service.models.complaint import Complaint
from service.models.trends import TrendObjection
from tests.faces.test_staff import at_desk, submit
from tests.network_figures import OCTOBER
from tests.people import desk_of
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

LEFT_OUT = "Votre logement n'y compte plus depuis le"
NOVEMBER = OCTOBER.replace(month=11)


@pytest.fixture
def complaint_id(app: Flask, client: FlaskClient, world: World, ports: Ports) -> UUID:
    made = submit(client, world.first, "Le radiateur reste froid")
    with app.app_context():
        work_off(world.first, ports)
    return UUID(made["id"])


def copy_of(client: FlaskClient, token: str) -> str:
    """Return all pages of the copy a tenant receives."""
    answer = client.post(f"/suivi/{token}/mes-donnees")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        pages = [archive.read(name).decode() for name in archive.namelist() if name.endswith((".html", ".txt"))]
    return html.unescape("".join(pages))


def counted(member: MemberWorld) -> dict[str, int]:
    with release_transaction() as session:
        name_member(session, member.id)
        return exact_table(session, PRODUCTS["C1"], NOVEMBER)


def test_a_household_is_left_out_and_counted_again(app: Flask, world: World, complaint_id: UUID, ports: Ports) -> None:
    member = world.first
    with app.app_context():
        before = counted(member)
        assert sum(before.values()) == 1
        for _ in range(2):
            objections.leave_out(member.id, complaint_id, member.supervisor_id, is_on=True, ports=ports)
        assert counted(member) == {}
        facts = own_data.gather(member.id, complaint_id, ports).facts
        assert facts["trends"] == {"left_out_since": ports.clock.now().isoformat()}
        for _ in range(2):
            objections.leave_out(member.id, complaint_id, member.supervisor_id, is_on=False, ports=ports)
        assert counted(member) == before
        with member_transaction(member.id) as session:
            reference = session.get_one(Complaint, complaint_id).reference
            log = [(one.actor, one.subject, one.after) for one in audit.entries(session, member.id, audit.Query())]
    subject = f"Chiffres du réseau, demande {reference}"
    assert log == [("Rémi Sorel", subject, {"compte": True}), ("Rémi Sorel", subject, {"compte": False})]


def test_what_belongs_to_no_household_or_to_another_member_is_refused(
    app: Flask, world: World, complaint_id: UUID, ports: Ports
) -> None:
    member, other = world.first, world.second
    with app.app_context():
        with pytest.raises(NotFound):
            objections.leave_out(other.id, complaint_id, other.supervisor_id, is_on=True, ports=ports)
        with member_transaction(member.id) as session:
            session.get_one(Complaint, complaint_id).dwelling_id = None
        with pytest.raises(NotAllowed, match="no_household"):
            objections.leave_out(member.id, complaint_id, member.supervisor_id, is_on=True, ports=ports)


def test_whoever_supervises_does_it_from_the_complaint_and_others_read_it(
    app: Flask, world: World, complaint_id: UUID
) -> None:
    boss, agent = desk_of(app, world.first, "supervisor"), at_desk(app, world.first)
    page = f"/equipe/demandes/{complaint_id}"
    act = f"{page}/chiffres-du-reseau"
    assert "Ne plus compter ce foyer" not in agent.read(page)
    assert agent.send(page, act, on="1").status_code == 403
    assert boss.send(page, act, on="1").status_code == 303
    assert "Ce foyer ne compte plus dans les chiffres du réseau depuis le" in agent.read(page)
    assert "Compter de nouveau ce foyer" in boss.read(page)
    with app.app_context(), member_transaction(world.first.id) as session:
        assert len(session.scalars(select(TrendObjection)).all()) == 1
    assert boss.send(page, act, on="0").status_code == 303
    assert "ne compte plus" not in agent.read(page)


def test_the_tenant_reads_it_in_their_copy(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    made = submit(client, world.first, "Le radiateur reste froid")
    token = made["tracking_url"].rsplit("/", 1)[1]
    stranger = app.test_client()
    with app.app_context():
        work_off(world.first, ports)
    assert LEFT_OUT not in copy_of(stranger, token)
    with app.app_context():
        objections.leave_out(world.first.id, UUID(made["id"]), world.first.supervisor_id, is_on=True, ports=ports)
    assert LEFT_OUT in copy_of(stranger, token)


def test_an_objection_is_told_to_the_one_who_asked_only(
    app: Flask, client: FlaskClient, world: World, complaint_id: UUID, ports: Ports
) -> None:
    """Whoever gives a dwelling may be its next tenant, or anybody."""
    member = world.first
    with app.app_context():
        objections.leave_out(member.id, complaint_id, member.supervisor_id, is_on=True, ports=ports)
    other = UUID(submit(client, member, "La chaudière est en panne")["id"])
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            one, two = (session.get_one(Complaint, each) for each in (complaint_id, other))
            assert one.dwelling_id == two.dwelling_id
        assert own_data.gather(member.id, other, ports).facts["trends"] == {"left_out_since": None}
        assert own_data.gather(member.id, complaint_id, ports).facts["trends"]["left_out_since"]
    boss, others = desk_of(app, member, "supervisor"), "à la suite d'une autre demande de ce logement"
    own, second = (html.unescape(boss.read(f"/equipe/demandes/{one}")) for one in (complaint_id, other))
    assert "À lever quand le logement change d'occupant" in own
    assert others not in own
    assert others in second
    with app.app_context():  # lifted from either
        objections.leave_out(member.id, other, member.supervisor_id, is_on=False, ports=ports)
        assert own_data.gather(member.id, complaint_id, ports).facts["trends"] == {"left_out_since": None}


def test_own_figures_leave_out_what_is_reserved(app: Flask, world: World, complaint_id: UUID) -> None:
    """Whoever steers reads them: they must not tell how many complaints are hidden from that person."""
    with app.app_context():
        assert sum(counted(world.first).values()) == 1
        with member_transaction(world.first.id) as session:
            session.get_one(Complaint, complaint_id).is_marked = True
        assert counted(world.first) == {}
