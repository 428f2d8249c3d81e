"""What administrators decide of the addresses we call: those that are given tenants' words take two people."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.endpoints import WITHOUT_WORDS, without_query
from service.domain.errors import NotAllowed, NotFound
from service.journey.administration import audit, four_eyes
from service.journey.delivery import endpoints
from service.journey.delivery.endpoints import Added, NewEndpoint
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports, SealBroken
from service.journey.transactions import member_transaction
from service.models.endpoint import Endpoint
from service.models.oversight import Proposal
from service.models.people import Staff

KIND = "endpoint"


def ask(member_id: UUID, staff_id: UUID, new: NewEndpoint, reason: str, ports: Ports) -> Added | None:
    """Have an endpoint called; None when that waits for a second person.

    Raises
    ------
    BadInput, NotAllowed
        As endpoints.add; or no reason is given where a second person will read it.

    """
    with member_transaction(member_id) as session:
        staff = staff_member(session, staff_id)
        if new.kind in WITHOUT_WORDS:
            return endpoints.add_in(session, member_id, new, ports, audit.actor(staff))
        endpoints.check(session, new)
        values = {
            "kind": new.kind,
            "address": new.address,
            "team_id": str(new.team_id) if new.team_id else None,
            "organisation_id": str(new.organisation_id) if new.organisation_id else None,
            "options": dict(new.options),
            "sealed_secret": ports.sealer.seal(new.secret) if new.secret else None,
        }
        owner = endpoints.owner_of(session, new)
        subject = f"Envoyer à {without_query(new.address)} {_whose(owner)}, mots des locataires compris"
        four_eyes.propose(session, staff, KIND, subject=subject, values=values, reason=reason, ports=ports)
        return None


def resume(member_id: UUID, staff_id: UUID, endpoint_id: UUID, reason: str, ports: Ports) -> bool:
    """Call an endpoint again that was retired; say whether that is done, or waits for a second person.

    Raises
    ------
    NotFound, BadInput, NotAllowed
        There is no such endpoint; or as for one that is added.

    """
    with member_transaction(member_id) as session:
        staff, endpoint = staff_member(session, staff_id), session.get(Endpoint, endpoint_id, with_for_update=True)
        if endpoint is None:
            raise NotFound("endpoint")
        if endpoint.is_active:
            return True
        endpoints.check(session, _as_new(endpoint))
        if endpoint.kind in WITHOUT_WORDS:
            _resume(session, endpoint, audit.actor(staff), ports)
            return True
        owner = endpoints.owner_of(session, _as_new(endpoint))
        subject = f"Envoyer de nouveau à {without_query(endpoint.address)} {_whose(owner)}, mots compris"
        four_eyes.propose(
            session, staff, KIND, subject=subject, values={"endpoint_id": str(endpoint_id)}, reason=reason, ports=ports
        )
        return False


def apply(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Call what a second person agreed to."""
    values, who = proposal.values, audit.actor(staff)
    if "endpoint_id" in values:
        endpoint = session.get_one(Endpoint, UUID(values["endpoint_id"]), with_for_update=True)
        if not endpoint.is_active:
            endpoints.check(session, _as_new(endpoint))
            _resume(session, endpoint, who, ports)
        return
    try:
        secret = ports.sealer.unseal(values["sealed_secret"]) if values["sealed_secret"] else None
    except SealBroken as error:
        raise NotAllowed("seal_broken") from error
    new = NewEndpoint(
        values["kind"],
        values["address"],
        _id(values["team_id"]),
        _id(values["organisation_id"]),
        values["options"],
        secret,
    )
    endpoints.add_in(session, staff.member_id, new, ports, who)


def _resume(session: Session, endpoint: Endpoint, who: audit.Actor, ports: Ports) -> None:
    endpoint.is_active = True
    endpoints.write_down(session, endpoint, who, "changed", ports, {"Appelée": True})


def _as_new(endpoint: Endpoint) -> NewEndpoint:
    return NewEndpoint(endpoint.kind, endpoint.address, endpoint.team_id, endpoint.organisation_id)


def _whose(owner: str | None) -> str:
    return f"les demandes de {owner}" if owner else "toutes les demandes"


def _id(kept: str | None) -> UUID | None:
    return UUID(kept) if kept else None
