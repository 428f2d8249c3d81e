"""The page of the people on call: who is called when, two people for level 1, a test call, and nobody left out."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.errors import NotAllowed
from service.domain.on_call import Call, emptied
from service.journey.administration import on_call, on_call_tests
from service.journey.danger import duty
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.clock import OnCallContact
from service.models.oversight import AuditEntry, Proposal
from service.settings import Settings
from tests.faces.test_admin_people import words
from tests.faces.test_staff import Desk, at_desk, submit
from tests.people import desk_of, hire
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

PAGE = "/equipe/administration/astreinte"
PROPOSALS = "/equipe/administration/validations"
ZOE = {"name": "Zoé Roy", "level": "2", "hours": "", "phone": "06 12 34 56 78", "email": "zoe@amont.example"}
GAS = "Il y a une odeur de gaz dans la cuisine"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def desk(app: Flask, member: MemberWorld) -> Desk:
    return desk_of(app, member, "administrator")


def contacts(app: Flask, member: MemberWorld) -> list[OnCallContact]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(OnCallContact).order_by(OnCallContact.name)))


def read(mail: Path) -> EmailMessage:
    return message_from_bytes(mail.read_bytes(), policy=default)


def log(app: Flask, member: MemberWorld) -> list[tuple[str, str]]:
    with app.app_context(), member_transaction(member.id) as session:
        about = select(AuditEntry).where(AuditEntry.subject.startswith("Astreinte")).order_by(AuditEntry.number)
        return [(one.action, one.subject) for one in session.scalars(about)]


def add(app: Flask, desk: Desk, member: MemberWorld, **changed: str) -> UUID:
    fields = ZOE | changed
    assert desk.send(PAGE, PAGE, **fields).status_code == 303
    return next(one.id for one in contacts(app, member) if one.name == fields["name"])


def test_somebody_is_added_called_once_and_written_down(app: Flask, desk: Desk, member: MemberWorld) -> None:
    page = words(desk.read(PAGE))
    assert "Personne n'est nommé ici" in page
    assert desk.send(PAGE, PAGE, **ZOE).status_code == 303
    assert desk.send(PAGE, PAGE, **ZOE).status_code == 303  # pressed twice
    (zoe,) = contacts(app, member)
    assert (zoe.level, zoe.hours, zoe.phone) == (2, None, "06 12 34 56 78")
    assert log(app, member) == [("created", "Astreinte : Zoé Roy")]
    assert "Zoé Roy" in desk.read(PAGE)


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("phone", "123", "numéro de téléphone"),
        ("email", "zoe", "prenom.nom@exemple.fr"),
        ("level", "4", "Choisissez une réponse"),
        ("hours", "noon", "Choisissez une réponse"),
        ("name", " ", "au moins un mot"),
    ],
)
def test_what_cannot_be_called_is_refused(
    app: Flask, desk: Desk, member: MemberWorld, field: str, typed: str, says: str
) -> None:
    answer = desk.send(PAGE, PAGE, **ZOE | {field: typed})
    assert answer.status_code == 422
    assert says in words(answer.text)
    assert contacts(app, member) == []


def test_somebody_who_cannot_be_reached_is_refused(desk: Desk) -> None:
    answer = desk.send(PAGE, PAGE, **ZOE | {"phone": "", "email": ""})
    assert answer.status_code == 422
    assert "personne n'est appelé" in words(answer.text)


def test_the_last_of_a_level_stays_by_day_and_by_night(app: Flask, desk: Desk, member: MemberWorld) -> None:
    zoe = add(app, desk, member)
    refused = desk.send(f"{PAGE}/{zoe}", f"{PAGE}/{zoe}/retrait")
    assert refused.status_code == 409
    assert "Ajoutez d'abord" in words(refused.text)
    for changed in ({"level": "3"}, {"hours": "working"}):
        assert desk.send(f"{PAGE}/{zoe}", f"{PAGE}/{zoe}/changement", **ZOE | changed).status_code == 409
    add(app, desk, member, name="Ali Ben", hours="off")
    assert desk.send(f"{PAGE}/{zoe}", f"{PAGE}/{zoe}/retrait").status_code == 409  # nobody by day
    assert desk.send(f"{PAGE}/{zoe}", f"{PAGE}/{zoe}/changement", **ZOE | {"hours": "working"}).status_code == 303
    add(app, desk, member, name="Léa Roc")
    assert desk.send(f"{PAGE}/{zoe}", f"{PAGE}/{zoe}/retrait").status_code == 303
    assert [one.name for one in contacts(app, member)] == ["Ali Ben", "Léa Roc"]
    again = desk.send(PAGE, f"{PAGE}/{zoe}/retrait")  # pressed twice, or from a stale page
    assert again.status_code == 303
    assert "déjà plus appelée" in desk.read(PAGE)
    assert ("removed", "Astreinte : Zoé Roy") in log(app, member)


def test_level_one_takes_two_people(app: Flask, desk: Desk, member: MemberWorld) -> None:
    zoe = add(app, desk, member, level="1")
    add(app, desk, member, level="1", name="Ali Ben")
    one = f"{PAGE}/{zoe}"
    assert desk.send(one, f"{one}/retrait").status_code == 422  # no reason
    other = ZOE | {"level": "1", "phone": "06 00 00 00 01", "reason": "Nouveau numéro"}
    for _ in range(2):
        assert desk.send(one, f"{one}/changement", **other).status_code == 303
    assert next(c for c in contacts(app, member) if c.id == zoe).phone == "06 12 34 56 78"
    assert "niveau 1" in desk.read(PROPOSALS)
    with app.app_context(), member_transaction(member.id) as session:
        (proposal,) = session.scalars(select(Proposal)).all()
    agree = f"{PROPOSALS}/{proposal.id}/accord"
    desk.send(PROPOSALS, agree)  # by the same person
    assert next(c for c in contacts(app, member) if c.id == zoe).phone == "06 12 34 56 78"
    boss = _supervisor(app)
    boss.send(PROPOSALS, agree)
    assert next(c for c in contacts(app, member) if c.id == zoe).phone == "06 00 00 00 01"
    assert desk.send(one, f"{one}/changement", **other | {"name": "Zoé Roy-Ba"}).status_code == 303  # a name alone
    assert next(c for c in contacts(app, member) if c.id == zoe).name == "Zoé Roy-Ba"


def test_two_proposals_that_together_would_leave_nobody_are_not_both_done(
    app: Flask, desk: Desk, member: MemberWorld
) -> None:
    zoe, ali = add(app, desk, member, level="1"), add(app, desk, member, level="1", name="Ali Ben")
    for gone in (zoe, ali):
        assert desk.send(f"{PAGE}/{gone}", f"{PAGE}/{gone}/retrait", reason="Parti").status_code == 303
    boss = _supervisor(app)
    with app.app_context(), member_transaction(member.id) as session:
        ids = [one.id for one in session.scalars(select(Proposal).order_by(Proposal.asked_at))]
    for proposal_id in ids:
        boss.send(PROPOSALS, f"{PROPOSALS}/{proposal_id}/accord")
    assert [one.name for one in contacts(app, member)] == ["Ali Ben"]  # the second would have left nobody
    assert "Ajoutez d'abord" in words(boss.read(PROPOSALS))


def test_what_was_proposed_of_somebody_who_changed_since_is_not_done(
    app: Flask, desk: Desk, member: MemberWorld
) -> None:
    zoe = add(app, desk, member, level="1")
    add(app, desk, member, level="1", name="Ali Ben")
    desk.send(f"{PAGE}/{zoe}", f"{PAGE}/{zoe}/retrait", reason="Partie")
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(OnCallContact, zoe).phone = "06 00 00 00 09"
        proposal_id = session.scalars(select(Proposal.id)).one()
    boss = _supervisor(app)
    boss.send(PROPOSALS, f"{PROPOSALS}/{proposal_id}/accord")
    assert len(contacts(app, member)) == 2
    assert "n'est plus appelée comme" in words(boss.read(PROPOSALS))


def test_two_who_remove_the_last_two_at_once_leave_one(
    app: Flask, desk: Desk, member: MemberWorld, ports: Ports
) -> None:
    ids = [add(app, desk, member), add(app, desk, member, name="Ali Ben")]
    boss, barrier, outcomes = hire(app, member, "administrator", "chef@amont.example"), Barrier(2), []

    def remove(contact_id: UUID) -> None:
        with app.app_context():
            barrier.wait()
            try:
                outcomes.append(on_call.remove(member.id, boss, contact_id, "", ports))
            except NotAllowed as refusal:
                outcomes.append(refusal.code == "level_empty")

    threads = [Thread(target=remove, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [True, True]
    assert len(contacts(app, member)) == 1


def test_day_and_night_call_different_people(
    app: Flask, desk: Desk, client: FlaskClient, member: MemberWorld, ports: Ports, clock: SetClock
) -> None:
    add(app, desk, member, level="1", name="De Jour", hours="working", email="jour@amont.example", phone="")
    add(app, desk, member, level="1", name="De Nuit", hours="off", email="nuit@amont.example", phone="")
    page = words(desk.read(PAGE))
    assert "Appelés aux heures d'ouverture" in page
    told: dict[str, list[str]] = {}
    for when in ("jour", "nuit"):
        submit(client, member, GAS + f" {when}")
        with app.app_context():
            work_off(member, ports)
            with member_transaction(member.id) as session:
                level = duty.contacts_of(session, 1, is_working=when == "jour")
                told[when] = [one.email or "" for one in level]
        folder = app.extensions["seve"].settings.mail_dir
        to = [str(read(one)["To"]) for one in folder.glob("*.eml")]
        assert any(f"{when}@" in one for one in to), (when, to)
        if when == "jour":
            assert not any("nuit@" in one for one in to)
        clock.forward(timedelta(hours=10))
    assert told == {"jour": ["jour@amont.example"], "nuit": ["nuit@amont.example"]}


def test_a_test_call_leaves_once_by_each_way_and_its_end_is_shown(
    app: Flask, desk: Desk, member: MemberWorld, ports: Ports, settings: Settings
) -> None:
    zoe = add(app, desk, member)
    for _ in range(2):
        assert desk.send(PAGE, f"{PAGE}/{zoe}/essai").status_code == 303
    assert "essai en attente" in desk.read(PAGE)
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            assert {status for _means, status in on_call_tests.last(session)[zoe]} == {"sent"}
    (mail,) = settings.mail_dir.glob("*.eml")
    body = read(mail).get_body(("plain",))
    assert body
    assert "il n'y a pas de danger" in str(body.get_content()).replace("\u00a0", " ")
    (text,) = settings.sms_dir.iterdir()
    assert "essai" in text.read_text(encoding="utf-8")
    assert "essai parti" in desk.read(PAGE)


def test_only_administrators_and_only_their_own(app: Flask, desk: Desk, world: World) -> None:
    zoe = add(app, desk, world.first)
    stranger = desk_of(app, world.second, "administrator")
    for path in (f"{PAGE}/{zoe}/retrait", f"{PAGE}/{zoe}/changement", f"{PAGE}/{zoe}/essai"):
        stranger.send(PAGE, path, **ZOE | {"name": "Intrus"})
    assert stranger.client.get(f"{PAGE}/{zoe}").status_code == 404
    assert [one.name for one in contacts(app, world.first)] == ["Zoé Roy"]
    assert "Zoé" not in stranger.read(PAGE)
    with app.app_context(), member_transaction(world.first.id) as session:
        assert on_call_tests.last(session) == {}
    for visitor in (at_desk(app, world.first), _supervisor(app)):
        assert visitor.client.get(PAGE).status_code == 403
        assert visitor.send("/equipe/", f"{PAGE}/{zoe}/retrait").status_code == 403


def _supervisor(app: Flask) -> Desk:
    desk = Desk(app.test_client())
    desk.sign_in("responsable@amont.example")
    return desk


def test_what_empties_a_level_is_reckoned_by_period() -> None:
    always, day, night = Call(1), Call(1, "working"), Call(1, "off")
    assert emptied([always], [day]) == {(1, "off")}
    assert emptied([always], [day, night]) == frozenset()
    assert emptied([day], [night]) == {(1, "working")}
    assert emptied([], [Call(2)]) == frozenset()
    assert emptied([Call(2)], [always]) == {(2, "working"), (2, "off")}
