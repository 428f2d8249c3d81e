"""What lists remember of a complaint's events: is the tenant unsatisfied, who spoke last, when was the tenant told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from service.domain.feedback import LOW_UP_TO
from service.domain.runs import MACHINES
from service.domain.status import Audience, EventKind

# A person's hand that takes up what the tenant said. An assignment alone is none: nothing was done yet.
TAKES_UP = frozenset(
    {
        EventKind.ANSWERED, EventKind.ASKED, EventKind.CLOSED, EventKind.COMMITTED, EventKind.NOTED,
        EventKind.PASSED_ON, EventKind.PLANNED, EventKind.TRANSFERRED,
    }
)  # fmt: skip
# What a tenant writes, and what a person of the staff does: what was written since then nobody has looked at.
SAYS = frozenset({EventKind.TENANT_WROTE, EventKind.REOPENED, EventKind.CONTESTED, EventKind.REVIEW_ASKED})
HANDLES = TAKES_UP | {
    EventKind.ASSIGNED, EventKind.CORRECTED, EventKind.CONFIRMED, EventKind.ACKNOWLEDGED, EventKind.EXTENDED,
    EventKind.MENDED, EventKind.PARTNER_WRITTEN, EventKind.PLACED,
}  # fmt: skip
# What leaves for the tenant. What was opened again is waited for anew.
TELLS = frozenset(
    {
        EventKind.ANSWERED, EventKind.ASKED, EventKind.CLOSED, EventKind.COMMITMENT_DROPPED, EventKind.COMMITTED,
        EventKind.EXTENDED, EventKind.INCIDENT_NEWS, EventKind.LINKED, EventKind.PASSED_ON, EventKind.PLANNED,
        EventKind.REOPENED, EventKind.SUBMITTED, EventKind.TRANSFERRED,
    }
)  # fmt: skip
TENANT = "tenant"
# Whoever does these, nothing that was said before waits for a reader any more.
_ENDS = frozenset({EventKind.CLOSED, EventKind.ERASED})


class Happened(Protocol):
    """What is needed of one event."""

    @property
    def kind(self) -> str:
        """What happened."""
        ...

    @property
    def actor(self) -> str:
        """The tenant, a machine, or somebody's name."""
        ...

    @property
    def audience(self) -> str:
        """Who may read it."""
        ...

    @property
    def at(self) -> datetime:
        """When."""
        ...

    @property
    def data(self) -> Mapping[str, Any]:
        """What is known of it."""
        ...


def unsolved_since(before: datetime | None, event: Happened) -> datetime | None:
    """Return since when a tenant says that it is not solved, once an event has happened; None when nobody says so."""
    if event.kind in TAKES_UP and not _is_note_of_tenant(event):
        return None
    return event.at if says_unsolved(EventKind(event.kind), event.data) else before


def says_unsolved(kind: EventKind, data: Mapping[str, Any]) -> bool:
    """Say whether an event is a tenant's word that it is not solved: opened again, "no", or a low score."""
    if kind == EventKind.FEEDBACK_GIVEN:
        score = data.get("score")
        return data.get("solved") == "no" or (score is not None and score <= LOW_UP_TO)
    return kind == EventKind.REOPENED


def unread_since(before: datetime | None, event: Happened) -> datetime | None:
    """Return since when a tenant's words wait for a person of the staff to do something; None when none wait."""
    if event.kind in SAYS or _is_note_of_tenant(event):
        return before or event.at
    is_done = event.kind in HANDLES and event.actor not in MACHINES
    return None if is_done or event.kind in _ENDS else before


def told_since(before: datetime, event: Happened) -> datetime:
    """Return when something last left for the tenant, or the tenant asked anew."""
    is_told = event.kind in TELLS and event.audience == Audience.TENANT
    return event.at if is_told else before


def _is_note_of_tenant(event: Happened) -> bool:
    """Say whether it is what a tenant wrote after the end."""
    return event.kind == EventKind.NOTED and event.actor == TENANT
