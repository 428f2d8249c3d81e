"""Twenty minutes to mend: what staff wrote may be changed, sent at once or kept back until it leaves."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.errors import NotAllowed
from service.domain.status import EventKind, Status
from service.journey import steps
from service.journey.clocks import clocks
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.news import mending
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.outbox import OutboxStep
from service.settings import Settings
from tests.mending import complaint_of, events_of, submitted, wait_to_mend
from tests.work import kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
_A_MINUTE = timedelta(minutes=1)


def _told(settings: Settings, sign: str) -> list[str]:
    """Return the plain text of each mail to the tenant whose subject has a sign in it."""
    found = []
    for path in Path(settings.mail_dir).glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if message["To"] == "locataire@poste.example" and sign in message["Subject"]:
            found.append(message.get_body(("plain",)).get_content())
    return found


def _at_its_desk(client: FlaskClient, member: MemberWorld, ports: Ports, settings: Settings) -> UUID:
    wait_to_mend(settings, member)
    complaint_id = submitted(client, member)
    work_off(member, ports)
    return complaint_id


def _answer(member: MemberWorld, complaint_id: UUID, ports: Ports, text: str = "Un chauffagiste passe demain.") -> int:
    handling.answer(member.id, complaint_id, member.agent_id, text=text, seen=0, ports=ports)
    return events_of(member, complaint_id)[-1].id


def _close(member: MemberWorld, complaint_id: UUID, ports: Ports) -> int:
    closing.close(member.id, complaint_id, member.agent_id, outcome="solved", sentence="Réparé.", ports=ports)
    return events_of(member, complaint_id)[-1].id


def test_an_answer_waits_twenty_minutes_then_leaves(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        _answer(member, complaint_id, ports)
        work_off(member, ports)
        assert _told(settings, "réponse") == []
        assert complaint_of(member, complaint_id).first_answered_at == clock.now()
        clock.forward(19 * _A_MINUTE)
        work_off(member, ports)
        assert _told(settings, "réponse") == []
        clock.forward(_A_MINUTE)
        work_off(member, ports)
        assert len(_told(settings, "réponse")) == 1
        work_off(member, ports)
        assert len(_told(settings, "réponse")) == 1


def test_a_danger_and_a_message_sent_at_once_do_not_wait(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        handling.answer(member.id, complaint_id, member.agent_id, text="J'arrive.", seen=0, ports=ports, at_once=True)
        danger = submitted(client, member, "Il y a une odeur de gaz dans la cuisine")
        work_off(member, ports)
        _answer(member, danger, ports, "Sortez et appelez le 0 800 47 33 33.")
        work_off(member, ports)
        texts = _told(settings, "réponse")
        assert any("J'arrive." in text for text in texts)
        assert any("Sortez" in text for text in texts)


def test_the_tenant_reads_the_mended_words_and_nothing_before(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        event_id = _answer(member, complaint_id, ports, "Mme Durand est absente.")
        events = events_of(member, complaint_id)
        assert "answered" not in [said.event.kind for said in mending.told(events, clock.now())]
        assert mending.standing(complaint_of(member, complaint_id), events, clock.now()).first_answered_at is None
        mending.mend(
            member.id, complaint_id, event_id, member.supervisor_id,
            text="L'équipe est absente.", seen=event_id, ports=ports,
        )  # fmt: skip
        clock.forward(20 * _A_MINUTE)
        work_off(member, ports)
        text = _told(settings, "réponse")[0]
        assert "L'équipe est absente." in text
        assert "Durand" not in text
        told = mending.told(events_of(member, complaint_id), clock.now())
        assert [said.text for said in told if said.event.kind == "answered"] == ["L'équipe est absente."]


def test_an_answer_kept_back_was_never_said(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        before = complaint_of(member, complaint_id)
        event_id = _answer(member, complaint_id, ports)
        assert complaint_of(member, complaint_id).due_clock != before.due_clock
        mending.withhold(member.id, complaint_id, event_id, member.agent_id, ports)
        after = complaint_of(member, complaint_id)
        assert (after.first_answered_at, after.status) == (None, before.status)
        # A person had a hand on it: it was read. The first answer is due as before.
        events = events_of(member, complaint_id)
        with member_transaction(member.id) as session:
            found = clocks.read(session, session.get_one(Complaint, complaint_id), events, ports)
            stopped = {state.clock: state.stopped_at for state in found.states}
        assert stopped["first_answer"] is None
        assert stopped["read"] is not None
        assert clocks.recompute(member.id, ports, write=False) == []
        clock.forward(timedelta(hours=1))
        work_off(member, ports)
        assert _told(settings, "réponse") == []


def test_a_question_kept_back_does_not_make_the_delay_wait(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        wait_to_mend(settings, member)
        complaint_id = submitted(client, member, "Je ne comprends pas mon loyer")
        work_off(member, ports)
        assert handling.ask(member.id, complaint_id, member.agent_id, text="Quel mois ?", seen=0, ports=ports)
        events = events_of(member, complaint_id)
        assert not mending.standing(complaint_of(member, complaint_id), events, clock.now()).is_paused
        mending.withhold(member.id, complaint_id, events[-1].id, member.agent_id, ports)
        assert not complaint_of(member, complaint_id).is_paused


def test_a_closing_kept_back_opens_the_complaint_again_and_tells_nobody(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        before = complaint_of(member, complaint_id)
        event_id = _close(member, complaint_id, ports)
        complaint, events = complaint_of(member, complaint_id), events_of(member, complaint_id)
        assert complaint.status == Status.CLOSED
        assert not mending.is_closed_for_tenant(complaint, events, clock.now())
        assert mending.is_closed_for_tenant(complaint, events, clock.now() + 20 * _A_MINUTE)
        mending.withhold(member.id, complaint_id, event_id, member.agent_id, ports)
        after = complaint_of(member, complaint_id)
        assert (after.status, after.closed_at, after.outcome, after.closing_sentence, after.due_at) == (
            before.status, None, None, None, before.due_at,
        )  # fmt: skip
        clock.forward(timedelta(hours=1))
        mails = len(list(Path(settings.mail_dir).glob("*.eml")))
        work_off(member, ports)
        assert len(list(Path(settings.mail_dir).glob("*.eml"))) == mails
        _close(member, complaint_id, ports)  # it may be closed again


def test_a_supplier_is_called_off_only_when_the_closing_leaves(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        _close(member, complaint_id, ports)
        work_off(member, ports)
        assert _told(settings, "terminée") == []
        clock.forward(20 * _A_MINUTE)
        work_off(member, ports)
        assert len(_told(settings, "terminée")) == 1


def test_a_tenant_who_writes_meanwhile_finds_the_complaint_open(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        _close(member, complaint_id, ports)
        handling.add_from_tenant(member.id, complaint_id, "C'est revenu ce matin.", ports)
        assert complaint_of(member, complaint_id).status != Status.CLOSED
        assert kinds(member, complaint_id)[-3:] == ["closed", "mended", "tenant_wrote"]
        clock.forward(timedelta(hours=1))
        work_off(member, ports)
        assert _told(settings, "terminée") == []


def test_what_has_left_is_not_mended(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        event_id = _answer(member, complaint_id, ports)
        mending.send_now(member.id, complaint_id, event_id, member.agent_id, ports)
        work_off(member, ports)
        assert len(_told(settings, "réponse")) == 1
        assert [said.text for said in mending.told(events_of(member, complaint_id), clock.now())][-1]
        for change in (
            lambda: mending.withhold(member.id, complaint_id, event_id, member.agent_id, ports),
            lambda: mending.send_now(member.id, complaint_id, event_id, member.agent_id, ports),
            lambda: mending.mend(
                member.id, complaint_id, event_id, member.agent_id, text="Non.", seen=event_id, ports=ports
            ),
        ):
            with pytest.raises(NotAllowed, match="already_left"):
                change()
        other = _answer(member, complaint_id, ports, "Encore un mot.")
        clock.forward(20 * _A_MINUTE)  # no worker came by yet: the page says it all the same
        with pytest.raises(NotAllowed, match="already_left"):
            mending.withhold(member.id, complaint_id, other, member.agent_id, ports)


def test_the_second_of_two_colleagues_is_told(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        event_id = _answer(member, complaint_id, ports)

        def mend(staff_id: UUID, text: str) -> None:
            mending.mend(member.id, complaint_id, event_id, staff_id, text=text, seen=event_id, ports=ports)

        mend(member.agent_id, "Jeudi.")
        mend(member.agent_id, "Jeudi.")  # a double click
        with pytest.raises(NotAllowed, match="mended_meanwhile"):
            mend(member.supervisor_id, "Vendredi.")
        assert kinds(member, complaint_id).count("mended") == 1
        mending.withhold(member.id, complaint_id, event_id, member.agent_id, ports)
        with pytest.raises(NotAllowed, match="already_withheld"):
            mend(member.supervisor_id, "Samedi.")


def test_the_worker_at_the_message_and_a_person_mending_it_do_not_wait_for_each_other(
    app: Flask, client: FlaskClient, ports: Ports, clock: SetClock, world: World, settings: Settings
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = _at_its_desk(client, member, ports, settings)
        event_id = _answer(member, complaint_id, ports)
        clock.forward(20 * _A_MINUTE)
        with member_transaction(member.id) as session:
            tells = select(OutboxStep.id).where(OutboxStep.event_id == event_id, OutboxStep.name == "notify")
            step_id = session.scalars(tells).one()
    ended: list[str] = []

    def take() -> None:
        with app.app_context():
            steps.run_step(member.id, step_id, ports)
            ended.append("taken")

    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Complaint, complaint_id, with_for_update=True)  # as a person who mends holds it
        worker = Thread(target=take)
        worker.start()
        worker.join(0.5)
        assert mending.hold_closing(session, session.get_one(Complaint, complaint_id), ports) is False
    worker.join(10)
    with app.app_context():
        assert ended == ["taken"]
        with member_transaction(member.id) as session:
            told = select(Delivery).where(Delivery.event_id == event_id, Delivery.purpose == "answered")
            assert len(session.scalars(told).all()) == 1
        assert EventKind.MENDED not in kinds(member, complaint_id)
