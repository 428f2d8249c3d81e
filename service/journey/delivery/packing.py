"""Packing: a planned delivery becomes the mail, message, call or file that travels."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from service.domain.languages import tongue_of
from service.domain.mending import MENDABLE
from service.domain.news import CONFIRMATION, GROUPED, OPTIONAL, TO_TENANTS, for_sms
from service.journey.closing import asides
from service.journey.danger import duty
from service.journey.delivery import civic, handovers, machines
from service.journey.letters.every import GENERAL, LETTERS
from service.journey.letters.grouped import grouped
from service.journey.letters.texts import WRITINGS, text_of
from service.journey.news import grouping, mending, own_links, personal_links
from service.journey.news.messages import Facts, Frame, Letter, Occasion
from service.journey.news.reply_address import reply_address
from service.journey.parcels import Mail, NotSendable, Parcel, Sms
from service.journey.patrimoine.places import place_in_words
from service.journey.people import invitations
from service.journey.ports import Ports
from service.journey.submission.known import known_by
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
    if delivery.purpose == GROUPED:
        return _packed_together(session, delivery, ports)
    if delivery.complaint_id is None:
        return _packed_alone(session, delivery, ports)
    facts = facts_of(session, delivery, ports)
    if endpoint is None:
        return _written(facts, ports)
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
    links = own_links.links_in(session, delivery, ports.base_url)
    own = invitations.url_in(delivery, ports)
    letter = GENERAL[delivery.purpose](Occasion(delivery, member, ports.base_url, links, own))
    if delivery.channel == "sms":
        return _sms(delivery, letter.text())
    tongue = tongue_of(delivery.data.get("language"))
    return _mail(delivery, letter, Frame(tongue, member.name, member.colour), member)


def _packed_together(session: Session, delivery: Delivery, ports: Ports) -> Parcel:
    """Return the mail of the evening: what each of the news held for it would have said, in their order."""
    parts = [facts_of(session, part, ports) for part in grouping.parts(session, delivery)]
    if not parts:
        raise NotSendable("nothing is left to say")
    if delivery.channel == "sms":
        return _sms(delivery, text_of(parts[-1].delivery.purpose, parts[-1]))
    return _mail(delivery, grouped(parts, LETTERS), frame_of(parts[-1], ports), parts[-1].member)


def _written(facts: Facts, ports: Ports) -> Parcel:
    """Return the letter as a text message or as a mail."""
    delivery = facts.delivery
    if delivery.channel == "sms" and delivery.purpose in WRITINGS:
        return _sms(delivery, text_of(delivery.purpose, facts))
    letter = LETTERS[delivery.purpose](facts)
    if delivery.channel == "sms":
        return _sms(delivery, letter.text())
    return _mail(delivery, letter, frame_of(facts, ports), facts.member, reply_address(delivery, ports), ports)


def _sms(delivery: Delivery, text: str) -> Sms:
    return Sms(str(delivery.id), delivery.recipient, for_sms(text.strip()))


def _mail(
    delivery: Delivery, letter: Letter, frame: Frame, member: Member, reply_to: str = "", ports: Ports | None = None
) -> Mail:
    unsubscribe = ""
    if ports and delivery.purpose in OPTIONAL:
        unsubscribe = personal_links.url_of(delivery, personal_links.UNSUBSCRIBE, ports)
    return Mail(
        key=str(delivery.id),
        to=delivery.recipient,
        subject=letter.subject,
        text=letter.text(frame),
        html=letter.html(frame),
        sender_name=member.name,
        reply_to=reply_to,
        unsubscribe=unsubscribe,
        list_name=f"{OPTIONAL[delivery.purpose].replace('_', '-')}.{member.slug}" if unsubscribe else "",
    )


def frame_of(facts: Facts, ports: Ports) -> Frame:
    """Return what stands around a letter. Tenants read why they get it, whom to call, and how to be told otherwise."""
    member, purpose = facts.member, facts.delivery.purpose
    if purpose not in TO_TENANTS:
        return Frame(member=member.name, colour=member.colour)
    _ = facts.language.gettext
    asked = {"member": member.name, "reference": facts.complaint.reference}
    why = _("Vous recevez ce message parce que vous avez écrit à %(member)s. Référence : %(reference)s.", **asked)
    links = [(_("Changer la façon dont nous vous prévenons"), f"{facts.tracking_url}/nouvelles")]
    if purpose == CONFIRMATION:
        # Whoever reads this may be a stranger: nothing here leads to the complaint.
        why, links = _("Vous recevez ce message parce que cette adresse a été donnée à %(member)s.", **asked), []
    if purpose in OPTIONAL:
        url = personal_links.url_of(facts.delivery, personal_links.UNSUBSCRIBE, ports)
        links.append((_("Ne plus recevoir ce type de message"), url))
    call = _("Vous pouvez appeler %(member)s au %(phone)s.", member=member.name, phone=member.phone)
    return Frame(facts.language.tongue, member.name, member.colour, (why, call), tuple(links))


def facts_of(session: Session, delivery: Delivery, ports: Ports) -> Facts:
    """Return what the message of a delivery may draw on."""
    complaint = session.get_one(Complaint, delivery.complaint_id)
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    organisation = session.get(Organisation, complaint.organisation_id) if complaint.organisation_id else None
    handover = handovers.of_delivery(session, delivery)
    event = session.get_one(Event, delivery.event_id)
    member = session.get_one(Member, complaint.member_id)
    is_confirmation = delivery.purpose == CONFIRMATION
    return Facts(
        delivery=delivery,
        complaint=complaint,
        event=event,
        member=member,
        organisation=organisation,
        desk=team.name if team else "",
        place=place_in_words(session, complaint),
        tracking_url=f"{ports.base_url}/suivi/{complaint.tracking_token}",
        staff_url=f"{ports.base_url}/equipe/demandes/{complaint.id}",
        with_text=delivery.with_text,
        handover=handover,
        partner_url=handovers.url_of(handover, ports) if handover else "",
        known=known_by(session, event.data),
        duty_url=duty.url_of(delivery, ports),
        words=_words(session, event),
        help_url=f"{ports.base_url}/{member.slug}/aide",
        goes_on_url=asides.own_link(session, event, ports.base_url),
        personal_url=personal_links.url_of(delivery, personal_links.CONFIRM, ports) if is_confirmation else "",
    )


def _words(session: Session, event: Event) -> str:
    """Return what staff wrote to the tenant, as mended before it left."""
    if event.kind not in MENDABLE:
        return ""
    return mending.words(event, mending.history(session, event.complaint_id)) or ""
