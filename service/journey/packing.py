"""Packing: a planned delivery becomes the mail, message, call or file that travels."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.feedback import QUIET
from service.journey import civic, duty, handovers, machines
from service.journey.known import known_by
from service.journey.letters.every import GENERAL, LETTERS
from service.journey.messages import Facts, Letter, Occasion
from service.journey.parcels import Mail, NotSendable, Parcel, Sms
from service.journey.places import place_in_words
from service.journey.ports import Ports
from service.journey.reply_address import reply_address
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.member import Member, Organisation, Team


def pack(session: Session, delivery: Delivery, endpoint: Endpoint | None, ports: Ports) -> Parcel:
    """Return what to bring outside.

    Raises
    ------
    NotSendable
        When it can never be brought this way.
    SealBroken
        When the endpoint's secret cannot be opened.

    """
    if delivery.complaint_id is None:
        return _packed_alone(session, delivery, ports)
    facts = facts_of(session, delivery, ports)
    if endpoint is None:
        letter = LETTERS[delivery.purpose](facts)
        return _written(delivery, letter, facts.member, reply_address(delivery, ports))
    if endpoint.kind == "open311" and delivery.purpose not in FOR_OPEN311:
        raise NotSendable(f"open311 has no word for {delivery.purpose}")
    return FOR_ENDPOINTS[endpoint.kind](session, facts, endpoint, ports)


def _drop(session: Session, facts: Facts, endpoint: Endpoint, _ports: Ports) -> Parcel:
    return machines.drop(session, facts, endpoint)


FOR_OPEN311 = ("arrival", "handover")  # it can ask for a service, and not take the question back
# kind of endpoint -> what packs for it
FOR_ENDPOINTS: dict[str, Callable[[Session, Facts, Endpoint, Ports], Parcel]] = {
    "webhook": machines.call,
    "open311": civic.pack,
    "folder": _drop,
}


def _packed_alone(session: Session, delivery: Delivery, ports: Ports) -> Parcel:
    member = session.get_one(Member, delivery.member_id)
    letter = GENERAL[delivery.purpose](Occasion(delivery, member, ports.base_url))
    return _written(delivery, letter, member)


def _written(delivery: Delivery, letter: Letter, member: Member, reply_to: str = "") -> Parcel:
    """Return the letter as a text message or as a mail."""
    if delivery.channel == "sms":
        return Sms(str(delivery.id), delivery.recipient, letter.text().strip())
    return Mail(
        key=str(delivery.id),
        to=delivery.recipient,
        subject=letter.subject,
        text=letter.text(),
        html=letter.html(member.colour),
        sender_name=member.name,
        reply_to=reply_to,
    )


def facts_of(session: Session, delivery: Delivery, ports: Ports) -> Facts:
    """Return what the message of a delivery may draw on."""
    complaint = session.get_one(Complaint, delivery.complaint_id)
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    organisation = session.get(Organisation, complaint.organisation_id) if complaint.organisation_id else None
    handover = handovers.of_delivery(session, delivery)
    event = session.get_one(Event, delivery.event_id)
    return Facts(
        delivery=delivery,
        complaint=complaint,
        event=event,
        member=session.get_one(Member, complaint.member_id),
        organisation=organisation,
        desk=team.name if team else "",
        place=place_in_words(session, complaint),
        tracking_url=f"{ports.base_url}/suivi/{complaint.tracking_token}",
        staff_url=f"{ports.base_url}/equipe/demandes/{complaint.id}",
        ask_feedback=(delivery.purpose, delivery.channel) == ("closed", "email")
        and _may_survey(session, complaint, ports),
        with_text=delivery.with_text,
        handover=handover,
        partner_url=handovers.url_of(handover, ports) if handover else "",
        known=known_by(session, event.data),
        duty_url=duty.url_of(delivery, ports),
    )


def _may_survey(session: Session, complaint: Complaint, ports: Ports) -> bool:
    """Ask one household once a quarter at the most; a second try of the same mail still asks."""
    since = ports.clock.now() - QUIET
    if complaint.surveyed_at is None:
        asked_lately = session.scalars(
            select(Complaint.id).where(
                Complaint.surveyed_at > since,
                Complaint.id != complaint.id,
                Complaint.tenant_email == complaint.tenant_email,
            )
        ).first()
        if asked_lately:
            return False
        complaint.surveyed_at = ports.clock.now()
        return True
    return complaint.surveyed_at > ports.clock.now() - timedelta(days=1)
