"""From one complaint to the next of the list it was opened from, and back to that list."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from tests.faces.test_staff import Desk, at_desk, submit
from tests.world import World

pytestmark = pytest.mark.services


def links(desk: Desk, complaint_id: str, came_from: str | None) -> dict[str, str]:
    """Return the ways to the neighbours and back that the page of a complaint shows."""
    headers = {"Referer": f"http://localhost{came_from}"} if came_from else {}
    page = desk.client.get(f"/equipe/demandes/{complaint_id}", headers=headers).text
    found = dict(re.findall(r'<a rel="(\w+)" href="/equipe/demandes/([\w-]+)"', page))
    [back] = re.findall(r'<a href="([^"]+)">Retour aux demandes', page)
    return found | {"back": back.replace("&amp;", "&")}


@pytest.fixture
def ids(app: Flask, world: World, clock: SetClock) -> list[str]:
    """Five complaints, the oldest first: heating and rent in turn."""
    found = []
    for rank in range(5):
        clock.forward(timedelta(minutes=1))
        text = "Le loyer a augmenté" if rank % 2 else "Le radiateur est froid"
        found.append(submit(app.test_client(), world.first, text)["id"])
    return found


def test_the_list_it_was_opened_from_leads_on_and_back(app: Flask, world: World, ids: list[str]) -> None:
    desk = at_desk(app, world.first)
    whole = links(desk, ids[2], "/equipe/?vue=toutes")
    assert whole == {"prev": ids[3], "next": ids[1], "back": "/equipe/?vue=toutes"}
    heating = links(desk, ids[2], "/equipe/?vue=toutes&categorie=chauffage")
    assert heating == {"prev": ids[4], "next": ids[0], "back": "/equipe/?vue=toutes&categorie=chauffage"}
    # From one complaint to the next, and after a form was sent, the list stays.
    assert links(desk, ids[0], f"/equipe/demandes/{ids[2]}") == {"prev": ids[2], "back": heating["back"]}


def test_what_was_opened_from_elsewhere_has_no_neighbours(app: Flask, world: World, ids: list[str]) -> None:
    desk = at_desk(app, world.first)
    assert links(desk, ids[2], None) == {"back": "/equipe/"}
    links(desk, ids[2], "/equipe/?vue=toutes")
    assert links(desk, ids[2], "/equipe/incidents") == {"back": "/equipe/"}
    assert links(desk, ids[2], "//ailleurs.example/equipe/?vue=toutes") == {"back": "/equipe/"}


def test_a_list_with_a_filter_that_cannot_be_read_breaks_nothing(app: Flask, world: World, ids: list[str]) -> None:
    desk = at_desk(app, world.first)
    found = links(desk, ids[2], "/equipe/?vue=rien&categorie=licorne&apres=x&tri=y&du=hier")
    assert found["back"].startswith("/equipe/?")
