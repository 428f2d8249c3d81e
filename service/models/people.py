"""Those who sign in: members' staff, and the network's readers."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Opaque, OwnedByMember


class Staff(OwnedByMember, Base):
    """A person who works for one member."""

    __tablename__ = "staff"

    email: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    role: Mapped[str]  # agent or supervisor
    password_hash: Mapped[str]  # argon2id
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    is_active: Mapped[bool] = mapped_column(default=True)


class NetworkReader(Opaque, Base):
    """A person of the working group, who reads published figures and nothing else."""

    __tablename__ = "network_readers"

    email: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    password_hash: Mapped[str]  # argon2id
