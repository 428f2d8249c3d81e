"""The page of the text model: its card in plain words, its months, and nothing of any member."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.text_model import DownTextModel
from service.domain.reading import About
from service.journey.transactions import shared_transaction
from service.models.quality import ModelWeek
from service.network import model
from tests.faces.test_network import sign_in
from tests.faces.test_network_trends import as_read, table
from tests.published import keep, snapshots
from tests.world import World

pytestmark = pytest.mark.services

PAGE = "/reseau/modele"


@pytest.fixture
def reader(client: FlaskClient, world: World) -> FlaskClient:
    assert world
    assert sign_in(client).status_code == 303
    return client


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


def test_before_the_first_month_nothing_is_drawn(reader: FlaskClient) -> None:
    html = page(reader)
    assert "Aucun mois n'est encore publié" in as_read(html)
    assert "<svg" not in html
    assert "<table" not in html


def test_under_triage_is_said_as_it_is_measured() -> None:
    """Counted: urgent or dangerous messages that it takes for normal or faible, not a danger it takes for urgent."""
    (figure,) = model.key_figures({"under_triage": 0.1})
    assert (
        figure.sentence == "Parmi les messages urgents ou dangereux, la part dont il croit l'urgence normale ou faible."
    )


def test_what_became_of_the_readings_is_said_by_month(app: Flask, reader: FlaskClient) -> None:
    keep(app, snapshots(months=3))
    html = page(reader)
    head, *months = table(html, "lectures-mois")
    assert head == ["Mois", "Foyers", "Lectures gardées", "Lectures corrigées", "Laissés à une personne"]
    assert [cell.partition(" ±")[0] for cell in months[0][1:]] == ["6 534", "80 %", "8 %", "12 %"]
    assert [row[0] for row in months] == ["octobre 2026", "septembre 2026", "août 2026"]
    assert "En octobre 2026, 80 % des lectures ont été gardées" in as_read(html)


def test_exact_weeks_are_not_read_here(app: Flask, reader: FlaskClient) -> None:
    with app.app_context(), shared_transaction() as session:
        session.add(
            ModelWeek(
                week=date(2026, 11, 16), model_version="one", messages=7919, abstained=10, confidence=0.8,
                unknown_share=0.05, overridden=9, drawn=6, audited=5, audited_right=4,
            )
        )  # fmt: skip
    assert "7 919" not in as_read(page(reader))
    assert "emaine" not in as_read(page(reader))


def test_the_page_carries_nothing_the_browser_would_refuse(app: Flask, reader: FlaskClient) -> None:
    keep(app, snapshots(months=2))
    html = page(reader)
    for refused in (" style=", "<style", "<script"):
        assert refused not in html
