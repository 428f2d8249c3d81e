"""The administration of a member's own templates: made, tried, changed, switched off, and written in the log."""

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.journey.transactions import member_transaction
from service.models.oversight import AuditEntry
from service.models.workspace import AnswerTemplate
from tests.faces.test_staff import Desk, as_read, at_desk, submit
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

LIST = "/equipe/administration/modeles"
TYPED = {"name": "Porte du hall", "use": "answer", "about": "sujet:acces_immeuble", "state": "first",
         "body": "Bonjour, la porte est commandée. Réponse le {date_reponse}."}  # fmt: skip


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    desk = Desk(app.test_client())
    assert desk.sign_in(f"responsable@{world.first.slug}.example").status_code == 303
    return desk


def plain(page: str) -> str:
    return page.replace("&#39;", "'")


def rows(app: Flask, member: MemberWorld) -> list[AnswerTemplate]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(AnswerTemplate).order_by(AnswerTemplate.name)))


def log(app: Flask, member: MemberWorld) -> list[AuditEntry]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def test_a_template_is_made_once_and_written_in_the_log(app: Flask, world: World, desk: Desk) -> None:
    for _ in range(2):
        assert desk.send(f"{LIST}/nouveau", LIST, **TYPED).status_code == 303
    [row] = rows(app, world.first)
    assert (row.name, row.use, row.category, row.family, row.state, row.changed_by) == (
        "Porte du hall", "answer", "acces_immeuble", None, "first", "Rémi Sorel",
    )  # fmt: skip
    [entry] = log(app, world.first)
    assert (entry.action, entry.actor, entry.subject) == (
        "created",
        "Rémi Sorel",
        "Modèle de réponse « Porte du hall »",
    )
    assert "Porte du hall" in desk.read(LIST)
    assert rows(app, world.second) == []


def test_a_change_is_logged_with_what_differs(app: Flask, world: World, desk: Desk) -> None:
    desk.send(f"{LIST}/nouveau", LIST, **TYPED)
    [row] = rows(app, world.first)
    one = f"{LIST}/{row.id}"
    assert "la porte est commandée" in desk.read(one)
    for _ in range(2):
        assert desk.send(one, one, **{**TYPED, "about": "theme:residence", "state": ""}).status_code == 303
    [row] = rows(app, world.first)
    assert (row.category, row.family, row.state) == (None, "residence", None)
    [_, entry] = log(app, world.first)
    assert entry.before == {"sujet": "acces_immeuble", "thème": None, "état": "first"}
    assert entry.after == {"sujet": None, "thème": "residence", "état": None}


def test_what_cannot_be_kept_is_named_and_what_was_typed_stays(app: Flask, world: World, desk: Desk) -> None:
    desk.send(f"{LIST}/nouveau", LIST, **TYPED)
    for change, sentence in (
        ({"name": "PORTE du hall", "body": "Autre"}, "Un autre modèle porte déjà ce nom"),
        ({"name": "Autre", "body": "Bonjour {civilite}, mots gardés"}, "« {civilite} » n'est pas un mot à remplir"),
        ({"name": "", "body": "mots gardés"}, "Écrivez au moins un mot."),
        ({"name": "Autre", "about": "sujet:licorne"}, "Choisissez une réponse"),
    ):
        answer = desk.send(f"{LIST}/nouveau", LIST, **{**TYPED, **change})
        page = plain(as_read(answer))
        assert answer.status_code == 422
        assert sentence in page
        assert change.get("body", "la porte est commandée") in page
    assert len(rows(app, world.first)) == 1


def test_a_template_switched_off_is_proposed_no_more(app: Flask, world: World, desk: Desk) -> None:
    desk.send(f"{LIST}/nouveau", LIST, **{**TYPED, "about": "", "state": ""})
    [row] = rows(app, world.first)
    page = f"/equipe/demandes/{submit(app.test_client(), world.first, 'Le radiateur est froid')['id']}"
    assert "Porte du hall (le vôtre)" in desk.read(page)
    assert desk.send(LIST, f"{LIST}/{row.id}/etat", on="0").status_code == 303
    assert "Porte du hall (le vôtre)" not in desk.read(page)
    desk.send(LIST, f"{LIST}/{row.id}/etat", on="0")
    assert [entry.action for entry in log(app, world.first)] == ["created", "changed"]
    desk.send(LIST, f"{LIST}/{row.id}/etat", on="1")
    assert "Porte du hall (le vôtre)" in desk.read(page)


def test_a_template_is_tried_on_a_complaint_and_nothing_is_kept(app: Flask, world: World, desk: Desk) -> None:
    reference = submit(app.test_client(), world.first, "Le radiateur est froid")["reference"]
    body = "{reference}, {prenom_agent}, le {date_passage}"
    answer = desk.send(f"{LIST}/nouveau", f"{LIST}/essai", **{**TYPED, "body": body, "reference": reference.lower()})
    page = plain(as_read(answer))
    assert answer.status_code == 200
    assert f"{reference}, Rémi, le {{date_passage}}" in page
    assert "Sans valeur dans cette demande : {date_passage}" in page
    assert "Rien ne s'adresse au locataire" in page
    assert rows(app, world.first) == []
    theirs = submit(app.test_client(), world.second, "Le radiateur est froid")["reference"]
    for other, sentence in ((theirs, "Aucune de vos demandes"), ("XX", "Cette référence n'existe pas")):
        refused = desk.send(f"{LIST}/nouveau", f"{LIST}/essai", **{**TYPED, "reference": other})
        assert refused.status_code == 422
        assert sentence in plain(as_read(refused))


def test_one_of_the_network_is_copied_not_changed(desk: Desk) -> None:
    page = plain(desk.read(f"{LIST}/nouveau?depuis=first-lift"))
    assert "Ascenseur : l'ascensoriste est prévenu" in page
    assert re.search(r'<option value="sujet:ascenseur" selected', page)
    assert f'action="{LIST}"' in page


def test_agents_and_other_members_have_no_part_in_it(app: Flask, world: World, desk: Desk) -> None:
    desk.send(f"{LIST}/nouveau", LIST, **TYPED)
    [row] = rows(app, world.first)
    agent = at_desk(app, world.first)
    assert agent.client.get(LIST).status_code == 403
    assert agent.send("/equipe/", LIST, **TYPED).status_code == 403
    other = Desk(app.test_client())
    other.sign_in(f"responsable@{world.second.slug}.example")
    for url in (f"{LIST}/{row.id}", f"{LIST}/{UUID(int=1)}"):
        assert other.client.get(url).status_code == 404
        assert other.send(LIST, url, **TYPED).status_code == 404
        assert other.send(LIST, f"{url}/etat", on="0").status_code == 404
    assert rows(app, world.first)[0].is_active
