"""What a tenant began and did not send yet: words, and files on their way. Sealed, and forgotten soon."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Draft(OwnedByMember, Base):
    """A message that is written and not sent. Only the secret of its address opens it."""

    __tablename__ = "drafts"
    __table_args__ = (Index("uq_drafts_token_hash", "member_id", "token_hash", unique=True),)

    token_hash: Mapped[str]
    sealed: Mapped[str]  # everything typed, as JSON
    updated_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    complaint_id: Mapped[UUID | None]  # once sent; may belong to another member after a referral, hence no foreign key


class Upload(OwnedByMember, Base):
    """A file on its way, piece by piece, or arrived and made anew. Its holder is the page it is sent from."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_holder", "member_id", "holder_hash"),)

    holder_hash: Mapped[str]  # of the secret of a draft or of a tracking link
    size: Mapped[int]  # bytes, as announced
    received: Mapped[int] = mapped_column(default=0)  # bytes
    state: Mapped[str]  # receiving, clean, refused, taken
    refusal: Mapped[str | None]  # why, a code
    media_type: Mapped[str | None]
    sha256: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # made anew
    at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class UploadPiece(OwnedByMember, Base):
    """Some bytes of a file, as they came."""

    __tablename__ = "upload_pieces"
    __table_args__ = (Index("uq_upload_pieces_start", "upload_id", "start", unique=True),)

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id", ondelete="cascade"))
    start: Mapped[int]  # bytes before it
    content: Mapped[bytes] = mapped_column(LargeBinary)
