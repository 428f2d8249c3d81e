"""Who else has a complaint in front of them, and what was done to it since its page was shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service.domain.permissions import Act
from service.domain.status import EventKind
from service.journey.inbox import live, presence
from service.journey.inbox.live import Happened
from service.journey.inbox.presence import Here
from service.journey.reading import Sheet
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.staff.request_context import now
from service.staff.route import press

# What somebody did, after their name and before the hour.
_DID = {
    EventKind.ANSWERED: "a répondu",
    EventKind.ASKED: "a posé une question au locataire",
    EventKind.CLOSED: "a terminé la demande",
    EventKind.REOPENED: "a rouvert la demande",
    EventKind.ASSIGNED: "a attribué la demande",
    EventKind.TRANSFERRED: "a transmis la demande",
    EventKind.PASSED_ON: "a passé la demande à un autre bailleur",
    EventKind.CORRECTED: "a corrigé le sujet",
    EventKind.PLACED: "a donné le lieu",
    EventKind.TENANT_WROTE: "a écrit",
    EventKind.REFUSED: "a rendu la demande",
    EventKind.COMMITTED: "a pris un engagement",
    EventKind.INCIDENT_NEWS: "a donné des nouvelles de l'incident",
}


def beat(complaint_id: UUID) -> ResponseReturnValue:
    """Keep that the page of a complaint is in front of somebody; answer who else looks, and what was done since."""
    with member_transaction(g.staff.member_id) as session:
        writes = request.form.get("ecrit") == "1"
        presence.beat(session, complaint_id, g.staff.id, is_writing=writes, now=now())
        others = presence.others(session, complaint_id, g.staff.id, now())
        happened = live.since(session, complaint_id, _seen(), g.staff.name)
    return {"others": in_words(others), "since": since_in_words(happened)}


def panel(session: Session, sheet: Sheet) -> dict[str, Any]:
    """Return who else looks at the complaint as its page is shown, and what its page needs to go on asking."""
    others = presence.others(session, sheet.complaint.id, g.staff.id, now())
    return {"others": in_words(others), "seen": sheet.events[-1].id}


def in_words(others: Sequence[Here]) -> str:
    """Return who else looks at a complaint; blank when nobody does."""
    said = [f"{one.name} écrit une réponse" if one.is_writing else f"{one.name} regarde aussi" for one in others]
    return ". ".join(said) + "." if said else ""


def since_in_words(happened: Sequence[Happened]) -> str:
    """Return the last thing that somebody else did; blank when nobody did anything."""
    if not happened:
        return ""
    last = happened[-1]
    who = "Le locataire" if last.actor == "tenant" else last.actor
    return f"{who} {_DID.get(EventKind(last.kind), 'a changé la demande')} à {_hour(last.at)}."


def _hour(at: datetime) -> str:
    there = at.astimezone(PARIS)
    return f"{there.hour} h {there.minute:02d}"


def _seen() -> int:
    sign = request.form.get("vu", "")
    # A page that does not say what it has seen is told of nothing, rather than of everything.
    return int(sign) if sign.isascii() and sign.isdecimal() and len(sign) < len(str(2**63)) else 2**62


ROUTES = (press("/demandes/<uuid:complaint_id>/presence", beat, Act.READ, name="presence", is_background=True),)
