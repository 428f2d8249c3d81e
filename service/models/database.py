"""The one SQLAlchemy extension and the base of every row."""

from typing import Any, ClassVar
from uuid import UUID, uuid4

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, ForeignKey, MetaData, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every row of Sève."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {dict[str, Any]: JSONB, list[Any]: JSONB}


class Opaque:
    """A row whose id says nothing."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)


class OwnedByMember(Opaque):
    """A row that one member owns: row-level security hides it from every other."""

    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)


Instant = DateTime(timezone=True)

db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"expire_on_commit": False},
)
