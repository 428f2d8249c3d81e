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
# The pages of steering read this index and never the rows: see journey.steering.steering_counts.
IN_FIGURES = (
    "id", "status", "channel", "category", "urgency", "team_id", "residence_id", "organisation_id", "hops", "outcome",
    "closed_at", "surveyed_at", "abstained", "category_by_person", "is_paused", "is_sensitive", "answer_due_at",
    "answer_done_at", "answer_days", "full_due_at", "full_done_at", "full_days", "reopenings", "was_extended",
    "first_category", "first_team_id", "lost_days",
)  # fmt: skip
# What says who may see what is about a complaint, and what figures of it ask: this index is read, never the row.
READ = ("member_id", "is_sensitive", "status", "team_id", "category", "urgency", "residence_id", "reopenings")
PERSON = {"email": "email_key", "phone": "phone_key", "tenant": "tenant_reference"}
DUE_KEY = "coalesce(due_at, '9999-01-01 00:00:00+00'::timestamptz)"

# A list is read by its key from an index, whatever the length of the table. What narrows a list stands in the index
# too: a filter that few complaints fulfil then never fetches the others.
NEWEST = ("member_id", "submitted_at", "id")
NARROWED = (
    "status", "category", "urgency", "nature", "channel", "team_id", "assignee_id", "organisation_id", "residence_id",
    "incident_id", "confidence", "abstained", "category_by_person", "is_sensitive",
)  # fmt: skip
# A filter on these columns leaves few: they have indexes of their own, which are read whatever the order.
ORDERED = (
    ("ix_complaints_member_category", "category", None),
    ("ix_complaints_organisation", "organisation_id", "organisation_id is not null"),
    ("ix_complaints_incident", "incident_id", "incident_id is not null"),
    ("ix_complaints_dangerous", "urgency", "urgency = 'danger'"),
)
# What the longest lists, and those that more than one column decides, look at beside their key.
BESIDE = {
    "open": NARROWED,
    "due": (*NARROWED, "submitted_at", "told_at"),
    "unsolved": ("is_sensitive", "status", "unsolved_at"),
    "unread": ("is_sensitive", "status", "unread_at"),
}
_OPEN = "status <> 'closed'"
# The lists of the rail, which are counted on every page: each has the entries of its own complaints only. The
# conditions are those of journey.inbox.lists, word for word.
LISTS = {
    "open": (NEWEST, _OPEN),
    "sorting": (NEWEST, f"{_OPEN} and target = 'sorting'"),
    "danger": (NEWEST, f"{_OPEN} and urgency = 'danger'"),
    "suspected": (NEWEST, f"{_OPEN} and not danger_is_judged and (danger <> 'none' or category is null)"),
    "mine": (("member_id", "assignee_id", "submitted_at", "id"), f"{_OPEN} and assignee_id is not null"),
    "new": (("member_id", "team_id", "submitted_at", "id"), f"{_OPEN} and assignee_id is null"),
    "waiting": (NEWEST, f"{_OPEN} and is_paused"),
    "outside": (NEWEST, f"{_OPEN} and organisation_id is not null"),
    "due": (("member_id", "due_key", "id"), _OPEN),  # any list of open complaints, by what is due
    "quiet": (("member_id", "told_at", "id"), _OPEN),
    "unsolved": (NEWEST, "unsolved_at is not null"),
    "unread": (NEWEST, "unread_at is not null"),
    "collective": (NEWEST, f"{_OPEN} and incident_id is not null"),
    "contested": (NEWEST, f"{_OPEN} and contested_at is not null"),
    "review": (NEWEST, f"{_OPEN} and review_asked_at is not null"),
    "audit": (NEWEST, f"{_OPEN} and audit_due"),
}


class Complaint(OwnedByMember, Base):
    """What a tenant wrote, where it stands and who holds it. The history is in its events."""

    __tablename__ = "complaints"
    __table_args__ = (
        CheckConstraint(
            "status in ('submitted', 'classified', 'routed', 'delivered', 'handled', 'closed')", name="status"
        ),
        # Beyond these some programs cannot read a moment at all.
        CheckConstraint("read_at >= submitted_at", name="read_at"),
        Index("ix_complaints_member_submitted", *NEWEST, postgresql_include=list(NARROWED)),
        Index("ix_complaints_member_due", "member_id", "due_key", "id", postgresql_include=list(NARROWED)),
        *(
            Index(
                f"ix_complaints_{name}",
                *keys,
                postgresql_include=list(BESIDE.get(name, ("is_sensitive",))),
                postgresql_where=sql(condition),
            )
            for name, (keys, condition) in LISTS.items()
        ),
        *(
            Index(
                name,
                *("member_id", column, "submitted_at", "id"),
                postgresql_include=[*(name for name in NARROWED if name != column), "due_key"],
                postgresql_where=sql(where) if where else None,
            )
            for name, column, where in ORDERED
        ),
        Index("ix_complaints_to_survey", "member_id", "closed_at", postgresql_where=sql("closed_at is not null")),
        Index(
            "ix_complaints_surveyed",
            *("member_id", "surveyed_at"),
            postgresql_include=("id", "team_id", "category", "residence_id", "urgency", "is_sensitive"),
            postgresql_where=sql("surveyed_at is not null"),
        ),
        # Those of one person, beside each complaint; links asked for again.
        *(Index(f"ix_complaints_{name}", "member_id", column) for name, column in PERSON.items()),
        Index("ix_complaints_search", "search", postgresql_using="gin"),
        Index("ix_complaints_residence_submitted", "residence_id", "submitted_at"),
        Index("ix_complaints_figures", "member_id", "submitted_at", postgresql_include=IN_FIGURES),
        Index("ix_complaints_read", "id", postgresql_include=READ),
        Index("ix_complaints_uncounted", "member_id", postgresql_where=sql("answer_due_at is null")),
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
    # "where": a key of domain.questions.WHERE; "answers": a list of {"question", "answer"}, as asked and as answered;
    # "key_id": of the extranet that sent it.
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

    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"), index=True)  # collective, now

    # The clock that runs: made from the events by domain.deadlines, kept here for lists.
    due_at: Mapped[datetime | None] = mapped_column(Instant)  # None while paused, or once everything is done
    due_clock: Mapped[str | None]
    due_key: Mapped[datetime] = mapped_column(Instant, Computed(DUE_KEY, persisted=True))  # nothing due: last
    is_paused: Mapped[bool] = mapped_column(default=False, server_default=false())

    # For lists, made from the events: see domain.follow_up.
    told_at: Mapped[datetime] = mapped_column(Instant, server_default=sql("now()"))  # when the tenant was told last
    unread_at: Mapped[datetime | None] = mapped_column(Instant)  # the tenant wrote: nobody did anything since
    unsolved_at: Mapped[datetime | None] = mapped_column(Instant)  # the tenant says it is not solved: nobody took it up

    # Handling and closing.
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    promised_answer_by: Mapped[date]
    first_answered_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None]
    closing_sentence: Mapped[str | None]
    surveyed_at: Mapped[datetime | None] = mapped_column(Instant)

    # What steering counts: made from the events by domain.passage. Delays are those of the first wait, before any
    # reopening; days are working days without the pauses. None where nobody reckoned them yet.
    answer_due_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_done_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_days: Mapped[int | None]
    full_due_at: Mapped[datetime | None] = mapped_column(Instant)
    full_done_at: Mapped[datetime | None] = mapped_column(Instant)
    full_days: Mapped[int | None]  # from the message on
    reopenings: Mapped[int | None]
    was_extended: Mapped[bool | None]
    first_category: Mapped[str | None]  # as first read
    first_team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))  # as first routed
    lost_days: Mapped[int | None]  # from the first desk to the last one

    # What a search looks into: see journey.inbox.search. Never read into Python.
    search: Mapped[str | None] = mapped_column(TSVECTOR, Computed(SEARCHED, persisted=True), deferred=True)


class Event(Base):
    """One thing that happened. The application may add events, never change or remove one."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_complaint", "complaint_id", "id"),
        Index("ix_events_member", "member_id", "id"),  # what happened since
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    kind: Mapped[str]
    audience: Mapped[str]  # tenant or internal
    actor: Mapped[str]  # tenant, model, rules, system, or a member of staff's name
    at: Mapped[datetime] = mapped_column(Instant)
    data: Mapped[dict[str, Any]]
