"""Mails that tell people what changed in how their account opens."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import uuid4

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.administration.audit import COMMAND
from service.journey.letters.accounts import HAPPENED, MENDING, account_letter
from service.journey.parcels import Mail
from service.journey.people import invitations, network_letters, reader_links
from service.journey.people.account_news import CODE_ADDED, KEY_ADDED, PASSWORD_CHANGED
from service.journey.ports import OutsideFailed, Ports
from service.journey.transactions import member_transaction, shared_transaction
from service.models.people import NetworkReader, Staff
from service.settings import Settings
from tests.signing_in import NETWORK, STAFF, Visitor, as_owner
from tests.work import work_off
from tests.world import _HASH, PASSWORD, READER, World

pytestmark = pytest.mark.services

NEW = "quatre mots sans rapport"
PAGE = "/moi/verification"
OPERATOR, OPERATORS = "exploitation@reseau.example", "/exploitation"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def people(app: Flask, world: World) -> list[tuple[str, str]]:
    """One of each kind: of a member's staff, a reader, an operator; and the face they come in by."""
    made = NetworkReader(id=uuid4(), email=OPERATOR, name="Opératrice", role="operator", password_hash=_HASH)
    with app.app_context(), shared_transaction() as session:
        session.add(made)
    return [(world.first.agent_email, STAFF), (READER, NETWORK), (OPERATOR, OPERATORS)]


def mails(app: Flask, world: World, ports: Ports, to: str) -> list[EmailMessage]:
    """Do what waits outside, and return what a person got."""
    with app.app_context():
        work_off(world.first, ports)
        network_letters.send_due(ports)
    settings: Settings = app.extensions["seve"].settings
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(settings.mail_dir.glob("*.eml"))]
    return [one for one in found if to in str(one["To"])]


def subjects(app: Flask, world: World, ports: Ports, to: str) -> list[str]:
    return sorted(str(one["Subject"]) for one in mails(app, world, ports, to))


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content()).replace("\u00a0", " ")


def test_a_changed_password_is_told_once_and_after_the_request(
    app: Flask, world: World, ports: Ports, people: list[tuple[str, str]], settings: Settings
) -> None:
    for email, face in people:
        visitor = Visitor(app, email, face).entered()
        form = {"password": PASSWORD, "new_password": NEW, "again": NEW}
        assert visitor.send("/moi/mot-de-passe", "/moi/mot-de-passe", **form).status_code == 303
        assert not list(settings.mail_dir.glob(f"*{email}*"))
        assert visitor.send("/moi/mot-de-passe", "/moi/mot-de-passe", **form).status_code == 422
    assert not settings.mail_dir.exists() or not list(settings.mail_dir.glob("*.eml"))  # none within a request
    for email, _face in people:
        assert subjects(app, world, ports, email) == ["Votre mot de passe a changé"]
        assert subjects(app, world, ports, email) == ["Votre mot de passe a changé"]


def test_a_refused_change_tells_nothing(app: Flask, world: World, ports: Ports, people: list[tuple[str, str]]) -> None:
    for email, face in people:
        visitor = Visitor(app, email, face).entered()
        form = {"password": "faux", "new_password": NEW, "again": NEW}
        assert visitor.send("/moi/mot-de-passe", "/moi/mot-de-passe", **form).status_code == 422
        visitor.send(PAGE, f"{PAGE}/application")
        assert visitor.send(PAGE, f"{PAGE}/application/code", code="000000").status_code == 422
        assert subjects(app, world, ports, email) == []


def test_each_change_of_the_second_factor_is_told(
    app: Flask, world: World, ports: Ports, people: list[tuple[str, str]], clock: SetClock
) -> None:
    for email, face in people:
        visitor = Visitor(app, email, face).entered()
        visitor.set_up_code(clock)
        assert visitor.send(PAGE, f"{PAGE}/secours", password=PASSWORD).status_code == 200
        assert visitor.send(PAGE, f"{PAGE}/application/retrait", password=PASSWORD).status_code == 303
        assert visitor.send(PAGE, f"{PAGE}/application/retrait", password=PASSWORD).status_code == 303  # pressed twice
        assert subjects(app, world, ports, email) == [
            "Une application de codes est ajoutée",
            "Vos codes de secours sont remplacés",
            "Votre application de codes est retirée",
        ]


def test_a_replaced_application_is_told_and_the_one_before_opens_nothing(
    app: Flask, world: World, ports: Ports, people: list[tuple[str, str]], clock: SetClock
) -> None:
    for email, face in people:
        visitor = Visitor(app, email, face).entered()
        before, _codes = visitor.set_up_code(clock)
        assert visitor.send(PAGE, f"{PAGE}/application").status_code == 422  # just in, and the password is asked for
        visitor.send(PAGE, f"{PAGE}/application", password=PASSWORD)
        assert "remplace l'ancienne" in visitor.read(PAGE)
        half_way = Visitor(app, email, face)
        clock.forward(network_letters.CLAIM)
        half_way.sign_in()
        assert half_way.step(code=before.at(clock.now())).status_code == 303  # the one in place goes on until then
        secret = visitor.read(PAGE).split('class="secret"><code>')[1].split("</code>")[0].replace(" ", "")
        after = type(before)(secret)
        assert visitor.send(PAGE, f"{PAGE}/application/code", code=before.at(clock.now())).status_code == 422
        assert visitor.send(PAGE, f"{PAGE}/application/code", code=after.at(clock.now())).status_code == 303
        clock.forward(network_letters.CLAIM)
        again = Visitor(app, email, face)
        again.sign_in()
        assert again.step(code=before.at(clock.now())).status_code == 422
        assert again.step(code=after.at(clock.now())).status_code == 303
        assert "Votre application de codes est remplacée" in subjects(app, world, ports, email)


def test_a_device_never_seen_is_told_once_and_the_first_one_is_not(
    app: Flask, world: World, ports: Ports, people: list[tuple[str, str]]
) -> None:
    for email, face in people:
        Visitor(app, email, face).entered()
        Visitor(app, email, face).entered()
        assert subjects(app, world, ports, email) == []
        for _ in range(2):
            visitor = Visitor(app, email, face)
            visitor.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
            visitor.entered()
        told = mails(app, world, ports, email)
        assert [str(one["Subject"]) for one in told] == ["Connexion depuis un nouvel appareil"]
        assert "Firefox, Windows" in words(told[0])


def test_a_password_chosen_by_a_link_is_told_but_not_the_first_one(
    app: Flask, world: World, ports: Ports, settings: Settings
) -> None:
    email = world.first.agent_email
    for known in (True, False):
        if not known:
            as_owner(settings, "update staff set password_hash = null where email = :email", email=email)
        with app.app_context():
            with member_transaction(world.first.id) as session:
                staff = session.get_one(Staff, world.first.agent_id)
                made = invitations.make(session, staff, invitations.FORGOTTEN, "Ana Vidal", ports)
            token = invitations.url_of(made, ports).rpartition("/")[2]
            invitations.accept(token, NEW, ports)
        assert subjects(app, world, ports, email) == ["Votre mot de passe a changé"]
    with app.app_context():
        with shared_transaction() as session:
            reader = session.query(NetworkReader).filter_by(email=READER).one()
        reader_links.accept(reader_links.make(reader.id, COMMAND, ports).rpartition("/")[2], NEW, ports)
    assert subjects(app, world, ports, READER) == ["Votre mot de passe a changé"]


def test_no_letter_leads_anywhere_and_each_says_what_to_do() -> None:
    for what in HAPPENED:
        for role in MENDING:
            data = {"what": what, "at": "2026-12-01T09:05:00+00:00", "device": "Firefox, Windows"}
            letter = account_letter(data, role, "Amont Habitat")
            said = letter.text()
            assert not letter.links
            assert "http" not in said
            assert "1er décembre 2026 à 10 h 05" in said
            assert "Ce n'était pas vous ?" in said
            assert "{" not in said + letter.subject
    assert {PASSWORD_CHANGED, CODE_ADDED, KEY_ADDED} <= set(HAPPENED)


def test_a_letter_to_the_network_is_tried_again_and_given_up(
    app: Flask, world: World, ports: Ports, clock: SetClock, people: list[tuple[str, str]], settings: Settings
) -> None:
    assert people
    Visitor(app, READER, NETWORK).entered().set_up_code(clock)

    class Down:
        def send(self, _mail: Mail) -> None:
            raise OutsideFailed("smtp answered 451")

    broken = Ports(**{**vars(ports), "mailer": Down()})
    with app.app_context():
        assert network_letters.send_due(broken) == 0
        assert network_letters.send_due(ports) == 0  # not before its time
    clock.forward(network_letters.CLAIM)
    assert len(mails(app, world, ports, READER)) == 1
    assert as_owner(settings, "select status, attempts from network_letters") == [("sent", 2)]
    as_owner(settings, "update network_letters set status = 'waiting', ended_at = null, attempts = 0")
    for _ in range(8):
        clock.forward(network_letters.CLAIM * 1000)
        with app.app_context():
            network_letters.send_due(broken)
    assert as_owner(settings, "select status, attempts from network_letters") == [("given_up", 7)]
