"""Dangerous changes: nothing is done before another person agrees, and then it is done once."""

from collections.abc import Mapping
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.journey.administration import audit, four_eyes
from service.journey.administration.proposals import KINDS
from service.journey.inbox import secrecy
from service.journey.people import hiring
from service.journey.people.people import Profile
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import Proposal
from service.models.people import Staff
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


def ask(member: MemberWorld, staff_id: UUID, ports: Ports, **changed: object) -> None:
    asked: dict[str, object] = {"person_id": member.agent_id, "is_on": True, "reason": "Elle suit ces dossiers"}
    secrecy.propose_named(member.id, staff_id, ports=ports, **asked | changed)  # type: ignore[arg-type]


def waiting(member: MemberWorld, ports: Ports) -> list[UUID]:
    with member_transaction(member.id) as session:
        return [one.proposal.id for one in four_eyes.waiting(session, ports.clock.now())]


def is_named(member: MemberWorld) -> bool:
    with member_transaction(member.id) as session:
        return session.get_one(Staff, member.agent_id).is_named


def agree(member: MemberWorld, proposal_id: UUID, staff_id: UUID, ports: Ports) -> None:
    with member_transaction(member.id) as session:
        four_eyes.agree(session, proposal_id, staff_id, KINDS, ports)


def test_nothing_is_done_until_another_person_agrees(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports
) -> None:
    member, first, second = leaders
    with app.app_context():
        ask(member, first, ports)
        ask(member, first, ports)  # a double click
        (one,) = waiting(member, ports)
        assert not is_named(member)
        with pytest.raises(four_eyes.SecondPersonMissing):
            agree(member, one, first, ports)
        with pytest.raises(four_eyes.SecondPersonMissing):
            agree(member, one, member.agent_id, ports)  # who leads nobody
        agree(member, one, second, ports)
        assert is_named(member)
        with pytest.raises(NotAllowed, match="proposal_decided"):
            agree(member, one, second, ports)
        with member_transaction(member.id) as session:
            log = [(one.actor, one.action, one.subject) for one in audit.entries(session, member.id, audit.Query())]
    said = "Ana Vidal voit tous les dossiers sensibles"
    assert log == [
        ("Léa Roy", "changed", "Ana Vidal"), ("Léa Roy", "agreed", said), ("Rémi Sorel", "proposed", said),
    ]  # fmt: skip


def test_the_second_person_is_not_one_the_first_brought_in(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports, clock: SetClock
) -> None:
    member, first, second = leaders
    with app.app_context():
        invited = hiring.invite(member.id, first, "pia@amont.example", Profile("Pia Noël", "supervisor"), "", ports)
        hiring.change(member.id, second, first, Profile("Léa Roy", "agent"), "", ports)
        hiring.change(member.id, second, first, Profile("Léa Roy", "supervisor"), "", ports)
        hiring.change(member.id, second, first, Profile("Lia Roy", "supervisor"), "", ports)  # a name hides nobody
        assert invited
        ask(member, first, ports)
        (one,) = waiting(member, ports)
        for brought in (invited.id, second):
            with pytest.raises(four_eyes.SecondPersonMissing, match="led_lately"):
                agree(member, one, brought, ports)
        assert not is_named(member)
        clock.forward(four_eyes.BROUGHT + timedelta(days=1))
        ask(member, first, ports)  # of a leader for a month
        (one,) = waiting(member, ports)
        agree(member, one, second, ports)
        assert is_named(member)


def test_the_second_person_led_before_it_was_proposed(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports
) -> None:
    member, first, second = leaders
    with app.app_context():
        ask(member, second, ports)
        (one,) = waiting(member, ports)
        with member_transaction(member.id) as session:
            other = Staff(member_id=member.id, email="leo@amont.example", name="Léo Roy", role="agent")
            session.add(other)
            session.flush()
            other_id = other.id
        hiring.change(member.id, other_id, first, Profile("Léo Roy", "supervisor"), "", ports)
        with pytest.raises(four_eyes.SecondPersonMissing, match="led_lately"):
            agree(member, one, other_id, ports)
        agree(member, one, first, ports)


def test_two_who_agree_at_once_do_it_once(app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports) -> None:
    member, first, second = leaders
    done, refused, together = [], [], Barrier(2)

    def count(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
        done.append(staff.name)
        secrecy.apply_named(session, proposal, staff, ports)

    def press(staff_id: UUID, kinds: Mapping[str, four_eyes.Apply]) -> None:
        with app.app_context():
            together.wait()
            try:
                with member_transaction(member.id) as session:
                    four_eyes.agree(session, one, staff_id, kinds, ports)
            except NotAllowed as refusal:
                refused.append(refusal.code)

    with app.app_context():
        with member_transaction(member.id) as session:
            session.add(Staff(member_id=member.id, email="leo@amont.example", name="Léo Roy", role="supervisor"))
            session.flush()
            third = session.scalars(select(Staff.id).where(Staff.name == "Léo Roy")).one()
        ask(member, first, ports)
        (one,) = waiting(member, ports)
    presses = [Thread(target=press, args=(who, {secrecy.NAMED: count})) for who in (second, third)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    assert len(done) == 1
    assert refused == ["proposal_decided"]


def test_whoever_asked_takes_it_back_and_another_refuses(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports
) -> None:
    member, first, second = leaders
    decisions = []
    with app.app_context():
        for who in (first, second):
            ask(member, first, ports)
            (one,) = waiting(member, ports)
            with member_transaction(member.id) as session:
                with pytest.raises(four_eyes.SecondPersonMissing):
                    four_eyes.refuse(session, one, member.agent_id, ports)
                decisions.append(four_eyes.refuse(session, one, who, ports).decision)
        assert waiting(member, ports) == []
        assert not is_named(member)
    assert decisions == ["withdrawn", "refused"]


def test_it_runs_out(app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports, clock: SetClock) -> None:
    member, first, second = leaders
    with app.app_context():
        ask(member, first, ports)
        (one,) = waiting(member, ports)
        clock.forward(four_eyes.WAITS - timedelta(seconds=1))
        assert waiting(member, ports) == [one]
        clock.forward(timedelta(seconds=1))
        assert waiting(member, ports) == []
        with pytest.raises(NotAllowed, match="proposal_decided"):
            agree(member, one, second, ports)
        assert not is_named(member)
        ask(member, first, ports)  # anew
        assert len(waiting(member, ports)) == 1


def test_a_reason_is_asked_for_and_a_change_that_changes_nothing_is_refused(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], world: World, ports: Ports
) -> None:
    member, first, _ = leaders
    with app.app_context():
        for reason in ("", "  ", "a" * 501):
            with pytest.raises(BadInput) as refusal:
                ask(member, first, ports, reason=reason)
            assert refusal.value.field == "reason"
        with pytest.raises(NotAllowed, match="already_so"):
            ask(member, first, ports, is_on=False)
        with pytest.raises(BadInput):
            ask(member, first, ports, person_id=world.second.agent_id)
        assert waiting(member, ports) == []


def test_what_another_member_proposes_is_not_there(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], world: World, ports: Ports
) -> None:
    member, first, _ = leaders
    with app.app_context():
        ask(member, first, ports)
        (one,) = waiting(member, ports)
        with pytest.raises(NotFound):
            agree(world.second, one, world.second.supervisor_id, ports)
        assert waiting(member, ports) == [one]
