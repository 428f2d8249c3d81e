"""What stands in the way of words about to be sent: they were said before, or it all ended meanwhile.

A browser gives typed words back to whoever goes back, on a page shown anew. The number of the last event on the page
tells a double click from that: what was said since the page was shown was pressed twice, and counts once; what was said
before it may be meant, and a person says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.errors import NotAllowed
from service.domain.mending import Fate, fates
from service.domain.status import EventKind, Status, is_allowed
from service.models.complaint import Event

_ENDS = (EventKind.CLOSED, EventKind.PASSED_ON)


@dataclass(frozen=True)
class Words:
    """What a person is about to say: `field` is where it was typed, `seen` the last event of the page it stood on."""

    actor: str
    kind: EventKind
    text: str
    field: str
    seen: int


class SaidAlready(NotAllowed):
    """The person said these very words before; `leaves_at` when they still wait to leave."""

    def __init__(self, words: Words, said: Event, leaves_at: datetime | None) -> None:
        super().__init__("said_already", words.field)
        self.event_id = said.id
        self.kind = words.kind
        self.at = said.at
        self.leaves_at = leaves_at


class Ended(NotAllowed):
    """Somebody ended it since the page was shown: nothing is said any more, and a note may keep the words."""

    def __init__(self, end: Event) -> None:
        super().__init__("ended_meanwhile", "internal_note")
        self.by = end.actor
        self.at = end.at


def said_since(events: Sequence[Event], words: Words) -> Event | None:
    """Return these very words as said since the page was shown, pressed twice; the events are the whole history."""
    return next((event for event, _ in _same(events, words) if event.id > words.seen), None)


def check(status: Status, events: Sequence[Event], words: Words, now: datetime, *, again: str) -> None:
    """Refuse words that were said before, or that come too late. `again` is the event a person means once more.

    Raises
    ------
    NotAllowed
        Ended or SaidAlready.

    """
    if said_since(events, words):
        return
    if status == Status.CLOSED and not is_allowed(status, words.kind):
        raise Ended(next(event for event in reversed(events) if event.kind in _ENDS))
    said = next(((event, fate) for event, fate in reversed(_same(events, words)) if event.id <= words.seen), None)
    if said and str(said[0].id) != again:
        event, fate = said
        raise SaidAlready(words, event, fate.leaves_at if fate and fate.waits(now) else None)


def _same(events: Sequence[Event], words: Words) -> list[tuple[Event, Fate | None]]:
    """Return where the person said these words, as typed or as mended; what was kept back was never said."""
    known = fates(events)
    mine = [(one, known.get(one.id)) for one in events if (one.kind, one.actor) == (words.kind, words.actor)]
    return [(one, fate) for one, fate in mine if not (fate and fate.is_withheld) and words.text in _texts(one, fate)]


def _texts(event: Event, fate: Fate | None) -> tuple[str | None, ...]:
    return event.data.get("text"), event.data.get("sentence"), fate.text if fate else None
