"""The tenant's name in the lines of a list: where a name was looked for, it is seen; who wants none leaves it out."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.faces.test_staff import at_desk, submit
from tests.world import World

pytestmark = pytest.mark.services


def test_a_searched_name_stands_in_the_lines_until_it_is_left_out(
    app: Flask, client: FlaskClient, world: World
) -> None:
    submit(client, world.first, "L'ascenseur est en panne", name="Hélène Martin")
    desk = at_desk(app, world.first)
    assert "Hélène Martin" not in desk.read("/equipe/")
    page = desk.read("/equipe/?cherche=martin")
    assert "Hélène Martin" in page
    assert 'class="rows with-3"' in page
    form = re.search(r'<form[^>]*action="([^"]+colonnes[^"]*)"', page)
    assert form
    assert desk.send("/equipe/", form[1], colonne="subject").status_code == 303
    page = desk.read("/equipe/?cherche=martin")
    assert "Hélène Martin" not in page
    assert 'class="rows with-1"' in page
