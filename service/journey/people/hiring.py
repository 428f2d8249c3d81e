"""Inviting people, and changing what they may do. An administrator is made by two persons, where there are two."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.journey.administration import audit, four_eyes
from service.journey.people import invitations, people
from service.journey.people.people import ADMINISTRATOR, Profile
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import Proposal
from service.models.people import Staff, TeamRole

KIND = "administrator"  # of the proposal: see journey.administration.proposals


def invite(member_id: UUID, by_id: UUID, email: str, profile: Profile, reason: str, ports: Ports) -> Staff | None:
    """Invite somebody by mail. An administrator is first proposed to a second person: None is returned then.

    Somebody who left may be invited again, under the same address.

    Raises
    ------
    BadInput
        When a name, an address, a role or a team is not one, or the address has an account already.

    """
    email, name = people.checked_email(email), people.checked_name(profile.name)
    with member_transaction(member_id) as session:
        by = people.pair(session, by_id, by_id)[1]
        people.check(session, profile)
        if session.scalars(select(Staff.id).where(Staff.email == email, Staff.is_active)).first():
            raise BadInput("email_taken", "email")
        if profile.role == ADMINISTRATOR and four_eyes.takes_two(session, by, ports.clock.now()):
            team_id = str(profile.team_id) if profile.team_id else None
            values = {"name": name, "email": email, "team_id": team_id}
            _propose(session, by, f"Inviter {name} ({email}) comme administrateur", values, reason, ports)
            return None
        return welcome(session, member_id, audit.actor(by), email, profile, ports)


def welcome(session: Session, member_id: UUID, by: audit.Actor, email: str, profile: Profile, ports: Ports) -> Staff:
    """Open the account of somebody and send them the link, in the transaction at hand.

    Raises
    ------
    BadInput
        When the name or the address is not one, or the address has an account already, here or with another member.

    """
    email, name = people.checked_email(email), people.checked_name(profile.name)
    known = session.scalars(select(Staff).where(Staff.email == email).with_for_update()).first()
    staff = known or _new_account(session, member_id, name, email)
    if known and known.is_active:
        raise BadInput("email_taken", "email")
    staff.name, staff.role, staff.team_id = name, profile.role, profile.team_id
    staff.is_active, staff.departed_at, staff.substitute_id = True, None, None
    session.flush()
    _write_roles(session, staff, profile)
    after = {"email": email} | people.told(session, staff)
    audit.write(session, member_id, by, "invited", name, at=ports.clock.now(), after=after)
    invitations.send(session, staff, invitations.WELCOME, by.name, ports)
    return staff


def _new_account(session: Session, member_id: UUID, name: str, email: str) -> Staff:
    values = {
        "id": uuid4(), "member_id": member_id, "name": name, "email": email, "role": "reader", "is_active": True,
        "recovery_hashes": [], "choices": {},
    }  # fmt: skip
    made = session.scalar(insert(Staff).values(values).on_conflict_do_nothing().returning(Staff.id))
    if made is None:  # It works for another member: an address opens one account.
        raise BadInput("email_taken", "email")
    return session.get_one(Staff, made)


def invite_again(member_id: UUID, staff_id: UUID, by_id: UUID, ports: Ports) -> None:
    """Send another link to somebody who has not come yet; the link before opens nothing any more.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such person; `has_come` when they can sign in, or left.

    """
    with member_transaction(member_id) as session:
        person, by = people.pair(session, staff_id, by_id)
        if not person.is_active or people.has_come(person):
            raise NotAllowed("has_come")
        invitations.send(session, person, invitations.WELCOME, by.name, ports)
        who, at = audit.actor(by), ports.clock.now()
        audit.write(session, member_id, who, "renewed", f"Invitation de {person.name}", at=at)


def change(member_id: UUID, staff_id: UUID, by_id: UUID, profile: Profile, reason: str, ports: Ports) -> bool:
    """Change what a person is; return False when becoming an administrator now waits for a second person.

    Raises
    ------
    BadInput, NotFound, NotAllowed
        When a role or a team is not one, there is no such person, it is one's own role, or the last administrator's.

    """
    name = people.checked_name(profile.name)
    with member_transaction(member_id) as session:
        person, by = people.pair(session, staff_id, by_id)
        _check_change(session, person, by, profile)
        is_raised = profile.role == ADMINISTRATOR != person.role
        waits = is_raised and four_eyes.takes_two(session, by, ports.clock.now(), person.id)
        if waits:
            subject = f"Donner les droits d'administrateur à {person.name} ({person.email})"
            _propose(session, by, subject, {"staff_id": str(person.id)}, reason, ports)
        before = {"name": person.name} | people.told(session, person)
        if profile.role != person.role:
            before |= four_eyes.told_if_never_came(session, person)
        person.name, person.team_id = name, profile.team_id
        person.role = person.role if waits else profile.role
        _write_roles(session, person, profile)
        after = {"name": person.name} | people.told(session, person) | _address(person, before)
        audit.write_change(session, member_id, audit.actor(by), name, before, after, at=ports.clock.now())
        return not waits


def make_administrator(session: Session, proposal: Proposal, agreeing: Staff, ports: Ports) -> None:
    """Do what a second person agreed to: invite an administrator, or make one of a colleague."""
    values, who = proposal.values, audit.actor(agreeing)
    if "email" in values:
        team_id = UUID(values["team_id"]) if values["team_id"] else None
        profile = Profile(values["name"], ADMINISTRATOR, team_id)
        welcome(session, proposal.member_id, who, values["email"], profile, ports)
        return
    person = session.get(Staff, UUID(values["staff_id"]), with_for_update=True)
    if person is None or not person.is_active:
        raise NotFound("staff")
    before = people.told(session, person)
    person.role = ADMINISTRATOR
    session.flush()
    after = people.told(session, person) | _address(person, before)
    audit.write_change(session, person.member_id, who, person.name, before, after, at=ports.clock.now())


def _address(person: Staff, before: Mapping[str, Any]) -> dict[str, str]:
    """Return what says whose role changed, whatever they are called later: `four_eyes` looks for it."""
    return {"email": person.email} if before["role"] != person.role else {}


def _check_change(session: Session, person: Staff, by: Staff, profile: Profile) -> None:
    if not person.is_active:
        raise NotFound("staff")
    people.check(session, profile)
    if person.id == by.id and profile.role != person.role:
        raise NotAllowed("own_role")
    if profile.role != ADMINISTRATOR:
        people.check_not_last(session, person)


def _propose(
    session: Session, by: Staff, subject: str, values: Mapping[str, Any], reason: str, ports: Ports
) -> None:  # fmt: skip
    four_eyes.propose(session, by, KIND, subject=subject, values=values, reason=reason, ports=ports)


def _write_roles(session: Session, person: Staff, profile: Profile) -> None:
    """Keep what a person may do in each team; a role that is theirs everywhere says nothing more."""
    session.execute(delete(TeamRole).where(TeamRole.staff_id == person.id))
    for team_id, role in profile.in_teams.items():
        if role != person.role:
            session.add(TeamRole(member_id=person.member_id, staff_id=person.id, team_id=team_id, role=role))
    session.flush()
