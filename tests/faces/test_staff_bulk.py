"""Many complaints at once, as the staff do it: ticked, looked at, done with one press, undone with one more."""

import re

import pytest
from flask import Flask

from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.people import Staff
from service.models.workspace import BulkAct
from service.settings import Settings
from tests.faces.test_staff import Desk, as_read, at_desk, submit
from tests.mending import wait_to_mend
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

COLD = "Le radiateur est froid"
INBOX = "/equipe/"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def desk(app: Flask, member: MemberWorld) -> Desk:
    return at_desk(app, member)


def arrived(app: Flask, member: MemberWorld, ports: Ports, count: int = 2, text: str = COLD) -> list[str]:
    client = app.test_client()
    ids = [submit(client, member, text, email=f"l{rank}@poste.example", name="Nora")["id"] for rank in range(count)]
    with app.app_context():
        work_off(member, ports)
    return ids


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def prepare(desk: Desk, slug: str, ids: list[str], **fields: str) -> str:
    """Choose and prepare; return the address of the page that shows what would change."""
    page = desk.read(INBOX)
    sent = {
        "csrf_token": hidden(page, "csrf_token"), "vu": hidden(page, "vu"), "retour": hidden(page, "retour"),
        "choisi": ids,
    }  # fmt: skip
    chosen = desk.client.post(f"/equipe/ensemble/{slug}", data=sent)
    assert chosen.status_code == 200, chosen.status_code
    answer = desk.client.post(f"/equipe/ensemble/{slug}/preparation", data=sent | fields)
    assert answer.status_code == 303, as_read(answer)
    return str(answer.location)


def confirm(desk: Desk, act: str) -> str:
    answer = desk.send(act, f"{act}/faire")
    assert answer.status_code == 303
    return str(answer.location)


def assignees(app: Flask, member: MemberWorld, ids: list[str]) -> list[object]:
    with app.app_context(), member_transaction(member.id) as session:
        return [session.get_one(Complaint, one).assignee_id for one in ids]


def test_ticked_looked_at_done_and_undone(app: Flask, member: MemberWorld, ports: Ports, desk: Desk) -> None:
    ids = arrived(app, member, ports)
    act = prepare(desk, "attribuer", ids, assignee=str(member.supervisor_id))
    page = desk.read(act)
    assert "Attribuer 2 demandes" in page
    assert "Rémi Sorel" in page
    assert "Aucun message ne part." in page
    assert assignees(app, member, ids) == [None, None]
    back = confirm(desk, act)
    assert back == INBOX
    page = desk.read(back)
    assert "2 demandes attribuées." in page
    undo = re.search(r'form="selection" formaction="([^"]+)"', page)
    assert undo
    assert assignees(app, member, ids) == [member.supervisor_id] * 2
    assert desk.send(INBOX, undo[1]).status_code == 303
    assert assignees(app, member, ids) == [None, None]
    assert "2 demandes remises comme avant" in desk.read(act)


def test_a_second_press_and_going_back_do_nothing_more(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk
) -> None:
    ids = arrived(app, member, ports)
    act = prepare(desk, "repondre", ids, text="Nous passons demain.")
    token = hidden(desk.read(act), "csrf_token")
    for _ in range(2):
        assert desk.client.post(f"{act}/faire", data={"csrf_token": token}).status_code == 303
    assert "2 réponses enregistrées" in desk.read(act)
    assert "Confirmer" not in desk.read(act)
    assert desk.read(f"/equipe/demandes/{ids[0]}").count("Nous passons demain.") == 1


def test_what_leaves_and_what_cannot_be_taken_back_is_said_before(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk, settings: Settings
) -> None:
    ids = arrived(app, member, ports)
    act = prepare(desk, "repondre", ids, text="Demande {reference} : nous passons demain.")
    page = desk.read(act)
    assert "2 messages partent à 1 foyer : 2 par e-mail." in page
    assert "elles ne pourront pas être annulées" in page.replace("&#39;", "'")
    with app.app_context(), member_transaction(member.id) as session:
        references = [session.get_one(Complaint, one).reference for one in ids]
    assert all(f"Demande {reference} : nous passons demain." in page for reference in references)
    wait_to_mend(settings, member)
    assert "Les réponses partent dans 20 minutes." in desk.read(act)
    assert f"{act}/annulation" in desk.read(confirm(desk, act))


def test_what_has_left_is_not_offered_to_be_undone(app: Flask, member: MemberWorld, ports: Ports, desk: Desk) -> None:
    act = prepare(desk, "repondre", arrived(app, member, ports, 1), text="Nous passons demain.")
    back = desk.read(confirm(desk, act))
    assert "1 réponse enregistrée." in back
    assert f"{act}/annulation" not in back
    assert f"{act}/annulation" not in desk.read(act)


def test_what_is_wrong_is_named_and_what_was_ticked_stays(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk
) -> None:
    ids = arrived(app, member, ports)
    page = desk.read(INBOX)
    sent = {"csrf_token": hidden(page, "csrf_token"), "choisi": ids, "text": "Bonjour {prénom}"}
    answer = desk.client.post("/equipe/ensemble/repondre/preparation", data=sent)
    assert answer.status_code == 422
    assert "prénom" in as_read(answer)
    assert all(f'name="choisi" value="{one}"' in answer.text for one in ids)


def test_nothing_ticked_leads_back_with_a_word(desk: Desk) -> None:
    answer = desk.send(INBOX, "/equipe/ensemble/attribuer", choisi="pas un id")
    assert (answer.status_code, answer.location) == (303, INBOX)
    assert "Cochez d'abord" in desk.read(INBOX).replace("&#39;", "'")


def test_the_way_back_never_leads_elsewhere(app: Flask, member: MemberWorld, ports: Ports, desk: Desk) -> None:
    ids = arrived(app, member, ports, 1)
    act = prepare(desk, "attribuer", ids, assignee=str(member.agent_id), retour="https://ailleurs.example/")
    assert confirm(desk, act) == INBOX


def test_others_ids_are_neither_shown_nor_done(app: Flask, world: World, ports: Ports, desk: Desk) -> None:
    mine, theirs = arrived(app, world.first, ports, 1), arrived(app, world.second, ports, 1)
    with app.app_context(), member_transaction(world.second.id) as session:
        reference = session.get_one(Complaint, theirs[0]).reference
    act = prepare(desk, "attribuer", [*mine, *theirs], assignee=str(world.first.agent_id))
    page = desk.read(act)
    assert reference not in page
    assert theirs[0] not in page
    assert "1 demande : vous ne pouvez pas la voir." in page
    confirm(desk, act)
    assert reference not in desk.read(act)
    assert assignees(app, world.second, theirs) == [None]


def test_an_act_opens_to_its_author_alone(app: Flask, world: World, ports: Ports, desk: Desk) -> None:
    act = prepare(desk, "attribuer", arrived(app, world.first, ports, 1), assignee=str(world.first.agent_id))
    for email in ("responsable@amont.example", world.second.agent_email):
        other = Desk(app.test_client())
        assert other.sign_in(email).status_code == 303
        assert other.client.get(act).status_code == 404
        assert other.send(INBOX, f"{act}/faire").status_code == 404
        assert other.send(INBOX, f"{act}/annulation").status_code == 404
    with app.app_context(), member_transaction(world.first.id) as session:
        assert all(one.done_at is None for one in session.query(BulkAct))


def test_from_the_list_to_news_for_all_in_six_presses(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk
) -> None:
    ids = arrived(app, member, ports, 20, "L'ascenseur est en panne")
    act = prepare(desk, "lier", ids, incident="new", title="Ascenseur arrêté", tells="0")  # 1 to 4
    incident = confirm(desk, act)  # 5
    page = desk.read(incident)
    assert "Ascenseur arrêté" in page
    assert "20 demandes" in page
    assert "Donner des nouvelles à tous" in page
    shown = desk.send(
        incident, f"{incident}/nouvelles", text="Demande {reference} : le dépanneur vient à 17 h.", what="preview"
    )
    assert "le dépanneur vient à 17 h." in as_read(shown)
    sent = desk.send(incident, f"{incident}/nouvelles", text="Le dépanneur vient à 17 h.", what="send", seen="0")
    assert sent.status_code == 303
    with app.app_context():
        work_off(member, ports)
    assert "Le dépanneur vient à 17 h." in desk.read(f"/equipe/demandes/{ids[0]}")


def test_what_a_colleague_did_since_the_list_was_shown_stands(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk
) -> None:
    ids = arrived(app, member, ports)
    act = prepare(desk, "attribuer", ids, assignee=str(member.agent_id))
    with app.app_context():
        handling.assign(member.id, ids[0], member.supervisor_id, member.supervisor_id, ports)  # type: ignore[arg-type]
    assert "Rémi Sorel y a touché" in desk.read(act)
    confirm(desk, act)
    assert assignees(app, member, ids) == [member.supervisor_id, member.agent_id]


def test_a_reader_is_offered_nothing_to_do(app: Flask, member: MemberWorld, ports: Ports, desk: Desk) -> None:
    ids = arrived(app, member, ports, 1)
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, member.agent_id).role = "reader"
    page = desk.read(INBOX)
    assert "/equipe/ensemble/classer" not in page
    for address in ("/equipe/ensemble/attribuer", "/equipe/ensemble/attribuer/preparation"):
        assert (
            desk.client.post(address, data={"csrf_token": hidden(page, "csrf_token"), "choisi": ids}).status_code == 403
        )
