"""Saved views: what one finds again, what others find, and who may share."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.journey.transactions import member_transaction
from service.models.oversight import AuditEntry
from service.models.people import Staff
from service.models.workspace import SavedView
from tests.faces.test_staff import Desk, at_desk, submit
from tests.faces.test_staff_inbox import COLD, LIFT, listed
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

HOME = "/equipe/"


def supervising(app: Flask, member: MemberWorld) -> Desk:
    desk = Desk(app.test_client())
    assert desk.sign_in(f"responsable@{member.slug}.example").status_code == 303
    return desk


def kept(app: Flask, member: MemberWorld) -> list[SavedView]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(SavedView).order_by(SavedView.position, SavedView.name)))


def save(desk: Desk, name: str, **fields: str) -> str:
    """Save a list and return what the next page says."""
    answer = desk.send(HOME, "/equipe/vues", view_name=name, **fields)
    assert answer.status_code == 303
    return desk.read(answer.location).replace("&#39;", "'")


def views_of(page: str) -> list[str]:
    return re.findall(r'<a href="[^"]*" class="vue-[^"]*"[^>]*><span>([^<]+)</span>', page)


def test_a_list_is_found_again_with_its_filters_and_its_count(app: Flask, client: FlaskClient, world: World) -> None:
    submit(client, world.first, COLD)
    lift = submit(client, world.first, LIFT)
    desk = at_desk(app, world.first)
    page = save(desk, "Ascenseurs", vue="ouvertes", categorie="ascenseur", tri="anciennes", apres="x", autre="y")
    assert views_of(page) == ["Ascenseurs"]
    (view,) = kept(app, world.first)
    assert view.address == {"vue": "ouvertes", "categorie": "ascenseur", "tri": "anciennes"}
    found = re.search(r'<a href="([^"]+)" class="vue-[^"]+"[^>]*><span>Ascenseurs</span> <span class="number">1<', page)
    assert found
    page = desk.read(found[1].replace("&amp;", "&"))
    assert listed(page) == [lift["reference"]]
    assert "Sujet : Ascenseur" in page


def test_a_view_of_the_whole_table_is_not_counted_on_every_page(app: Flask, world: World) -> None:
    page = save(at_desk(app, world.first), "Closes", vue="toutes", statut="closed")
    assert re.search(r"<span>Closes</span> </a>", page)


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "au moins un mot"), ("x" * 61, "C'est trop long"), ("Ascenseurs", "déjà une vue")]
)
def test_a_name_that_cannot_be_kept_is_said(app: Flask, world: World, name: str, sentence: str) -> None:
    desk = at_desk(app, world.first)
    save(desk, "Ascenseurs", vue="ouvertes")
    assert sentence in save(desk, name, vue="toutes")
    assert len(kept(app, world.first)) == 1


def test_who_supervises_shares_and_others_find_it(app: Flask, world: World) -> None:
    boss, agent = supervising(app, world.first), at_desk(app, world.first)
    teams = world.first.teams
    for name, share in (("Tous", "tous"), ("Mon agence", str(teams["agency"])), ("Loyers", str(teams["tenancy"]))):
        save(boss, name, vue="ouvertes", share=share)
    save(boss, "Pour moi", vue="ouvertes")
    assert sorted(views_of(agent.read(HOME))) == ["Mon agence", "Tous"]
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Staff, world.first.agent_id).team_id = None
        said = session.scalars(select(AuditEntry.subject)).all()
    assert views_of(agent.read(HOME)) == ["Tous"]
    assert said.count("Vue « Tous »") == 1


def test_what_a_shared_view_looks_for_is_not_written_down(app: Flask, world: World) -> None:
    save(supervising(app, world.first), "Dossier", vue="toutes", cherche="Perdrix", share="tous")
    assert kept(app, world.first)[0].address["cherche"] == "Perdrix"
    with app.app_context(), member_transaction(world.first.id) as session:
        (after,) = session.scalars(select(AuditEntry.after)).all()
    assert after["filtres"]["cherche"] == "oui"


def test_an_agent_shares_nothing(app: Flask, world: World) -> None:
    page = save(at_desk(app, world.first), "À tous", vue="ouvertes", share="tous")
    assert "Seuls les responsables partagent" in page
    assert kept(app, world.first) == []


def test_a_view_is_renamed_put_in_order_and_removed(app: Flask, world: World) -> None:
    desk = at_desk(app, world.first)
    for name in ("Un", "Deux", "Trois"):
        save(desk, name, vue="ouvertes")
    third = kept(app, world.first)[2]
    desk.send(HOME, f"/equipe/vues/{third.id}/monter")
    desk.send(HOME, f"/equipe/vues/{third.id}", view_name="Troisième", share="")
    assert views_of(desk.read(HOME)) == ["Un", "Troisième", "Deux"]
    for _ in range(2):
        assert desk.send(HOME, f"/equipe/vues/{third.id}/suppression").status_code == 303
    assert views_of(desk.read(HOME)) == ["Un", "Deux"]


def test_the_view_of_another_person_is_out_of_reach(app: Flask, world: World) -> None:
    save(supervising(app, world.first), "Pour moi", vue="ouvertes")
    (view,) = kept(app, world.first)
    for desk in (at_desk(app, world.first), at_desk(app, world.second)):
        for path, fields in (("", {"view_name": "Prise"}), ("/monter", {}), ("/suppression", {})):
            desk.send(HOME, f"/equipe/vues/{view.id}{path}", **fields)
    assert [one.name for one in kept(app, world.first)] == ["Pour moi"]


def test_columns_are_left_out_and_stay_so(app: Flask, client: FlaskClient, world: World) -> None:
    submit(client, world.first, COLD)
    desk = at_desk(app, world.first)
    assert 'class="desk-of"' in desk.read(HOME)
    desk.send(HOME, "/equipe/colonnes", vue="toutes", colonne="subject")
    page = desk.read(HOME)
    assert 'class="about"' in page
    assert 'class="desk-of"' not in page
    assert 'class="when"' not in page


def test_a_filter_of_every_kind_narrows_and_is_kept(app: Flask, client: FlaskClient, world: World) -> None:
    cold = submit(client, world.first, COLD)
    submit(client, world.first, LIFT)
    desk = at_desk(app, world.first)
    expected: dict[str, list[dict[str, Any]]] = {
        "famille=logement": [cold], "nature=demande": [], "canal=phone": [],
        "personne=aucune&categorie=chauffage": [cold],
        f"organisme={world.first.supplier_id}": [cold], "residence=les+tilleuls&urgence=urgent": [cold],
        "incident=oui": [], "periode=mois-dernier": [], "periode=aujourd-hui&categorie=chauffage": [cold],
        "confiance=verifie": [],
    }  # fmt: skip
    for query, wanted in expected.items():
        page = desk.read(f"/equipe/?vue=toutes&{query}")
        if query != "nature=demande":
            assert listed(page) == [one["reference"] for one in wanted], query
        assert page.count("Retirer le filtre") == query.count("="), query
