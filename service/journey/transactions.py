"""The one place that commits. A transaction is opened for one member, and PostgreSQL holds it to that member."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from flask import has_request_context
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.models.database import db

# The person of the staff who looks, if one does. PostgreSQL then hides the sensitive complaints they are not named for,
# in every transaction of that request: no list, count or search has to remember it.
_looking: ContextVar[UUID | None] = ContextVar("looking", default=None)


@contextmanager
def looking_as(staff_id: UUID | None) -> Iterator[None]:
    """Restrain every transaction opened within to what this person may see; None: what Sève itself does."""
    before = _looking.set(staff_id)
    try:
        yield
    finally:
        _looking.reset(before)


def name_member(session: Session, member_id: UUID) -> None:
    """Restrain what follows in this transaction to one member's rows."""
    session.execute(
        text("select set_config('seve.member', :member, true), set_config('seve.staff', :staff, true)"),
        {"member": str(member_id), "staff": str(_looking.get() or "")},
    )


@contextmanager
def _transaction() -> Iterator[Session]:
    session = db.session()
    if session.in_transaction():
        raise RuntimeError("a transaction is already open: pass its session instead of opening another")
    try:
        yield session
        session.commit()
    finally:
        db.session.remove()  # rolls back whatever an error left open


@contextmanager
def member_transaction(member_id: UUID) -> Iterator[Session]:
    """Open a transaction that sees and writes one member's rows only; commit at the end, or nothing at all."""
    with _transaction() as session:
        name_member(session, member_id)
        yield session


@contextmanager
def shared_transaction() -> Iterator[Session]:
    """Open a transaction for no member: members' public lines and published figures, never an owned row."""
    with _transaction() as session:
        yield session


@contextmanager
def operator_transaction() -> Iterator[Session]:
    """Open a transaction in the role of the platform's operators, which the database allows no complaint."""
    with _transaction() as session:
        session.execute(text("set local role seve_operator"))
        yield session


@contextmanager
def release_transaction() -> Iterator[Session]:
    """Open a transaction in the role that publishes: it reads no word and no name, and adds to what is published.

    It sees the rows of the member that is named, one after the other. A release waits for another, and takes its time.
    No web request may open it: what is published is written by the clock and by commands alone.
    """
    if has_request_context():
        raise RuntimeError("what is published is never written for a web request")
    with _transaction() as session:
        session.execute(text("set local role seve_release"))
        session.execute(text("set local lock_timeout = '10min'"))
        session.execute(text("set local statement_timeout = '5min'"))
        yield session


@contextmanager
def alone(lock: int) -> Iterator[None]:
    """Hold others off while several transactions follow one another; the lock goes with its connection.

    Who waits for it waits ten minutes at most, and then fails.
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # Closed at the end, never lent again: lock and settings go with it.
        connection.execute(text("set statement_timeout = '10min'"))
        connection.execute(text("set lock_timeout = '10min'"))
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": lock})
        yield


@contextmanager
def network_transaction() -> Iterator[Session]:
    """Open a transaction in the network's role, which the database allows to read published figures only."""
    with _transaction() as session:
        session.execute(text("set local role seve_network"))
        yield session
