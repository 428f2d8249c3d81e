"""The page of the words that rise in one's own messages, and proposing one to the network."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.journey.trends import own_words
from service.models.oversight import AuditEntry
from service.models.trends import TermProposal
from service.settings import Settings
from tests.faces.test_staff import Desk, at_desk
from tests.journey.trends.test_own_words import a_year_of
from tests.world import MemberWorld, World, staff_of_role

pytestmark = pytest.mark.services

PAGE = "/equipe/mots"
PROPOSE, WITHDRAW = "/equipe/mots/proposition", "/equipe/mots/retrait"
TERM = "reflet bleute"


@pytest.fixture(autouse=True)
def counted(app: Flask, world: World, ports: Ports) -> None:
    with app.app_context():
        a_year_of(world.first, "un reflet bleuté")
        own_words.count_due(ports)


def desk_of(app: Flask, email: str) -> Desk:
    desk = Desk(app.test_client())
    assert desk.sign_in(email).status_code == 303
    return desk


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return desk_of(app, f"responsable@{world.first.slug}.example")


def proposals(app: Flask, member: MemberWorld) -> list[tuple[str, str]]:
    with app.app_context(), member_transaction(member.id) as session:
        return [(one.term, one.label) for one in session.scalars(select(TermProposal))]


def test_the_words_of_the_last_month_are_shown_and_open_their_list(desk: Desk) -> None:
    page = desk.read(PAGE)
    assert "En octobre 2026" in page
    assert "reflet bleuté" in page
    address = "/equipe/?cherche=reflet+bleut%C3%A9&du=2026-10-01&au=2026-10-31"
    assert address.replace("&", "&amp;") in page
    assert "14 demandes" in desk.read(address)


def test_an_agent_does_not_open_the_page_and_a_reader_proposes_nothing(
    app: Flask, world: World, settings: Settings
) -> None:
    assert at_desk(app, world.first).client.get(PAGE).status_code == 403
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        email = staff_of_role(session, world.first, "reader")
        session.commit()
    engine.dispose()
    reader = desk_of(app, email)
    assert "Proposer au réseau" not in reader.read(PAGE)
    assert reader.send(PAGE, PROPOSE, term=TERM).status_code == 403
    assert proposals(app, world.first) == []


def test_another_member_sees_neither_words_nor_proposals(app: Flask, world: World, desk: Desk) -> None:
    desk.send(PAGE, PROPOSE, term=TERM)
    page = desk_of(app, f"responsable@{world.second.slug}.example").read(PAGE)
    assert "Pas encore de mois compté" in page
    assert "bleut" not in page


def test_a_word_is_proposed_once_and_taken_back_and_both_are_logged(app: Flask, world: World, desk: Desk) -> None:
    for _ in range(3):
        assert desk.send(PAGE, PROPOSE, term=TERM).location == PAGE
    assert proposals(app, world.first) == [(TERM, "reflet bleuté")]
    assert "Proposé" in desk.read(PAGE)
    for _ in range(2):
        assert desk.send(PAGE, WITHDRAW, term=TERM).location == PAGE
    assert proposals(app, world.first) == []
    with app.app_context(), member_transaction(world.first.id) as session:
        logged = session.scalars(select(AuditEntry.subject).where(AuditEntry.subject.contains("réseau"))).all()
    assert list(logged) == ["Mot proposé au réseau : reflet bleuté"] * 2


@pytest.mark.parametrize(
    "term", ["<script>alert(1)</script>", "06 12 34 56 78", "a" * 60, "12 rue neuve", "robinet", "vidal", "\x00", ""]
)
def test_nothing_is_proposed_that_does_not_rise_in_ones_own_messages(
    app: Flask, world: World, desk: Desk, term: str
) -> None:
    answer = desk.send(PAGE, PROPOSE, term=term)
    assert answer.status_code == 422
    assert "ne monte pas" in answer.text
    assert term in {"", "robinet"} or f">{term}" not in answer.text
    assert desk.send(PAGE, WITHDRAW, term=term).location == PAGE
    assert proposals(app, world.first) == []


def test_a_word_on_the_public_list_is_no_longer_shown_as_rising(desk: Desk, settings: Settings) -> None:
    desk.send(PAGE, PROPOSE, term=TERM)
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into watch_terms (id, term, label, from_month, at) "
                "values (gen_random_uuid(), :term, 'reflet bleuté', '2026-12-01', now())"
            ),
            {"term": TERM},
        )
    engine.dispose()
    page = desk.read(PAGE)
    assert "Sur la liste publique" in page
    assert "cherche=reflet+bleut%C3%A9" not in page
