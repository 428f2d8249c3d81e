"""Households of several residences that write what a test says, in the month it says."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.patrimoine import Dwelling, Residence
from tests.world import MemberWorld

_numbers = count(1)


def build_homes(member: MemberWorld, how_many: int, residences: int = 4) -> list[tuple[UUID, UUID]]:
    """Add dwellings to a member, spread over residences of their own; return each with its residence."""
    with member_transaction(member.id) as session:
        first = session.scalars(select(Residence)).first()
        assert first
        common = {
            name: getattr(first, name) for name in ("agency_id", "postcode", "insee", "city", "heating", "has_lift")
        }
        places = [
            Residence(id=uuid4(), member_id=member.id, name=f"Clos {next(_numbers)}", **common)
            for _ in range(residences)
        ]
        session.add_all(places)
        session.flush()
        homes = [(uuid4(), places[rank % residences].id) for rank in range(how_many)]
        session.add_all(
            Dwelling(
                id=dwelling, member_id=member.id, reference=f"mots-{next(_numbers)}", residence_id=residence,
                address_line="1 rue Neuve", address_key="1 rue neuve 80000",
            )
            for dwelling, residence in homes
        )  # fmt: skip
    return homes


def write(member: MemberWorld, homes: Sequence[tuple[UUID, UUID]], text: str, month: date, **others: Any) -> list[UUID]:
    """Let each home write a text in the middle of a month; return the complaints."""
    at = datetime(month.year, month.month, 15, 9, tzinfo=UTC)
    rows = [
        {
            "id": uuid4(), "member_id": member.id, "reference": f"REF-{next(_numbers)}",
            "tracking_token": f"t-{next(_numbers)}", "status": "classified", "submitted_at": at, "text": text,
            "channel": "extranet", "place_given": {}, "preferred_channel": "email", "language": "fr",
            "dwelling_id": dwelling, "residence_id": residence, "category": "chauffage",
            "promised_answer_by": at.date(),
        } | others
        for dwelling, residence in homes
    ]  # fmt: skip
    with member_transaction(member.id) as session:
        session.execute(insert(Complaint), rows)
    return [row["id"] for row in rows]
