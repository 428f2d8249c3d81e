"""Tenants whom a member's own extranet introduces: by a token it signs, used once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class IntroductionKey(OwnedByMember, Base):
    """What a member signs with: a secret we share with it, sealed, or its public key. Never both."""

    __tablename__ = "introduction_keys"
    __table_args__ = (
        CheckConstraint("(sealed_secret is null) <> (public_key is null)", name="one_of_both"),
        Index("uq_introduction_keys_name", "member_id", "name", unique=True),
    )

    name: Mapped[str]  # the `kid` of the token
    algorithm: Mapped[str]  # the only one accepted with this key: HS256, RS256, ES256 or EdDSA
    sealed_secret: Mapped[str | None]
    public_key: Mapped[str | None]  # PEM
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Introduction(OwnedByMember, Base):
    """A token that was used: who it introduces, for as long as the form may stay open."""

    __tablename__ = "introductions"
    __table_args__ = (
        Index("uq_introductions_jti_hash", "member_id", "jti_hash", unique=True),  # used once
        Index("uq_introductions_token_hash", "member_id", "token_hash", unique=True),
    )

    key_id: Mapped[UUID] = mapped_column(ForeignKey("introduction_keys.id"))
    jti_hash: Mapped[str]
    token_hash: Mapped[str]  # of the secret in the address of the form it leads to
    browser_hash: Mapped[str | None]  # of what brought the token, so that a second tap is told from another browser
    opened_at: Mapped[datetime | None] = mapped_column(Instant)  # when the form was first shown
    sealed: Mapped[str]  # who, which dwelling, which contacts, where to return: JSON
    at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
