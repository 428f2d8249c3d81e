"""How people sign in: sessions, passkeys, invitations, the member's identity provider, and who tries too often.

Of every secret only a digest is kept, or the sealed secret.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint, true
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, Opaque, OwnedByMember


class SignedInOnce:
    """One browser somebody signed in from, until it is ended by a person or by time."""

    means: Mapped[str]  # password, password_totp, recovery, passkey or provider
    device: Mapped[str]  # the browser and the system in two words, as its owner knows them again
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_why: Mapped[str | None]  # signed_out, idle, revoked, password, departed


class StaffSession(SignedInOnce, OwnedByMember, Base):
    """A session of a member's staff."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index("ix_staff_sessions_live", "staff_id", postgresql_where=sql("ended_at is null")),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class NetworkSession(SignedInOnce, Opaque, Base):
    """A session of a person of the network."""

    __tablename__ = "network_sessions"
    __table_args__ = (Index("ix_network_sessions_live", "reader_id", postgresql_where=sql("ended_at is null")),)

    reader_id: Mapped[UUID] = mapped_column(ForeignKey("network_readers.id"))


class Passkey(OwnedByMember, Base):
    """A key in a person's telephone, computer or token: it signs in alone, and cannot be given away by mistake."""

    __tablename__ = "passkeys"
    __table_args__ = (UniqueConstraint("credential_id"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Invitation(OwnedByMember, Base):
    """A link that lets one person choose their password, once: to come in, or to come back."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("purpose in ('welcome', 'forgotten')", name="purpose"),
        Index("uq_invitations_token_hash", "token_hash", unique=True),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    purpose: Mapped[str]
    token_hash: Mapped[str]
    made_by: Mapped[str]  # a person's name, or "system"
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class IdentityProvider(OwnedByMember, Base):
    """Where a member's staff sign in by OpenID Connect."""

    __tablename__ = "identity_providers"
    __table_args__ = (UniqueConstraint("member_id"),)

    name: Mapped[str]  # as the button says it
    issuer: Mapped[str]  # https://..., exactly as the provider writes itself
    client_id: Mapped[str]
    sealed_secret: Mapped[str | None]  # None: a public client, PKCE alone
    email_domains: Mapped[list[Any]] = mapped_column(
        default=list
    )  # whose addresses are led there from the sign-in page
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Staff of the member then sign in there only; administrators keep their password, for the day it is down.
    is_the_only_way: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class NetworkLetter(Opaque, Base):
    """A mail to a person of the network, who is of no member: what the outbox is for everybody else."""

    __tablename__ = "network_letters"
    __table_args__ = (
        Index("ix_network_letters_waiting", "run_after", postgresql_where=sql("ended_at is null")),
        CheckConstraint("status in ('waiting', 'sent', 'given_up')", name="status"),
    )

    reader_id: Mapped[UUID] = mapped_column(ForeignKey("network_readers.id"))
    recipient: Mapped[str]  # as it was when this happened
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what happened, and when; no secret
    status: Mapped[str] = mapped_column(default="waiting")
    run_after: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)  # sent, or given up


class NetworkChoices(Base):
    """What the operators decide for all readers of the network. One line."""

    __tablename__ = "network_choices"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("second_factor in ('optional', 'required')", name="second_factor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    second_factor: Mapped[str] = mapped_column(default="optional", server_default="optional")


class SignInAttempt(Base):
    """One attempt to sign in, counted for all processes. The key is a keyed digest: neither address nor network."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)
