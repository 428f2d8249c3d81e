"""News of an incident and the date promised to its households: kept unless somebody empties it, and said beside."""

import re

import pytest
from flask import Flask

from service.journey.ports import Ports
from tests.faces.test_staff_incidents import Office
from tests.world import World

pytestmark = pytest.mark.services

PROMISED = "2026-11-26T09:00"
NEWS = {"text": "La pièce arrive.", "seen": "0", "what": "send"}


@pytest.fixture
def office(app: Flask, world: World, ports: Ports) -> Office:
    return Office(app, world.first, ports)


def section(page: str) -> str:
    return page[page.index('aria-labelledby="nouvelles"') : page.index('id="terminer"')]


def test_the_form_of_the_news_starts_with_the_promised_date(office: Office) -> None:
    page, _ = office.opened()
    office.send(page, "nouvelles", **NEWS, next_at=PROMISED)
    shown = section(office.read(page))
    assert re.search(rf'name="next_at"[^>]* value="{PROMISED}"', shown)
    assert "Vide : la date déjà promise est retirée." in shown


def test_a_date_that_is_emptied_is_said_to_be_promised_no_more(office: Office) -> None:
    page, _ = office.opened()
    office.send(page, "nouvelles", **NEWS, next_at=PROMISED)
    assert "n'est promise" not in office.read(page)
    office.send(page, "nouvelles", **(NEWS | {"seen": "1", "text": "Autre"}), promised=PROMISED, next_at="")
    shown = office.read(page)
    assert "Plus aucune date n'est promise." in section(shown)
    assert "Rien de promis" in shown


def test_that_the_news_leave_is_said_once_beside_their_form(office: Office) -> None:
    page, _ = office.opened()
    office.send(page, "nouvelles", **NEWS, next_at=PROMISED)
    shown = office.read(page)
    assert shown.count("Les nouvelles partent à tous les foyers.") == 1
    assert "Les nouvelles partent à tous les foyers." in section(shown)
