"""What several steps of the journey start from."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.journey.transactions import member_transaction
from service.models.people import Staff
from tests.world import MemberWorld, World


@pytest.fixture
def leaders(app: Flask, world: World) -> tuple[MemberWorld, UUID, UUID]:
    """The first member, and two of its people who may decide."""
    member = world.first
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, member.supervisor_id).role = "administrator"
        session.add(Staff(member_id=member.id, email="lea@amont.example", name="Léa Roy", role="supervisor"))
        session.flush()
        lea = session.scalars(select(Staff.id).where(Staff.name == "Léa Roy")).one()
    return member, member.supervisor_id, lea
