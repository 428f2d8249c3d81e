"""Transfers: a person brings the complaint elsewhere, or a desk hands it back; everybody concerned is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import transfers as rules
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.permissions import LEADERS
from service.domain.routing import TargetKind
from service.domain.status import EventKind
from service.domain.submission import check_text
from service.journey.closing import contesting, reviewers
from service.journey.delivery import handovers
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.ports import Ports
from service.journey.routing import passages
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.member import Organisation, Team
from service.models.people import Staff

# What moves a complaint: a form written before one of these is out of date.
_MOVES = (EventKind.ROUTED, EventKind.TRANSFERRED, EventKind.PASSED_ON, EventKind.REOPENED, EventKind.CLOSED)


@dataclass(frozen=True)
class TransferTarget:
    """Where to: a team, or an organisation that a team goes on following. No team named: the one that has it now."""

    team_id: UUID | None = None
    organisation_id: UUID | None = None
    with_text: bool = False  # the tenant's words may leave with it

    @property
    def is_known(self) -> bool:
        """Whether anybody was named."""
        return self.team_id is not None or self.organisation_id is not None


def transfer(  # noqa: PLR0913  What a person says of a transfer has this many parts.
    member_id: UUID,
    complaint_id: UUID,
    staff_id: UUID,
    *,
    to: TransferTarget,
    reason: str,
    words: str,
    seen: int,
    ports: Ports,
) -> None:
    """Bring the complaint to another team, supplier or authority.

    `reason` is a key of `rules.TRANSFERS`; `words` end the tenant's sentence when it is "other". `seen` is the id of
    the last event on the page the form stood on.

    Raises
    ------
    BadInput
        When nobody or nobody new is named, or the reason cannot be told to the tenant.
    NotFound, NotAllowed
        When there is no such complaint or recipient, when it moved meanwhile, is closed, or was passed on too often;
        `under_review` for the own words of the person whose answer is contested.

    """
    clause = clause_of(rules.TRANSFERS, reason, words)
    if not to.is_known:
        raise BadInput("unknown_value", "to")
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        move = _move(session, complaint, staff.name, to, clause)
        organisation = move.organisation.name if move.organisation else None
        same = {"team": move.team.name, "organisation": organisation, "with_text": move.with_text}
        if was_done(session, complaint, EventKind.TRANSFERRED, same, seen):
            return
        check_unmoved(session, complaint, seen)
        if reason == rules.OTHER:  # Their own words reach the tenant.
            reviewers.keep_off(session, complaint, staff)
        check_may_pass(session, complaint, staff)
        if (move.team.id, to.organisation_id) == (complaint.team_id, complaint.organisation_id) and (
            to.organisation_id is None or handovers.live(session, complaint.id)
        ):
            raise BadInput("already_there", "to")
        passages.carry_out(session, complaint, move, ports)
        passages.name_at_limit(session, complaint, ports)
        contesting.follow_move(session, complaint)


def refuse(  # noqa: PLR0913  What a person says of a refusal has this many parts.
    member_id: UUID,
    complaint_id: UUID,
    staff_id: UUID,
    *,
    to: TransferTarget,
    reason: str,
    words: str,
    seen: int,
    ports: Ports,
) -> None:
    """Hand the complaint back in the name of the desk that has it, and bring it to whoever should; see `transfer`.

    `reason` is a key of `rules.REFUSALS`; nobody named means that the person who sorts looks for the right one. At the
    limit it goes to the person who decides, wherever it is sent.
    """
    reason_in = rules.REFUSALS.get(reason)
    if reason_in is None:
        raise BadInput("unknown_value", "reason")
    if words or reason == rules.OTHER:
        check_text(words, "words")
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        to = to if to.is_known else TransferTarget(passages.sorting_desk(session).id)
        move = _move(session, complaint, staff.name, to, reason_in.because)
        recipient = move.organisation.name if move.organisation else move.team.name
        data = {"code": reason, "reason": reason_in.label, "recipient": recipient, "text": words}
        if was_done(session, complaint, EventKind.REFUSED, data, seen):
            return
        check_unmoved(session, complaint, seen)
        if not may_refuse(session, complaint, staff):
            raise NotAllowed("too_many_hops")
        team = session.get(Team, complaint.team_id) if complaint.team_id else None
        if team and move.team.id == team.id and move.organisation is None:
            raise BadInput("already_there", "to")
        data["by"] = team.name if team else staff.name
        record(session, complaint, EventKind.REFUSED, at=ports.clock.now(), actor=staff.name, data=data)
        decides = rules.stops(complaint.hops) and may_pass(session, complaint, staff)
        passages.move_on(session, complaint, move, ports, decides=decides or staff.role in LEADERS)


def clause_of(reasons: dict[str, rules.Reason], reason: str, words: str) -> str:
    """Return the end of the tenant's sentence; BadInput when it is missing or sends the tenant away."""
    if reason not in reasons:
        raise BadInput("unknown_value", "reason")
    if reason != rules.OTHER:
        return reasons[reason].because
    check_text(words, "words")
    if rules.sends_away(words):
        raise BadInput("sends_away", "words")
    return " ".join(words.split()).rstrip(".")


def may_pass(session: Session, complaint: Complaint, staff: Staff) -> bool:
    """Say whether this person may pass it once more.

    At the limit a supervisor may, and whoever was given the complaint by somebody else.
    """
    was_given = staff.id == complaint.assignee_id and _given_by(session, complaint) != staff.name
    return rules.may_pass(complaint.hops, is_the_person=staff.role in LEADERS or was_given)


def may_refuse(session: Session, complaint: Complaint, staff: Staff) -> bool:
    """Say whether this person may hand it back: any desk may, but not where it already waits for who decides."""
    desk = passages.deciding_desk(session, complaint)
    waits_here = complaint.organisation_id is None and complaint.team_id == desk.id
    return may_pass(session, complaint, staff) or not waits_here


def check_may_pass(session: Session, complaint: Complaint, staff: Staff) -> None:
    """Refuse one passage too many."""
    if not may_pass(session, complaint, staff):
        raise NotAllowed("too_many_hops")


def _given_by(session: Session, complaint: Complaint) -> str | None:
    given = select(Event.actor).where(Event.complaint_id == complaint.id, Event.kind == EventKind.ASSIGNED)
    return session.scalars(given.order_by(Event.id.desc())).first()


def check_unmoved(session: Session, complaint: Complaint, seen: int) -> None:
    """Refuse a form written before the complaint moved: its author did not know."""
    moved = select(Event.id).where(Event.complaint_id == complaint.id, Event.id > seen, Event.kind.in_(_MOVES))
    if session.scalars(moved).first() is not None:
        raise NotAllowed("moved meanwhile")


def was_done(session: Session, complaint: Complaint, kind: EventKind, data: Mapping[str, object], seen: int) -> bool:
    """Say whether this very form was sent before: the first move since the page was shown says the same."""
    kinds = (*_MOVES, EventKind.REFUSED)
    since = select(Event).where(Event.complaint_id == complaint.id, Event.id > seen, Event.kind.in_(kinds))
    first = session.scalars(since.order_by(Event.id)).first()
    return first is not None and first.kind == kind and all(first.data.get(key) == data[key] for key in data)


def _move(session: Session, complaint: Complaint, actor: str, to: TransferTarget, because: str) -> passages.Move:
    team_id = to.team_id or complaint.team_id
    team = session.get(Team, team_id) if team_id else passages.sorting_desk(session)
    organisation = session.get(Organisation, to.organisation_id) if to.organisation_id else None
    if team is None or (to.organisation_id and organisation is None):
        raise NotFound("recipient", "to")
    target = TargetKind(organisation.kind) if organisation else passages.kind_of(team)
    return passages.Move(
        actor, target, team, organisation, because, with_text=to.with_text and organisation is not None
    )
