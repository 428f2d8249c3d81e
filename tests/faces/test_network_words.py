"""The public list of words on the network's page: read by all readers, changed by two of them, from the next month."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from service.adapters.clock import SetClock
from service.domain.products import MOST_TERMS
from service.domain.watch_list import watched_words
from service.journey.people.accounts import HASHER
from service.journey.trends import watching
from service.models.member import Member
from service.models.people import NetworkReader
from service.models.trends import TermProposal, WatchTerm
from service.settings import Settings
from tests.faces.test_network import send, sign_in
from tests.world import PASSWORD, READER, World

pytestmark = pytest.mark.services

PAGE = "/reseau/mots"
APPROVE, TAKE_OFF = "/reseau/mots/accord", "/reseau/mots/retrait"
SECOND = "second@reseau.example"
TERM = "reflet bleute"
NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture
def engine(settings: Settings, world: World) -> Iterator[Engine]:
    """The database as its owner, with a second reader and a third member."""
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        session.add(NetworkReader(email=SECOND, name="Second", password_hash=HASHER.hash(PASSWORD)))
        session.add(Member(slug="tiers", name="Tiers Habitat", seat="Laon", colour="#1d5b43", dwellings=10, phone="03"))
        session.commit()
    assert world
    yield engine
    engine.dispose()


@pytest.fixture
def one(app: Flask, engine: Engine) -> FlaskClient:
    assert engine
    return reader(app, READER)


@pytest.fixture
def other(app: Flask, engine: Engine) -> FlaskClient:
    assert engine
    return reader(app, SECOND)


def reader(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, email).status_code == 303
    return client


def propose(engine: Engine, clock: SetClock, members: int = 3, term: str = TERM, label: str = "reflet bleuté") -> None:
    with Session(engine) as session:
        for member in session.query(Member).order_by(Member.slug).limit(members):
            session.add(TermProposal(member_id=member.id, term=term, label=label, at=clock.now()))
        session.commit()


def lists(app: Flask, term: str = TERM) -> list[bool]:
    with app.app_context():
        return [term in watching.watch_list(month) for month in (NOVEMBER, DECEMBER, JANUARY)]


def test_every_reader_reads_the_whole_list(one: FlaskClient) -> None:
    page = one.get(PAGE).text
    assert f"décembre 2026 : {len(watched_words())} mots" in page
    assert all(f"<li>{word.label.replace(chr(39), '&#39;')}</li>" in page for word in watched_words())
    assert "Aucun mot n'est proposé" in page


@pytest.mark.parametrize("members", [1, 2])
def test_what_fewer_than_three_members_propose_is_not_shown_and_cannot_be_approved(
    app: Flask, engine: Engine, clock: SetClock, one: FlaskClient, members: int
) -> None:
    propose(engine, clock, members)
    assert "bleut" not in one.get(PAGE).text
    answer = send(one, PAGE, APPROVE, term=TERM)
    assert answer.status_code == 422
    assert lists(app) == [False, False, False]


def test_a_proposed_word_is_shown_without_who_proposes(engine: Engine, clock: SetClock, one: FlaskClient) -> None:
    propose(engine, clock)
    page = one.get(PAGE).text
    assert "reflet bleuté" in page
    assert "0 accord sur 2" in page
    assert not [name for name in ("Amont", "Aval", "Tiers") if name in page]


def test_two_readers_approve_a_word_which_counts_from_the_next_month(
    app: Flask, engine: Engine, clock: SetClock, one: FlaskClient, other: FlaskClient
) -> None:
    propose(engine, clock)
    for _ in range(3):  # one reader alone, however often
        assert "Il faut encore celui d'une autre personne" in follow(one, send(one, PAGE, APPROVE, term=TERM).location)
        assert lists(app) == [False, False, False]
    assert "1 accord sur 2" in other.get(PAGE).text
    assert "rejoint la liste" in follow(other, send(other, PAGE, APPROVE, term=TERM).location)
    assert lists(app) == [False, True, True]
    assert "<li>reflet bleuté</li>" in one.get(PAGE).text
    again = send(one, PAGE, APPROVE, term=TERM)
    assert again.status_code == 422
    assert "déjà sur la liste" in again.text


def follow(client: FlaskClient, location: str | None) -> str:
    assert location == PAGE
    return client.get(PAGE).text.replace("&#39;", "'")


def test_two_readers_take_a_word_off_from_the_next_month_and_may_put_it_back(
    app: Flask, engine: Engine, clock: SetClock, one: FlaskClient, other: FlaskClient
) -> None:
    term = watched_words()[0].term
    send(one, PAGE, TAKE_OFF, term=term)
    send(one, PAGE, TAKE_OFF, term=term)
    assert lists(app, term) == [True, True, True]
    assert "Retirer aussi" in other.get(PAGE).text
    send(other, PAGE, TAKE_OFF, term=term)
    assert lists(app, term) == [True, False, False]
    assert send(one, PAGE, TAKE_OFF, term=term).status_code == 422
    clock.forward(timedelta(days=10))  # in December
    propose(engine, clock, term=term, label=term)
    for email in (READER, SECOND):
        send(reader(app, email), PAGE, APPROVE, term=term)
    assert lists(app, term) == [True, False, True]


def test_a_word_added_and_taken_off_in_one_month_never_counts(
    app: Flask, engine: Engine, clock: SetClock, one: FlaskClient, other: FlaskClient
) -> None:
    propose(engine, clock)
    for address, kept in ((APPROVE, True), (TAKE_OFF, False), (APPROVE, True)):
        clock.forward(timedelta(minutes=1))
        for client in (one, other):
            send(client, PAGE, address, term=TERM)
        assert lists(app) == [False, kept, kept]
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from term_approvals")) == 6


def test_the_word_of_a_reader_who_left_no_longer_counts(
    app: Flask, engine: Engine, clock: SetClock, one: FlaskClient, other: FlaskClient
) -> None:
    propose(engine, clock)
    send(one, PAGE, APPROVE, term=TERM)
    with engine.begin() as connection:
        connection.execute(text("update network_readers set is_active = false where email = :email"), {"email": READER})
    send(other, PAGE, APPROVE, term=TERM)
    assert lists(app) == [False, False, False]


def test_nothing_more_fits_a_full_list(
    app: Flask, engine: Engine, clock: SetClock, one: FlaskClient, other: FlaskClient
) -> None:
    propose(engine, clock)
    with Session(engine) as session:
        session.add_all(
            WatchTerm(term=f"mot {number}", label="mot", from_month=NOVEMBER, at=clock.now())
            for number in range(MOST_TERMS - len(watched_words()))
        )
        session.commit()
    for client in (one, other):
        answer = send(client, PAGE, APPROVE, term=TERM)
        assert answer.status_code == 422
        assert "La liste est pleine" in answer.text
    assert lists(app) == [False, False, False]


@pytest.mark.parametrize("term", ["<b>gale</b>", "06 12 34 56 78", "a" * 60, "12 rue haute", "\x00", ""])
def test_a_word_that_no_member_could_propose_is_neither_shown_nor_approved(
    app: Flask, engine: Engine, clock: SetClock, one: FlaskClient, term: str
) -> None:
    if "\x00" not in term:
        propose(engine, clock, term=term, label=term)
    assert "1 accord" not in one.get(PAGE).text
    assert (term or 'value="">Approuver') not in one.get(PAGE).text
    for address in (APPROVE, TAKE_OFF):
        assert send(one, PAGE, address, term=term).status_code == 422
    assert lists(app, term) == [False, False, False]


def test_what_is_not_on_the_list_cannot_be_taken_off(one: FlaskClient) -> None:
    assert send(one, PAGE, TAKE_OFF, term="inconnu").status_code == 422
    assert one.post(TAKE_OFF, data={"term": "punaise"}).status_code == 400  # without its token
