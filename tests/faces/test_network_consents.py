"""The page where a member agrees to be named, and what a reader of the network then sees."""

import html
import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from service.domain.products import Product
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.journey.trends.published import read_published
from service.journey.trends.snapshots import Erratum, attach_erratum
from service.models.trends import TrendConsent
from service.network.cuts import for_readers
from service.network.files import figures_csv
from service.network.member_rows import make_member_rows
from service.settings import Settings
from tests.faces.test_staff import Desk
from tests.kept_tables import consent, keep
from tests.network_figures import AREAS, OCTOBER, STOCK, add_members, publish_six
from tests.people import desk_of
from tests.world import World

pytestmark = pytest.mark.services

PAGE = "/equipe/administration/reseau"
PROPOSALS = "/equipe/administration/validations"
WITHDRAW = f"{PAGE}/retrait"


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return desk_of(app, world.first, "administrator")


def read(desk: Desk) -> str:
    return html.unescape(desk.read(PAGE))


def test_the_page_says_what_agreeing_shows_and_what_it_cannot_undo(desk: Desk) -> None:
    page = read(desk)
    assert page.count("Pas accepté") == 5  # four products, and open data
    assert "Ce qui est déjà publié sous votre nom ne peut pas être repris" in page


def test_an_administrator_proposes_and_a_colleague_agrees(app: Flask, world: World, desk: Desk) -> None:
    assert desk.send(PAGE, PAGE, product="MF", reason="Pour comparer").status_code == 303
    assert "Une seconde personne doit l'accepter" in read(desk)
    assert read(desk).count("Pas accepté") == 4
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalars(select(TrendConsent)).all() == []
    boss = desk_of(app, world.first, "supervisor")
    (one,) = re.findall(r'action="([^"]+/accord)"', boss.read(PROPOSALS))
    assert boss.send(PROPOSALS, one).location == PROPOSALS
    with app.app_context(), member_transaction(world.first.id) as session:
        (kept,) = session.scalars(select(TrendConsent)).all()
    assert (kept.product, kept.from_month, kept.given_by) == ("MF", date(2026, 11, 1), "Supervisor")


def test_what_is_missing_is_said_beside_its_field(desk: Desk) -> None:
    answer = desk.send(PAGE, PAGE, product="Q2", reason=" ")
    assert answer.status_code == 422
    assert 'id="reason-Q2-error"' in answer.text
    assert 'id="reason-MF-error"' not in answer.text
    assert desk.send(PAGE, PAGE, product="C1", reason="x").status_code == 422
    assert desk.send(PAGE, WITHDRAW, product="MF").status_code == 409  # there is nothing to take back


def test_a_consent_is_shown_and_taken_back(app: Flask, world: World, desk: Desk) -> None:
    with app.app_context():
        consent(world.first.id, "SATIS", OCTOBER)
        consent(world.second.id, "MF", OCTOBER)
    page = read(desk)
    assert "à partir d'octobre 2026, par Deux personnes." in page
    assert page.count("Retirer notre accord") == 1  # nothing of the other member's
    assert desk.send(PAGE, WITHDRAW, product="SATIS").status_code == 303
    assert "Avant : d'octobre 2026, jusqu'avant novembre 2026." in read(desk)


@pytest.mark.parametrize("role", ["reader", "agent", "supervisor"])
def test_only_administrators_agree(app: Flask, world: World, role: str) -> None:
    other = desk_of(app, world.first, role)
    assert other.client.get(PAGE).status_code == 403
    for url in (PAGE, WITHDRAW):
        assert other.send("/equipe/", url, product="MF", reason="x").status_code == 403


def test_readers_see_the_lines_of_those_who_agree_in_the_order_of_the_alphabet(app: Flask, settings: Settings) -> None:
    everybody = add_members(settings)
    with app.app_context():
        publish_six([OCTOBER])
        assert make_member_rows(read_published()) is None
        for slug in ("estuaire", "aval", "berge"):
            consent(everybody[slug], "MF", OCTOBER)
        section = make_member_rows(read_published())
        assert section
        (table,) = section.tables
        assert [row[:2] for row in table.rows] == [
            ("Aval Habitat", "16\u202f000"), ("Berge Habitat", "12\u202f000"), ("Estuaire Habitat", "8\u202f000"),
        ]  # fmt: skip
        assert table.rows[0][2].startswith("80 ± ")
        consent(everybody["crue"], "MF", OCTOBER)  # two would be left: what is shown would tell them
        assert make_member_rows(read_published()) is None


def test_the_page_and_the_files_give_a_member_the_same_figures(app: Flask, settings: Settings) -> None:
    everybody = add_members(settings)

    def value_of(product: Product, _key: str) -> int:
        return {"member": 100, "area": 420}.get(product.split, 600)  # six members and two areas that do not agree

    with app.app_context():
        keep([OCTOBER], value_of, STOCK, AREAS)
        for slug in ("estuaire", "aval", "berge"):
            consent(everybody[slug], "MF", OCTOBER)
        published = read_published()
        section = make_member_rows(published)
        given = figures_csv(published, for_readers(published, ["MF"]))
    assert section
    assert published.rows("MF", OCTOBER)["aval"]["logement"].value == 100
    assert section.tables[0].rows[0][0] == "Aval Habitat"
    (shown,) = {cell.partition(" ")[0] for cell in section.tables[0].rows[0][2:]}
    assert shown != "100"
    lines = [line.split(";") for line in given.splitlines()]
    assert {line[10] for line in lines if line[5] == "Aval Habitat"} == {shown}


def test_a_withdrawn_table_names_nobody(app: Flask, settings: Settings, ports: Ports) -> None:
    everybody = add_members(settings)
    with app.app_context():
        publish_six([OCTOBER])
        consent(everybody["aval"], "MF", date(2026, 1, 1))
        assert make_member_rows(read_published())
        attach_erratum(Erratum("MF", OCTOBER, "Faux.", is_withdrawn=True), "Exploitation", ports)
        assert make_member_rows(read_published()) is None
