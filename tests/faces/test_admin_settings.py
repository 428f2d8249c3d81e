"""What an administrator sets for the member, and what is written of it."""

from datetime import date, time
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.domain.audit import first_fault
from service.journey.administration import audit, four_eyes, settings
from service.journey.administration.proposals import KINDS
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import ClosureDay, Member
from service.models.oversight import AuditEntry, Proposal
from service.models.people import Staff
from tests.faces.test_staff import Desk, at_desk, submit
from tests.people import desk_of
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

SETTINGS = "/equipe/administration/reglages"
DELAYS = "/equipe/administration/delais"
THRESHOLDS = "/equipe/administration/confiance"


def member_of(app: Flask, member: MemberWorld) -> Member:
    with app.app_context(), member_transaction(member.id) as session:
        return session.get_one(Member, member.id)


def log_of(app: Flask, member: MemberWorld) -> list[AuditEntry]:
    with app.app_context(), member_transaction(member.id) as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        assert first_fault((audit.link_of(entry), entry.digest) for entry in found) is None
        return list(found)


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return desk_of(app, world.first, "administrator")


def test_a_setting_is_kept_and_written_with_what_it_was(app: Flask, world: World, desk: Desk) -> None:
    assert desk.send(SETTINGS, SETTINGS, opens_at="09:00", closes_at="18:00", idle_minutes="30").status_code == 303
    kept = member_of(app, world.first)
    assert (kept.opens_at, kept.closes_at, kept.idle_minutes) == (time(9), time(18), 30)
    assert member_of(app, world.second).opens_at == time(8, 30)
    entry = log_of(app, world.first)[-1]
    assert (entry.actor, entry.action, entry.subject) == ("Administrator", "changed", "Réglages")
    assert entry.before == {
        "Ouverture": "08:30",
        "Fermeture": "17:30",
        "Minutes sans activité avant la déconnexion": "60",
    }
    assert entry.after == {
        "Ouverture": "09:00",
        "Fermeture": "18:00",
        "Minutes sans activité avant la déconnexion": "30",
    }


def test_what_changes_nothing_is_not_written(app: Flask, world: World, desk: Desk) -> None:
    desk.send(SETTINGS, SETTINGS, idle_minutes="30")
    count = len(log_of(app, world.first))
    desk.send(SETTINGS, SETTINGS, idle_minutes="30")
    assert len(log_of(app, world.first)) == count


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"opens_at": "18:00", "closes_at": "09:00"}, "avant celle d'ouverture"),
        ({"opens_at": "18:00"}, "avant celle d'ouverture"),
        ({"opens_at": "le matin", "phone": "03 22 11 22 33"}, "Donnez une heure"),
        ({"phone": "appelez-nous"}, "numéro de téléphone"),
        ({"colour": "#f2b705"}, "ne se lit pas assez bien"),
        ({"colour": "vert"}, "un dièse, puis six signes"),
        ({"idle_minutes": "2"}, "nombre de minutes"),
        ({"minutes_to_mend": "-1"}, "nombre de minutes"),
        ({"second_factor": "never"}, "dans la liste"),
    ],
)
def test_what_cannot_be_kept_is_named_and_nothing_is(
    app: Flask, world: World, desk: Desk, fields: dict[str, str], said: str
) -> None:
    before, phone = len(log_of(app, world.first)), member_of(app, world.first).phone
    answer = desk.send(SETTINGS, SETTINGS, **fields)
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'")
    assert (len(log_of(app, world.first)), member_of(app, world.first).phone) == (before, phone)


def test_a_field_that_is_not_a_setting_is_left_alone(app: Flask, world: World, desk: Desk) -> None:
    desk.send(SETTINGS, SETTINGS, accepts_referrals="", name="Pris", slug="pris", idle_minutes="45")
    kept = member_of(app, world.first)
    assert (kept.accepts_referrals, kept.name, kept.slug, kept.idle_minutes) == (True, "Amont Habitat", "amont", 45)


def test_asking_for_no_second_factor_any_more_takes_two(app: Flask, world: World, desk: Desk, ports: Ports) -> None:
    assert desk.send(SETTINGS, SETTINGS, second_factor="required").status_code == 303
    with app.app_context():
        settings.save(world.first.id, desk_id(app, world), {"second_factor": "optional"}, "Une panne", ports)
        assert member_of(app, world.first).second_factor == "required"
        with member_transaction(world.first.id) as session:
            proposal = session.scalars(select(Proposal)).one()
        with pytest.raises(four_eyes.SecondPersonMissing), member_transaction(world.first.id) as session:
            four_eyes.agree(session, proposal.id, desk_id(app, world), KINDS, ports)
        assert member_of(app, world.first).second_factor == "required"
        with member_transaction(world.first.id) as session:
            four_eyes.agree(session, proposal.id, world.first.supervisor_id, KINDS, ports)
    assert member_of(app, world.first).second_factor == "optional"
    assert [entry.action for entry in log_of(app, world.first)][-3:] == ["proposed", "agreed", "changed"]


def desk_id(app: Flask, world: World) -> UUID:
    with app.app_context(), member_transaction(world.first.id) as session:
        return session.scalars(select(Staff.id).where(Staff.role == "administrator")).one()


def test_a_closure_day_puts_delays_off_and_back(
    app: Flask, client: FlaskClient, world: World, desk: Desk, ports: Ports
) -> None:
    made = submit(client, world.first, "L'ascenseur fait un bruit")
    with app.app_context():
        work_off(world.first, ports)

    def due() -> object:
        with app.app_context(), member_transaction(world.first.id) as session:
            return session.scalars(select(Complaint.due_at).where(Complaint.reference == made["reference"])).one()

    before = due()
    desk.send(SETTINGS, f"{SETTINGS}/fermetures", day="2026-11-27", label="Pont")
    put_off = due()
    assert put_off > before  # type: ignore[operator]
    with app.app_context(), member_transaction(world.first.id) as session:
        closure = session.scalars(select(ClosureDay).where(ClosureDay.day == date(2026, 11, 27))).one()
    assert "Pont" in desk.read(SETTINGS)
    desk.send(SETTINGS, f"{SETTINGS}/fermetures/{closure.id}/retrait")
    assert due() == before
    assert [entry.action for entry in log_of(app, world.first)][-2:] == ["created", "removed"]


def test_a_delay_of_ones_own_counts_for_the_next_message(client: FlaskClient, world: World, desk: Desk) -> None:
    line = {"clock": "first_answer", "amount": "1", "unit": "working_days", "category": "", "urgency": ""}
    assert desk.send(DELAYS, DELAYS, **line).status_code == 303
    assert submit(client, world.first, "Le radiateur reste froid")["promised_answer_by"] == "2026-11-26"
    assert desk.send(DELAYS, DELAYS, **(line | {"amount": "121"})).status_code == 422
    assert desk.send(DELAYS, DELAYS, **(line | {"urgency": "danger"})).status_code == 422
    assert desk.send(DELAYS, DELAYS, **(line | {"clock": "patience"})).status_code == 422


def test_a_person_sorts_what_is_below_the_confidence_asked_for(client: FlaskClient, world: World, desk: Desk) -> None:
    sure = submit(client, world.first, "Le radiateur reste froid")
    assert sure["classification"]["abstained"] is False  # type: ignore[index]
    assert desk.send(THRESHOLDS, THRESHOLDS, chauffage="100").status_code == 303
    held = submit(client, world.first, "Le radiateur est encore froid")
    assert held["classification"]["abstained"] is True  # type: ignore[index]
    assert held["routed_to"]["kind"] == "sorting"  # type: ignore[index]
    other = submit(client, world.second, "Le radiateur reste froid")
    assert other["classification"]["abstained"] is False  # type: ignore[index]
    desk.send(THRESHOLDS, THRESHOLDS, chauffage="")
    again = submit(client, world.first, "Le radiateur reste toujours froid")
    assert again["classification"]["abstained"] is False  # type: ignore[index]
    assert desk.send(THRESHOLDS, THRESHOLDS, chauffage="beaucoup").status_code == 422


@pytest.mark.parametrize("url", [SETTINGS, DELAYS, THRESHOLDS, "/equipe/administration/conservation"])
def test_only_an_administrator_opens_it(app: Flask, world: World, url: str) -> None:
    assert at_desk(app, world.first).client.get(url).status_code == 403
    assert desk_of(app, world.first, "administrator").client.get(url).status_code == 200
