"""Words of thanks reach those who helped: each of them once, and nobody else."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed
from service.domain.feedback import MAX_THANKS, THANK_WITHIN
from service.journey.closing import closing
from service.journey.delivery import answers, handovers
from service.journey.delivery.packing import pack
from service.journey.feedback import thanks
from service.journey.handling import handling
from service.journey.news import mending
from service.journey.parcels import Mail
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.handover import Handover
from service.models.member import Team
from service.settings import Settings
from tests.following import Follower
from tests.mending import wait_to_mend
from tests.people import hire
from tests.work import correct, kinds, work_off
from tests.world import World

pytestmark = pytest.mark.services

WORDS = "Merci, le monsieur a été très gentil."


@dataclass(frozen=True)
class Case:
    """A heating complaint at its supplier, and what is done with it."""

    app: Flask
    world: World
    ports: Ports
    id: UUID

    def close(self) -> None:
        member = self.world.first
        closing.close(member.id, self.id, member.supervisor_id, outcome="solved", sentence="Réparé.", ports=self.ports)

    def thank(self, text: str = WORDS) -> bool:
        return thanks.say_thanks(self.world.first.id, self.id, text, self.ports)

    def told(self) -> list[str]:
        with member_transaction(self.world.first.id) as session:
            rows = select(Delivery.recipient).where(Delivery.purpose == "thanks").order_by(Delivery.recipient)
            return list(session.scalars(rows))

    def mails(self) -> dict[str, Mail]:
        with member_transaction(self.world.first.id) as session:
            rows = session.scalars(select(Delivery).where(Delivery.purpose == "thanks")).all()
            packed = {row.recipient: pack(session, row, None, self.ports) for row in rows}
        return {to: mail for to, mail in packed.items() if isinstance(mail, Mail)}

    def event(self) -> Event:
        with member_transaction(self.world.first.id) as session:
            return session.scalars(select(Event).where(Event.kind == "thanked")).one()


@pytest.fixture
def case(app: Flask, client: FlaskClient, world: World, ports: Ports) -> Case:
    sent = {
        "text": "Le radiateur est froid",
        "dwelling": {"reference": world.first.collective},
        "tenant": {"name": "Ada Petit", "email": "ada@exemple.fr"},
    }
    made = client.post("/api/v1/complaints", json=sent, headers=world.first.bearer).json
    case = Case(app, world, ports, UUID(made["id"]))
    with app.app_context():
        work_off(world.first, ports)
    return case


@pytest.fixture(autouse=True)
def inside(app: Flask) -> object:
    with app.app_context():
        yield


def token(case: Case) -> str:
    with member_transaction(case.world.first.id) as session:
        return handovers.token_of(session.scalars(select(Handover)).one(), case.ports)


def test_those_who_answered_were_assigned_closed_or_came_are_told_each_once(case: Case) -> None:
    member = case.world.first
    answers.plan_visit(token(case), date(2026, 11, 30), "day", case.ports)
    for _ in range(2):
        handling.answer(member.id, case.id, member.agent_id, text=f"Bonjour {_}", seen=0, ports=case.ports)
    handling.assign(member.id, case.id, member.agent_id, member.agent_id, case.ports)
    case.close()
    assert case.thank() is True
    assert case.told() == ["agente@amont.example", "chaleur@amont.example", "responsable@amont.example"]
    assert (case.event().data["text"], case.event().actor) == (WORDS, "tenant")
    assert sorted(case.event().data["to"]) == ["Ana Vidal", "Chaleur Picarde", "Rémi Sorel"]


def test_thanks_said_twice_are_said_once(case: Case) -> None:
    case.close()
    assert (case.thank(), case.thank(), case.thank("Encore merci")) == (True, False, False)
    assert kinds(case.world.first, case.id).count("thanked") == 1
    assert case.told() == ["responsable@amont.example"]


def test_a_supplier_that_lost_the_complaint_before_it_came_is_not_thanked(case: Case) -> None:
    member = case.world.first
    answers.plan_visit(token(case), date(2026, 11, 30), "day", case.ports)
    correct(member, case.id, case.ports)  # It was the rent.
    work_off(member, case.ports)
    case.close()
    case.thank()
    assert case.told() == ["responsable@amont.example"]


def test_the_words_travel_without_the_tenants_name_and_suppliers_get_no_link(case: Case) -> None:
    answers.finish(token(case), "Vanne changée.", [], case.ports)
    case.close()
    case.thank()
    mails = case.mails()
    assert set(mails) == {"chaleur@amont.example", "responsable@amont.example"}
    for mail in mails.values():
        assert WORDS in mail.text
        assert "Petit" not in mail.text + mail.subject
        assert WORDS not in mail.subject
    assert "/equipe/" in mails["responsable@amont.example"].text
    assert "/equipe/" not in mails["chaleur@amont.example"].text


@pytest.mark.parametrize("text", ["", "  ", "a" * (MAX_THANKS + 1)])
def test_no_words_and_too_many_are_refused(case: Case, text: str) -> None:
    case.close()
    with pytest.raises(BadInput):
        case.thank(text)
    assert case.told() == []


def test_before_the_end_and_after_sixty_days_it_is_too_early_or_too_late(case: Case, clock: SetClock) -> None:
    with pytest.raises(NotAllowed):
        case.thank()
    case.close()
    clock.forward(THANK_WITHIN + timedelta(seconds=1))
    with pytest.raises(NotAllowed):
        case.thank()
    clock.forward(timedelta(seconds=-1))
    assert case.thank() is True


def test_the_tenant_reads_no_name_they_never_met(case: Case) -> None:
    member = case.world.first
    handling.assign(member.id, case.id, member.supervisor_id, member.agent_id, case.ports)
    case.close()
    with member_transaction(member.id) as session:
        assert session.get_one(Complaint, case.id).outcome == "solved"
        events = session.scalars(select(Event).where(Event.complaint_id == case.id).order_by(Event.id)).all()
    assert thanks.names_of(events, for_tenant=True) == ["Rémi Sorel"]
    assert thanks.names_of(events) == ["Ana Vidal", "Rémi Sorel"]


def test_whoever_was_kept_back_is_not_thanked(app: Flask, world: World, ports: Ports, settings: Settings) -> None:
    wait_to_mend(settings, world.first)
    tenant, member = Follower(app, world.first, ports), world.first
    tenant.answered("Non.", by=member.supervisor_id)
    (event,) = tenant.events("answered")
    with app.app_context():
        mending.withhold(member.id, tenant.id, event.id, member.supervisor_id, ports)
        with pytest.raises(NotAllowed):
            thanks.say_thanks(member.id, tenant.id, WORDS, ports)
    tenant.closed()
    with app.app_context(), pytest.raises(NotAllowed):  # The tenant does not know of the end yet.
        thanks.say_thanks(member.id, tenant.id, WORDS, ports)
    with app.app_context():
        (end,) = tenant.events("closed")
        mending.send_now(member.id, tenant.id, end.id, member.agent_id, ports)
        assert thanks.say_thanks(member.id, tenant.id, WORDS, ports)
    assert tenant.events("thanked")[0].data["to"] == [end.actor]
    assert event.actor != end.actor


def test_of_a_sensitive_complaint_words_reach_only_colleagues_who_see_it(case: Case, app: Flask) -> None:
    member = case.world.first
    named = hire(app, member, "agent", "nommee@amont.example", name="Léa Nom", is_named=True)
    answers.plan_visit(token(case), date(2026, 11, 30), "day", case.ports)
    for person in (member.agent_id, named):
        handling.answer(member.id, case.id, person, text="Bonjour", seen=0, ports=case.ports)
    case.close()
    with member_transaction(member.id) as session:
        session.get_one(Complaint, case.id).is_marked = True
    case.thank()
    mails = case.mails()
    assert sorted(mails) == ["chaleur@amont.example", "nommee@amont.example"]
    whole = {to: f"{mail.subject}{mail.text}{mail.html}" for to, mail in mails.items()}
    assert WORDS in whole["nommee@amont.example"]
    assert WORDS not in whole["chaleur@amont.example"]
    assert "Le locataire vous remercie" in whole["chaleur@amont.example"]
    assert not any("Chauffage" in one for one in whole.values())
    assert sorted(case.event().data["to"]) == ["Chaleur Picarde", "Léa Nom"]


def test_the_box_of_a_team_gets_no_words_of_a_sensitive_complaint(case: Case, app: Flask) -> None:
    member = case.world.first
    hire(app, member, "agent", "nommee@amont.example", name="Léa Nom", is_named=True)
    with member_transaction(member.id) as session:
        complaint = session.get_one(Complaint, case.id)
        team = session.get_one(Team, complaint.team_id)
        team.email = "boite@amont.example"
    case.close()
    with member_transaction(member.id) as session:
        session.get_one(Complaint, case.id).is_marked = True
    case.thank()
    [(to, mail)] = case.mails().items()
    assert to == "boite@amont.example"
    assert WORDS not in mail.text
    assert "est terminée" in mail.text


def test_what_becomes_sensitive_before_the_mail_leaves_goes_without_words(case: Case) -> None:
    case.close()
    case.thank()
    with member_transaction(case.world.first.id) as session:
        session.get_one(Complaint, case.id).is_marked = True
    assert case.mails()
    assert not any(WORDS in mail.text for mail in case.mails().values())
