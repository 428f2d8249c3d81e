"""What is published to the network: figures with nobody in them, and what keeps them so."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, Opaque, OwnedByMember


class TrendSnapshot(Base):
    """One product for one period, drawn once: never changed, never removed, chained to the one before."""

    __tablename__ = "trend_snapshots"
    __table_args__ = (
        UniqueConstraint("product", "period"),
        UniqueConstraint("previous"),
        ForeignKeyConstraint(["product", "period"], ["trend_charges.product", "trend_charges.period"]),  # charged first
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product: Mapped[str]
    period: Mapped[date]
    drawn_at: Mapped[datetime] = mapped_column(Instant)
    keys: Mapped[list[Any]]
    values: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    sigma: Mapped[float]
    rho: Mapped[float]
    most: Mapped[int]
    cap: Mapped[int]
    stock: Mapped[dict[str, Any]]
    program: Mapped[dict[str, Any]]
    previous: Mapped[str]
    sha256: Mapped[str]


class TrendCharge(Base):
    """The ledger: what each snapshot may have cost a household. One line a snapshot, written before it is drawn."""

    __tablename__ = "trend_charges"

    product: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    sigma: Mapped[float]
    most: Mapped[int]
    cap: Mapped[int]
    rho: Mapped[float]


class TrendErratum(Opaque, Base):
    """What is known to be wrong with a published table, said beside it; a withdrawn one is no longer shown."""

    __tablename__ = "trend_errata"

    product: Mapped[str]
    period: Mapped[date]
    at: Mapped[datetime] = mapped_column(Instant)
    author: Mapped[str]
    words: Mapped[str]
    is_withdrawn: Mapped[bool]


class Contribution(OwnedByMember, Base):
    """How many cells of a product a household has moved in a period: what the yearly cap is held by."""

    __tablename__ = "trend_contributions"
    __table_args__ = (UniqueConstraint("member_id", "product", "period", "household"),)

    product: Mapped[str]
    period: Mapped[date]
    household: Mapped[bytes] = mapped_column(LargeBinary)  # HMAC-SHA256 of the dwelling
    cells: Mapped[int]


class TermSighting(OwnedByMember, Base):
    """A word of the public list that a message holds. Made for one release and removed by it."""

    __tablename__ = "term_sightings"
    __table_args__ = (UniqueConstraint("complaint_id", "term"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"))
    term: Mapped[str]


class OwnFigures(OwnedByMember, Base):
    """A member's own exact figures of one product and period, kept for itself when the network's are drawn."""

    __tablename__ = "own_figures"
    __table_args__ = (UniqueConstraint("member_id", "product", "period"),)

    product: Mapped[str]
    period: Mapped[date]
    figures: Mapped[dict[str, Any]]  # key within the member -> distinct households, exact and without a cap


class TrendObjection(OwnedByMember, Base):
    """A household that wants no part in the figures (article 21): left out of every later release, until it is lifted.

    Whoever names a dwelling may have written `complaint_id` or may not: only the one who asked is told of it.
    """

    __tablename__ = "trend_objections"
    __table_args__ = (UniqueConstraint("dwelling_id"),)

    dwelling_id: Mapped[UUID] = mapped_column(ForeignKey("dwellings.id"))
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaints.id", ondelete="SET NULL"))  # that asked
    at: Mapped[datetime] = mapped_column(Instant)


class TrendConsent(OwnedByMember, Base):
    """A member agrees that its own line is shown by name in a product, or to open data; for later periods only."""

    __tablename__ = "trend_consents"
    __table_args__ = (Index("ix_trend_consents_product", "product"),)

    product: Mapped[str]  # a code of domain.products whose split is member, or OPEN
    from_month: Mapped[date]
    until_month: Mapped[date | None]  # the first month it no longer holds for
    given_by: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)


class WatchTerm(Opaque, Base):
    """What the working group changed in the public list: a term added, or one of the file with its last month."""

    __tablename__ = "watch_terms"
    __table_args__ = (UniqueConstraint("term", "from_month"),)

    term: Mapped[str]  # see domain.watch_list
    label: Mapped[str]
    from_month: Mapped[date]  # had not begun when it was decided
    until_month: Mapped[date | None]  # the same
    at: Mapped[datetime] = mapped_column(Instant, server_default=sql("now()"))  # of the last decision on it


class OwnWords(OwnedByMember, Base):
    """The words and pairs of words of one month that many households of a member wrote: for itself, exact."""

    __tablename__ = "own_words"
    __table_args__ = (UniqueConstraint("member_id", "month"),)

    month: Mapped[date]
    households: Mapped[int]  # that wrote anything
    words: Mapped[dict[str, Any]]  # term -> [households, the word as most of them spell it]


class TermProposal(OwnedByMember, Base):
    """A member proposes a word that rises in its own messages. Nobody but itself sees who proposed."""

    __tablename__ = "term_proposals"
    __table_args__ = (UniqueConstraint("member_id", "term"),)

    term: Mapped[str]
    label: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)


class TermApproval(Opaque, Base):
    """A reader of the working group agrees that a word joins the public list, or leaves it. Kept for good."""

    __tablename__ = "term_approvals"
    __table_args__ = (
        CheckConstraint("does in ('add', 'remove')", name="does"),
        Index("ix_term_approvals_term", "term"),
    )

    term: Mapped[str]
    does: Mapped[str]
    reader_id: Mapped[UUID] = mapped_column(ForeignKey("network_readers.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class Decision(Opaque, Base):
    """You said, we did: what tenants said, what the members decided, who answers for it, and what it changed."""

    __tablename__ = "trend_decisions"
    __table_args__ = (CheckConstraint("state in ('planned', 'under_way', 'done', 'dropped')", name="state"),)

    subject: Mapped[str]  # a category or a family
    said: Mapped[str]
    decided: Mapped[str]
    owner: Mapped[str]  # a function or an organisation, never a tenant
    decided_on: Mapped[date]
    state: Mapped[str]
    measured_from: Mapped[date | None]  # the first month the effect may show in
    written_by: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)


class NetworkKey(Opaque, Base):
    """A key to the network's read-only API."""

    __tablename__ = "network_keys"

    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
