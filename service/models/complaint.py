"""A complaint and all that happened to it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, false
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember

SEARCHED = (
    "to_tsvector('french', seve_fold(text)) || to_tsvector('simple', seve_fold(reference || ' ' || "
    "coalesce(tenant_name, '') || ' ' || coalesce(tenant_reference, '') || ' ' || place_words))"
)


class Complaint(OwnedByMember, Base):
    """What a tenant wrote, where it stands and who holds it. The history is in its events."""

    __tablename__ = "complaints"
    __table_args__ = (
        CheckConstraint(
            "status in ('submitted', 'classified', 'routed', 'delivered', 'handled', 'closed')", name="status"
        ),
        # Beyond these some programs cannot read a moment at all.
        CheckConstraint("read_at >= submitted_at", name="read_at"),
        Index("ix_complaints_member_submitted", "member_id", "submitted_at", "id"),
        Index("ix_complaints_member_status", "member_id", "status", "submitted_at", "id"),
        Index("ix_complaints_audit", "member_id", "submitted_at", "id", postgresql_where=sql("audit_due")),
        Index("ix_complaints_due", "member_id", "due_at", postgresql_where=sql("due_at is not null")),
        Index(
            "ix_complaints_to_survey",
            "member_id",
            "closed_at",
            postgresql_where=sql("closed_at is not null"),
        ),
        Index("ix_complaints_surveyed", "member_id", "surveyed_at", postgresql_where=sql("surveyed_at is not null")),
        Index("ix_complaints_email", "member_id", "email_key"),  # links asked for again, as the next one
        Index("ix_complaints_phone", "member_id", "phone_key"),
        Index("ix_complaints_search", "search", postgresql_using="gin"),
        Index("ix_complaints_residence_submitted", "residence_id", "submitted_at"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    tracking_token: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    submitted_at: Mapped[datetime] = mapped_column(Instant)

    # As sent.
    text: Mapped[str]
    channel: Mapped[str]
    place_given: Mapped[dict[str, Any]]  # the reference or address as typed
    tenant_reference: Mapped[str | None]
    tenant_name: Mapped[str | None]
    tenant_email: Mapped[str | None]
    tenant_phone: Mapped[str | None]
    # By which both are looked for. Columns, for row-level security keeps an index on an expression from being used. The
    # same number is typed with spaces, with dots, with 33 in front: its last nine figures are the subscriber's.
    email_key: Mapped[str | None] = mapped_column(Computed("lower(tenant_email)", persisted=True))
    phone_key: Mapped[str | None] = mapped_column(
        Computed(r"right(regexp_replace(tenant_phone, '\D', '', 'g'), 9)", persisted=True)
    )
    preferred_channel: Mapped[str]
    language: Mapped[str]
    chosen_category: Mapped[str | None]
    needs: Mapped[list[Any]] = mapped_column(default=list, server_default=sql("'[]'"))  # see domain.routing.NEEDS
    # "where": a key of domain.questions.WHERE; "answers": a list of {"question", "answer"}, as asked and as answered.
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=sql("'{}'"))
    return_url: Mapped[str | None]  # the page of the member's extranet it came from, signed by the member
    entered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # who typed it for the tenant

    # What the tenant wants of us, and did, since.
    pace: Mapped[str] = mapped_column(default="now", server_default="now")  # news: now, or daily in one mail
    read_at: Mapped[datetime | None] = mapped_column(Instant)  # when a person last had the tracking page in front
    erased_at: Mapped[datetime | None] = mapped_column(Instant)  # its words and names were
    contested_at: Mapped[datetime | None] = mapped_column(Instant)  # the tenant says: wrong subject or wrong desk
    review_asked_at: Mapped[datetime | None] = mapped_column(Instant)  # another person must look

    # Who may see it. A person marks it; the database makes the second column of the first and of the category when a
    # transaction commits, and row-level security reads it: see docs/data-protection.md.
    is_marked: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_sensitive: Mapped[bool] = mapped_column(default=False, server_default=false())

    # Place, when found in the patrimoine.
    dwelling_id: Mapped[UUID | None] = mapped_column(ForeignKey("dwellings.id"))
    residence_id: Mapped[UUID | None] = mapped_column(ForeignKey("residences.id"))

    place_words: Mapped[str] = mapped_column(default="", server_default="")  # by which a search finds it: address, city

    # Classification: the latest word, and who had it.
    category: Mapped[str | None]
    secondary: Mapped[str | None]
    nature: Mapped[str | None]
    urgency: Mapped[str | None]
    danger: Mapped[str] = mapped_column(default="none")  # none, check, danger
    danger_types: Mapped[list[Any]] = mapped_column(default=list)
    danger_is_judged: Mapped[bool] = mapped_column(default=False)  # a person has seen what is said of danger
    confidence: Mapped[float | None]
    abstained: Mapped[bool] = mapped_column(default=False)
    alternatives: Mapped[list[Any]] = mapped_column(default=list)
    words: Mapped[list[Any]] = mapped_column(default=list)
    model_version: Mapped[str | None]
    family: Mapped[str | None]  # when the model abstained and yet is sure of the family
    unknown_share: Mapped[float | None]  # of the words, those the model never met
    category_by_person: Mapped[bool] = mapped_column(default=False)
    audit_due: Mapped[bool] = mapped_column(default=False, server_default=false())  # drawn, and nobody judged yet

    # Routing.
    target: Mapped[str | None]  # team, supplier, authority, sorting
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    rule_id: Mapped[UUID | None]  # a line of the member's table or of the network's defaults, hence no foreign key
    route_reason: Mapped[str | None]
    routed_by_person: Mapped[bool] = mapped_column(default=False, server_default=false())  # rules keep off
    proposed_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))  # a person decides
    hops: Mapped[int] = mapped_column(default=0, server_default="0")  # desks that passed it on or refused it

    # Collective incident it is linked to now.
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"), index=True)

    # The clock that runs: made from the events by domain.deadlines, kept here for lists.
    due_at: Mapped[datetime | None] = mapped_column(Instant)  # None while paused, or once everything is done
    due_clock: Mapped[str | None]
    is_paused: Mapped[bool] = mapped_column(default=False, server_default=false())

    # Handling and closing.
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    promised_answer_by: Mapped[date]
    first_answered_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None]
    closing_sentence: Mapped[str | None]
    surveyed_at: Mapped[datetime | None] = mapped_column(Instant)

    # What a search looks into: see journey.search. Never read into Python.
    search: Mapped[str | None] = mapped_column(TSVECTOR, Computed(SEARCHED, persisted=True), deferred=True)


class Event(Base):
    """One thing that happened. The application may add events, never change or remove one."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_complaint", "complaint_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    kind: Mapped[str]
    audience: Mapped[str]  # tenant or internal
    actor: Mapped[str]  # tenant, model, rules, system, or a member of staff's name
    at: Mapped[datetime] = mapped_column(Instant)
    data: Mapped[dict[str, Any]]
