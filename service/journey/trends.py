"""Trends: distinct dwellings counted in each member, added up, published once for each closed month."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service.domain.feedback import SATISFIED_FROM
from service.domain.taxonomy import FAMILIES, family_of
from service.domain.trends import add_up, hide_small, hide_small_share, last_publishable_month, next_month
from service.journey.ports import Ports
from service.journey.submission import PARIS
from service.journey.transactions import member_transaction, network_transaction, shared_transaction
from service.models.complaint import Complaint
from service.models.feedback import Feedback
from service.models.member import Member
from service.models.trends import TrendCell, TrendRelease


@dataclass(frozen=True)
class MonthOfTrends:
    """One published month: stock, dwellings by family (None is hidden), and satisfaction."""

    month: date
    stock: int
    families: dict[str, int | None]
    answers: int | None
    satisfied: int | None


def publish(month: date, ports: Ports) -> bool:
    """Publish one closed month; False when it already was. A published month is never computed again."""
    with shared_transaction() as session:
        if session.get(TrendRelease, month):
            return False
        members = session.execute(select(Member.id, Member.dwellings)).all()
    counts = [_count(member_id, month) for member_id, _ in members]
    total = add_up(counts)
    with shared_transaction() as session:
        # Two clocks publishing at once: the second waits here for the first, then finds the month taken.
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": month.toordinal()})
        if session.get(TrendRelease, month):
            return False
        answers = hide_small(total.get("answers", 0))
        session.add(
            TrendRelease(
                month=month,
                published_at=ports.clock.now(),
                dwellings=sum(stock for _, stock in members),
                answers=answers,
                satisfied=hide_small_share(total.get("satisfied", 0), total.get("answers", 0)),
            )
        )
        session.flush()
        session.add_all(
            TrendCell(month=month, family=family, dwellings=hide_small(total.get(family, 0))) for family in FAMILIES
        )
    return True


def publish_due(ports: Ports) -> list[date]:
    """Publish the months that are over since the last release, or the last one; return the new ones."""
    last = last_publishable_month(ports.clock.now().astimezone(PARIS).date())
    with shared_transaction() as session:
        latest = session.scalar(select(func.max(TrendRelease.month)))
        if not session.scalar(select(func.count()).select_from(Member)):
            return []  # Nothing to count yet: an empty month would be published for ever.
    month = next_month(latest) if latest else last
    done = []
    while month <= last:
        if publish(month, ports):
            done.append(month)
        month = next_month(month)
    return done


def read_trends() -> list[MonthOfTrends]:
    """Return every published month in order, read in the network's role."""
    with network_transaction() as session:
        releases = session.scalars(select(TrendRelease).order_by(TrendRelease.month)).all()
        cells = session.scalars(select(TrendCell)).all()
    families: dict[date, dict[str, int | None]] = {release.month: {} for release in releases}
    for cell in cells:
        families[cell.month][cell.family] = cell.dwellings
    return [
        MonthOfTrends(release.month, release.dwellings, families[release.month], release.answers, release.satisfied)
        for release in releases
    ]


def _count(member_id: UUID, month: date) -> dict[str, int]:
    """Count a member's distinct dwellings by family, and its scores, in one month of Paris time."""
    start = datetime.combine(month, time(), PARIS)
    end = datetime.combine(next_month(month), time(), PARIS)
    with member_transaction(member_id) as session:
        return _dwellings_by_family(session, start, end) | _scores(session, start, end)


def _dwellings_by_family(session: Session, start: datetime, end: datetime) -> dict[str, int]:
    """Count dwellings of the patrimoine only: what a sender merely declares could lift a cell above the threshold."""
    rows = session.execute(
        select(Complaint.category, Complaint.dwelling_id)
        .where(
            Complaint.submitted_at >= start,
            Complaint.submitted_at < end,
            Complaint.category.is_not(None),
            Complaint.category != "autre",
            Complaint.abstained.is_(False),  # what nobody was sure of is not a fact
            Complaint.dwelling_id.is_not(None),
        )
        .distinct()
    )
    seen: dict[str, set[UUID]] = {}
    for category, dwelling_id in rows:
        if dwelling_id:
            seen.setdefault(family_of(category) or "", set()).add(dwelling_id)
    return {family: len(dwellings) for family, dwellings in seen.items()}


def _scores(session: Session, start: datetime, end: datetime) -> dict[str, int]:
    """Count one score a dwelling: the number of those who answered and of those satisfied."""
    rows = session.execute(
        select(Complaint.dwelling_id, Feedback.score)
        .join(Complaint, Complaint.id == Feedback.complaint_id)
        .where(Feedback.at >= start, Feedback.at < end, Complaint.dwelling_id.is_not(None))
        .order_by(Feedback.at)
    )
    latest = {dwelling_id: score for dwelling_id, score in rows}  # noqa: C416  A row is a tuple, mypy wants it unpacked.
    return {"answers": len(latest), "satisfied": sum(score >= SATISFIED_FROM for score in latest.values())}
