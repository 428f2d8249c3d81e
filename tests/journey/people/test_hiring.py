"""Inviting people, changing what they may do, and the links by which they choose a password."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.audit import first_fault
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.journey.administration import audit, four_eyes
from service.journey.administration.proposals import KINDS
from service.journey.people import hiring, invitations, people, teams
from service.journey.people.accounts import sign_in_staff
from service.journey.people.people import Profile
from service.journey.people.teams import Plan
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.member import Agency, Team
from service.models.oversight import AuditEntry, Proposal
from service.models.people import Staff, TeamRole
from service.models.signing_in import IdentityProvider, Invitation, StaffSession
from service.settings import Settings
from tests.people import hire
from tests.work import work_off
from tests.world import PASSWORD, MemberWorld, World

pytestmark = pytest.mark.services

NEW = "quatre mots sans rapport"
NINA = "nina.morel@amont.example"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def administrator(app: Flask, member: MemberWorld) -> UUID:
    return hire(app, member, "administrator")


def invite(app: Flask, member: MemberWorld, by: UUID, ports: Ports, email: str = NINA, **said: object) -> Staff | None:
    profile = Profile(**{"name": "Nina Morel", "role": "agent", **said})  # type: ignore[arg-type]
    with app.app_context():
        return hiring.invite(member.id, by, email, profile, "Elle arrive", ports)


def link_of(app: Flask, member: MemberWorld, staff_id: UUID, ports: Ports) -> str:
    with app.app_context(), member_transaction(member.id) as session:
        return token_of(invitations.url_of(invitations.open_one(session, staff_id, ports.clock.now()), ports))


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


def log_of(app: Flask, member: MemberWorld) -> list[tuple[str, str]]:
    with app.app_context(), member_transaction(member.id) as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        assert first_fault((audit.link_of(entry), entry.digest) for entry in found) is None
        return [(entry.action, entry.subject) for entry in found]


def test_who_is_invited_gets_a_mail_and_chooses_a_password(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports, settings: Settings
) -> None:
    nina = invite(app, member, administrator, ports, in_teams={member.teams["sorting"]: "supervisor"})
    assert nina
    with app.app_context():
        work_off(member, ports)
        (mail,) = settings.mail_dir.glob("*")
        token = link_of(app, member, nina.id, ports)
        assert token in mail.read_text(encoding="utf-8").replace("=\n", "").replace("=3D", "=")
        assert sign_in_staff(NINA, NEW) is None
        invitations.accept(token, NEW, ports)
        assert sign_in_staff(NINA, NEW) is not None
        with pytest.raises(NotAllowed, match="invitation_over"):
            invitations.accept(token, "encore un autre mot", ports)
        assert invitations.look(token, ports).state == "used"
        with member_transaction(member.id) as session:
            assert [row.role for row in session.scalars(select(TeamRole))] == ["supervisor"]
    assert log_of(app, member) == [("invited", "Nina Morel"), ("renewed", "Mot de passe de Nina Morel")]


def test_the_link_itself_is_nowhere_in_the_database(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    nina = invite(app, member, administrator, ports)
    assert nina
    token = link_of(app, member, nina.id, ports)
    with app.app_context(), member_transaction(member.id) as session:
        for table in ("invitations", "deliveries", "outbox", "staff", "audit_entries"):
            rows = session.execute(audit.text(f"select row_to_json(t)::text from {table} t")).scalars()
            assert not [row for row in rows if token in row or token.rpartition(".")[2] in row], table


def test_a_link_is_too_old_after_seven_days(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports, clock: SetClock
) -> None:
    nina = invite(app, member, administrator, ports)
    assert nina
    token = link_of(app, member, nina.id, ports)
    clock.forward(timedelta(days=7))
    with app.app_context():
        assert invitations.look(token, ports).state == "expired"
        with pytest.raises(NotAllowed):
            invitations.accept(token, NEW, ports)
        hiring.invite_again(member.id, nina.id, administrator, ports)
        invitations.accept(link_of(app, member, nina.id, ports), NEW, ports)
        with pytest.raises(NotAllowed, match="has_come"):
            hiring.invite_again(member.id, nina.id, administrator, ports)


def test_another_link_ends_the_one_before(app: Flask, member: MemberWorld, administrator: UUID, ports: Ports) -> None:
    nina = invite(app, member, administrator, ports)
    assert nina
    first = link_of(app, member, nina.id, ports)
    with app.app_context():
        hiring.invite_again(member.id, nina.id, administrator, ports)
        assert invitations.look(first, ports).state == "expired"


def test_a_forged_link_and_one_made_for_something_else_open_nothing(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports, world: World
) -> None:
    nina = invite(app, member, administrator, ports)
    assert nina
    token = link_of(app, member, nina.id, ports)
    with app.app_context(), member_transaction(member.id) as session:
        own = session.scalars(select(Invitation.id)).one()
    with app.app_context():
        for wrong in ("", "x", token[:-1], f"{token}x", invitations._token(world.second.id, own, ports)):
            with pytest.raises(NotFound):
                invitations.look(wrong, ports)
        with member_transaction(member.id) as session:
            session.get_one(Invitation, own).token_hash = "0" * 64
        with pytest.raises(NotFound):
            invitations.look(token, ports)


def test_an_easy_password_leaves_the_link_open(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    nina = invite(app, member, administrator, ports)
    assert nina
    token = link_of(app, member, nina.id, ports)
    with app.app_context():
        with pytest.raises(BadInput, match="password_short"):
            invitations.accept(token, "court", ports)
        assert invitations.look(token, ports).state == "open"


def test_a_forgotten_password_ends_the_sessions_and_keeps_the_second_factor(
    app: Flask, member: MemberWorld, ports: Ports, clock: SetClock
) -> None:
    with app.app_context():
        with member_transaction(member.id) as session:
            session.get_one(Staff, member.agent_id).totp_confirmed_at = clock.now()
            session.add(
                StaffSession(
                    member_id=member.id, staff_id=member.agent_id, means="password", device="Firefox",
                    created_at=clock.now(), seen_at=clock.now(),
                )
            )  # fmt: skip
        invitations.forgotten(f" {member.agent_email.upper()}", ports)
        token = link_of(app, member, member.agent_id, ports)
        assert sign_in_staff(member.agent_email, PASSWORD) is not None
        found = invitations.accept(token, NEW, ports)
        assert found.has_second_factor
        assert sign_in_staff(member.agent_email, PASSWORD) is None
        with member_transaction(member.id) as session:
            assert session.scalars(select(StaffSession.ended_why)).all() == ["password"]
        invitations.forgotten(member.agent_email, ports)
        token = link_of(app, member, member.agent_id, ports)
        clock.forward(timedelta(hours=1))
        assert invitations.look(token, ports).state == "expired"


def test_nobody_is_written_to_under_an_unknown_address(app: Flask, world: World, ports: Ports) -> None:
    with app.app_context():
        for email in ("personne@amont.example", "", "\x00"):
            invitations.forgotten(email, ports)
        for member in (world.first, world.second):
            assert work_off(member, ports) == 0


def test_where_the_provider_is_the_only_way_no_password_is_chosen(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    nina = invite(app, member, administrator, ports)
    assert nina
    token = link_of(app, member, nina.id, ports)
    with app.app_context(), member_transaction(member.id) as session:
        session.add(
            IdentityProvider(
                member_id=member.id, name="Intranet", issuer="https://id.example", client_id="seve", email_domains=[],
                is_the_only_way=True, created_at=ports.clock.now(),
            )
        )  # fmt: skip
    with app.app_context():
        assert invitations.look(token, ports).provider == "Intranet"
        with pytest.raises(NotAllowed, match="provider_only"):
            invitations.accept(token, NEW, ports)


def test_an_address_opens_one_account(
    app: Flask, world: World, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    for taken in (member.agent_email, world.second.agent_email.upper()):
        with pytest.raises(BadInput, match="email_taken"):
            invite(app, member, administrator, ports, taken)
    with app.app_context(), member_transaction(world.second.id) as session:
        assert session.get_one(Staff, world.second.agent_id).name == "Ana Vidal"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"email": "nina"}, "not_an_email"),
        ({"name": "  "}, "blank"),
        ({"name": "x" * 121}, "name_too_long"),
        ({"role": "king"}, "unknown_value"),
        ({"team_id": uuid4()}, "unknown_value"),
        ({"in_teams": {uuid4(): "agent"}}, "unknown_value"),
    ],
)
def test_what_is_said_of_a_person_must_be_something(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports, said: dict[str, object], code: str
) -> None:
    with pytest.raises(BadInput, match=code):
        invite(app, member, administrator, ports, **said)  # type: ignore[arg-type]


def test_a_team_of_another_member_is_no_team(
    app: Flask, world: World, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    with pytest.raises(BadInput, match="unknown_value"):
        invite(app, member, administrator, ports, team_id=world.second.teams["agency"])
    with pytest.raises(BadInput, match="unknown_value"):
        invite(app, member, administrator, ports, in_teams={member.teams["sorting"]: "administrator"})


def change(app: Flask, member: MemberWorld, whom: UUID, by: UUID, role: str, ports: Ports) -> bool:
    with app.app_context():
        return hiring.change(member.id, whom, by, Profile("Ana Vidal", role), "Il le faut", ports)


def role_of(app: Flask, member: MemberWorld, staff_id: UUID) -> str:
    with app.app_context(), member_transaction(member.id) as session:
        return session.get_one(Staff, staff_id).role


def test_a_role_is_changed_by_administrators_and_never_ones_own(
    app: Flask, world: World, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    assert change(app, member, member.agent_id, administrator, "supervisor", ports)
    assert role_of(app, member, member.agent_id) == "supervisor"
    with pytest.raises(NotAllowed, match="own_role"):
        change(app, member, administrator, administrator, "agent", ports)
    with pytest.raises(NotAllowed, match="administrators_only"):
        change(app, member, member.agent_id, member.supervisor_id, "reader", ports)
    with pytest.raises(NotFound):
        change(app, member, world.second.agent_id, administrator, "reader", ports)
    with pytest.raises(NotFound):
        change(app, member, member.agent_id, world.second.agent_id, "reader", ports)


@pytest.mark.parametrize("name", sorted(people.RESERVED | {" Tenant "}))
def test_nobody_is_called_as_what_acts_where_no_person_does(name: str) -> None:
    with pytest.raises(BadInput, match="name_reserved"):
        people.checked_name(name)


def test_the_last_administrator_keeps_the_role(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    second = hire(app, member, "administrator", "autre@amont.example")
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, second).password_hash = None
    with pytest.raises(NotAllowed, match="last_administrator"):
        change(app, member, administrator, second, "agent", ports)
    assert role_of(app, member, administrator) == "administrator"


def test_two_persons_make_an_administrator_of_a_colleague(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    assert not change(app, member, member.agent_id, administrator, "administrator", ports)
    assert role_of(app, member, member.agent_id) == "agent"
    with app.app_context(), member_transaction(member.id) as session:
        proposal = session.scalars(select(Proposal)).one()
        with pytest.raises(NotAllowed):
            four_eyes.agree(session, proposal.id, administrator, KINDS, ports)
        four_eyes.agree(session, proposal.id, member.supervisor_id, KINDS, ports)
    assert role_of(app, member, member.agent_id) == "administrator"
    assert log_of(app, member)[-1] == ("changed", "Ana Vidal")


def test_two_persons_invite_an_administrator(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    assert invite(app, member, administrator, ports, role="administrator") is None
    with app.app_context(), member_transaction(member.id) as session:
        assert session.scalars(select(Staff).where(Staff.email == NINA)).all() == []
        proposal = session.scalars(select(Proposal)).one()
        four_eyes.agree(session, proposal.id, member.supervisor_id, KINDS, ports)
        assert session.scalars(select(Staff.role).where(Staff.email == NINA)).one() == "administrator"


def test_alone_an_administrator_makes_another(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, member.supervisor_id).role = "agent"
    assert invite(app, member, administrator, ports, role="administrator") is not None


def test_the_list_says_where_each_account_stands(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports, clock: SetClock
) -> None:
    invite(app, member, administrator, ports)
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, member.agent_id).absent_from = clock.now().date()
        session.get_one(Staff, member.supervisor_id).is_active = False
        states = {one.staff.name: one.state for one in people.everybody(session, clock.now())}
        later = {one.staff.name: one.state for one in people.everybody(session, clock.now() + timedelta(days=8))}
    assert states == {"Administrator": "active", "Ana Vidal": "absent", "Nina Morel": "invited", "Rémi Sorel": "left"}
    assert later["Nina Morel"] == "lapsed"


def test_a_team_is_opened_changed_and_removed(
    app: Flask, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    with app.app_context():
        made = teams.create(
            member.id, administrator, Plan("Travaux", "works", "T@amont.example", "03 22 00 00 00"), ports
        )
        with pytest.raises(BadInput, match="team_name_taken"):
            teams.create(member.id, administrator, Plan("travaux", "works"), ports)
        teams.change(member.id, made, administrator, Plan("Chantiers", "works"), ports)
        with member_transaction(member.id) as session:
            team = session.get_one(Team, made)
            assert (team.name, team.email, team.phone) == ("Chantiers", None, None)
        teams.remove(member.id, made, administrator, ports)
        with member_transaction(member.id) as session:
            assert session.get(Team, made) is None
    assert log_of(app, member) == [
        ("created", "Équipe « Travaux »"), ("changed", "Équipe « Travaux »"), ("removed", "Équipe « Chantiers »"),
    ]  # fmt: skip


def test_a_team_that_something_knows_stays(
    app: Flask, world: World, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    with app.app_context():
        for kind in ("agency", "technical"):
            with pytest.raises(NotAllowed, match="team_in_use"):
                teams.remove(member.id, member.teams[kind], administrator, ports)
        with pytest.raises(NotAllowed, match="last_sorting"):
            teams.remove(member.id, member.teams["sorting"], administrator, ports)
        with pytest.raises(NotAllowed, match="last_sorting"):
            teams.change(member.id, member.teams["sorting"], administrator, Plan("Accueil", "works"), ports)
        with pytest.raises(NotFound):
            teams.remove(member.id, world.second.teams["technical"], administrator, ports)
    assert log_of(app, member) == []


def test_a_team_of_an_agency_has_one_of_the_same_member(
    app: Flask, world: World, member: MemberWorld, administrator: UUID, ports: Ports
) -> None:
    with app.app_context():
        with member_transaction(world.second.id) as session:
            elsewhere = session.scalars(select(Agency.id)).one()
        for agency_id in (None, elsewhere):
            with pytest.raises(BadInput, match="agency_missing"):
                teams.create(member.id, administrator, Plan("Agence Nord", "agency", agency_id=agency_id), ports)
