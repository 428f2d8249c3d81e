"""The page of trends as a reader opens it: published tables in, words and drawings out, older months on demand."""

import re
from html import unescape
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.journey.trends.snapshots import Erratum
from tests.faces.test_network import sign_in
from tests.published import MEMBERS, SEPTEMBER, keep, snapshots
from tests.world import World

pytestmark = pytest.mark.services

HOME = "/reseau/"


@pytest.fixture
def reader(client: FlaskClient, world: World) -> FlaskClient:
    """A browser with a reader signed in."""
    assert world
    assert sign_in(client).status_code == 303
    return client


def as_read(text: str) -> str:
    """Return words with ordinary spaces and no markup, as a test writes them."""
    plain = unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", plain)


def page(reader: FlaskClient, address: str = HOME) -> str:
    answer = reader.get(address)
    assert answer.status_code == 200
    return answer.text


def table(html: str, name: str) -> list[list[str]]:
    """Return the cells of a table, its head first."""
    found = re.search(rf'<caption id="tableau-{name}">.*?</table>', html, re.DOTALL)
    assert found
    rows = re.findall(r"<tr>(.*?)</tr>", found[0], re.DOTALL)
    return [[as_read(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def test_nothing_published_is_said(reader: FlaskClient) -> None:
    assert "Rien n'est encore publié" in as_read(page(reader))


def test_the_page_reads_what_was_published(app: Flask, reader: FlaskClient) -> None:
    keep(app, snapshots(months=14))
    html = page(reader)
    words = as_read(html)
    assert "Tendances du réseau, octobre 2026" in words
    assert "En octobre 2026, 6 534 foyers ont écrit à leur bailleur" in words
    assert "Comment ces chiffres sont protégés" in words
    assert len(table(html, "themes")) == 15
    assert not [name for name in MEMBERS if name in html]


def test_every_chart_is_named_and_described_and_every_part_has_its_place(app: Flask, reader: FlaskClient) -> None:
    keep(app, snapshots(months=14, noise=Random(2)))
    html = page(reader)
    charts = re.findall(r'<svg class="chart".*?</svg>', html, re.DOTALL)
    assert len(charts) > 15
    for chart in charts:
        names = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', chart)
        assert names
        assert f'<title id="{names[1]}">' in chart
        assert re.search(rf'<desc id="{names[2]}">[^<]+</desc>', chart)
    identifiers = re.findall(r' id="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))
    for place in re.findall(r'href="#([^"]+)"', html):
        assert place in identifiers


def test_the_page_carries_nothing_the_browser_would_refuse(app: Flask, reader: FlaskClient) -> None:
    keep(app, snapshots(months=2))
    html = page(reader)
    for refused in (" style=", "<style", "<script"):
        assert refused not in html


def test_an_older_month_is_asked_for_by_its_name(app: Flask, reader: FlaskClient) -> None:
    keep(app, snapshots(months=5))
    words = as_read(page(reader, f"{HOME}?mois=2026-08"))
    assert "Tendances du réseau, août 2026" in words
    assert "Le dernier mois publié est octobre 2026." in words
    assert table(page(reader, f"{HOME}?mois=2026-08"), "themes")[1][0] == "août 2026"


@pytest.mark.parametrize("asked", ["2026-11", "2026-13", "", "2026-10-01", "amarante", "../", "%00"])
def test_what_is_not_a_published_month_is_not_found(app: Flask, reader: FlaskClient, asked: str) -> None:
    keep(app, snapshots(months=2))
    answer = reader.get(f"{HOME}?mois={asked}")
    assert answer.status_code == 404
    assert "foyers" not in answer.text


def test_what_is_known_to_be_wrong_is_said_beside_it(app: Flask, reader: FlaskClient) -> None:
    wrong = Erratum("C1", SEPTEMBER, "Les ascenseurs d'un bailleur manquent.", is_withdrawn=False)
    gone = Erratum("MF", SEPTEMBER, "Compté deux fois.", is_withdrawn=True)
    keep(app, snapshots(months=4), [wrong, gone])
    html = page(reader)
    assert "Septembre 2026, « Sujets, par mois » : Les ascenseurs d'un bailleur manquent." in as_read(html)
    assert table(html, "themes")[2] == ["septembre 2026", *["retiré"] * 6]


def test_the_page_is_the_same_each_time_it_is_asked_for(app: Flask, reader: FlaskClient) -> None:
    keep(app, snapshots(months=3, noise=Random(5)))
    without_token = re.compile(r'name="csrf_token" value="[^"]+"')
    assert without_token.sub("", page(reader)) == without_token.sub("", page(reader))
