"""Reading a member's routing table: the version in force, its lines, and everybody they may lead to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from service.domain.default_rules import default_rules
from service.domain.desks import SORTING_KIND, Desks, Term
from service.domain.routing import Rule, Table, TargetKind
from service.models.member import Organisation, Team
from service.models.patrimoine import Contract
from service.models.routing import RoutingRule, RoutingVersion

# The columns of a kept line that the domain reads under the same name.
READ = (
    "id", "position", "sentence", "team_id", "use_agency_team", "organisation_id", "trade", "is_automatic",
    "forwards_text", "needs_place", "category", "family", "urgency", "nature", "heating", "has_lift", "agency_id",
    "residence_id", "insee", "hours", "need",
)  # fmt: skip


@dataclass(frozen=True)
class InForce:
    """The member's own lines in force, before those of the network; `number` is None when it has none."""

    number: int | None
    table: Table


def version_in_force(session: Session) -> RoutingVersion | None:
    """Return the published version with the highest number."""
    return next(iter(versions(session)), None)


def table_in_force(session: Session) -> InForce:
    """Return the table that decides now."""
    version = version_in_force(session)
    own = lines_of(session, version.id) if version else []
    return InForce(version.number if version else None, Table(own, default_rules()))


def lines_of(session: Session, version_id: UUID) -> list[Rule]:
    """Return the lines of a version as the domain reads them, in their order."""
    columns = [getattr(RoutingRule, name) for name in READ]
    rows = session.execute(select(*columns).where(RoutingRule.version_id == version_id).order_by(RoutingRule.position))
    return [as_rule(row) for row in rows]


def as_rule(row: RoutingRule | Row[Any]) -> Rule:
    """Return a kept line as the domain reads it."""
    return Rule(**{name: getattr(row, name) for name in READ})


def desks_of(session: Session) -> Desks:
    """Return everybody the member's lines may lead to, with every contract."""
    return make_desks(_teams(session), _organisations(session), session.scalars(select(Contract)).all())


def desks_at(session: Session, residence_id: UUID | None) -> Desks:
    """Return everybody the lines may lead to in one place: its contracts and those of the whole member."""
    here = or_(Contract.residence_id.is_(None), Contract.residence_id == residence_id)
    return make_desks(_teams(session), _organisations(session), session.scalars(select(Contract).where(here)).all())


def _teams(session: Session) -> Sequence[Team]:
    return session.scalars(select(Team).order_by(Team.name)).all()


def _organisations(session: Session) -> Sequence[Organisation]:
    return session.scalars(select(Organisation)).all()


def make_desks(teams: Sequence[Team], organisations: Sequence[Organisation], contracts: Sequence[Contract]) -> Desks:
    """Return teams, organisations and contracts as the domain reads them.

    Of two teams of one kind the first decides, and of two contracts the one that began last.
    """
    terms: dict[tuple[str, UUID | None], list[Contract]] = defaultdict(list)
    for contract in contracts:
        terms[contract.trade, contract.residence_id].append(contract)
    by_kind: dict[str, UUID] = {}
    for team in teams:
        if team.agency_id is None:
            by_kind.setdefault(team.kind, team.id)
    return Desks(
        sorting_id=next(team.id for team in teams if team.kind == SORTING_KIND),
        kinds={team.id: team.kind for team in teams},
        agency_teams={team.agency_id: team.id for team in reversed(teams) if team.agency_id},
        organisations={one.id: TargetKind(one.kind) for one in organisations},
        contracts={key: _newest_first(found) for key, found in terms.items()},
        by_kind=by_kind,
    )


def _newest_first(contracts: list[Contract]) -> list[Term]:
    ordered = sorted(contracts, key=lambda one: (one.starts_on is not None, one.starts_on, str(one.id)), reverse=True)
    return [Term(one.organisation_id, one.starts_on, one.ends_on) for one in ordered]


def versions(session: Session) -> Sequence[RoutingVersion]:
    """Return the published versions, the newest first."""
    published = select(RoutingVersion).where(RoutingVersion.published_at.is_not(None))
    return session.scalars(published.order_by(RoutingVersion.number.desc())).all()
