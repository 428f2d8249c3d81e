"""What was written to a tenant and has not left yet."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.domain.mending import fates
from service.domain.status import EventKind
from service.journey.news import mending
from service.journey.reading import Sheet
from service.journey.submission.submission import PARIS
from service.staff.request_context import now

WHAT = {EventKind.ANSWERED: "La réponse", EventKind.ASKED: "La question", EventKind.CLOSED: "L'avis de fin"}


@dataclass(frozen=True)
class Leaving:
    """One message on its way: `seen` marks the words shown, for whoever changes them."""

    event_id: int
    what: str
    author: str
    text: str
    hour: str
    machine_when: str
    seen: int
    is_closing: bool


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/mending.html` shows, and whether what is written now would wait."""
    complaint, at = sheet.complaint, now()
    waits = mending.when_it_leaves(session, complaint, at, at_once=False)
    return {
        "leaving": [leaving(one) for one in mending.waiting(sheet.events, at)],
        "minutes": sheet.member.minutes_to_mend if waits else 0,
        "withheld": {event_id for event_id, fate in fates(sheet.events).items() if fate.is_withheld},
    }


def leaving(waiting: mending.Waiting) -> Leaving:
    """Return a message on its way in words."""
    event, fate = waiting.event, waiting.fate
    there = fate.leaves_at.astimezone(PARIS)
    return Leaving(
        event_id=event.id,
        what=WHAT[EventKind(event.kind)],
        author=event.actor,
        text=fate.text or "",
        hour=f"{there.hour} h {there.minute:02d}",
        machine_when=fate.leaves_at.isoformat(),
        seen=fate.last_id,
        is_closing=event.kind == EventKind.CLOSED,
    )
