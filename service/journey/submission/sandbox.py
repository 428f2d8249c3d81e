"""A sandbox key: its messages are answered as real ones are, and nothing is kept of them but what was answered."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from service.domain.errors import NotFound, ReplayedWithAnotherBody
from service.journey.ports import Ports
from service.journey.reading import Sheet
from service.journey.submission.rehearsal import rehearse
from service.journey.submission.sent import Submission, hash_of
from service.journey.transactions import member_transaction
from service.models.submission import SubmissionKey

# No header holds a line break: what a real key was used for is never met by what a sandbox key was used for.
_APART = "sandbox\n"
_MARK = "sandbox"


def submit(
    member_id: UUID, sent: Submission, key: str, write: Callable[[Sheet], dict[str, Any]], ports: Ports
) -> dict[str, Any]:
    """Return what `write` makes of the complaint as it would stand, the same again for the same key.

    Raises
    ------
    BadInput
        When the text cannot be accepted.
    ReplayedWithAnotherBody
        When the key came before with another request.

    """
    kept = _kept(member_id, key, sent)
    if kept is None:
        _keep(member_id, key, sent, rehearse(member_id, sent, write, ports), ports)
        kept = _kept(member_id, key, sent)  # a twin request may have been first
    return kept or {}


def read(member_id: UUID, complaint_id: UUID) -> dict[str, Any]:
    """Return what was answered to a message that was only tried.

    Raises
    ------
    NotFound
        When there was no such message: a real complaint is none.

    """
    with member_transaction(member_id) as session:
        kept: dict[str, Any] | None = session.scalars(
            select(SubmissionKey.answer).where(
                SubmissionKey.complaint_id == complaint_id, SubmissionKey.answer.has_key(_MARK)
            )
        ).first()
    if kept is None:
        raise NotFound("complaint")
    return kept


def _kept(member_id: UUID, key: str, sent: Submission) -> dict[str, Any] | None:
    with member_transaction(member_id) as session:
        kept = session.scalars(select(SubmissionKey).where(SubmissionKey.key_hash == hash_of(_APART + key))).first()
    if kept and kept.body_hash != sent.fingerprint():
        raise ReplayedWithAnotherBody("replayed_with_another_body", "Idempotency-Key")
    return kept.answer if kept else None


def _keep(member_id: UUID, key: str, sent: Submission, answer: dict[str, Any], ports: Ports) -> None:
    with member_transaction(member_id) as session:
        session.execute(
            insert(SubmissionKey)
            .values(
                id=uuid4(),
                member_id=member_id,
                key_hash=hash_of(_APART + key),
                body_hash=sent.fingerprint(),
                complaint_id=UUID(answer["id"]),
                answer=answer | {_MARK: True},
                at=ports.clock.now(),
            )
            .on_conflict_do_nothing(index_elements=["member_id", "key_hash"])
        )
