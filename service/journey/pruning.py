"""Forgetting what is long done and says nothing any more. Complaints and their events are never touched here."""

from datetime import timedelta

from sqlalchemy import delete

from service.journey.ports import Ports
from service.journey.steps import member_ids
from service.journey.transactions import member_transaction, shared_transaction
from service.models.outbox import OutboxStep
from service.models.oversight import Search
from service.models.signing_in import SignInAttempt
from service.models.submission import SubmissionKey
from service.models.workspace import Presence

KEPT = timedelta(days=30)  # steps done, and answers to idempotency keys
PRESENT = timedelta(hours=1)  # who had what in front of them
SEARCHED = timedelta(days=365)  # what was looked for
TRIED = timedelta(days=1)  # attempts to sign in


def prune(ports: Ports) -> None:
    """Forget, for every member, what is older than it need be. Harmless when two do."""
    now = ports.clock.now()
    for member_id in member_ids():
        with member_transaction(member_id) as session:
            session.execute(delete(OutboxStep).where(OutboxStep.done_at < now - KEPT))
            session.execute(delete(SubmissionKey).where(SubmissionKey.at < now - KEPT))
            session.execute(delete(Presence).where(Presence.seen_at < now - PRESENT))
            session.execute(delete(Search).where(Search.at < now - SEARCHED))
    with shared_transaction() as session:
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - TRIED))
