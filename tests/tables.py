"""Routing tables and contracts for tests."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.routing import Rule
from service.models.patrimoine import Contract, Dwelling
from service.models.routing import RoutingRule, RoutingVersion
from tests.world import MemberWorld

PUBLISHED = datetime(2026, 11, 1, 8, tzinfo=UTC)


def put_in_force(session: Session, member: MemberWorld, *lines: dict[str, object]) -> UUID:
    """Publish a version with these lines only, the member's supervisor as its author; return its id."""
    number = (session.scalar(select(func.max(RoutingVersion.number))) or 0) + 1
    version = RoutingVersion(
        id=uuid4(), member_id=member.id, number=number, author_id=member.supervisor_id, note="Pour le test",
        created_at=PUBLISHED, published_at=PUBLISHED,
    )  # fmt: skip
    session.add(version)
    session.flush()
    for position, given in enumerate(lines, start=1):
        whole = {"sentence": f"Règle {position}.", "target": "team", "needs_place": True, "is_automatic": True} | given
        session.add(RoutingRule(id=uuid4(), member_id=member.id, version_id=version.id, position=position, **whole))
    session.flush()
    return version.id


def sign(
    session: Session,
    member: MemberWorld,
    trade: str,
    *,
    at: str | None = None,
    organisation_id: UUID | None = None,
    ends_on: date | None = None,
) -> None:
    """Give the member's supplier, or another organisation, a contract everywhere or at the residence of a dwelling."""
    residence_id = residence_of(session, at) if at else None
    session.add(
        Contract(
            id=uuid4(), member_id=member.id, organisation_id=organisation_id or member.supplier_id, trade=trade,
            residence_id=residence_id, ends_on=ends_on,
        )
    )  # fmt: skip
    session.flush()


def residence_of(session: Session, reference: str) -> UUID:
    return session.scalars(select(Dwelling.residence_id).where(Dwelling.reference == reference)).one()


def line(member: MemberWorld, **given: object) -> Rule:
    """Return a line to be saved in a draft."""
    whole = {"id": uuid4(), "position": 10_000, "sentence": "L'équipe répond.", "team_id": member.teams["technical"]}
    return Rule(**(whole | given))  # type: ignore[arg-type]
