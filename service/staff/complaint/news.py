"""How the tenant of one complaint is told: by which ways, which of them fail, and when nobody can tell them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.news import Way
from service.journey.delivery.planning import BY_HAND
from service.journey.news import addresses, news, retelling
from service.journey.reading import Sheet
from service.models.delivery import Delivery
from service.staff.request_context import now

LEAVES = {
    Way.EMAIL: "Elle part par e-mail",
    Way.SMS: "Un SMS prévient le locataire",
    Way.PHONE: "Un appel est à passer, depuis la page « Courriers »",
    Way.POST: "Une lettre est à imprimer, depuis la page « Courriers »",
}
NOBODY = "Personne ne peut prévenir ce locataire : il n'a laissé ni e-mail, ni téléphone, ni adresse"


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/news.html` shows, and how an answer written now would reach the tenant."""
    complaint = sheet.complaint
    ways = [way for way, _address in news.ways_of(session, complaint, "answered")]
    by_hand = select(Delivery).where(
        Delivery.complaint_id == complaint.id, Delivery.channel.in_(BY_HAND), Delivery.status == "waiting"
    )
    return {
        "how": LEAVES[ways[0]] if ways else NOBODY,
        "is_reached": bool(ways),
        "comes_back": news.comes_back(session, complaint),
        "waits_for": addresses.waits_for(session, complaint, now()),
        "again": retelling.may_leave_again(session, complaint),
        "by_hand": session.scalars(by_hand.order_by(Delivery.event_id)).all(),
    }
