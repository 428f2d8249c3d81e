"""A session is a row: it ends when its owner, time, or a change of password ends it, and all copies of its cookie."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.clock import SetClock
from service.journey import pruning
from service.journey.people import invitations, sessions
from service.journey.people.accounts import Person
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.settings import Settings
from tests.faces.test_staff import submit
from tests.signing_in import NETWORK, Visitor, as_owner
from tests.world import PASSWORD, READER, World

pytestmark = pytest.mark.services

NEW = "quatre mots sans rapport"


def thief(app: Flask, cookie: str, face: str) -> Visitor:
    visitor = Visitor(app, "", face)
    visitor.client.set_cookie("seve", cookie)
    return visitor


def both(world: World) -> list[tuple[str, str]]:
    return [(world.first.agent_email, "/equipe"), (READER, NETWORK)]


def test_a_copied_cookie_dies_with_the_session(app: Flask, world: World) -> None:
    for email, face in both(world):
        visitor = Visitor(app, email, face).entered()
        copy = visitor.cookie()
        assert thief(app, copy, face).is_in()
        visitor.send("/moi", "/deconnexion")
        assert not thief(app, copy, face).is_in()


def test_a_cookie_holds_ids_only(app: Flask, world: World) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    with visitor.client.session_transaction() as cookie:
        held = dict(cookie)
    assert set(held["staff"]) == {"id", "member", "session"}
    assert set(held) <= {"staff", "_permanent", "csrf_token"}


def test_a_session_that_nobody_uses_ends(app: Flask, world: World, settings: Settings, clock: SetClock) -> None:
    as_owner(settings, "update members set idle_minutes = 20")
    for (email, face), minutes in zip(both(world), (20, 30), strict=True):
        visitor = Visitor(app, email, face).entered()
        for _ in range(4):
            clock.forward(timedelta(minutes=minutes - 1))
            assert visitor.is_in()
        clock.forward(timedelta(minutes=minutes))
        assert not visitor.is_in()
    rows = as_owner(settings, "select ended_why from staff_sessions union all select ended_why from network_sessions")
    assert rows == [("idle",), ("idle",)]


def test_no_session_is_longer_than_a_working_day(app: Flask, world: World, clock: SetClock) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    for _ in range(19):
        clock.forward(timedelta(minutes=30))
        assert visitor.is_in()
    clock.forward(timedelta(minutes=30))
    assert not visitor.is_in()


def test_what_no_person_asked_for_keeps_no_session_open(app: Flask, world: World, clock: SetClock) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    who = Person(world.first.agent_id, world.first.id)
    with visitor.client.session_transaction() as cookie:
        session_id = UUID(cookie["staff"]["session"])
    for _ in range(2):
        clock.forward(timedelta(minutes=29))
        assert visitor.client.head("/equipe/moi").status_code == 200
        with app.app_context():
            assert sessions.staff_in(who, session_id, clock.now(), is_use=False)
    clock.forward(timedelta(minutes=2))
    assert not visitor.is_in()


@pytest.mark.parametrize(("typed", "is_in"), [("0", False), ("1", True)])
def test_whoever_types_an_answer_is_not_signed_out_before_its_end(
    app: Flask, client: FlaskClient, world: World, clock: SetClock, typed: str, is_in: bool
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    made = submit(client, world.first, "Le radiateur reste froid")
    visitor = Visitor(app, world.first.agent_email).entered()
    for _ in range(2):
        clock.forward(timedelta(minutes=40))
        visitor.client.post(f"/equipe/demandes/{made['id']}/presence", data={"vu": "0", "tape": typed})
    assert visitor.is_in() is is_in


def test_a_use_is_written_down_once_a_minute(app: Flask, world: World, settings: Settings, clock: SetClock) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    seen = []
    for seconds in (59, 1, 59):
        clock.forward(timedelta(seconds=seconds))
        visitor.read()
        seen.append(as_owner(settings, "select extract(epoch from seen_at - created_at)::int from staff_sessions"))
    assert seen == [[(0,)], [(60,)], [(60,)]]


def test_changing_the_password_ends_the_other_sessions(app: Flask, world: World) -> None:
    for email, face in both(world):
        here, elsewhere = (Visitor(app, email, face).entered() for _ in range(2))
        form = {"password": PASSWORD, "new_password": NEW, "again": NEW}
        assert here.send("/moi/mot-de-passe", "/moi/mot-de-passe", **form).status_code == 303
        assert here.is_in()
        assert not elsewhere.is_in()
        assert Visitor(app, email, face).sign_in().status_code == 422
        assert Visitor(app, email, face).sign_in(NEW).status_code == 303


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"password": "faux"}, "pas votre mot de passe actuel"),
        ({"new_password": "court", "again": "court"}, "au moins douze"),
        ({"again": "autre chose encore"}, "ne sont pas les mêmes"),
        ({"new_password": PASSWORD, "again": PASSWORD}, "déjà votre mot de passe"),
    ],
)
def test_a_password_is_not_changed_without_reason(app: Flask, world: World, form: dict[str, str], said: str) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    whole = {"password": PASSWORD, "new_password": NEW, "again": NEW} | form
    answer = visitor.send("/moi/mot-de-passe", "/moi/mot-de-passe", **whole)
    assert answer.status_code == 422
    assert said in answer.text
    assert Visitor(app, world.first.agent_email).sign_in().status_code == 303


def test_changing_the_password_ends_what_was_half_open(app: Flask, world: World, ports: Ports, clock: SetClock) -> None:
    member = world.first
    owner = Visitor(app, member.agent_email).entered()
    _, printed = owner.set_up_code(clock)
    half = Visitor(app, member.agent_email)
    assert half.sign_in().location == "/equipe/connexion/code"
    with app.app_context():
        invitations.forgotten(member.agent_email, ports)
        with member_transaction(member.id) as session:
            link = invitations.url_of(invitations.open_one(session, member.agent_id, ports.clock.now()), ports)
    form = {"password": PASSWORD, "new_password": NEW, "again": NEW}
    assert owner.send("/moi/mot-de-passe", "/moi/mot-de-passe", **form).status_code == 303
    assert half.step(recovery=printed[0]).location == "/equipe/connexion"
    assert not half.is_in()
    with app.app_context():
        assert invitations.look(link.rpartition("/")[2], ports).state == "expired"


def test_somebody_at_an_open_session_cannot_go_through_passwords(app: Flask, world: World) -> None:
    visitor, form = Visitor(app, world.first.agent_email).entered(), {"new_password": NEW, "again": NEW}
    for _ in range(5):
        assert visitor.send("/moi/mot-de-passe", "/moi/mot-de-passe", password="faux", **form).status_code == 422
    assert visitor.send("/moi/mot-de-passe", "/moi/mot-de-passe", password=PASSWORD, **form).status_code == 429


def test_people_see_their_devices_and_disconnect_them(app: Flask, world: World) -> None:
    for email, face in both(world):
        here, lost, other = (Visitor(app, email, face) for _ in range(3))
        lost.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Safari/537.36"
        for visitor in (here, lost, other):
            visitor.entered()
        page = here.read("/moi")
        assert page.count("Cet appareil</span>") == 1
        assert "Chrome, Android" in page
        with lost.client.session_transaction() as cookie:
            lost_id = cookie["staff" if face == "/equipe" else "network"]["session"]
        assert here.send("/moi", f"/moi/appareils/{lost_id}/fin").status_code == 303
        assert (here.is_in(), lost.is_in(), other.is_in()) == (True, False, True)
        assert here.send("/moi", "/moi/appareils/fin").status_code == 303
        assert (here.is_in(), other.is_in()) == (True, False)


def test_nobody_disconnects_anybody_else(app: Flask, world: World) -> None:
    stranger = Visitor(app, "responsable@amont.example").entered()
    for email in (world.first.agent_email, world.second.agent_email):
        visitor = Visitor(app, email).entered()
        with visitor.client.session_transaction() as cookie:
            session_id = cookie["staff"]["session"]
        answer = stranger.send("/moi", f"/moi/appareils/{session_id}/fin")
        unknown = stranger.send("/moi", f"/moi/appareils/{uuid4()}/fin")
        assert (answer.status_code, answer.text) == (unknown.status_code, unknown.text) == (404, unknown.text)
        assert visitor.is_in()


def test_whoever_leaves_is_out_everywhere(app: Flask, world: World, clock: SetClock) -> None:
    visitors = [Visitor(app, world.first.agent_email).entered() for _ in range(2)]
    with app.app_context(), member_transaction(world.first.id) as session:
        assert sessions.end_all(session, world.first.agent_id, "departed", clock.now()) == 2
        assert sessions.end_all(session, world.first.agent_id, "departed", clock.now()) == 0
    assert not any(visitor.is_in() for visitor in visitors)


def test_signing_in_again_leaves_no_session_behind(app: Flask, world: World, settings: Settings) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    old, token = visitor.cookie(), visitor.token("/moi")
    form = {"csrf_token": token, "email": world.first.agent_email, "password": PASSWORD}
    assert visitor.client.post("/equipe/connexion", data=form).status_code == 303
    assert visitor.cookie() != old
    assert visitor.token("/moi") != token
    assert not thief(app, old, "/equipe").is_in()
    assert as_owner(settings, "select count(*) from staff_sessions where ended_at is null") == [(1,)]


def test_a_session_opens_one_member_and_one_person(app: Flask, world: World) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    with visitor.client.session_transaction() as cookie:
        mine = dict(cookie["staff"])
    forged = (
        {"member": str(world.second.id)}, {"id": str(world.second.agent_id)}, {"session": str(uuid4())},
        {"id": str(world.first.supervisor_id)}, {"session": "?"}, {"member": ""},
    )  # fmt: skip
    for change in forged:
        with visitor.client.session_transaction() as cookie:
            cookie["staff"] = {**mine, **change}
        assert visitor.client.get("/equipe/moi").status_code == 303, change


def test_a_year_later_nothing_says_when_somebody_worked(
    app: Flask, world: World, settings: Settings, ports: Ports, clock: SetClock
) -> None:
    rows = "select count(*) from (select id from staff_sessions union all select id from network_sessions) as one"
    for email, face in both(world):
        Visitor(app, email, face).entered()
    for days, left in ((364, 2), (2, 0)):
        clock.forward(timedelta(days=days))
        with app.app_context():
            pruning.prune(ports)
        assert as_owner(settings, rows) == [(left,)]
