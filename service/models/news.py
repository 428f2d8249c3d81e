"""News for tenants: letters to print, and links asked for again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class LetterBatch(OwnedByMember, Base):
    """Letters printed at once: its deliveries name it."""

    __tablename__ = "letter_batches"

    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    posted_at: Mapped[datetime | None] = mapped_column(Instant)


class LinkRequest(OwnedByMember, Base):
    """Somebody asked for the links of their complaints. Written for every address, known or not, and answered later."""

    __tablename__ = "link_requests"

    sealed_address: Mapped[str]  # an e-mail address or a telephone number
    language: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
