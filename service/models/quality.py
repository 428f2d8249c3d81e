"""How the text model did, week after week: figures of the whole network with nobody in them."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base


class ModelWeek(Base):
    """What one version of the text model did in one finished week; no member, no text."""

    __tablename__ = "model_weeks"

    week: Mapped[date] = mapped_column(primary_key=True)  # the Monday
    model_version: Mapped[str] = mapped_column(primary_key=True)
    messages: Mapped[int]
    abstained: Mapped[int]
    confidence: Mapped[float]  # mean
    unknown_share: Mapped[float | None]  # mean; None before it was kept
    overridden: Mapped[int]  # of those it sorted, those a person sorted otherwise within seven days
    drawn: Mapped[int]  # to be checked by a person
    audited: Mapped[int]  # of those drawn, those a person judged
    audited_right: Mapped[int]
