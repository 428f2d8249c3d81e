"""How a tenant wants to be told: changed from the tracking page, or by staff for who calls.

A new e-mail address counts once somebody there says yes, whoever typed it: mails open the complaint. A number counts at
once, and the one before is told.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.languages import is_spoken, tongue_of
from service.domain.news import CONFIRMATION, PACES, Way, mobile_number, telephone_number
from service.domain.status import EventKind
from service.domain.submission import PREFERRED_CHANNELS
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.news import addresses, grouping, news
from service.journey.news.personal_links import CONFIRM, ids_in
from service.journey.ports import Ports
from service.journey.submission.pictures import TENANT
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery

_EMAIL = re.compile(r"[^\s@<>\",;:()\[\]]{1,64}@[^\s@<>\",;:()\[\]]+\.[^\s@<>\",;:()\[\].]{2,}")
_LONGEST = 254  # signs of an e-mail address


@dataclass(frozen=True)
class Wish:
    """How the tenant wants to be told; a blank address or number leaves what we have."""

    channel: str
    email: str
    phone: str
    pace: str
    language: str


def change(member_id: UUID, complaint_id: UUID, wish: Wish, ports: Ports) -> bool:
    """Do as the tenant wishes; return whether a new address is still to be confirmed. The same wish twice is one.

    Raises
    ------
    BadInput
        On the field: `unknown_value`, `not_an_email`, `not_a_phone`, and `needs_email`, `needs_mobile`, `needs_phone`
        or `needs_place` where the wish cannot be kept with what we have.
    NotFound
        When there is no such complaint.
    NotAllowed
        `too_many_addresses` when this page had many addresses written to today.

    """
    with member_transaction(member_id) as session:
        return _change(session, locked_complaint(session, complaint_id), wish, TENANT, ports)


def mend(  # noqa: PLR0913  What a person says of somebody's addresses has this many parts.
    member_id: UUID, complaint_id: UUID, staff_id: UUID, *, email: str, phone: str, channel: str, ports: Ports
) -> bool:
    """Take what a tenant tells a member of staff; as for `change`, also of a complaint that is over."""
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        # What stands in the form as we have it is left as it is, also where we would not take it today.
        email = "" if email.strip() == complaint.tenant_email else email
        phone = "" if phone.strip() == complaint.tenant_phone else phone
        wish = Wish(channel, email, phone, complaint.pace, complaint.language)
        return _change(session, complaint, wish, staff.name, ports)


def _change(session: Session, complaint: Complaint, wish: Wish, actor: str, ports: Ports) -> bool:
    email, phone = _checked(wish)
    # A colleague who mends a number is not asked for the address that was missing before.
    if actor == TENANT or wish.channel != complaint.preferred_channel:
        _check_reach(session, complaint, wish, email, phone)
    is_new = bool(email) and email.lower() != (complaint.tenant_email or "").lower()
    number = complaint.tenant_phone
    said = _apply(complaint, wish, phone)
    is_to_write = is_new and not addresses.is_written_to(session, complaint, email, ports.clock.now())
    if is_to_write:
        said.append("Une nouvelle adresse e-mail attend d'être confirmée.")
    if said:
        event = _note(session, complaint, " ".join(said), actor, ports)
        if is_to_write:
            addresses.ask(session, complaint, event, email, ports)
        if number and number != complaint.tenant_phone:
            addresses.warn(session, complaint, event, number, ports)
        _tell_anew(session, complaint, ports)
    return is_new


def confirm(token: str, ports: Ports) -> str:
    """Take the address whose reader says that it is theirs; return the secret of the tracking link. Safe twice.

    Raises
    ------
    NotFound
        When we did not sign this link.
    NotAllowed
        `expired` when it is too old, or another address was given since.

    """
    with member_transaction(ids_in(token, CONFIRM, ports)[0]) as session:
        delivery, complaint = _offered(session, token, ports)
        if complaint.tenant_email != delivery.recipient:
            complaint.tenant_email = delivery.recipient
            _note(session, complaint, "La nouvelle adresse e-mail est confirmée.", TENANT, ports)
            _tell_anew(session, complaint, ports)
        return complaint.tracking_token


def to_confirm(token: str, ports: Ports) -> tuple[UUID, str]:
    """Return the member and the address that a link would confirm, changing nothing; refusals as for `confirm`."""
    member_id = ids_in(token, CONFIRM, ports)[0]
    with member_transaction(member_id) as session:
        return member_id, _offered(session, token, ports)[0].recipient


def _offered(session: Session, token: str, ports: Ports) -> tuple[Delivery, Complaint]:
    """Return the letter of a link and its complaint, held."""
    delivery = session.get(Delivery, ids_in(token, CONFIRM, ports)[1])
    if delivery is None or delivery.purpose != CONFIRMATION or delivery.complaint_id is None:
        raise NotFound("link")
    complaint = locked_complaint(session, delivery.complaint_id)
    latest = session.scalars(addresses.confirmations(complaint).order_by(Delivery.event_id.desc())).first()
    event = session.get_one(Event, delivery.event_id)
    if latest is not delivery or event.at + addresses.OPEN_FOR <= ports.clock.now():
        raise NotAllowed("expired")
    return delivery, complaint


def _checked(wish: Wish) -> tuple[str, str]:
    """Return the new address and the new number, empty where there is none."""
    for name, is_known in (
        ("channel", wish.channel in PREFERRED_CHANNELS),
        ("pace", wish.pace in PACES),
        ("language", is_spoken(wish.language)),
    ):
        if not is_known:
            raise BadInput("unknown_value", name)
    email = wish.email.strip()
    is_plain = email.isascii() and email.isprintable() and len(email) <= _LONGEST
    if email and not (is_plain and _EMAIL.fullmatch(email)):
        raise BadInput("not_an_email", "email")
    phone = telephone_number(wish.phone) if wish.phone.strip() else ""
    if phone is None:
        raise BadInput("not_a_phone", "phone")
    return email, phone


def _check_reach(session: Session, complaint: Complaint, wish: Wish, email: str, phone: str) -> None:
    number = phone or complaint.tenant_phone
    is_posted = wish.channel == Way.POST and not news.has_place(session, complaint)
    for channel, is_missing, code, name in (
        (Way.EMAIL, not (email or complaint.tenant_email), "needs_email", "email"),
        (Way.SMS, mobile_number(number) is None, "needs_mobile", "phone"),
        (Way.PHONE, not number, "needs_phone", "phone"),
        (Way.POST, is_posted, "needs_place", "channel"),
    ):
        if wish.channel == channel and is_missing:
            raise BadInput(code, name)


_CHANNELS = {"email": "Par e-mail.", "sms": "Par SMS.", "phone": "Par téléphone.", "post": "Par courrier."}
_PACES = {"now": "Chaque nouvelle tout de suite.", "daily": "Les nouvelles du jour ensemble, le soir."}


def _apply(complaint: Complaint, wish: Wish, phone: str) -> list[str]:
    """Write what changes at once; return it in words for the staff, without any address."""
    said = []
    if complaint.preferred_channel != wish.channel:
        complaint.preferred_channel = wish.channel
        said.append(_CHANNELS[wish.channel])
    if complaint.pace != wish.pace:
        complaint.pace = wish.pace
        said.append(_PACES[wish.pace])
    if complaint.language != wish.language:
        complaint.language = wish.language
        said.append(f"Langue : {tongue_of(wish.language).name}.")
    if phone and phone != telephone_number(complaint.tenant_phone):
        complaint.tenant_phone = phone
        said.append("Nouveau numéro de téléphone.")
    return said


def _note(session: Session, complaint: Complaint, words: str, actor: str, ports: Ports) -> Event:
    at, kind = ports.clock.now(), EventKind.CONTACT_CHANGED
    data = {"words": words} | ({} if actor == TENANT else {"by_staff": True})
    return record(session, complaint, kind, at=at, actor=actor, data=data)


def _tell_anew(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Let what is held for the evening leave the way that is wanted now."""
    for delivery in grouping.held_of(session, complaint.id):
        wanted = [(way.value, address) for way, address in news.ways_of(session, complaint, delivery.purpose)]
        if (delivery.channel, delivery.recipient) not in wanted:
            delivery.status = "cancelled"
            event = session.get_one(Event, delivery.event_id)
            news.tell(session, complaint, event, delivery.purpose, ports)
        elif complaint.pace == "now":
            grouping.let_go(session, delivery, ports)
