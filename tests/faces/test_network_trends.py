"""The page of trends: hidden figures stay hidden, sentences say what the figures say."""

import csv
import io
import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.taxonomy import FAMILIES
from service.journey.transactions import shared_transaction
from service.models.trends import TrendCell, TrendRelease
from tests.world import PASSWORD, READER, World

pytestmark = pytest.mark.services

HOME, CSV = "/reseau/", "/reseau/tendances.csv"
HIDDEN = "masqué (moins de 11)"
STOCK = 20_000
OCTOBER, A_YEAR_BEFORE, SEPTEMBER = date(2026, 10, 1), date(2025, 10, 1), date(2026, 9, 1)
AFTER = {"logement": 400, "residence": 90, "tranquillite": 40, "gestion": 60, "travaux": None, "relation": 15}
BEFORE = {"logement": 380, "residence": 88, "tranquillite": None, "gestion": 130, "travaux": 300, "relation": 11}


def publish(
    app: Flask, month: date, families: dict[str, int | None], scores: tuple[int | None, int | None] = (None, None)
) -> None:
    """Write a release as the service itself may; `scores` are the answers and those of 7 to 10."""
    with app.app_context(), shared_transaction() as session:
        session.add(
            TrendRelease(
                month=month, published_at=datetime(2026, 11, 5, tzinfo=UTC), dwellings=STOCK, answers=scores[0],
                satisfied=scores[1],
            )
        )  # fmt: skip
        session.flush()
        session.add_all(TrendCell(month=month, family=family, dwellings=families[family]) for family in FAMILIES)


@pytest.fixture
def reader(client: FlaskClient, world: World) -> FlaskClient:
    """A browser with a reader signed in."""
    assert world
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/reseau/connexion").text)
    assert token
    fields = {"csrf_token": token[1], "email": READER, "password": PASSWORD}
    assert client.post("/reseau/connexion", data=fields).status_code == 303
    return client


def as_read(text: str) -> str:
    """Return words with ordinary spaces and no markup, as a test writes them."""
    plain = unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", plain)


def page(reader: FlaskClient) -> str:
    answer = reader.get(HOME)
    assert answer.status_code == 200
    return answer.text


def what_changed(html: str) -> str:
    found = re.search(r'id="change">.*?</h2>(.*?)</section>', html, re.DOTALL)
    assert found
    return as_read(found[1]).strip()


def table(html: str, name: str) -> list[list[str]]:
    """Return the cells of a table, its head first."""
    found = re.search(rf'<caption id="{name}">.*?</table>', html, re.DOTALL)
    assert found
    rows = re.findall(r"<tr>(.*?)</tr>", found[0], re.DOTALL)
    return [[as_read(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def file(reader: FlaskClient) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reader.get(CSV).data.decode("utf-8-sig")), delimiter=";"))


def test_nothing_published_is_said(reader: FlaskClient) -> None:
    assert "Rien n'est encore publié" in as_read(page(reader))
    assert "Comment ces chiffres sont protégés" in as_read(page(reader))
    assert file(reader) == []


def test_the_largest_change_is_told_against_the_same_month_a_year_before(app: Flask, reader: FlaskClient) -> None:
    # Tranquillité and Travaux moved more, or may have: hidden in one of the two months, they are not spoken of.
    publish(app, A_YEAR_BEFORE, BEFORE, (400, 300))
    publish(app, SEPTEMBER, dict.fromkeys(FAMILIES, 1000), (500, 100))
    publish(app, OCTOBER, AFTER, (250, 150))
    assert what_changed(page(reader)) == (
        "En octobre 2026, parmi les 4 thèmes sur 6 visibles aux deux dates, « Bail, loyer et démarches » a le plus "
        "changé : 3,00 pour 1 000 logements, contre 6,50 en octobre 2025, soit 3,50 de moins "
        "(60 logements concernés, contre 130). "
        "Côté satisfaction, 60 % des logements qui ont répondu sont satisfaits (150 notes de 7 à 10 sur 250 réponses), "
        "contre 75 % en octobre 2025, soit 15 points de moins."
    )


def test_without_the_year_before_the_month_before_is_used_and_it_is_said(app: Flask, reader: FlaskClient) -> None:
    publish(app, SEPTEMBER, dict.fromkeys(FAMILIES, 20), (100, 70))
    publish(app, OCTOBER, dict.fromkeys(FAMILIES, 20) | {"residence": 80}, (100, 90))
    assert what_changed(page(reader)) == (
        "En octobre 2026, le thème qui a le plus changé est « La résidence » : 4,00 pour 1 000 logements, "
        "contre 1,00 en septembre 2026, soit 3,00 de plus (80 logements concernés, contre 20). "
        "Comme octobre 2025 n'est pas publié, la comparaison se fait avec le mois d'avant : "
        "une part de l'écart peut venir de la saison. "
        "Côté satisfaction, 90 % des logements qui ont répondu sont satisfaits (90 notes de 7 à 10 sur 100 réponses). "
        "Il n'y a pas de point de comparaison : le même mois un an plus tôt n'est pas publié."
    )


def test_a_small_gap_is_said_to_be_small(app: Flask, reader: FlaskClient) -> None:
    publish(app, A_YEAR_BEFORE, dict.fromkeys(FAMILIES, 20), (50, 35))
    publish(app, OCTOBER, dict.fromkeys(FAMILIES, 20) | {"travaux": 30}, (50, 36))
    told = what_changed(page(reader))
    assert "(30 logements concernés, contre 20). Un écart aussi petit peut tenir au hasard." in told
    assert told.endswith(
        "contre 70 % en octobre 2025, soit 2 points de plus. Un écart aussi petit peut tenir au hasard."
    )


def test_no_claim_is_made_from_hidden_figures(app: Flask, reader: FlaskClient) -> None:
    publish(app, A_YEAR_BEFORE, dict.fromkeys(FAMILIES), (40, 30))
    publish(app, OCTOBER, dict.fromkeys(FAMILIES, 500))
    assert what_changed(page(reader)) == (
        "En octobre 2026, aucun thème ne peut être comparé à octobre 2025 : trop peu de logements ont écrit. "
        "Côté satisfaction, le chiffre est masqué : trop peu de logements ont répondu."
    )


def test_the_first_month_is_compared_with_nothing(app: Flask, reader: FlaskClient) -> None:
    publish(app, OCTOBER, AFTER, (50, 40))
    assert "n'ont pas encore de point de comparaison" in what_changed(page(reader))


def test_a_month_without_change_is_told_so(app: Flask, reader: FlaskClient) -> None:
    publish(app, A_YEAR_BEFORE, AFTER, (50, 40))
    publish(app, OCTOBER, AFTER, (50, 40))
    told = what_changed(page(reader))
    assert "aucun thème visible aux deux dates n'a changé par rapport à octobre 2025" in told
    assert told.endswith(", comme en octobre 2025.")


def test_hidden_figures_are_called_hidden_on_the_page(app: Flask, reader: FlaskClient) -> None:
    publish(app, SEPTEMBER, BEFORE, (40, 30))
    publish(app, OCTOBER, AFTER)
    html = page(reader)
    assert table(html, "tableau-themes") == [
        ["Mois", *FAMILIES.values()],
        ["octobre 2026", "20,00", "4,50", "2,00", "3,00", HIDDEN, "0,75"],
        ["septembre 2026", "19,00", "4,40", HIDDEN, "6,50", "15,00", "0,55"],
    ]
    assert table(html, "tableau-satisfaction") == [
        ["Mois", "Réponses", "Notes de 7 à 10", "Part satisfaite"],
        ["octobre 2026", HIDDEN, HIDDEN, HIDDEN],
        ["septembre 2026", "40", "30", "75 %"],
    ]
    assert "Masqué en octobre 2026. Le dernier chiffre visible est 15,00, en septembre 2026." in as_read(html)


def test_the_charts_break_where_a_month_is_hidden_and_share_their_scale(app: Flask, reader: FlaskClient) -> None:
    for month, dwellings in ((7, 20), (8, None), (9, 40), (10, 60)):
        publish(app, date(2026, month, 1), dict.fromkeys(FAMILIES) | {"logement": dwellings})
    charts = re.findall(r"<svg class=\"chart\".*?</svg>", page(reader), re.DOTALL)
    assert len(charts) == len(FAMILIES) + 1
    first = charts[0]
    assert re.findall(r'<path d="(M[^Z"]*)" fill="none"', first) == ["M218.0,55.3L306.0,20.0"]
    assert re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', first) == [("42.0", "90.7"), ("306.0", "20.0")]
    assert re.findall(r'<rect x="([\d.]+)" y="20" width="([\d.]+)"', first) == [("86.0", "88.0")]
    assert not re.search("<path|<circle", charts[1])  # all hidden: nothing is drawn at zero
    assert len({tuple(re.findall(r'text-anchor="end" font-size="11"[^>]*>([\d,]+)<', one)) for one in charts[:6]}) == 1
    for chart in charts:
        assert re.search(r"<title id=\"[^\"]+\">[^<]+</title>\s*<desc id=\"[^\"]+\">[^<]+</desc>", chart)


def test_the_page_holds_no_style_and_no_script(app: Flask, reader: FlaskClient) -> None:
    publish(app, OCTOBER, AFTER, (40, 30))
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page(reader))


def test_the_file_hides_what_the_page_hides(app: Flask, reader: FlaskClient) -> None:
    publish(app, SEPTEMBER, BEFORE, (40, 30))
    publish(app, OCTOBER, AFTER)
    answer = reader.get(CSV)
    assert answer.data.startswith(b"\xef\xbb\xbfMois;")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="seve-tendances.csv"'
    september, october = file(reader)
    assert (september["Mois"], october["Mois"]) == ("2026-09", "2026-10")
    assert (september["Travaux : logements"], september["Travaux : pour 1 000"]) == ("300", "15,00")
    assert (october["Travaux : logements"], october["Travaux : pour 1 000"]) == (HIDDEN, HIDDEN)
    assert [september[head] for head in ("Réponses", "Notes de 7 à 10", "Satisfaction (%)")] == ["40", "30", "75"]
    assert [october[head] for head in ("Réponses", "Notes de 7 à 10", "Satisfaction (%)")] == [HIDDEN] * 3
    assert all(cell.strip() for line in (september, october) for cell in line.values())


def test_a_network_without_dwellings_is_shown_without_figures(app: Flask, reader: FlaskClient) -> None:
    with app.app_context(), shared_transaction() as session:
        session.add(TrendRelease(month=OCTOBER, published_at=datetime(2026, 11, 5, tzinfo=UTC), dwellings=0))
    assert table(page(reader), "tableau-themes")[1] == ["octobre 2026", *[HIDDEN] * 6]


def test_two_years_are_shown_and_all_are_in_the_file(app: Flask, reader: FlaskClient) -> None:
    months = [date(2024 + number // 12, number % 12 + 1, 1) for number in range(30)]
    for month in months:
        publish(app, month, AFTER, (40, 30))
    shown = table(page(reader), "tableau-themes")[1:]
    assert (len(shown), shown[0][0], shown[-1][0]) == (25, "juin 2026", "juin 2024")
    assert [line["Mois"] for line in file(reader)] == [f"{month:%Y-%m}" for month in months]
