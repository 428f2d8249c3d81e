"""What lists remember of a complaint's events: whether the tenant is still unsatisfied, and who spoke last."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.domain.feedback import LOW_UP_TO
from service.domain.status import EventKind

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
    EventKind.MENDED, EventKind.PARTNER_WRITTEN,
}  # fmt: skip


def unsolved_since(before: datetime | None, kind: EventKind, at: datetime, data: Mapping[str, Any]) -> datetime | None:
    """Return since when a tenant says that it is not solved, once an event has happened; None when nobody says so."""
    if kind in TAKES_UP:
        return None
    return at if says_unsolved(kind, data) else before


def says_unsolved(kind: EventKind, data: Mapping[str, Any]) -> bool:
    """Say whether an event is a tenant's word that it is not solved: opened again, "no", or a low score."""
    if kind == EventKind.FEEDBACK_GIVEN:
        score = data.get("score")
        return data.get("solved") == "no" or (score is not None and score <= LOW_UP_TO)
    return kind == EventKind.REOPENED
