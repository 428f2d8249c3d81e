"""What is said after an act that reaches sensitive complaints counts none of them to whoever does not see them."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.people import Staff
from service.settings import Settings
from tests.faces.test_staff import Desk
from tests.faces.test_staff_letters import _answered
from tests.people import desk_of, hire
from tests.signing_in import as_owner
from tests.world import World

pytestmark = pytest.mark.services

PEOPLE = "/equipe/administration/personnes"


def said(desk: Desk, page: str) -> str:
    """Return what a page says was done."""
    found = re.search(r'role="status"[^>]*>(.*?)</', desk.read(page), re.DOTALL)
    assert found
    return found[1]


def test_a_departure_counts_nothing(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    member = world.first
    desk = desk_of(app, member, "administrator")
    leavers = [hire(app, member, "agent", f"{name}@amont.example", name=name) for name in ("avec", "sans")]
    with app.app_context():
        complaint_id = _answered(client, member, ports)
        with member_transaction(member.id) as session:
            session.get_one(Staff, member.agent_id).is_named = True
            found = session.get_one(Complaint, complaint_id)
            found.is_marked, found.assignee_id = True, leavers[0]
    sentences = set()
    for leaver in leavers:
        page = f"{PEOPLE}/{leaver}"
        assert desk.send(f"{page}/depart", f"{page}/depart", takes_over="teams").status_code == 303
        sentences.add(said(desk, page))
    assert len(sentences) == 1
    with app.app_context(), member_transaction(member.id) as session:
        assert session.get_one(Complaint, complaint_id).assignee_id is None  # and it was handed over


def test_a_batch_that_is_posted_counts_nothing(
    app: Flask, client: FlaskClient, world: World, ports: Ports, settings: Settings
) -> None:
    member, sentences, letters = world.first, set(), "/equipe/courriers"
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, member.supervisor_id).is_named = True
    agent = Desk(app.test_client())
    agent.sign_in(member.agent_email)
    for others in (0, 2):
        ids: list[UUID] = []
        for _ in range(1 + others):
            with app.app_context():
                ids.append(_answered(client, member, ports, preferred_channel="post"))
        made = agent.send(letters, f"{letters}/lots")
        for one in ids[1:]:
            as_owner(settings, f"update complaints set is_marked = true where id = '{one}'")
        assert agent.send(letters, f"{made.location}/poste").status_code == 303
        sentences.add(said(agent, letters))
    assert len(sentences) == 1
