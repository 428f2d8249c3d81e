"""Submission: accept or refuse; store the complaint and its first event in one commit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.domain.errors import ReplayedWithAnotherBody
from service.domain.reference import make_reference
from service.domain.status import Audience, EventKind, Status
from service.domain.submission import check_text
from service.journey.clocks import clocks
from service.journey.danger.hearing import listen
from service.journey.events import record
from service.journey.incidents.incident_links import link
from service.journey.patrimoine.places import Place, find_place, words_of_place
from service.journey.ports import Ports
from service.journey.submission import own_key, uploads
from service.journey.submission.sent import Submission, hash_of
from service.journey.transactions import member_transaction, name_member
from service.models.complaint import Complaint
from service.models.draft import Upload
from service.models.incident import Incident
from service.models.patrimoine import Dwelling, Residence
from service.models.people import Staff
from service.models.submission import Referral, SubmissionKey

REFERENCES_TRIED = 5
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Receipt:
    """A complaint safely stored; `is_new` is False when the same key had already been used."""

    member_id: UUID
    complaint_id: UUID
    is_new: bool
    answer: dict[str, Any] | None = None


def submit(member_id: UUID, submission: Submission, key: str, ports: Ports) -> Receipt:
    """Store a complaint and its first event, once for each key.

    Raises
    ------
    BadInput
        When the text cannot be accepted; nothing is stored.
    ReplayedWithAnotherBody
        When the key came before with another request.

    """
    check_text(submission.text)
    with member_transaction(member_id) as session:
        complaint_id = uuid4()
        if not _take_key(session, member_id, key, submission, complaint_id, ports.clock.now()):
            return _replay(session, key, submission)
        owner_id = store_where_it_belongs(session, member_id, complaint_id, submission, ports)
        return Receipt(owner_id, complaint_id, is_new=True)


def store_where_it_belongs(
    session: Session, member_id: UUID, complaint_id: UUID, submission: Submission, ports: Ports
) -> UUID:
    """Store a complaint with the owner of its dwelling, in the transaction at hand; return that member."""
    files = uploads.arrived(session, submission.holder) if submission.holder else ()
    place = find_place(session, member_id, submission.dwelling_reference, submission.address)
    if place.member_id != member_id:
        ends = (member_id, place.member_id)
        _log_referral(session, complaint_id, submission.place_as_typed(), ends, ports.clock.now())
        # From here on the transaction speaks for the owner of the dwelling, whose log names no key of another.
        submission = replace(submission, key_id=None)
    store(session, complaint_id, place, submission, ports, files)
    return place.member_id


def keep_answer(receiver_id: UUID, key: str, answer: dict[str, Any]) -> None:
    """Keep what was answered, so that a replay says the same."""
    with member_transaction(receiver_id) as session:
        kept = session.scalars(select(SubmissionKey).where(SubmissionKey.key_hash == hash_of(key))).one()
        if kept.answer is None:
            kept.answer = answer


def receipt_of(member_id: UUID, key: str) -> Receipt:
    """Return the receipt of a key already used."""
    with member_transaction(member_id) as session:
        kept = session.scalars(select(SubmissionKey).where(SubmissionKey.key_hash == hash_of(key))).one()
        return _as_receipt(session, kept)


def _as_receipt(session: Session, kept: SubmissionKey) -> Receipt:
    """Return where the complaint of a key is: with this member, or with the one it was referred to."""
    # What a person passed on later is another complaint; the one that was sent stays here.
    referred = select(Referral.other_member_id).where(
        Referral.complaint_id == kept.complaint_id, Referral.other_complaint_id.is_(None)
    )
    owner = session.scalars(referred).first()
    return Receipt(owner or kept.member_id, kept.complaint_id, is_new=False, answer=kept.answer)


def _take_key(
    session: Session, member_id: UUID, key: str, submission: Submission, complaint_id: UUID, at: datetime
) -> bool:
    """Insert the key, waiting for a twin request in flight; False when it was taken."""
    taken = session.execute(
        insert(SubmissionKey)
        .values(
            id=uuid4(),
            member_id=member_id,
            key_hash=hash_of(key),
            body_hash=submission.fingerprint(),
            complaint_id=complaint_id,
            at=at,
        )
        .on_conflict_do_nothing(index_elements=["member_id", "key_hash"])
        .returning(SubmissionKey.id)
    )
    return taken.scalar() is not None


def _replay(session: Session, key: str, submission: Submission) -> Receipt:
    kept = session.scalars(select(SubmissionKey).where(SubmissionKey.key_hash == hash_of(key))).one()
    if kept.body_hash != submission.fingerprint():
        raise ReplayedWithAnotherBody("replayed_with_another_body", "Idempotency-Key")
    return _as_receipt(session, kept)


def _log_referral(session: Session, complaint_id: UUID, reference: str, ends: tuple[UUID, UUID], at: datetime) -> None:
    """Write the passage from the receiver to the owner in both members' logs, each under its own name."""
    receiver, owner = ends
    for member_id, direction, other in ((receiver, "sent", owner), (owner, "received", receiver)):
        name_member(session, member_id)
        session.add(
            Referral(
                member_id=member_id,
                complaint_id=complaint_id,
                reference=reference,
                direction=direction,
                other_member_id=other,
                at=at,
            )
        )
        session.flush()  # while the transaction still speaks for this member


def store(
    session: Session,
    complaint_id: UUID,
    place: Place,
    submission: Submission,
    ports: Ports,
    files: Sequence[Upload] = (),
) -> None:
    """Write the complaint and its first event, in the transaction at hand and for the member it speaks for."""
    now = ports.clock.now()
    tenant = submission.tenant
    # A colleague of another member, which it is referred to, is nobody here.
    staff = session.get(Staff, submission.entered_by_id) if submission.entered_by_id else None
    complaint = Complaint(
        id=complaint_id,
        member_id=place.member_id,
        reference="",
        tracking_token=ports.random.token(),
        status=Status.SUBMITTED,
        submitted_at=now,
        text=submission.text,
        channel=submission.channel,
        place_given={
            "reference": submission.dwelling_reference,
            "address": asdict(submission.address) if submission.address else None,
        }
        | ({"why": place.why} if place.why else {}),
        tenant_reference=tenant.reference,
        tenant_name=tenant.name,
        tenant_email=tenant.email,
        tenant_phone=tenant.phone,
        preferred_channel=tenant.preferred_channel,
        language=tenant.language,
        needs=list(tenant.needs),
        chosen_category=submission.chosen_category,
        details=dict(submission.details) | ({own_key.KEY: str(submission.key_id)} if submission.key_id else {}),
        return_url=submission.return_url,
        entered_by_id=staff.id if staff else None,
        dwelling_id=place.dwelling_id,
        residence_id=place.residence_id,
        place_words=words_of_place(
            session.get(Residence, place.residence_id) if place.residence_id else None,
            session.get(Dwelling, place.dwelling_id) if place.dwelling_id else None,
            submission.dwelling_reference,
            submission.address,
        ),
        told_at=now,
    )
    listen(complaint, ports)
    clocks.start(session, complaint, ports)
    _add_with_reference(session, complaint, ports)
    event = record(
        session,
        complaint,
        EventKind.SUBMITTED,
        at=now,
        actor="tenant",
        audience=Audience.TENANT,
        data=_data(submission, len(files), staff),
    )
    uploads.take(session, complaint, event, files)
    incident = session.get(Incident, submission.joined_incident_id) if submission.joined_incident_id else None
    if incident and incident.status == "open" and incident.residence_id == complaint.residence_id:
        link(session, complaint, incident, by="tenant", ports=ports)


def _data(submission: Submission, files: int, staff: Staff | None) -> dict[str, Any]:
    """Return what is kept with the first event."""
    data: dict[str, Any] = {"channel": submission.channel}
    if staff:
        data |= {"entered_by": staff.name, "received_on": submission.details.get("received_on")}
    if files:
        data["files"] = files
    if submission.differs_from:
        data["differs_from"] = [str(incident_id) for incident_id in submission.differs_from]
    return data


def _add_with_reference(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Add the complaint under a reference nobody has; two equal draws are rare, and never a reason to refuse."""
    for trial in range(REFERENCES_TRIED):
        complaint.reference = make_reference(ports.random.below)
        try:
            with session.begin_nested():
                session.add(complaint)
                session.flush()
        except IntegrityError:
            if trial + 1 == REFERENCES_TRIED:
                raise
        else:
            return
