"""Somebody leaves: every door is closed at once, and their work reaches others, once, whatever breaks meanwhile."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.status import EventKind
from service.journey.clocks import clocks
from service.journey.closing import closing
from service.journey.people import departures, hiring, invitations, sessions
from service.journey.people.accounts import sign_in_staff
from service.journey.people.people import Profile
from service.journey.ports import Ports
from service.journey.transactions import looking_as, member_transaction
from service.models.clock import OnCallContact
from service.models.complaint import Complaint, Event
from service.models.oversight import AuditEntry, Confidant
from service.models.people import Staff, TeamRole
from service.models.signing_in import Passkey, StaffSession
from tests.following import Follower
from tests.people import hire
from tests.world import PASSWORD, MemberWorld, World

pytestmark = pytest.mark.services


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def administrator(app: Flask, member: MemberWorld) -> UUID:
    return hire(app, member, "administrator")


@pytest.fixture
def heir(app: Flask, member: MemberWorld) -> UUID:
    return hire(app, member, "agent", "cleo@amont.example", name="Cléo Martin")


def given_to_the_agent(app: Flask, member: MemberWorld, ports: Ports, count: int) -> list[UUID]:
    """Return complaints that the agent follows."""
    ids = [Follower(app, member, ports, f"Le radiateur {rank} est froid").id for rank in range(count)]
    with app.app_context(), member_transaction(member.id) as session:
        for one in ids:
            session.get_one(Complaint, one).assignee_id = member.agent_id
    return ids


def leave(app: Flask, member: MemberWorld, by: UUID, heir: UUID | None, ports: Ports) -> int:
    with app.app_context():
        departures.leave(member.id, member.agent_id, by, heir, ports)
        return departures.hand_over(member.id, ports)


def assignees(app: Flask, member: MemberWorld, ids: list[UUID]) -> list[UUID | None]:
    with app.app_context(), member_transaction(member.id) as session:
        return [session.get_one(Complaint, one).assignee_id for one in ids]


def assigned(app: Flask, member: MemberWorld) -> list[Event]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(Event).where(Event.kind == EventKind.ASSIGNED)))


def test_open_complaints_go_to_who_takes_over_and_the_closed_ones_stay(
    app: Flask, member: MemberWorld, administrator: UUID, heir: UUID, ports: Ports
) -> None:
    ids = given_to_the_agent(app, member, ports, 2)
    tenant = Follower(app, member, ports)
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Complaint, tenant.id).assignee_id = member.agent_id
    tenant.closed()
    assert leave(app, member, administrator, heir, ports) == 2
    assert assignees(app, member, ids) == [heir, heir]
    assert tenant.complaint().assignee_id == member.agent_id
    assert [(one.audience, one.data) for one in assigned(app, member)] == [
        ("internal", {"to": "Cléo Martin", "for": "Ana Vidal", "departed": True})
    ] * 2


def test_without_an_heir_they_go_back_to_their_teams(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    ids = given_to_the_agent(app, member, ports, 1)
    leave(app, member, administrator, None, ports)
    assert assignees(app, member, ids) == [None]
    assert [one.data for one in assigned(app, member)] == [{"to": None, "for": "Ana Vidal", "departed": True}]


def test_leaving_twice_does_it_once(
    app: Flask, member: MemberWorld, administrator: UUID, heir: UUID, ports: Ports
) -> None:
    given_to_the_agent(app, member, ports, 1)
    leave(app, member, administrator, heir, ports)
    assert leave(app, member, administrator, None, ports) == 0
    assert len(assigned(app, member)) == 1
    with app.app_context(), member_transaction(member.id) as session:
        assert session.get_one(Staff, member.agent_id).substitute_id == heir
        told = select(func.count()).where(AuditEntry.action == "departed")
        assert session.scalar(told) == 1


def test_killed_half_way_the_clock_goes_on(
    app: Flask, member: MemberWorld, administrator: UUID, heir: UUID, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = given_to_the_agent(app, member, ports, 5)
    monkeypatch.setattr(departures, "BATCH", 2)
    calls = {"left": 3}
    refresh = clocks.refresh

    def dies(*args: object) -> object:
        calls["left"] -= 1
        if calls["left"] < 0:
            raise KeyboardInterrupt
        return refresh(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(clocks, "refresh", dies)
    with pytest.raises(KeyboardInterrupt):
        leave(app, member, administrator, heir, ports)
    # One batch was given; the one that broke is as it was.
    assert assignees(app, member, ids).count(heir) == 2
    assert len(assigned(app, member)) == 2
    monkeypatch.setattr(clocks, "refresh", refresh)
    with app.app_context():
        assert departures.hand_over_due(ports) == 3
        assert departures.hand_over_due(ports) == 0
    assert assignees(app, member, ids) == [heir] * 5
    assert len(assigned(app, member)) == 5


def test_one_that_opens_again_is_handed_over_too(
    app: Flask, member: MemberWorld, administrator: UUID, heir: UUID, ports: Ports
) -> None:
    tenant = Follower(app, member, ports)
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Complaint, tenant.id).assignee_id = member.agent_id
    tenant.closed()
    leave(app, member, administrator, heir, ports)
    with app.app_context(), member_transaction(member.id) as session:
        complaint = session.get_one(Complaint, tenant.id, with_for_update=True)
        closing.reopen(session, complaint, "Encore froid", ports)
    with app.app_context():
        departures.hand_over_due(ports)
    assert tenant.complaint().assignee_id == heir


def test_sensitive_cases_go_on_to_those_who_may_see_them_only(
    app: Flask, member: MemberWorld, administrator: UUID, heir: UUID, ports: Ports
) -> None:
    hire(app, member, "agent", "nommee@amont.example", name="Nora Petit", is_named=True)
    (one,) = given_to_the_agent(app, member, ports, 1)
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Complaint, one).is_marked = True
    # Whoever presses the button does not see it; it is handed over all the same.
    with app.app_context(), looking_as(administrator):
        departures.leave(member.id, member.agent_id, administrator, heir, ports)
        assert departures.hand_over(member.id, ports) == 1
    assert assignees(app, member, [one]) == [None]


def test_the_last_person_named_for_sensitive_cases_stays_until_another_is(
    app: Flask, member: MemberWorld, administrator: UUID, heir: UUID, ports: Ports
) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, member.agent_id).is_named = True
    with pytest.raises(NotAllowed, match="last_named"):
        leave(app, member, administrator, heir, ports)
    with app.app_context(), member_transaction(member.id) as session:
        assert session.get_one(Staff, member.agent_id).is_active
        session.get_one(Staff, heir).is_named = True
    leave(app, member, administrator, heir, ports)
    with app.app_context(), member_transaction(member.id) as session:
        assert not session.get_one(Staff, member.agent_id).is_active


def test_nothing_opens_any_door_any_more(
    app: Flask, member: MemberWorld, administrator: UUID, heir: UUID, ports: Ports
) -> None:
    now = ports.clock.now()
    (one,) = given_to_the_agent(app, member, ports, 1)
    with app.app_context(), member_transaction(member.id) as session:
        agent = session.get_one(Staff, member.agent_id)
        agent.is_named, agent.subject = True, "sub-1"
        session.get_one(Staff, heir).is_named = True
        kept = sessions.open_staff(session, agent, "password", "Firefox", now).id
        link = invitations.url_of(invitations.make(session, agent, invitations.FORGOTTEN, "Ana", ports), ports)
        own = {"member_id": member.id, "staff_id": agent.id}
        session.add_all((
            Passkey(**own, name="Clé", credential_id=b"1", public_key=b"2", sign_count=0, created_at=now),
            TeamRole(**own, team_id=member.teams["sorting"], role="supervisor"),
            Confidant(**own, complaint_id=one, named_by="Rémi Sorel", named_at=now),
        ))  # fmt: skip
        session.get_one(Staff, heir).substitute_id = member.agent_id
        session.get_one(Staff, member.supervisor_id).substitute_id = member.agent_id
    leave(app, member, administrator, heir, ports)
    with app.app_context():
        assert sign_in_staff(member.agent_email, PASSWORD) is None
        with pytest.raises(NotFound):
            invitations.look(link.rpartition("/")[2], ports)
        invitations.forgotten(member.agent_email, ports)
        with member_transaction(member.id) as session:
            agent = session.get_one(Staff, member.agent_id)
            assert (agent.is_active, agent.is_named, agent.subject, agent.password_hash) == (False, False, None, None)
            assert session.get_one(StaffSession, kept).ended_why == "departed"
            for table in (Passkey, TeamRole, Confidant):
                assert session.scalars(select(table)).all() == [], table
            assert session.get_one(Staff, heir).substitute_id is None
            assert session.get_one(Staff, member.supervisor_id).substitute_id == heir


def test_who_left_may_be_invited_again(
    app: Flask, member: MemberWorld, administrator: UUID, heir: UUID, ports: Ports
) -> None:
    leave(app, member, administrator, heir, ports)
    with app.app_context():
        back = hiring.invite(
            member.id, administrator, member.agent_email, Profile("Ana Vidal-Roux", "agent"), "", ports
        )
        assert back
        with member_transaction(member.id) as session:
            agent = session.get_one(Staff, member.agent_id)
            assert (agent.is_active, agent.departed_at, agent.substitute_id) == (True, None, None)
            url = invitations.url_of(invitations.open_one(session, agent.id, ports.clock.now()), ports)
        invitations.accept(url.rpartition("/")[2], "quatre mots sans rapport", ports)
        assert sign_in_staff(member.agent_email, "quatre mots sans rapport") is not None


def test_an_heir_is_here_may_answer_and_is_of_the_same_member(
    app: Flask, member: MemberWorld, administrator: UUID, world: World, ports: Ports
) -> None:
    reader = hire(app, member, "reader")
    for nobody in (reader, member.agent_id, world.second.agent_id, uuid4()):
        with pytest.raises(BadInput, match="staff"):
            leave(app, member, administrator, nobody, ports)
    with pytest.raises(NotFound):
        leave(app, replace(member, agent_id=world.second.agent_id), administrator, None, ports)
    with pytest.raises(NotAllowed, match="own_account"):
        leave(app, replace(member, agent_id=administrator), administrator, None, ports)
    with pytest.raises(NotAllowed, match="administrators_only"):
        leave(app, member, member.supervisor_id, None, ports)


def test_the_last_administrator_stays(app: Flask, member: MemberWorld, administrator: UUID, ports: Ports) -> None:
    second = hire(app, member, "administrator", "autre@amont.example")
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, second).password_hash = None  # invited, and not come yet
    with pytest.raises(NotAllowed, match="last_administrator"):
        leave(app, replace(member, agent_id=administrator), second, None, ports)


def test_the_preview_says_what_would_move(app: Flask, member: MemberWorld, heir: UUID, ports: Ports) -> None:
    given_to_the_agent(app, member, ports, 2)
    with app.app_context(), member_transaction(member.id) as session:
        session.add(OnCallContact(member_id=member.id, level=1, name="Ana", email=member.agent_email.upper()))
        session.get_one(Staff, heir).substitute_id = member.agent_id
        found = departures.preview(session, session.get_one(Staff, member.agent_id))
        assert (found.open_complaints, found.is_on_call, list(found.stands_in_for)) == (2, True, ["Cléo Martin"])
        assert departures.still_called(session) == set()
        session.get_one(Staff, member.agent_id).departed_at = ports.clock.now()
        session.flush()
        assert departures.still_called(session) == {member.agent_id}
