"""Referrals: a complaint that another landlord answers for begins anew there, by the network's agreement.

Two members, two complaints, two logs. The other one is given the message, the place as typed, how to reach the tenant
and what they said of their needs: neither the history, nor the notes, nor what was read in it here, but a danger.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import transfers as rules
from service.domain.closing import PASSED_ON
from service.domain.errors import BadInput, NotAllowed
from service.domain.safety import DANGER_LEVELS
from service.domain.status import Audience, EventKind, Status, is_allowed
from service.journey.clocks import clocks
from service.journey.closing import reviewers
from service.journey.danger import paging
from service.journey.dates import in_words
from service.journey.delivery import handovers
from service.journey.delivery.planning import Channel, plan
from service.journey.delivery.withdrawals import stop_what_waits, taken_back
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.patrimoine.places import Address, Place, find_place
from service.journey.ports import Ports
from service.journey.routing.transfers import check_may_pass, check_unmoved, clause_of
from service.journey.submission import own_key
from service.journey.submission.sent import Submission, Tenant
from service.journey.submission.submission import PARIS, store
from service.journey.transactions import member_transaction, name_member
from service.models.complaint import Complaint
from service.models.member import Member, Team
from service.models.submission import Referral


@dataclass(frozen=True)
class Passed:
    """Where the complaint goes on; its steps wait to be followed there."""

    member_id: UUID
    complaint_id: UUID


@dataclass(frozen=True)
class _Ends:
    """Both ends of a passage: what stays here, and what begins there."""

    here: Member
    there: Member
    reason: str
    clause: str


@dataclass(frozen=True)
class _Danger:
    """What is said of danger here."""

    level: str
    types: list[str]

    @classmethod
    def of(cls, complaint: Complaint) -> "_Danger":
        """Return what is said of a complaint, the last word of a person before all else."""
        if complaint.urgency == "danger":
            return cls("danger", list(complaint.danger_types))
        is_open = complaint.danger == "check" and not complaint.danger_is_judged
        return cls("check", list(complaint.danger_types)) if is_open else cls("none", [])


def pass_on(  # noqa: PLR0913  What a person says of a passage has this many parts.
    member_id: UUID,
    complaint_id: UUID,
    staff_id: UUID,
    *,
    to_member_id: UUID,
    reason: str,
    words: str,
    seen: int,
    ports: Ports,
) -> Passed:
    """Pass the complaint to another member, where it begins anew; close it here, telling the tenant who has it.

    `reason` is a key of `rules.PASSAGES`. Asked twice, it answers the same.

    Raises
    ------
    BadInput
        When the member is not one that takes referrals, or the reason cannot be told to the tenant.
    NotFound, NotAllowed
        When there is no such complaint, or it moved meanwhile, is closed, was passed on too often, or somebody else
        has to look again.

    """
    clause = clause_of(rules.PASSAGES, reason, words)
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        passed = passed_to(session, complaint_id)
        if passed and passed.member_id == to_member_id:
            return passed
        check_unmoved(session, complaint, seen)
        if not is_allowed(Status(complaint.status), EventKind.PASSED_ON):
            raise NotAllowed("closed already, or not at a desk yet")
        check_may_pass(session, complaint, staff)
        reviewers.keep_off(session, complaint, staff)
        ends = _Ends(session.get_one(Member, member_id), _other(session, member_id, to_member_id), reason, clause)
        passed = _begin_there(session, complaint, ends, ports)
        _end_here(session, complaint, ends, passed, staff.name, ports)
        return passed


def passed_to(session: Session, complaint_id: UUID) -> Passed | None:
    """Return where a complaint of the transaction's member was passed on to, if it was."""
    sent = select(Referral).where(Referral.complaint_id == complaint_id, Referral.direction == "sent")
    row = session.scalars(sent.where(Referral.other_complaint_id.is_not(None))).first()
    return Passed(row.other_member_id, row.other_complaint_id) if row and row.other_complaint_id else None


def takers(session: Session, member_id: UUID) -> list[Member]:
    """Return the members a complaint may be passed to; nobody when this one has not signed the agreement."""
    signed = session.scalars(select(Member).where(Member.accepts_referrals).order_by(Member.name)).all()
    others = [member for member in signed if member.id != member_id]
    return others if len(others) < len(signed) else []


def _other(session: Session, member_id: UUID, to_member_id: UUID) -> Member:
    found = next((member for member in takers(session, member_id) if member.id == to_member_id), None)
    if found is None:
        raise BadInput("not_a_taker", "to")
    return found


def _begin_there(session: Session, complaint: Complaint, ends: _Ends, ports: Ports) -> Passed:
    """Write the other member's complaint and its log, under its name; then speak for this member again."""
    there, new_id, now = ends.there, uuid4(), ports.clock.now()
    session.flush()  # while the transaction still speaks for this member
    submission, danger = _told(complaint), _Danger.of(complaint)
    name_member(session, there.id)
    store(session, new_id, _place(session, there.id, submission), submission, ports)
    new = session.get_one(Complaint, new_id)
    new.hops = complaint.hops + 1
    new.is_marked = complaint.is_sensitive or complaint.is_marked  # there too, it is not everybody's
    received = in_words(complaint.submitted_at.astimezone(PARIS).date())
    why = ends.clause if ends.reason == rules.OTHER else rules.PASSAGES[ends.reason].label
    note = f"Passée par {ends.here.name}. Le locataire l'avait écrite le {received}. Raison donnée : {why}."
    data = {"text": note, "first_submitted_at": complaint.submitted_at.isoformat()}
    record(session, new, EventKind.NOTED, at=now, actor=ends.here.name, data=data)
    _keep_danger(session, new, danger, ends.here.name, ports)
    session.add(_log(complaint.place_given, ends, "received", (there.id, new_id, ends.here.id, complaint.id), now))
    session.flush()
    name_member(session, complaint.member_id)
    return Passed(there.id, new_id)


def _keep_danger(session: Session, new: Complaint, danger: _Danger, actor: str, ports: Ports) -> None:
    """Take over what is said of danger: its reading there keeps it, and those on duty there are called."""
    new.danger = max(new.danger, danger.level, key=DANGER_LEVELS.index)
    new.danger_types = list(dict.fromkeys([*new.danger_types, *danger.types]))
    if danger.level == "danger":
        new.urgency = "danger"
        data = {"from_urgency": None, "types": danger.types, "member": actor}
        record(session, new, EventKind.DANGER_RAISED, at=ports.clock.now(), actor=actor, data=data)
        clocks.set_targets(session, new, ports)


def _end_here(session: Session, complaint: Complaint, ends: _Ends, passed: Passed, actor: str, ports: Ports) -> None:
    now = ports.clock.now()
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    cancelled = handovers.coming_visit(session, complaint, now.astimezone(PARIS).date())
    handovers.withdraw(session, complaint)
    sentence = rules.passed_to(ends.there.name, ends.clause)
    complaint.closed_at = now
    complaint.outcome = PASSED_ON
    complaint.closing_sentence = sentence
    complaint.proposed_organisation_id = None
    complaint.hops += 1
    own = (complaint.member_id, complaint.id, passed.member_id, passed.complaint_id)
    session.add(_log(complaint.place_given, ends, "sent", own, now))
    event = record(
        session,
        complaint,
        EventKind.PASSED_ON,
        at=now,
        actor=actor,
        audience=Audience.TENANT,
        data={
            "member": ends.there.name,
            "reason": sentence,
            "cancelled": cancelled.isoformat() if cancelled else None,
        },
    )
    stop_what_waits(session, event, ())
    told = taken_back(session, complaint)
    told += [Channel("team_told", "email", team.email)] if team and team.email else []
    for channel in told:
        plan(session, event, channel, ports)
    clocks.refresh(session, complaint, ports)
    paging.stop(session, complaint, actor, ports, passed_to=ends.there.name)


def _told(complaint: Complaint) -> Submission:
    """Return what the other member is told, and nothing more."""
    given = complaint.place_given.get("address")
    return Submission(
        text=complaint.text,
        channel=complaint.channel,
        tenant=Tenant(
            name=complaint.tenant_name,
            email=complaint.tenant_email,
            phone=complaint.tenant_phone,
            preferred_channel=complaint.preferred_channel,
            language=complaint.language,
            needs=tuple(complaint.needs),
        ),
        dwelling_reference=complaint.place_given.get("reference"),
        details={name: said for name, said in complaint.details.items() if name != own_key.KEY},
        address=Address(**given) if given else None,
    )


def _place(session: Session, member_id: UUID, submission: Submission) -> Place:
    """Find the place in the other member's patrimoine, and in no other."""
    found = find_place(session, member_id, submission.dwelling_reference, submission.address)
    return found if found.member_id == member_id else Place(member_id)


def _log(
    place_given: dict[str, Any], ends: _Ends, direction: str, ids: tuple[UUID, UUID, UUID, UUID], at: datetime
) -> Referral:
    member_id, complaint_id, other_member_id, other_complaint_id = ids
    return Referral(
        member_id=member_id,
        complaint_id=complaint_id,
        reference=place_given.get("reference") or "",
        direction=direction,
        other_member_id=other_member_id,
        other_complaint_id=other_complaint_id,
        reason=ends.reason,
        at=at,
    )
