"""Every look at a complaint is written down: read by administrators, who are seen reading it, and by the tenant."""

import io
import json
import re
import zipfile
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from service.journey.administration import audit
from service.journey.inbox import views
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import ComplaintView
from service.models.people import Staff
from service.settings import Settings
from tests.faces.test_staff import Desk, at_desk, submit
from tests.following import Follower
from tests.world import MemberWorld, World, staff_of_role

pytestmark = pytest.mark.services


def looks(app: Flask, member: MemberWorld) -> list[tuple[UUID, str]]:
    with app.app_context(), member_transaction(member.id) as session:
        rows = session.scalars(select(ComplaintView).order_by(ComplaintView.id))
        return [(one.complaint_id, one.how) for one in rows]


@pytest.fixture
def chief(app: Flask, world: World, settings: Settings) -> Desk:
    """An administrator at their desk."""
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        email = staff_of_role(session, world.first, "administrator")
        session.commit()
    engine.dispose()
    desk = Desk(app.test_client())
    assert desk.sign_in(email).status_code == 303
    return desk


def test_opening_a_page_is_a_look_and_asking_for_its_headings_is_none(
    app: Flask, client: FlaskClient, world: World
) -> None:
    sent = submit(client, world.first, "Le radiateur reste froid")
    desk, page = at_desk(app, world.first), f"/equipe/demandes/{sent['id']}"
    assert desk.client.head(page).status_code == 200
    assert looks(app, world.first) == []
    for _ in range(2):
        desk.read(page)
    assert looks(app, world.first) == [(UUID(sent["id"]), "page")] * 2
    assert "Ana Vidal</strong> a ouvert la page" in desk.read(page)


@pytest.mark.parametrize("act", ["apercu", "note", "classement", "reserve"])
def test_a_page_shown_again_with_what_was_refused_is_a_look_too(
    app: Flask, client: FlaskClient, world: World, act: str
) -> None:
    sent = submit(client, world.first, "Le radiateur reste froid")
    answer = at_desk(app, world.first).send("/equipe/moi", f"/equipe/demandes/{sent['id']}/{act}")
    assert "Le radiateur reste froid" in re.sub(r"<[^>]+>", "", answer.text)
    assert looks(app, world.first) == [(UUID(sent["id"]), "page")]


def test_what_does_not_exist_is_not_looked_at(app: Flask, client: FlaskClient, world: World) -> None:
    elsewhere = submit(client, world.second, "Le radiateur reste froid")
    assert at_desk(app, world.first).client.get(f"/equipe/demandes/{elsewhere['id']}").status_code == 404
    assert looks(app, world.first) == looks(app, world.second) == []


def test_an_export_is_a_look_at_each_of_its_complaints_or_a_number_when_they_are_very_many(
    app: Flask, client: FlaskClient, world: World, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [UUID(submit(client, world.first, "Le radiateur reste froid")["id"]) for _ in range(3)]
    for most in (3, 2):
        monkeypatch.setattr(views, "ONE_BY_ONE", most)
        with app.app_context(), member_transaction(world.first.id) as session:
            staff = session.get_one(Staff, world.first.agent_id)
            views.write_export(session, staff, ids, "Demandes ouvertes", ports.clock.now())
    assert sorted(looks(app, world.first)) == sorted((one, "export") for one in ids)
    with app.app_context(), member_transaction(world.first.id) as session:
        entries = [(one.subject, one.after) for one in audit.entries(session, world.first.id, audit.Query())]
    assert entries == [("Demandes ouvertes", {"demandes": 3})] * 2


def test_administrators_find_who_looked_by_complaint_person_and_day(
    app: Flask, client: FlaskClient, world: World, chief: Desk
) -> None:
    one, other = (submit(client, world.first, "Le radiateur reste froid") for _ in range(2))
    ana = at_desk(app, world.first)
    ana.read(f"/equipe/demandes/{one['id']}")
    chief.read(f"/equipe/demandes/{other['id']}")
    page, spoken = "/equipe/administration/consultations", one["reference"]

    def shown(**asked: str) -> tuple[bool, bool]:
        answer = chief.client.get(page, query_string=asked)
        table = answer.text.partition("<tbody>")[2]
        return one["reference"] in table, other["reference"] in table

    assert shown() == (True, True)
    assert shown(reference=spoken.lower()) == (True, False)
    assert shown(personne=str(world.first.agent_id)) == (True, False)
    assert shown(du="2026-11-25", au="2026-11-25") == (True, True)
    assert shown(du="2026-11-26") == (False, False)
    assert shown(au="2026-11-24") == (False, False)
    wrong = chief.client.get(page, query_string={"reference": "AAAA-AAAA", "du": "hier", "avant": "x"})
    assert wrong.status_code == 200
    assert wrong.text.count('aria-invalid="true"') == 2
    assert ana.client.get(page).status_code == 403


def test_whoever_reads_who_looked_is_written_down_with_what_they_asked_for(
    app: Flask, world: World, chief: Desk
) -> None:
    page = "/equipe/administration/consultations"
    chief.client.get(page, query_string={"personne": str(world.first.agent_id), "du": "2026-11-25"})
    chief.read("/equipe/administration/recherches")
    chief.client.head(page)
    with app.app_context(), member_transaction(world.first.id) as session:
        log = [(one.action, one.subject, one.after) for one in audit.entries(session, world.first.id, audit.Query())]
    assert log == [
        ("consulted", "Recherches", None),
        ("consulted", "Consultations des demandes", {"personne": "Ana Vidal", "du": "2026-11-25"}),
    ]


def test_a_long_list_of_looks_is_paged(
    client: FlaskClient, world: World, chief: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SHOWN", 2)
    sent = [submit(client, world.first, "Le radiateur reste froid") for _ in range(3)]
    for one in sent:
        chief.read(f"/equipe/demandes/{one['id']}")
    first = chief.read("/equipe/administration/consultations")
    assert sent[2]["reference"] in first
    assert sent[0]["reference"] not in first
    following = first.partition("/equipe/administration/consultations?avant=")[2].partition('"')[0]
    assert sent[0]["reference"] in chief.read(f"/equipe/administration/consultations?avant={following}")


def test_the_tenant_reads_when_and_by_which_team_and_never_by_whom(app: Flask, world: World, ports: Ports) -> None:
    tenant, desk = Follower(app, world.first, ports), at_desk(app, world.first)
    for _ in range(3):
        desk.read(f"/equipe/demandes/{tenant.id}")
    answer = tenant.post("mes-donnees")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as made:
        facts, page = json.loads(made.read("demande.json")), made.read("demande.html").decode()
    assert facts["opened"] == [{"on": "2026-11-25", "by": "Équipe de Amiens"}]
    assert "Ana Vidal" not in page
    assert "Équipe de Amiens" in page.partition("Quand votre demande a été ouverte")[2]
