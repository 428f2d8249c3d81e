"""What is sent to authorities that speak Open311. What they say of it afterwards: journey.delivery.civic_status."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.domain.taxonomy import category_label
from service.journey.news.messages import Facts
from service.journey.parcels import CivicRequest, NotSendable
from service.journey.ports import Ports
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint, EndpointSecret
from service.models.member import Member
from service.models.patrimoine import Dwelling, Residence

# How a failure begins when the request did not leave, or was refused in so many words.
NEVER_TAKEN = ("not reached", "address", "open311 answered", "seal broken", "not sendable", "endpoint retired")
UNSAID = "Lieu à préciser avec le bailleur"
AGAIN = "Nous l'avons peut-être déjà envoyée : si vous avez cette référence, ne la traitez qu'une fois."


def pack(session: Session, facts: Facts, endpoint: Endpoint, ports: Ports) -> CivicRequest:
    """Return the complaint as a service request. The tenant's words and contacts go only where the rule lets them.

    Raises
    ------
    NotSendable
        When the authority has no service for this category.
    SealBroken
        When the key of the authority cannot be opened.

    """
    delivery, complaint, member = facts.delivery, facts.complaint, facts.member
    _doubt(delivery)
    options, may_tell = endpoint.options, delivery.with_text and not complaint.is_sensitive
    # The service would say what a sensitive complaint is about.
    own = None if complaint.is_sensitive else (options.get("services") or {}).get(complaint.category)
    code = own or options.get("default_service")
    if not code:
        raise NotSendable("the authority has no service for this category")
    fields = {
        "jurisdiction_id": options.get("jurisdiction_id"),
        "service_code": code,
        "address_string": UNSAID if complaint.is_sensitive else _place(session, complaint, with_text=may_tell),
        "description": _description(complaint, member, delivery),
        **(_tenant(complaint) if may_tell else {"last_name": member.name, "phone": member.phone}),
    }
    return CivicRequest(
        key=str(delivery.id),
        url=endpoint.address,
        api_key=api_key_of(session, endpoint, ports),
        fields={name: str(value) for name, value in fields.items() if value},
    )


def api_key_of(session: Session, endpoint: Endpoint, ports: Ports) -> str:
    """Return the newest key that is live; some authorities ask for none."""
    now = ports.clock.now()
    newest = (
        select(EndpointSecret.sealed)
        .where(
            EndpointSecret.endpoint_id == endpoint.id,
            or_(EndpointSecret.ends_at.is_(None), EndpointSecret.ends_at > now),
        )
        .order_by(EndpointSecret.created_at.desc())
    )
    sealed = session.scalars(newest).first()
    return ports.sealer.unseal(sealed) if sealed else ""


def _doubt(delivery: Delivery) -> None:
    """Keep that a try before may have arrived, unless it is known that it did not.

    What went wrong is forgotten while the next try is on its way: should its process die, nobody knows how it ended.
    """
    data = delivery.data
    if data.get("has_left") and not (delivery.last_error or "").startswith(NEVER_TAKEN):
        data = {**data, "may_be_there": True}
    delivery.data = {**data, "has_left": True}
    delivery.last_error = None


def _description(complaint: Complaint, member: Member, delivery: Delivery) -> str:
    if complaint.is_sensitive:
        again = f"\n\n{AGAIN}" if delivery.data.get("may_be_there") else ""
        return f"Demande {complaint.reference} de {member.name}. Appelez le {member.phone}.{again}"
    title = f"{category_label(complaint.category)}. Demande {complaint.reference} de {member.name}."
    parts = [title, AGAIN if delivery.data.get("may_be_there") else "", complaint.text if delivery.with_text else ""]
    return "\n\n".join(part for part in parts if part)


def _tenant(complaint: Complaint) -> dict[str, str | None]:
    first, _, last = (complaint.tenant_name or "").strip().rpartition(" ")
    return {
        "first_name": first,
        "last_name": last,
        "email": complaint.tenant_email,
        "phone": complaint.tenant_phone,
    }


def _place(session: Session, complaint: Complaint, *, with_text: bool) -> str:
    """Return the address, never the floor or the door; an address only typed is among the tenant's words."""
    if complaint.residence_id is None:
        address = complaint.place_given.get("address") or {}
        typed = ", ".join(address[part] for part in ("line", "postcode", "city") if address.get(part))
        return typed if with_text and typed else UNSAID
    residence = session.get_one(Residence, complaint.residence_id)
    dwelling = session.get(Dwelling, complaint.dwelling_id) if complaint.dwelling_id else None
    return f"{dwelling.address_line if dwelling else residence.name}, {residence.postcode} {residence.city}"
