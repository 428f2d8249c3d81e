"""Somebody who lost telephone and codes comes in again: an administrator takes the second factor away."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.journey.people import account_news
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.delivery import Delivery
from service.models.oversight import AuditEntry, Proposal
from service.settings import Settings
from tests.faces.test_staff import Desk, as_read
from tests.people import desk_of, hire
from tests.signing_in import Visitor
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

PEOPLE = "/equipe/administration/personnes"
WHY = "Téléphone perdu, vue à l'agence"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def desk(app: Flask, member: MemberWorld) -> Desk:
    return desk_of(app, member, "administrator")


def with_code(app: Flask, email: str, clock: SetClock) -> Visitor:
    visitor = Visitor(app, email).entered()
    visitor.set_up_code(clock)
    return visitor


def log_of(app: Flask, member: MemberWorld) -> list[tuple[str, str, object]]:
    with app.app_context(), member_transaction(member.id) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [(one.action, one.subject, (one.after or {}).get("why")) for one in entries]


def take(desk: Desk, person_id: UUID, why: str = WHY) -> tuple[int, str]:
    page = f"{PEOPLE}/{person_id}"
    answer = desk.send(page, f"{page}/second-facteur", why=why)
    return answer.status_code, as_read(answer)


def test_the_second_factor_is_taken_away_and_the_password_lets_in(
    app: Flask, desk: Desk, member: MemberWorld, clock: SetClock, ports: Ports, settings: Settings
) -> None:
    lost = with_code(app, member.agent_email, clock)
    page = f"{PEOPLE}/{member.agent_id}"
    assert "Retirer le second facteur" in desk.read(page)
    assert take(desk, member.agent_id, " ")[0] == 422
    assert lost.is_in()
    for _ in range(2):
        assert take(desk, member.agent_id)[0] == 303
    assert not lost.is_in()
    assert Visitor(app, member.agent_email).entered().is_in()
    assert "Retirer le second facteur" not in desk.read(page)
    assert next(entry for entry in log_of(app, member) if entry[0] == "removed")[2] == WHY
    with app.app_context(), member_transaction(member.id) as session:
        letters = session.scalars(select(Delivery).where(Delivery.purpose == account_news.PURPOSE))
        told = [one.data["what"] for one in letters]
    assert told.count(account_news.FACTOR_TAKEN) == 1
    with app.app_context():
        work_off(member, ports)
    assert any("second facteur" in one.read_text(encoding="utf-8") for one in settings.mail_dir.glob("*"))


def test_of_whoever_agrees_to_changes_it_waits_for_a_second_person(
    app: Flask, desk: Desk, member: MemberWorld, clock: SetClock
) -> None:
    boss_id = hire(app, member, "supervisor", "boss@amont.example")
    boss = with_code(app, "boss@amont.example", clock)
    assert take(desk, boss_id)[0] == 303
    assert boss.is_in()
    with app.app_context(), member_transaction(member.id) as session:
        (proposal,) = session.scalars(select(Proposal.id))
    waits = "/equipe/administration/validations"
    for own in (desk, Desk(boss.client)):
        own.send(waits, f"{waits}/{proposal}/accord")
        assert boss.is_in()
    second = desk_of(app, member, "supervisor", email="supervisor@amont.example", name="Seconde")
    second.send(waits, f"{waits}/{proposal}/accord")
    assert not boss.is_in()


def test_all_sessions_of_a_person_are_closed_in_one_press(app: Flask, desk: Desk, member: MemberWorld) -> None:
    visitors = [Visitor(app, member.agent_email).entered() for _ in range(2)]
    page = f"{PEOPLE}/{member.agent_id}"
    for _ in range(2):
        assert desk.send(page, f"{page}/connexions").status_code == 303
    assert not any(one.is_in() for one in visitors)
    assert [entry[:2] for entry in log_of(app, member)].count(("revoked", "Connexions de Ana Vidal")) == 1
    assert Visitor(app, member.agent_email).entered().is_in()


def test_nobody_takes_away_their_own(app: Flask, member: MemberWorld) -> None:
    own = hire(app, member, "administrator")
    desk = Desk(app.test_client())
    desk.sign_in("administrator@amont.example")
    assert "Retirer le second facteur" not in desk.read(f"{PEOPLE}/{own}")
    assert take(desk, own)[0] == 409
