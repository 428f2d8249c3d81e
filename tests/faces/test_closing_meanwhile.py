"""Whoever closes, or sets a danger aside, from an old page reads first what came since."""

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.incident import Incident
from tests.faces.test_staff import as_read
from tests.faces.test_staff_complaint import Case
from tests.faces.test_staff_compose import last_event, plain
from tests.incidents import GAS, opened, settle_in, write
from tests.work import kinds, work_off
from tests.world import World

pytestmark = pytest.mark.services

ENDING = {"outcome": "solved", "sentence": "Le radiateur est réparé.", "ecrire": "fin"}


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    case = Case(app, world.first, name="Mme Petit", email="petit@poste.example")
    with app.app_context():
        work_off(world.first, ports)
    return case


def tenant_adds(case: Case, ports: Ports, text: str) -> None:
    """Let the tenant write, and the workers hear it."""
    with case.app.app_context():
        handling.add_from_tenant(case.member.id, case.id, text, ports)
        work_off(case.member, ports)


def status(case: Case) -> str:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        return session.get_one(Complaint, case.id).status


def test_a_danger_heard_since_the_page_was_shown_is_not_closed(case: Case, ports: Ports) -> None:
    with case.app.app_context():
        handling.add_from_tenant(case.member.id, case.id, GAS, ports)
    seen = str(last_event(case))  # the page shows the tenant's words, and nobody has read a danger in them yet
    with case.app.app_context():
        work_off(case.member, ports)
    refused = case.do("cloture", seen=seen, **ENDING)
    page = plain(as_read(refused))
    assert (refused.status_code, status(case)) == (409, "delivered")
    assert ENDING["sentence"] in page
    assert "Quelqu'un a écrit ou agi depuis" in page
    assert re.search(r'id="outcome-solved"[^>]* checked', page)
    [again] = set(re.findall(r'name="seen" value="(\d+)"', page))
    assert case.do("cloture", seen=again, **ENDING).status_code == 303
    assert status(case) == "closed"
    assert case.do("cloture", seen=seen, **ENDING).status_code == 303  # a double click


def test_words_written_while_it_is_being_closed_are_read_first(
    case: Case, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page looks before it asks to close: words that arrive between the two count all the same."""
    seen = str(last_event(case))
    tenant_adds(case, ports, "Il fuit maintenant.")
    monkeypatch.setattr("service.staff.complaint.complaint.ready", lambda _id, _pane, text, _seen: text)
    assert case.do("cloture", seen=seen, **ENDING).status_code == 409
    assert status(case) == "delivered"


def test_a_danger_is_not_set_aside_by_whoever_has_not_read_the_last_words(case: Case, ports: Ports) -> None:
    tenant_adds(case, ports, GAS)
    seen = str(last_event(case))
    tenant_adds(case, ports, "Maintenant ma fille a mal à la tête.")
    lowered = {"category": "chauffage", "urgency": "normal", "reason": "Pas de gaz ici"}
    refused = case.do("classement", seen=seen, **lowered)
    page = plain(as_read(refused))
    assert refused.status_code == 409
    assert "Pas de gaz ici" in page
    assert "Quelqu'un a écrit ou agi depuis" in page
    with case.app.app_context(), member_transaction(case.member.id) as session:
        assert session.get_one(Complaint, case.id).urgency == "danger"
    [again] = set(re.findall(r'name="seen" value="(\d+)"', page))
    assert case.do("classement", seen=again, **lowered).status_code == 303


def test_raising_or_sorting_waits_for_no_reading(case: Case, ports: Ports) -> None:
    seen = str(last_event(case))
    tenant_adds(case, ports, "Il fait froid.")
    raised = {"category": "chauffage", "urgency": "danger", "reason": "Un nourrisson"}
    assert case.do("classement", seen=seen, **raised).status_code == 303


def test_an_incident_is_ended_with_its_complaints_by_whoever_has_read_them_all(
    app: Flask, world: World, ports: Ports
) -> None:
    member = world.first
    with app.app_context():
        street = settle_in(member, 5)
        incident, ids = opened(member, street, ports)
    case = Case(app, member)
    url = f"/equipe/incidents/{incident.id}"
    page = case.desk.read(url)

    def end(page: str) -> tuple[int, str]:
        known = {name: re.findall(rf'name="{name}" value="(\w+)"', page)[0] for name in ("shown", "last_word")}
        answer = case.desk.send(url, f"{url}/fin", closes="1", outcome="solved", sentence="Réparé.", **known)
        return answer.status_code, plain(answer.text)

    with app.app_context():
        handling.add_from_tenant(member.id, ids[1], "Quelqu'un est resté dedans", ports)
        work_off(member, ports)
    code, shown = end(page)
    assert code == 409
    assert shown.count("Nouveau message") == 1
    assert "Réparé." in shown
    with app.app_context():
        assert not any("closed" in kinds(member, one) for one in ids)
        late = write(member, street.homes[4], "L'ascenseur est en panne", ports)
        work_off(member, ports)
        assert _incident_of(world, late) == incident.id
    code, shown = end(shown)
    assert code == 409
    assert end(shown)[0] == 303
    with app.app_context():
        assert all("closed" in kinds(member, one) for one in (*ids, late))
        with member_transaction(member.id) as session:
            assert session.scalars(select(Incident.status)).one() == "resolved"


def _incident_of(world: World, complaint_id: UUID) -> UUID | None:
    with member_transaction(world.first.id) as session:
        return session.get_one(Complaint, complaint_id).incident_id
