"""What is published to the network: figures with nobody in them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant


class TrendRelease(Base):
    """One closed month, published once and never computed again."""

    __tablename__ = "trend_releases"

    month: Mapped[date] = mapped_column(primary_key=True)
    published_at: Mapped[datetime] = mapped_column(Instant)
    dwellings: Mapped[int]  # stock of the network that month
    answers: Mapped[int | None]  # feedback scores counted, None when too few
    satisfied: Mapped[int | None]  # of which 7 to 10, None when too few or too few the other way


class TrendCell(Base):
    """Distinct dwellings of the network that wrote about a family in a month; None is hidden, not zero."""

    __tablename__ = "trend_cells"

    month: Mapped[date] = mapped_column(ForeignKey("trend_releases.month"), primary_key=True)
    family: Mapped[str] = mapped_column(primary_key=True)
    dwellings: Mapped[int | None]
