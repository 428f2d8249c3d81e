"""How it went, in the words of the household."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Feedback(OwnedByMember, Base):
    """What a household said once its complaint was closed."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("score between 0 and 10", name="score"),
        CheckConstraint("work between 1 and 4", name="work"),
        CheckConstraint("courtesy between 1 and 4", name="courtesy"),
        CheckConstraint("informed between 1 and 4", name="informed"),
        Index("ix_feedback_member_at", "member_id", "at"),
    )

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    score: Mapped[int]
    solved: Mapped[str | None]  # yes, partly, no, unknown
    visit: Mapped[str | None]  # the appointment was kept: yes, no, none (there was none)
    work: Mapped[int | None]  # what was done: 1 (very bad) to 4 (very good), as the next two
    courtesy: Mapped[int | None]
    informed: Mapped[int | None]
    comment: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Instant)


class StageFeedback(OwnedByMember, Base):
    """What somebody says of a stage of their life as a tenant, about no complaint."""

    __tablename__ = "stage_feedback"
    __table_args__ = (CheckConstraint("score between 0 and 10", name="score"),)

    stage: Mapped[str]  # a stage of domain.taxonomy: candidature, entree, vie, travaux, depart
    score: Mapped[int]
    comment: Mapped[str | None]
    dwelling_reference: Mapped[str | None]  # as typed, never checked
    language: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)


class OptOut(OwnedByMember, Base):
    """An address that wants no more of what nobody needs: surveys, or news of collective incidents."""

    __tablename__ = "opt_outs"
    __table_args__ = (Index("uq_opt_outs_address_hash", "member_id", "address_hash", "purpose", unique=True),)

    address_hash: Mapped[str]
    purpose: Mapped[str]  # survey or incident_news
    at: Mapped[datetime] = mapped_column(Instant)
