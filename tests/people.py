"""More people of a member than the agent and the supervisor of every test."""

from uuid import UUID, uuid4

from flask import Flask

from service.journey.transactions import member_transaction
from service.models.people import Staff
from tests.faces.test_staff import Desk
from tests.world import _HASH, MemberWorld


def hire(app: Flask, member: MemberWorld, role: str, email: str = "", **columns: object) -> UUID:
    """Add a person to a member's staff, who signs in with the password of all tests; return their id."""
    staff = Staff(
        id=uuid4(), member_id=member.id, email=email or f"{role}@{member.slug}.example",
        name=str(columns.pop("name", role.capitalize())), role=role, password_hash=_HASH, **columns,
    )  # fmt: skip
    with app.app_context(), member_transaction(member.id) as session:
        session.add(staff)
        session.flush()
    return staff.id


def desk_of(app: Flask, member: MemberWorld, role: str, **columns: object) -> Desk:
    """Hire somebody and sign them in."""
    hire(app, member, role, **columns)
    desk = Desk(app.test_client())
    assert desk.sign_in(f"{role}@{member.slug}.example").status_code == 303
    return desk
