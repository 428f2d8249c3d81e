"""The page that says how figures are protected says what the ledger, the parameters and the last run say."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from service.domain import risk
from service.domain.loss import best_guess, epsilon, worst_loss
from service.domain.products import PRODUCTS, RHO_YEAR
from service.journey.ports import Ports
from service.journey.trends import trends
from service.journey.trends.snapshots import read_charges
from service.network import data_sheet
from service.press import make_press
from tests.faces.test_network import sign_in
from tests.faces.test_staff import as_read
from tests.world import World

pytestmark = pytest.mark.services

ADDRESS = "/reseau/protection"
ATTACK = {
    "attack": "A1",
    "name": "Deviner",
    "claimed": "rien",
    "measured": "presque rien",
    "caught": "huit",
    "detail": "",
}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of results of the test's own; nobody has attacked yet."""
    path = tmp_path / "privacy.json"
    monkeypatch.setattr(data_sheet, "RESULTS", path)
    return path


def read(client: FlaskClient) -> str:
    return as_read(client.get(ADDRESS))


def run(path: Path, program: dict[str, str]) -> None:
    found = {"run_on": "2026-11-24", "lane": "full", "versions": {}, "program": program, "attacks": [ATTACK]}
    path.write_text(json.dumps(found), encoding="utf-8")


def release(app: Flask, ports: Ports, folder: Path) -> dict[str, str]:
    press = make_press(replace(app.extensions["seve"].settings, releases_dir=folder))
    with app.app_context():
        for month in (8, 9, 10):
            trends.release(date(2026, month, 1), ports, press)
    return dict(press.program)


def test_before_the_first_run_the_page_says_so(client: FlaskClient, world: World, results: Path) -> None:
    assert world
    assert not results.exists()
    sign_in(client)
    page = read(client)
    assert "Les attaques n'ont pas encore été menées" in page
    assert "Rien n'est encore publié" in page
    assert "Aucune n'a réussi" not in page


def test_the_page_says_what_the_last_run_found(
    client: FlaskClient, app: Flask, ports: Ports, world: World, results: Path, tmp_path: Path
) -> None:
    assert world
    program = release(app, ports, tmp_path / "releases")
    run(results, program)
    sign_in(client)
    page = read(client)
    assert "Le 24 novembre 2026, quatorze attaques" in page
    assert "presque rien" in page
    assert "Elles sont à refaire" not in page
    run(results, program | {"code": "another"})
    assert "Elles sont à refaire" in read(client)


def test_the_page_says_what_the_ledger_says(
    client: FlaskClient, app: Flask, ports: Ports, world: World, results: Path, tmp_path: Path
) -> None:
    assert world
    assert results
    release(app, ports, tmp_path / "releases")
    with app.app_context():
        charges = read_charges()
    sign_in(client)
    page = read(client)
    worst = worst_loss(charges)
    assert 0 < worst < RHO_YEAR
    assert data_sheet.rho_in_words(worst) in page
    assert f"Epsilon : {epsilon(worst):.1f}".replace(".", ",") in page
    for one in PRODUCTS.values():
        assert str(escape(one.label)) in page
        assert f">{one.sigma:.1f}<".replace(".", ",") in page
    spent = {entry.product.code: entry.spent for entry in data_sheet.entries(charges)}
    assert spent["C1"] == data_sheet.rho_in_words(min(9, PRODUCTS["C1"].cap) / (2 * PRODUCTS["C1"].sigma ** 2))
    assert spent["Q2"] == data_sheet.rho_in_words(4 / (2 * PRODUCTS["Q2"].sigma ** 2))


def test_what_a_household_risks_is_computed_from_the_parameters(client: FlaskClient, world: World) -> None:
    assert world
    sign_in(client)
    assert f"{round(100 * best_guess(risk.of_one_complaint()))} fois sur 100" in read(client)
    assert risk.of_one_complaint() < risk.of_one_month() < risk.of_one_year()
    assert f"{round(100 * best_guess(RHO_YEAR))} sur 100" in " ".join(
        read(client).replace('<span class="unit">', "").split()
    )


def test_the_trends_lead_to_the_page(client: FlaskClient, world: World) -> None:
    assert world
    sign_in(client)
    assert f'href="{ADDRESS}"' in client.get("/reseau/").text
