"""Open data: there only when every member agreed, for the periods they agreed to, with nobody named."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.naming import OPEN
from service.domain.products import PRODUCTS
from service.settings import Settings
from tests.faces.test_network_files import HIDDEN, MONTHS, SECRET, table, value_of
from tests.kept_tables import MEMBERS, consent, keep
from tests.network_figures import add_members
from tests.world import World

pytestmark = pytest.mark.services

PAGES = ("/donnees-ouvertes", "/donnees-ouvertes/tendances.csv", "/donnees-ouvertes/tendances.json")


@pytest.fixture
def published(app: Flask, world: World) -> Flask:
    assert world
    with app.app_context():
        keep(MONTHS, value_of)
    return app


@pytest.fixture
def members(settings: Settings, world: World) -> list[UUID]:
    """The three that the tables count."""
    everybody = add_members(settings)
    assert world.first.id == everybody["amont"]
    return [everybody[slug] for slug in MEMBERS]


def agree(app: Flask, members: Iterable[UUID], start: date, until: date | None = None) -> None:
    with app.app_context():
        for member_id in members:
            consent(member_id, OPEN, start, until)


def test_nothing_is_open_before_every_member_agrees(published: Flask, client: FlaskClient, members: list[UUID]) -> None:
    for count in range(len(members)):
        agree(published, members[count - 1 : count], MONTHS[0])
        for page in PAGES:
            answer = client.get(page)
            assert answer.status_code == 404
            assert "ouvert" in answer.text
            assert "1234" not in answer.text


def test_what_all_agreed_to_is_open_to_all(published: Flask, client: FlaskClient, members: list[UUID]) -> None:
    agree(published, members, MONTHS[0])
    page = client.get(PAGES[0])
    assert page.status_code == 200
    assert "Licence Ouverte 2.0" in page.text
    rows = table(client.get(PAGES[1]).text)
    assert {row["tableau"] for row in rows} == set(PRODUCTS)
    assert {row["perimetre"] for row in rows} == {"Réseau", "Type de territoire"}
    tables = client.get(PAGES[2]).json["tables"]
    assert all(row["value"] != HIDDEN for one in tables for row in one["rows"])
    for one in PAGES:
        text = client.get(one).text
        assert str(SECRET) not in text
        assert "aval" not in text
        assert "Aval" not in text


def test_a_member_that_agreed_to_be_named_to_the_network_is_not_named_to_all(
    published: Flask, client: FlaskClient, members: list[UUID]
) -> None:
    agree(published, members, MONTHS[0])
    with published.app_context():
        for member_id in members:
            consent(member_id, "MF", MONTHS[0])
    for page in PAGES:
        assert str(SECRET) not in client.get(page).text


def test_only_periods_that_lie_wholly_within_every_agreement_are_there(
    published: Flask, client: FlaskClient, members: list[UUID]
) -> None:
    agree(published, members, date(2026, 8, 1), date(2026, 10, 1))
    rows = table(client.get(PAGES[1]).text)
    assert {row["debut"] for row in rows if row["tableau"] == "C1"} == {"2026-08-01", "2026-09-01"}
    assert not [row for row in rows if row["tableau"] == "Q3"]  # July, in it, was not opened
    weeks = [row for row in rows if row["tableau"] == "WK"]
    assert min(row["debut"] for row in weeks) == "2026-08-03"
    assert max(row["fin"] for row in weeks) == "2026-09-27"


def test_open_data_may_be_kept_and_asks_for_no_account(
    published: Flask, client: FlaskClient, members: list[UUID]
) -> None:
    agree(published, members, MONTHS[0])
    for page in PAGES:
        answer = client.get(page)
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert client.get(page, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        assert client.get(page).data == answer.data
    assert client.get("/donnees-ouvertes/tendances.xlsx").status_code == 404
    assert client.post(PAGES[0]).status_code in (404, 405)
