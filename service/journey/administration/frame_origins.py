"""The sites of a member that may show our form inside their pages."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.origins import allowed_origins, read_origin
from service.journey.administration import audit
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.member import Member

SUBJECT = "Sites qui montrent le formulaire"
MOST = 20


def origins_of(member_id: UUID) -> Sequence[str]:
    """Return the sites of a member."""
    with member_transaction(member_id) as session:
        return allowed_origins(_held(session, member_id).frame_origins)


def allow(member_id: UUID, who: audit.Actor, typed: str, ports: Ports) -> Sequence[str]:
    """Let pages of a site show the form; return all of them. Harmless when they already may.

    Raises
    ------
    BadInput, NotAllowed
        With the field `origin`: it is not the address of a site, or there are too many.

    """
    origin = read_origin(typed)
    with member_transaction(member_id) as session:
        member = _held(session, member_id)
        kept = allowed_origins(member.frame_origins)
        if len(kept) >= MOST and origin not in kept:
            raise NotAllowed("too_many_origins", "origin")
        return _write(session, member, who, sorted({*kept, origin}), ports)


def refuse(member_id: UUID, who: audit.Actor, typed: str, ports: Ports) -> Sequence[str]:
    """Let pages of a site show the form no more; return those that still may.

    Raises
    ------
    NotFound
        When it is not among them.

    """
    origin = read_origin(typed)
    with member_transaction(member_id) as session:
        member = _held(session, member_id)
        kept = allowed_origins(member.frame_origins)
        if origin not in kept:
            raise NotFound("origin", "origin")
        return _write(session, member, who, [one for one in kept if one != origin], ports)


def _held(session: Session, member_id: UUID) -> Member:
    return session.get_one(Member, member_id, with_for_update=True)


def _write(session: Session, member: Member, who: audit.Actor, origins: list[str], ports: Ports) -> Sequence[str]:
    before, member.frame_origins = list(member.frame_origins), origins
    audit.write_change(session, member.id, who, SUBJECT, {"Sites": before}, {"Sites": origins}, at=ports.clock.now())
    return origins
