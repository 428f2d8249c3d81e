"""What a page left open asks: what happened to its list, who else looks at a complaint; and the choice of keys."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.inbox.presence import GONE
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.people import Staff
from service.models.workspace import Presence
from service.staff.inbox import keys, lists
from tests.faces.test_staff import Desk, at_desk
from tests.faces.test_staff_bulk import INBOX, arrived, hidden
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def desk(app: Flask, member: MemberWorld) -> Desk:
    return at_desk(app, member)


def leader(app: Flask) -> Desk:
    desk = Desk(app.test_client())
    assert desk.sign_in("responsable@amont.example").status_code == 303
    return desk


def seen_by(desk: Desk, url: str = INBOX) -> str:
    return hidden(desk.read(url), "vu")


def news(desk: Desk, seen: str, query: str = "vue=ouvertes") -> dict[str, Any]:
    answer = desk.client.get(f"/equipe/etat?{query}&vu={seen}")
    assert answer.status_code == 200
    return dict(answer.json or {})


def test_while_nothing_happens_nothing_is_counted(app: Flask, member: MemberWorld, ports: Ports, desk: Desk) -> None:
    arrived(app, member, ports, 1)
    told = news(desk, seen_by(desk))
    assert (told["rail"], told["in"], told["out"], told["first"]) == ({}, [], [], [])


def test_what_arrives_changes_and_leaves_is_told(app: Flask, member: MemberWorld, ports: Ports, desk: Desk) -> None:
    old = arrived(app, member, ports, 2)
    seen = seen_by(desk)
    fresh = arrived(app, member, ports, 1)
    with app.app_context():
        handling.assign(member.id, old[0], member.agent_id, member.agent_id, ports)  # type: ignore[arg-type]
        closing.close(
            member.id, old[1], member.agent_id, outcome="solved", sentence="Réparé.", ports=ports,  # type: ignore[arg-type]
        )  # fmt: skip
    told = news(desk, seen)
    assert told["vu"] > int(seen)
    assert set(told["first"]) == {old[0], *fresh}
    assert {old[0], *fresh} <= set(told["in"])
    assert told["out"] == [old[1]]
    assert (told["rail"]["ouvertes"], told["rail"]["les-miennes"]) == ("2", "1")
    assert news(desk, seen, "vue=les-miennes")["in"] == [old[0]]


def test_further_on_in_a_list_nothing_arrives(app: Flask, member: MemberWorld, ports: Ports, desk: Desk) -> None:
    seen = seen_by(desk)
    arrived(app, member, ports, 1)
    assert news(desk, seen, "vue=ouvertes&apres=MjAyNi0x")["first"] == []


def test_another_member_hears_nothing(app: Flask, world: World, ports: Ports) -> None:
    other = at_desk(app, world.second)
    seen = seen_by(other)
    ids = arrived(app, world.first, ports, 1)
    told = news(other, seen)
    assert (told["vu"], told["in"], told["first"], told["here"]) == (int(seen), [], [], {})
    assert other.client.get(f"/equipe/lignes?id={ids[0]}").text.strip() == ""
    answer = other.send(INBOX, f"/equipe/demandes/{ids[0]}/presence", vu="0", ecrit="1")
    assert answer.status_code == 404
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.query(Presence).all() == []


def test_a_sensitive_complaint_makes_no_noise_for_who_may_not_see_it(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk
) -> None:
    ids = arrived(app, member, ports, 2)
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Complaint, ids[0]).is_marked = True
    seen = seen_by(desk)
    with app.app_context():
        handling.answer(member.id, ids[0], member.supervisor_id, text="Bien reçu", seen=0, ports=ports)  # type: ignore[arg-type]
    assert leader(app).send(INBOX, f"/equipe/demandes/{ids[0]}/presence", vu="0").status_code == 200
    told = news(desk, seen)
    assert ids[0] not in str(told)
    assert ids[0] not in desk.client.get(f"/equipe/lignes?id={ids[0]}&id={ids[1]}").text


def test_lines_are_drawn_as_in_the_list(app: Flask, member: MemberWorld, ports: Ports, desk: Desk) -> None:
    ids = arrived(app, member, ports, 2)
    lines = desk.read(f"/equipe/lignes?id={ids[1]}&id=rien&id={ids[0]}")
    assert lines.index(ids[1]) < lines.index(ids[0])
    page = desk.read(INBOX)
    first = lines[lines.index("<li") : lines.index("</li>")]
    assert first in page


def test_two_people_at_one_complaint_see_each_other_and_who_writes(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk, clock: SetClock
) -> None:
    complaint = f"/equipe/demandes/{arrived(app, member, ports, 1)[0]}"
    other = leader(app)
    assert other.send(complaint, f"{complaint}/presence", vu="0", ecrit="0").json == {"others": "", "since": ""}
    assert "Rémi Sorel regarde aussi." in desk.read(complaint)
    assert desk.send(complaint, f"{complaint}/presence", vu="0", ecrit="1").status_code == 200
    beat = other.send(complaint, f"{complaint}/presence", vu=str(2**60), ecrit="0")
    assert beat.json == {"others": "Ana Vidal écrit une réponse.", "since": ""}
    told = news(other, "0")
    assert list(told["here"].values()) == ["Ana Vidal écrit une réponse."]
    clock.forward(GONE + timedelta(seconds=1))
    assert "Rémi Sorel regarde aussi." not in desk.read(complaint)
    with app.app_context(), member_transaction(member.id) as session:
        assert session.query(Presence).count() == 2


def test_what_a_colleague_did_since_the_page_was_shown_is_said(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk
) -> None:
    ids = arrived(app, member, ports, 1)
    complaint = f"/equipe/demandes/{ids[0]}"
    seen = hidden(desk.read(complaint), "seen")
    with app.app_context():
        handling.answer(member.id, ids[0], member.supervisor_id, text="Bien reçu", seen=0, ports=ports)  # type: ignore[arg-type]
    beat = desk.send(complaint, f"{complaint}/presence", vu=seen)
    assert beat.json == {"others": "", "since": "Rémi Sorel a répondu à 12 h 00."}
    assert leader(app).send(complaint, f"{complaint}/presence", vu=seen).json["since"] == ""  # type: ignore[index]
    assert desk.send(complaint, f"{complaint}/presence", vu="tout").json["since"] == ""  # type: ignore[index]


def test_a_page_left_open_keeps_no_session_open(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk, clock: SetClock
) -> None:
    complaint = f"/equipe/demandes/{arrived(app, member, ports, 1)[0]}"
    token = hidden(desk.read(complaint), "csrf_token")
    for _ in range(4):
        clock.forward(timedelta(minutes=14))
        assert desk.client.get("/equipe/etat?vue=ouvertes&vu=0").status_code == 200
        assert desk.client.post(f"{complaint}/presence", data={"csrf_token": token}).status_code == 200
    clock.forward(timedelta(minutes=14))  # an hour and ten minutes: the member's sessions idle for one hour at most
    assert desk.client.get("/equipe/etat?vue=ouvertes&vu=0").status_code == 303


def test_the_map_of_keys_is_a_page_and_each_list_of_it_exists(desk: Desk) -> None:
    page = desk.read("/equipe/touches")
    assert all(slug in lists.BY_SLUG and f"vue={slug}" in page for _, slug, _ in keys.LISTS)
    assert len({letter for letter, _, _ in keys.LISTS}) == len(keys.LISTS)
    assert "/equipe/touches" in desk.read(INBOX)


def test_whoever_does_without_keys_is_asked_once(app: Flask, member: MemberWorld, desk: Desk) -> None:
    assert 'data-keys="on"' in desk.read(INBOX)
    assert desk.send("/equipe/touches", "/equipe/touches", keys="0").status_code == 303
    page = desk.read(INBOX)
    assert 'data-keys="off"' in page
    assert 'id="touches"' not in page
    with app.app_context(), member_transaction(member.id) as session:
        assert session.get_one(Staff, member.agent_id).choices["keys"] is False
    desk.send("/equipe/touches", "/equipe/touches", keys="1")
    assert 'data-keys="on"' in desk.read(INBOX)
