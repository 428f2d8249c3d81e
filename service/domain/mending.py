"""Second thoughts: what staff wrote to a tenant leaves a little later, and may be mended until then.

Events are only ever added: a message keeps the instant at which it leaves, and what becomes of it is told by the
MENDED events that name it. Everything here is read from the events.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from service.domain.status import EventKind, Status, status_after

# What may be mended, and where its words stand.
MENDABLE: dict[str, str] = {EventKind.ANSWERED: "text", EventKind.ASKED: "text", EventKind.CLOSED: "sentence"}
# What counts as a first answer.
_ANSWERS = frozenset({EventKind.ANSWERED, EventKind.CLOSED, EventKind.INCIDENT_NEWS})


class Happened(Protocol):
    """What is needed of one event."""

    @property
    def id(self) -> int:
        """Its rank among all."""
        ...

    @property
    def kind(self) -> str:
        """What happened."""
        ...

    @property
    def at(self) -> datetime:
        """When."""
        ...

    @property
    def data(self) -> Mapping[str, Any]:
        """What goes with it."""
        ...


H = TypeVar("H", bound=Happened)


@dataclass(frozen=True)
class Fate:
    """What became of one message: its words now, None when it was kept back, and when it leaves or left."""

    text: str | None
    leaves_at: datetime
    last_id: int  # the event that last changed it: whoever saw an older one saw other words
    last_words: str = ""  # those it had, also when it was kept back

    @property
    def is_withheld(self) -> bool:
        """Whether the tenant never gets it."""
        return self.text is None

    def waits(self, now: datetime) -> bool:
        """Say whether it is still to leave."""
        return not self.is_withheld and now < self.leaves_at

    def is_said(self, now: datetime) -> bool:
        """Say whether the tenant may read it."""
        return not self.is_withheld and self.leaves_at <= now


def departure(now: datetime, minutes: int, *, at_once: bool) -> dict[str, str]:
    """Return what a message carries of its departure: nothing when it leaves at once."""
    if at_once or minutes <= 0:
        return {}
    return {"leaves_at": (now + timedelta(minutes=minutes)).isoformat()}


def fates(events: Iterable[Happened]) -> dict[int, Fate]:
    """Return what became of each message that could be mended, by its event; the events are in order."""
    found: dict[int, Fate] = {}
    for event in events:
        if event.kind in MENDABLE:
            text = event.data.get(MENDABLE[event.kind])
            leaves = event.data.get("leaves_at")
            at = datetime.fromisoformat(leaves) if leaves else event.at
            words = "" if text is None else str(text)
            found[event.id] = Fate(words, at, event.id, words)
        elif event.kind == EventKind.MENDED and event.data.get("of") in found:
            found[event.data["of"]] = _mended(found[event.data["of"]], event)
    return found


def _mended(fate: Fate, event: Happened) -> Fate:
    leaves = event.data.get("leaves_at")
    at = datetime.fromisoformat(leaves) if leaves else fate.leaves_at
    text = event.data["text"]
    words = fate.last_words if text is None else text
    return replace(fate, text=text, leaves_at=at, last_id=event.id, last_words=words)


def heard(events: Sequence[H]) -> list[H]:
    """Return the events that count: a message kept back counts as never said."""
    known = fates(events)
    return [event for event in events if event.id not in known or not known[event.id].is_withheld]


def standing(events: Sequence[H]) -> list[H]:
    """Return the events that clocks run by: what was taken back, and the taking back, count as never done.

    An event that takes another back names it in `undoes`. The delays that a subject taken back had called for go too.
    """
    undone = {event.data["undoes"]: event.id for event in events if "undoes" in event.data}
    subjects = {event.id: event.data.get("to") for event in events if event.kind == EventKind.CORRECTED}

    def is_taken_back(event: H) -> bool:
        return event.kind == EventKind.TARGETS_SET and any(
            of < event.id < until and event.data.get("category") == subjects.get(of) for of, until in undone.items()
        )

    return [
        event
        for event in heard(events)
        if event.id not in undone and "undoes" not in event.data and not is_taken_back(event)
    ]


def said(events: Sequence[H], now: datetime) -> list[H]:
    """Return the events without the messages that are kept back or have not left yet."""
    known = fates(events)
    return [event for event in events if event.id not in known or known[event.id].is_said(now)]


def first_answer(events: Sequence[Happened]) -> datetime | None:
    """Return when the present wait was first answered, as these events say it."""
    at = None
    for event in events:
        if event.kind == EventKind.REOPENED:
            at = None
        elif event.kind in _ANSWERS:
            at = at or event.at
    return at


def status_from(events: Iterable[Happened]) -> Status:
    """Return the status these events lead to."""
    status = Status.SUBMITTED
    for event in events:
        status = status_after(status, EventKind(event.kind))
    return status
