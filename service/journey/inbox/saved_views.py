"""Lists that people want to find again: their filters, never their rows. Mine, a team's, or everybody's."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.permissions import Act, may
from service.domain.submission import check_text
from service.journey.administration import audit
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.member import Team
from service.models.people import Staff
from service.models.workspace import SavedView

LONGEST_NAME = 60  # characters
MOST = 30  # views of one person

WITH_ME, WITH_ALL = "", "tous"  # whom it is shared with; anything else is a team


def shown_to(session: Session, staff: Staff) -> Sequence[SavedView]:
    """Return the views a person finds under the rail: their own in their order, then what is shared with them."""
    of_team = and_(SavedView.team_id.is_not(None), SavedView.team_id == staff.team_id)
    query = select(SavedView).where(or_(SavedView.staff_id == staff.id, SavedView.is_shared, of_team))
    ranked = (SavedView.staff_id != staff.id, SavedView.position, SavedView.made_at, SavedView.id)
    return session.scalars(query.order_by(*ranked)).all()


def save(member_id: UUID, staff_id: UUID, name: str, address: Mapping[str, str], share: str, ports: Ports) -> UUID:
    """Keep a list under a name.

    Raises
    ------
    BadInput
        When the name is missing, too long or taken, the team is unknown, or there are too many views.
    NotAllowed
        When it is shared by somebody who may not.

    """
    check_text(name, "view_name", LONGEST_NAME)
    with member_transaction(member_id) as session:
        staff = session.get_one(Staff, staff_id)
        own = session.scalar(select(func.count()).where(SavedView.staff_id == staff_id)) or 0
        if own >= MOST:
            raise BadInput("too_many_views", "view_name")
        view = SavedView(
            member_id=member_id, staff_id=staff_id, name=name.strip(), address=dict(address),
            made_at=ports.clock.now(), position=own,
        )  # fmt: skip
        _share(session, view, staff, share)
        _add(session, view)
        if share:
            _tell(session, staff, "changed", view, ports)
        return view.id


def change(member_id: UUID, staff_id: UUID, view_id: UUID, name: str, share: str, ports: Ports) -> None:
    """Give one's own view another name, or share it otherwise. The refusals are those of `save`."""
    check_text(name, "view_name", LONGEST_NAME)
    with member_transaction(member_id) as session:
        view, staff = _own(session, view_id, staff_id)
        was_shared = view.is_shared or view.team_id is not None
        view.name = name.strip()
        _share(session, view, staff, share)
        _add(session, view)
        if share or was_shared:
            _tell(session, staff, "changed", view, ports)


def remove(member_id: UUID, staff_id: UUID, view_id: UUID, ports: Ports) -> None:
    """Forget one's own view; whoever supervises may forget a shared one. Harmless when it is gone."""
    with member_transaction(member_id) as session:
        view, staff = session.get(SavedView, view_id), session.get_one(Staff, staff_id)
        if view is None:
            return
        is_shared = view.is_shared or view.team_id is not None
        if view.staff_id != staff_id and not (is_shared and may(staff.role, Act.SUPERVISE)):
            raise NotFound("view")
        if is_shared:
            _tell(session, staff, "removed", view, ports)
        session.delete(view)


def move_up(member_id: UUID, staff_id: UUID, view_id: UUID) -> None:
    """Bring one's own view before the one above it."""
    with member_transaction(member_id) as session:
        view, _ = _own(session, view_id, staff_id)
        own = select(SavedView).where(SavedView.staff_id == staff_id).with_for_update()
        ordered = list(session.scalars(own.order_by(SavedView.position, SavedView.made_at, SavedView.id)))
        rank = ordered.index(view)
        if rank:
            ordered[rank - 1 : rank + 1] = [view, ordered[rank - 1]]
        for position, one in enumerate(ordered):
            one.position = position


def choose_columns(member_id: UUID, staff_id: UUID, hidden: Sequence[str]) -> None:
    """Keep which columns of the lists a person does not want to see."""
    with member_transaction(member_id) as session:
        staff = session.get_one(Staff, staff_id)
        staff.choices = {**staff.choices, "hidden": list(hidden)}


def _own(session: Session, view_id: UUID, staff_id: UUID) -> tuple[SavedView, Staff]:
    view = session.get(SavedView, view_id)
    if view is None or view.staff_id != staff_id:
        raise NotFound("view")
    return view, session.get_one(Staff, staff_id)


def _share(session: Session, view: SavedView, staff: Staff, share: str) -> None:
    team_id = _team(session, share)
    if (view.is_shared, view.team_id) != (share == WITH_ALL, team_id) and share and not may(staff.role, Act.SUPERVISE):
        raise NotAllowed("sharing", "share")
    view.is_shared, view.team_id = share == WITH_ALL, team_id


def _team(session: Session, share: str) -> UUID | None:
    if share in {WITH_ME, WITH_ALL}:
        return None
    found = {str(team_id): team_id for team_id in session.scalars(select(Team.id))}.get(share)
    if found is None:
        raise BadInput("unknown_value", "share")
    return found


def _add(session: Session, view: SavedView) -> None:
    try:
        with session.begin_nested():
            session.add(view)
            session.flush()
    except IntegrityError as error:
        raise BadInput("view_name_taken", "view_name") from error


def _tell(session: Session, staff: Staff, action: str, view: SavedView, ports: Ports) -> None:
    """Write down what is shared: it changes what others find in front of them."""
    team = session.get(Team, view.team_id) if view.team_id else None
    shared_with = "tous" if view.is_shared else team.name if team else "personne"
    searched = {"cherche": "oui"} if view.address.get("cherche") else {}  # never the words: they may be a tenant's name
    audit.write(
        session, staff.member_id, audit.actor(staff), action, f"Vue « {view.name} »", at=ports.clock.now(),
        after={"partagée avec": shared_with, "filtres": {**view.address, **searched}},
    )  # fmt: skip
