"""Somebody on duty is called for a sensitive danger: they learn where to go and whom to call, not what it is about."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.settings import Settings
from tests.faces.test_duty import Called
from tests.faces.test_staff import as_read
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def reserved(app: Flask, client: FlaskClient, world: World, settings: Settings) -> Called:
    found = Called(app, client, world.first, settings)
    found.work()
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Complaint, found.id).is_marked = True
    return found


def read(called: Called) -> str:
    return as_read(called.get()).replace("&#39;", "'")


def test_the_page_says_where_and_never_what_about(reserved: Called) -> None:
    waiting = read(reserved)
    reserved.take()
    taken = read(reserved)
    for page in (waiting, taken):
        assert "3 allée des Tilleuls, 80000 Amiens" in page
        assert "Dossier réservé" in page
        for words in ("Odeur de gaz", "odeur de gaz", "Message du locataire", "Le message du locataire et"):
            assert words not in page, words
    assert "Mme Petit" not in waiting
    assert "Mme Petit" in taken
    assert "tel:0639980000" in taken
    assert "Ne touchez à aucun interrupteur" not in taken
    assert "tel:112" in taken


def test_another_danger_is_still_told_whole(app: Flask, client: FlaskClient, world: World, settings: Settings) -> None:
    called = Called(app, client, world.first, settings)
    called.work()
    called.take()
    page = read(called)
    assert "Il y a une odeur de gaz dans la cuisine" in page
    assert "Dossier réservé" not in page
