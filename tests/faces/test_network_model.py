"""The page of the text model: its card in plain words, its weeks, and nothing of any member."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.text_model import DownTextModel
from service.domain.reading import About
from service.journey.quality import SHOWN
from service.journey.transactions import shared_transaction
from service.models.quality import ModelWeek
from service.network import model
from tests.faces.test_network import sign_in
from tests.faces.test_network_trends import as_read, table
from tests.world import World

pytestmark = pytest.mark.services

PAGE = "/reseau/modele"
LAST = date(2026, 11, 16)


@pytest.fixture
def reader(client: FlaskClient, world: World) -> FlaskClient:
    assert world
    assert sign_in(client).status_code == 303
    return client


def keep(app: Flask, week: date = LAST, version: str = "one", **figures: float | None) -> None:
    """Write a line as the service itself may."""
    usual = {
        "messages": 100, "abstained": 10, "confidence": 0.8125, "unknown_share": 0.05, "overridden": 9, "drawn": 6,
        "audited": 5, "audited_right": 4,
    }  # fmt: skip
    with app.app_context(), shared_transaction() as session:
        session.add(ModelWeek(week=week, model_version=version, **(usual | figures)))


def page(reader: FlaskClient) -> str:
    answer = reader.get(PAGE)
    assert answer.status_code == 200
    return answer.text


def test_the_page_is_one_step_from_the_trends(reader: FlaskClient) -> None:
    assert f'href="{PAGE}"' in reader.get("/reseau/").text
    html = page(reader)
    assert f'href="{PAGE}" aria-current="page"' in html
    assert 'href="/reseau/"' in html


def test_the_card_is_said_in_plain_words(reader: FlaskClient) -> None:
    words = as_read(page(reader))
    assert "Version keywords. Ces chiffres viennent d'un essai, sur 1 200 messages inventés" in words
    assert "Justesse 90,0 %" in words
    assert "Messages classés 80,0 %" in words
    assert "Dangers entendus" not in words  # this card does not say
    assert "# Six words" in words


def test_every_figure_of_the_page_has_its_sentence() -> None:
    every = model.key_figures(dict.fromkeys(model.KEY_FIGURES, 0.5) | {"unheard_of": 1})
    assert [figure.label for figure in every] == [label for label, _ in model.KEY_FIGURES.values()]
    assert all(figure.sentence.endswith(".") for figure in every)
    assert every[-1].value.replace("\u202f", " ") == "50,0 %"


def test_html_in_a_card_is_shown_harmlessly(app: Flask, reader: FlaskClient) -> None:
    class Told(DownTextModel):
        def about(self) -> About:
            return About("<b>v</b>", {}, "<script>alert(1)</script>")

    _use(app, Told())
    html = page(reader)
    assert "<script" not in html
    assert "<b>v" not in html


def test_without_a_model_the_page_says_so(app: Flask, reader: FlaskClient) -> None:
    _use(app, DownTextModel())
    assert "Aucun modèle n'est en service" in as_read(page(reader))


def _use(app: Flask, text_model: DownTextModel) -> None:
    seve = app.extensions["seve"]
    app.extensions["seve"] = replace(seve, ports=replace(seve.ports, text_model=text_model))


def test_without_a_week_nothing_is_drawn(reader: FlaskClient) -> None:
    html = page(reader)
    assert "Aucune semaine n'est encore résumée" in as_read(html)
    assert "<svg" not in html
    assert "<table" not in html


def test_the_table_says_each_version_of_each_week(app: Flask, reader: FlaskClient) -> None:
    keep(app)
    keep(app, version="two", messages=20, abstained=1, unknown_share=None, drawn=0, audited=0, audited_right=0)
    keep(app, LAST - timedelta(weeks=1), messages=1200)
    head, *lines = table(page(reader), "tableau-semaines")
    assert head == [
        "Semaine du", "Version", "Messages lus", "Laissés à une personne", "Confiance moyenne", "Mots inconnus",
        "Corrigés en sept jours", "Tirés au sort", "Vérifiés", "Dont bons",
    ]  # fmt: skip
    assert lines == [
        ["16 novembre 2026", "two", "20", "1", "81,2 %", "non mesuré", "9", "0", "0", "0"],
        ["16 novembre 2026", "one", "100", "10", "81,2 %", "5,0 %", "9", "6", "5", "4"],
        ["9 novembre 2026", "one", "1 200", "10", "81,2 %", "5,0 %", "9", "6", "5", "4"],
    ]


def test_the_page_says_how_many_of_the_drawn_were_checked(app: Flask, reader: FlaskClient) -> None:
    keep(app, drawn=80, audited=68, audited_right=66)
    assert "68 vérifiés sur 80 tirés au sort" in as_read(page(reader))


def test_under_triage_is_said_as_it_is_measured() -> None:
    """Counted: urgent or dangerous messages that it takes for normal or faible, not a danger it takes for urgent."""
    (figure,) = model.key_figures({"under_triage": 0.1})
    assert (
        figure.sentence == "Parmi les messages urgents ou dangereux, la part dont il croit l'urgence normale ou faible."
    )


def test_the_charts_draw_what_the_table_says(app: Flask, reader: FlaskClient) -> None:
    for weeks in (0, 1, 3, 4, 5):  # one is missing
        keep(app, LAST - timedelta(weeks=weeks), unknown_share=0.05 + 0.01 * weeks)
    html = page(reader)
    assert html.count('<svg class="chart"') == 3
    words = as_read(html)
    assert "5,0 %, semaine du 16 novembre 2026. Le plus bas : 5,0 %, semaine du 16 novembre 2026" in words
    assert "Le plus haut : 10,0 %, semaine du 12 octobre 2026" in words
    unknown = re.search(r'<svg class="chart".*?</svg>', html, re.DOTALL)
    assert unknown
    assert unknown[0].count('stroke-linejoin="round"') == 2  # broken where the week is missing
    assert "12 oct." in unknown[0]
    assert "16 nov." in unknown[0]


def test_no_more_than_half_a_year_is_shown(app: Flask, reader: FlaskClient) -> None:
    for weeks in range(SHOWN + 8):
        keep(app, LAST - timedelta(weeks=weeks))
    assert len(table(page(reader), "tableau-semaines")) == SHOWN + 1


def test_an_alarm_is_said_in_words(app: Flask, reader: FlaskClient) -> None:
    for weeks in range(1, 9):
        keep(app, LAST - timedelta(weeks=weeks), unknown_share=0.05 + 0.001 * (weeks % 2))
    keep(app, unknown_share=0.3)
    words = as_read(page(reader))
    assert "À regarder" in words
    assert "Mots inconnus : 30,0 % la dernière semaine, plus que d'ordinaire" in words
    assert "Aucune alerte" not in words


def test_a_calm_week_says_so(app: Flask, reader: FlaskClient) -> None:
    for weeks in range(9):
        keep(app, LAST - timedelta(weeks=weeks))
    assert "Aucune alerte" in as_read(page(reader))


def test_the_page_carries_nothing_the_browser_would_refuse(app: Flask, reader: FlaskClient) -> None:
    keep(app)
    html = page(reader)
    for refused in (" style=", "<style", "<script"):
        assert refused not in html
