"""Quality: what the text model did, summed up over all members for each finished week."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnClause, Row, Select, and_, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from service.domain.quality import BEFORE, MIN_MESSAGES, SETTLED, Week, weeks_to_sum
from service.domain.status import EventKind
from service.journey.classification.learning import Source
from service.journey.steps import member_ids
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction, operator_transaction, shared_transaction
from service.models.complaint import Complaint, Event
from service.models.learning import TrainingExample
from service.models.quality import ModelWeek

SHOWN = 26  # weeks
KEPT = SHOWN + BEFORE  # weeks caught up when none was summed up yet
# The columns are the code's own constants: PostgreSQL must see the same words in the list and in GROUP BY.
_WEEK: ColumnClause[Any] = literal_column(
    "date_trunc('week', complaints.submitted_at at time zone 'Europe/Paris')::date"
)
_VERSION: ColumnClause[Any] = literal_column("events.data ->> 'model_version'")

Sums = Counter[str]


def sum_up_due(today: date) -> list[date]:
    """Sum up the finished weeks that may still change, and those that were missed; return those that are kept.

    Safe to run twice, and at once: the same sums are written again.
    """
    with shared_transaction() as session:
        latest = session.scalar(select(func.max(ModelWeek.week)))
    first, end = weeks_to_sum(today, latest, KEPT)
    total: dict[tuple[date, str], Sums] = {}
    for member_id in member_ids():
        for row in _of_member(member_id, first, end):
            total.setdefault((row.week, row.version), Counter()).update(_sums(row))
    lines = [_line(*key, sums) for key, sums in sorted(total.items()) if sums["messages"] >= MIN_MESSAGES]
    _write(lines)
    return sorted({line["week"] for line in lines})


def _of_member(member_id: UUID, first: date, end: date) -> Sequence[Row[Any]]:
    with member_transaction(member_id) as session:
        return session.execute(_by_week(first, end)).all()


def _by_week(first: date, end: date) -> Select[Any]:
    """Return the question: what the model said stands in its event, what a person said in theirs and the example."""
    said = Event.data["category"].astext
    # Where the tenant decided, the model had not, or a person was asked: it is not judged on what it did not say.
    has_abstained = or_(Event.data["abstained"].as_boolean(), Event.data.has_key("chosen_by"))
    correction = aliased(Event)
    corrected = (
        select(correction.data["to"].astext)
        .where(
            correction.complaint_id == Complaint.id,
            correction.kind == EventKind.CORRECTED,
            correction.at < Complaint.submitted_at + SETTLED,
        )
        .order_by(correction.id.desc())
        .limit(1)
        .correlate(Complaint)
        .scalar_subquery()
    )
    is_overridden = and_(~has_abstained, corrected != said)  # the latest word of those days
    is_audited = TrainingExample.id.is_not(None)
    return (
        select(
            _WEEK.label("week"),
            _VERSION.label("version"),
            func.count().label("messages"),
            func.count().filter(has_abstained).label("abstained"),
            func.sum(Event.data["confidence"].as_float()).label("confidence"),
            func.sum(Complaint.unknown_share).label("unknown"),
            func.count(Complaint.unknown_share).label("with_unknown"),
            func.count().filter(is_overridden).label("overridden"),
            func.count().filter(or_(Complaint.audit_due, is_audited)).label("drawn"),
            func.count().filter(is_audited).label("audited"),
            func.count().filter(and_(is_audited, Complaint.category == said)).label("audited_right"),
        )
        .select_from(Complaint)
        .join(Event, and_(Event.complaint_id == Complaint.id, Event.kind == EventKind.CLASSIFIED))
        .outerjoin(
            TrainingExample,
            and_(TrainingExample.complaint_id == Complaint.id, TrainingExample.source == Source.AUDIT),
        )
        .where(
            Complaint.submitted_at >= datetime.combine(first, time(), PARIS),
            Complaint.submitted_at < datetime.combine(end, time(), PARIS),
            _VERSION.is_not(None),  # a danger the lexicon heard while the model was down
        )
        .group_by(_WEEK, _VERSION)
    )


def _sums(row: Row[Any]) -> dict[str, Any]:
    found = {name: value or 0 for name, value in row._mapping.items()}  # noqa: SLF001  Its public name.
    return {name: value for name, value in found.items() if name not in ("week", "version")}


def _line(week: date, version: str, sums: Sums) -> dict[str, Any]:
    counts = ("messages", "abstained", "overridden", "drawn", "audited", "audited_right")
    return {
        "week": week,
        "model_version": version,
        "confidence": sums["confidence"] / sums["messages"],
        "unknown_share": sums["unknown"] / sums["with_unknown"] if sums["with_unknown"] else None,
        **{name: sums[name] for name in counts},
    }


def _write(lines: Sequence[dict[str, Any]]) -> None:
    """Write the lines over those already there, always in the same order: two clocks then wait, and do not lock."""
    with shared_transaction() as session:
        for line in lines:
            session.execute(
                insert(ModelWeek)
                .values(line)
                .on_conflict_do_update(index_elements=["week", "model_version"], set_=line)
            )


def read_weeks() -> list[Week]:
    """Return what each version did, week after week, as far back as an alarm looks; read in the network's role."""
    with operator_transaction() as session:
        latest = session.scalar(select(func.max(ModelWeek.week)))
        since = latest - timedelta(weeks=KEPT) if latest else date.min
        query = select(ModelWeek).where(ModelWeek.week > since).order_by(ModelWeek.week, ModelWeek.model_version)
        rows = session.scalars(query).all()
    return [
        Week(
            week=row.week,
            model_version=row.model_version,
            messages=row.messages,
            abstained=row.abstained,
            confidence=row.confidence,
            unknown_share=row.unknown_share,
            overridden=row.overridden,
            drawn=row.drawn,
            audited=row.audited,
            audited_right=row.audited_right,
        )
        for row in rows
    ]
