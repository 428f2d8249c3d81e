"""Forgetting what is long done and says nothing any more. Complaints and their events are never touched here."""

from datetime import timedelta

from sqlalchemy import delete

from service.journey.ports import Ports
from service.journey.steering import exports
from service.journey.steps import member_ids
from service.journey.transactions import member_transaction, shared_transaction
from service.models.outbox import OutboxStep
from service.models.oversight import Search
from service.models.signing_in import NetworkLetter, NetworkSession, SignInAttempt, StaffSession
from service.models.submission import SubmissionKey
from service.models.workspace import BulkAct, Presence

KEPT = timedelta(days=30)  # steps done, and answers to idempotency keys
PRESENT = timedelta(hours=1)  # who had what in front of them
ACTED = timedelta(days=7)  # what was done to many at once: undone for half an hour, looked at a little longer
SEARCHED = timedelta(days=365)  # what was looked for
TRIED = timedelta(days=1)  # attempts to sign in
SIGNED_IN = timedelta(days=365)  # sessions, all of them ended long before


def prune(ports: Ports) -> None:
    """Forget, for every member, what is older than it need be. Harmless when two do."""
    now = ports.clock.now()
    for member_id in member_ids():
        with member_transaction(member_id) as session:
            session.execute(delete(OutboxStep).where(OutboxStep.done_at < now - KEPT))
            session.execute(delete(SubmissionKey).where(SubmissionKey.at < now - KEPT))
            session.execute(delete(Presence).where(Presence.seen_at < now - PRESENT))
            session.execute(delete(BulkAct).where(BulkAct.made_at < now - ACTED))
            exports.forget(session, now)
            session.execute(delete(StaffSession).where(StaffSession.created_at < now - SIGNED_IN))
            session.execute(delete(Search).where(Search.at < now - SEARCHED))
    with shared_transaction() as session:
        session.execute(delete(NetworkSession).where(NetworkSession.created_at < now - SIGNED_IN))
        session.execute(delete(NetworkLetter).where(NetworkLetter.ended_at < now - KEPT))
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - TRIED))
