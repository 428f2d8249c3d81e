"""What a member's tenants say: its own figures, exact, and the words beside them. Nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.feedback import LOW_UP_TO, SATISFIED_FROM, STAGES, Summary
from service.domain.status import EventKind
from service.models.complaint import Complaint, Event
from service.models.feedback import Feedback, StageFeedback
from service.models.member import Team

MOST = 50  # lines of each list


@dataclass(frozen=True)
class Opinion:
    """One household's word on one complaint."""

    feedback: Feedback
    complaint: Complaint
    team: str


@dataclass(frozen=True)
class Grade:
    """How one question was answered: how many did, and how many said well or very well."""

    name: str
    count: int
    good: int


@dataclass(frozen=True)
class Opinions:
    """Everything said since a day."""

    all: Summary
    asked: int  # surveys sent
    not_solved: int
    grades: Sequence[Grade]
    worth_reading: Sequence[Opinion]
    stages: Sequence[tuple[str, Summary]]
    stage_words: Sequence[StageFeedback]
    thanks: Sequence[tuple[Event, Complaint]]


def opinions(session: Session, since: datetime) -> Opinions:
    """Return what the tenants of the transaction's member said since an instant, the newest first."""
    return Opinions(
        all=_summary(session, Feedback.score, Feedback.at >= since),
        asked=session.scalar(select(func.count()).where(Complaint.surveyed_at >= since)) or 0,
        not_solved=session.scalar(select(func.count()).where(Feedback.at >= since, Feedback.solved == "no")) or 0,
        grades=[_grade(session, name, since) for name in ("work", "courtesy", "informed")],
        worth_reading=_worth_reading(session, since),
        stages=[(code, _summary(session, StageFeedback.score, *_on(code, since))) for code in STAGES],
        stage_words=session.scalars(
            select(StageFeedback)
            .where(StageFeedback.at >= since, or_(StageFeedback.comment.is_not(None), StageFeedback.score <= LOW_UP_TO))
            .order_by(StageFeedback.at.desc())
            .limit(MOST)
        ).all(),
        thanks=_thanks(session, since),
    )


def opinion_of(session: Session, complaint_id: UUID) -> Feedback | None:
    """Return what the household of one complaint said, or None."""
    return session.scalars(select(Feedback).where(Feedback.complaint_id == complaint_id)).first()


def _on(stage: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (StageFeedback.stage == stage, StageFeedback.at >= since)


def _summary(session: Session, score: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> Summary:
    count, total, satisfied = session.execute(
        select(func.count(), func.sum(score), func.count().filter(score >= SATISFIED_FROM)).where(*conditions)
    ).one()
    return Summary(count, int(total) / count if count else None, satisfied)


def _grade(session: Session, name: str, since: datetime) -> Grade:
    column = getattr(Feedback, name)
    count, good = session.execute(
        select(func.count(), func.count().filter(column >= 3)).where(Feedback.at >= since, column.is_not(None))  # noqa: PLR2004  Rather well, or very well.
    ).one()
    return Grade(name, count, good)


def _worth_reading(session: Session, since: datetime) -> Sequence[Opinion]:
    """Return the words, and the low scores even without words."""
    said = (
        select(Feedback, Complaint, Team.name)
        .join(Complaint, Complaint.id == Feedback.complaint_id)
        .outerjoin(Team, Team.id == Complaint.team_id)
        .where(Feedback.at >= since, or_(Feedback.comment.is_not(None), Feedback.score <= LOW_UP_TO))
    )
    rows = session.execute(said.order_by(Feedback.at.desc(), Feedback.id).limit(MOST))
    return [Opinion(feedback, complaint, team or "") for feedback, complaint, team in rows]


def _thanks(session: Session, since: datetime) -> Sequence[tuple[Event, Complaint]]:
    said = (
        select(Event, Complaint)
        .join(Complaint, Complaint.id == Event.complaint_id)
        .where(Event.kind == EventKind.THANKED, Event.at >= since)
    )
    return [(event, complaint) for event, complaint in session.execute(said.order_by(Event.id.desc()).limit(MOST))]
