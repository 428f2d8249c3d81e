"""A member beside the network: its own exact figures, the middle of all, and not a line of anybody else."""

import html
import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from service.journey.ports import Ports
from service.journey.trends.published import read_published
from service.journey.trends.snapshots import Erratum, attach_erratum
from service.settings import Settings
from tests.faces.test_staff import Desk
from tests.kept_tables import consent, keep
from tests.network_figures import OCTOBER, RATES, STOCK, SUMMER, add_members, keep_all_own, months_until, publish_six
from tests.people import desk_of
from tests.world import World

pytestmark = pytest.mark.services

PAGE, FILE = "/equipe/reseau", "/equipe/reseau.csv"


def read(desk: Desk, url: str = PAGE) -> str:
    return html.unescape(desk.read(url))


def lines_of(text: str) -> list[list[str]]:
    return [line.split(";") for line in text.lstrip("\ufeff").splitlines()]


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    """A reader of the first member: whoever steers and does nothing else."""
    return desk_of(app, world.first, "reader")


@pytest.fixture
def network(app: Flask, world: World, settings: Settings) -> None:
    """Six members, a year and a month published, the first two with figures of their own."""
    add_members(settings)
    with app.app_context():
        publish_six(months_until(OCTOBER, 13))
        keep_all_own(world.first.id, 437)
        keep_all_own(world.second.id, 7919)


@pytest.mark.usefixtures("world")
def test_nothing_published_is_said(desk: Desk) -> None:
    assert "Rien n'est encore publié" in read(desk)
    assert len(lines_of(desk.read(FILE))) == 1


@pytest.mark.usefixtures("network")
def test_the_page_has_ones_own_exact_figures_beside_the_middle(desk: Desk) -> None:
    theme = next(line for line in lines_of(desk.read(FILE)) if line[1] == "Thèmes")
    # 437 of 20,000 dwellings; 5 6 7 8 9 20 without the lowest and the highest, as published tables agree on them.
    assert (theme[0], theme[3], theme[4]) == ("octobre 2026", "437", "21,9")
    assert theme[7:] == ["7,5", "6,0", "9,0"]
    page = read(desk)
    assert "Vous êtes au-dessus du milieu du réseau." in page
    assert "6,0 à 9,0" in page
    assert "3e trimestre 2026" in page


@pytest.mark.usefixtures("network")
def test_nothing_of_another_member_is_on_the_page_nor_in_the_file(desk: Desk) -> None:
    for text in (read(desk), desk.read(FILE)):
        words = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
        words = re.sub(r'\?v=[0-9a-f]+|value="[^"]{40,}"', "", words)  # drawn by chance: any number may be in them
        for slug, rate in RATES.items():
            assert slug == "amont" or slug.capitalize() not in text
            households = round(rate * STOCK[slug] / 1000)
            assert not re.search(rf"(?<![\d,]){households}(?![\d,])", words), slug
        assert "7919" not in text
        assert "5,0" not in text  # the lowest
        assert "20,0" not in text  # the highest


def test_two_members_of_equal_stock_may_swap_their_lines_and_nothing_changes(
    app: Flask, world: World, settings: Settings, desk: Desk
) -> None:
    add_members(settings)
    with app.app_context():
        publish_six([OCTOBER])
        publish_six([date(2026, 11, 1)], RATES | {"berge": RATES["crue"], "crue": RATES["berge"]})
        keep_all_own(world.first.id, 150)
        keep_all_own(world.first.id, 150, date(2026, 11, 1), date(2026, 10, 1))
    one, other = ([line[2:] for line in lines_of(desk.read(f"{FILE}?mois={month}")) if line[1] == "Thèmes"]
                  for month in ("2026-10", "2026-11"))  # fmt: skip
    assert one == other
    assert one


@pytest.mark.usefixtures("network")
def test_where_some_lines_bear_a_name_the_middle_is_shown_to_nobody(app: Flask, world: World, desk: Desk) -> None:
    """Named lines, one's own and the middle would together tell those that are left, of the same households."""
    with app.app_context():
        for one in (world.first, world.second):
            consent(one.id, "MF", date(2026, 1, 1))
    found = lines_of(desk.read(FILE))
    assert {tuple(line[7:]) for line in found if line[1] == "Thèmes"} == {("n.s.", "n.s.", "n.s.")}
    assert {tuple(line[7:]) for line in found if line[1] == "Sujets"} == {("n.s.", "n.s.", "n.s.")}
    assert "Le milieu du réseau n'est pas montré." in read(desk)


def test_where_subjects_bear_a_name_the_middle_of_themes_is_not_shown_either(
    app: Flask, settings: Settings, desk: Desk
) -> None:
    everybody = add_members(settings)
    with app.app_context():
        publish_six(months_until(OCTOBER, 4))
        for slug in ("aval", "berge", "crue"):
            consent(everybody[slug], "Q2", date(2026, 1, 1))
    themes = [
        {tuple(line[7:]) for line in lines_of(desk.read(f"{FILE}?mois={month}")) if line[1] == "Thèmes"}
        for month in ("2026-09", "2026-10")
    ]  # fmt: skip
    assert themes == [{("n.s.", "n.s.", "n.s.")}] * 2  # the quarter of October will be named too


def test_two_members_are_no_network(app: Flask, world: World, desk: Desk) -> None:
    """Each would be the network minus the other's own exact figures: nothing is read, by anybody."""
    with app.app_context():
        keep([OCTOBER], lambda _product, _key: 400, {"amont": 400, "aval": 400})
        keep_all_own(world.first.id, 12)
    assert "Le réseau est trop petit pour publier" in read(desk)
    assert len(lines_of(desk.read(FILE))) == 1


def test_with_three_members_there_is_no_middle(app: Flask, world: World, desk: Desk) -> None:
    with app.app_context():
        keep([OCTOBER], lambda _product, _key: 50)
        keep_all_own(world.first.id, 12)
    found = lines_of(desk.read(FILE))
    assert {tuple(line[7:]) for line in found if line[1] == "Thèmes"} == {("n.s.", "n.s.", "n.s.")}


@pytest.mark.usefixtures("network")
def test_what_is_always_reserved_is_not_counted_for_anybody(desk: Desk) -> None:
    found = {line[2]: line for line in lines_of(desk.read(FILE)) if line[1] == "Sujets"}
    assert found["Accompagnement social"][3:5] == ["réservé", "réservé"]
    assert sum(line[3] == "réservé" for line in found.values()) == 1


@pytest.mark.usefixtures("network")
def test_shares_are_exact_beside_noisy_ones(desk: Desk) -> None:
    shares = {line[2]: line for line in lines_of(desk.read(FILE)) if line[1] == "Parts"}
    assert [line[3:5] for line in shares.values()] == [
        [f"{437 * 6} sur {437 * 13}", "46 %"],  # six of the thirteen bins are under ten days
        [f"{437 * 4} sur {437 * 11}", "36 %"],
        [f"{437 * 6} sur {437 * 12}", "50 %"],
        [f"{437 * 6} sur {437 * 12}", "50 %"],
    ]
    assert all("près" in line[5] for line in shares.values())


@pytest.mark.usefixtures("network")
def test_another_month_is_chosen_and_a_made_up_one_is_the_last(desk: Desk) -> None:
    assert lines_of(desk.read(f"{FILE}?mois=2026-08"))[1][0] == "août 2026"
    assert lines_of(desk.read(f"{FILE}?mois=2026-08"))[1][3] == "–"  # nothing was kept of it
    assert lines_of(desk.read(f"{FILE}?mois=1999-01"))[1][0] == "octobre 2026"


@pytest.mark.usefixtures("network")
def test_a_withdrawn_table_is_not_read_and_its_fault_is_said(app: Flask, desk: Desk, ports: Ports) -> None:
    with app.app_context():
        attach_erratum(Erratum("MF", OCTOBER, "Double saisie en octobre.", is_withdrawn=True), "Exploitation", ports)
    assert lines_of(desk.read(FILE))[1][5:] == ["n.s."] * 5
    assert "Double saisie en octobre." in read(desk)


@pytest.mark.usefixtures("network")
def test_the_page_reads_published_tables_and_own_figures_only(desk: Desk) -> None:
    asked: list[str] = []
    read(desk)

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        read(desk)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    tables = {table for one in asked for table in re.findall(r"\b(?:from|join) ([a-z_]+)", one, flags=re.IGNORECASE)}
    assert not tables & {"complaints", "feedback", "dwellings", "residences", "tenants"}
    assert {"trend_snapshots", "own_figures"} <= tables


@pytest.mark.usefixtures("network")
def test_an_agent_does_not_steer(app: Flask, world: World) -> None:
    agent = desk_of(app, world.first, "agent")
    for url in (PAGE, FILE):
        assert agent.client.get(url).status_code == 403


@pytest.mark.usefixtures("network")
def test_the_quarter_is_the_last_one_published_by_then(app: Flask, desk: Desk) -> None:
    with app.app_context():
        assert SUMMER in read_published().periods("Q2")
    assert "3e trimestre 2026" in read(desk, f"{PAGE}?mois=2026-09")
    assert "2e trimestre 2026" in read(desk, f"{PAGE}?mois=2026-08")
