import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.tenant import accessibility
from tests.following import as_read
from tests.world import World

pytestmark = pytest.mark.services

FOUND = {
    "checked_on": "2026-12-01",
    "axe": "4.10.2",
    "browser": "Chromium 150",
    "rules": 61,
    "pages": ["Formulaire", "Suivi : en retard"],
    "faults": [],
}
CONTRAST = {"rule": "color-contrast", "about": "Elements must meet contrast ratio thresholds", "pages": 1}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the results are read from; nothing is there yet."""
    path = tmp_path / "accessibility.json"
    monkeypatch.setattr(accessibility, "RESULTS", path)
    accessibility.results.cache_clear()
    yield path
    accessibility.results.cache_clear()


def test_before_anybody_looked_we_say_that_it_does_not_conform(client: FlaskClient, world: World, kept: Path) -> None:
    assert not kept.exists()
    page = as_read(client.get("/accessibilite"))
    assert "Personne n'a encore vérifié" in page
    assert "Accessibilité : non conforme" in page
    assert world.first.name in page


def test_the_statement_is_made_from_the_results(client: FlaskClient, world: World, kept: Path) -> None:
    assert world
    kept.write_text(json.dumps(FOUND), encoding="utf-8")
    page = as_read(client.get("/accessibilite"))
    for words in (
        "partiellement conforme au référentiel",
        "mardi 1er décembre 2026",
        "axe-core 4.10.2",
        "Chromium 150",
        "2 pages ou états de page vérifiés",
        "61 règles appliquées",
        "0 règle non respectée",
        "Suivi : en retard",
        "à 400 %, sans défiler",
        "Défenseur des droits",
        "09 69 39 00 00",
        world.first.name,
        "03 53 01 00 00",
    ):
        assert words in page, words


def test_a_fault_is_told_where_it_is(client: FlaskClient, world: World, kept: Path) -> None:
    assert world
    kept.write_text(json.dumps(FOUND | {"faults": [CONTRAST]}), encoding="utf-8")
    page = as_read(client.get("/accessibilite"))
    assert "1 règle non respectée" in page
    assert "Elements must meet contrast ratio thresholds (color-contrast)" in page


@pytest.mark.parametrize("faults", [[], [CONTRAST]])
def test_no_page_claims_more_than_programs_can_see(
    client: FlaskClient, world: World, kept: Path, faults: list[object]
) -> None:
    assert world
    kept.write_text(json.dumps(FOUND | {"faults": faults}), encoding="utf-8")
    for path in ("/", "/amont/", "/accessibilite"):
        page = as_read(client.get(path))
        assert "Accessibilité : partiellement conforme" in page
        assert "Accessibilité : totalement" not in page


def test_the_results_in_the_tree_can_be_read() -> None:
    found = accessibility.results()
    assert found is None or (found.pages and found.rules > 30)
