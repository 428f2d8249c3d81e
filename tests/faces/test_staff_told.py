"""Being told of one's work: at once, once a day or never, as each person chose."""

from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.clocks import digest
from service.journey.handling import handling
from service.journey.people import own_choices
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.settings import Settings
from tests.faces.test_staff import Desk, at_desk
from tests.faces.test_staff_bulk import arrived, confirm, prepare
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
TUESDAY = datetime(2026, 12, 1, 8, 0, tzinfo=PARIS)


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def chief(app: Flask, member: MemberWorld) -> Desk:
    assert member
    desk = Desk(app.test_client())
    assert desk.sign_in("responsable@amont.example").status_code == 303
    return desk


def choose(app: Flask, member: MemberWorld, way: str) -> None:
    """Let the agent choose how to be told."""
    with app.app_context():
        own_choices.choose(member.id, member.agent_id, "told", way)


def give(app: Flask, member: MemberWorld, complaint_id: str, by: UUID, ports: Ports) -> None:
    with app.app_context():
        handling.assign(member.id, UUID(complaint_id), by, member.agent_id, ports)


def mails(app: Flask, member: MemberWorld, ports: Ports, settings: Settings) -> list[tuple[str, str]]:
    """Return the subject and the text of each mail that the agent got."""
    with app.app_context():
        work_off(member, ports)
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(settings.mail_dir).glob("*")]
    mine = [mail for mail in found if mail["To"] == member.agent_email]
    return [(mail["Subject"], mail.get_body(("plain",)).get_content()) for mail in mine]


def test_one_chooses_in_ones_account_and_it_stays(app: Flask, member: MemberWorld) -> None:
    desk = at_desk(app, member)
    assert 'value="never" checked' in desk.read("/equipe/moi")
    assert desk.send("/equipe/moi", "/equipe/moi/avis", told="at_once").status_code == 303
    assert 'value="at_once" checked' in desk.read("/equipe/moi")
    assert desk.send("/equipe/moi", "/equipe/moi/avis", told="hourly").status_code == 400


def test_a_leader_is_told_once_a_day_unless_they_choose(chief: Desk) -> None:
    assert 'value="daily" checked' in chief.read("/equipe/moi")


def test_who_chose_so_is_told_at_once_and_of_nobodys_own_hand(
    app: Flask, member: MemberWorld, ports: Ports, settings: Settings
) -> None:
    first, second, third = arrived(app, member, ports, 3)
    give(app, member, first, member.supervisor_id, ports)
    choose(app, member, "at_once")
    give(app, member, second, member.supervisor_id, ports)
    give(app, member, third, member.agent_id, ports)
    ((subject, body),) = mails(app, member, ports, settings)
    assert subject.startswith("Une demande vous est attribuée - ")
    assert "vous est attribuée par" in body
    assert f"/equipe/demandes/{second}" in body
    assert "Nora" not in body


def test_of_a_sensitive_complaint_the_mail_says_the_reference_alone(
    app: Flask, member: MemberWorld, ports: Ports, settings: Settings
) -> None:
    (one,) = arrived(app, member, ports, 1)
    choose(app, member, "at_once")
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Complaint, UUID(one)).is_marked = True
    give(app, member, one, member.supervisor_id, ports)
    ((subject, body),) = mails(app, member, ports, settings)
    assert "dossier réservé" in subject
    assert not [word for word in ("Chauffage", "Tilleuls", "radiateur", "Nora") if word in subject + body]


def test_an_act_on_many_is_one_mail(
    app: Flask, member: MemberWorld, ports: Ports, settings: Settings, chief: Desk
) -> None:
    ids = arrived(app, member, ports, 3)
    choose(app, member, "at_once")
    confirm(chief, prepare(chief, "attribuer", ids, assignee=str(member.agent_id)))
    ((subject, body),) = mails(app, member, ports, settings)
    assert subject == "3 demandes vous sont attribuées"
    with app.app_context(), member_transaction(member.id) as session:
        assert all(session.get_one(Complaint, UUID(one)).reference in body for one in ids)


def test_an_agent_who_chose_so_has_a_digest_of_their_own(
    app: Flask, member: MemberWorld, ports: Ports, settings: Settings, clock: SetClock
) -> None:
    mine, _ = arrived(app, member, ports, 2)
    clock.at = datetime(2026, 11, 30, 14, 0, tzinfo=PARIS)
    give(app, member, mine, member.supervisor_id, ports)
    choose(app, member, "daily")
    clock.at = TUESDAY
    with app.app_context():
        digest.send_due(member.id, ports)
        assert digest.send_due(member.id, ports) == 0
    ((subject, body),) = mails(app, member, ports, settings)
    assert subject == "Le point du mardi 1er décembre 2026"
    assert "pour vos demandes" in body
    assert "1 demande attribuée depuis le dernier matin" in body
    assert f"personne={member.agent_id}" in body


def test_a_leader_who_wants_no_digest_gets_none(app: Flask, member: MemberWorld, ports: Ports, clock: SetClock) -> None:
    arrived(app, member, ports, 1)
    with app.app_context():
        own_choices.choose(member.id, member.supervisor_id, "told", "never")
        clock.at = TUESDAY
        assert digest.send_due(member.id, ports) == 0
