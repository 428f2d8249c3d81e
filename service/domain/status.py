"""The eight steps of a complaint's life, and which event may follow which status."""

from enum import StrEnum


class Status(StrEnum):
    """Where a complaint stands. Each value is the past tense of a step of the straight line."""

    SUBMITTED = "submitted"
    CLASSIFIED = "classified"
    ROUTED = "routed"
    DELIVERED = "delivered"
    HANDLED = "handled"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What happened to a complaint; events are only ever added."""

    SUBMITTED = "submitted"
    CLASSIFIED = "classified"
    ROUTED = "routed"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    ASSIGNED = "assigned"
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    PLACED = "placed"
    DANGER_RAISED = "danger_raised"
    TRANSFERRED = "transferred"
    PASSED_ON = "passed_on"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    PLANNED = "planned"
    WORK_DONE = "work_done"
    NOTED = "noted"
    ASKED = "asked"
    TARGETS_SET = "targets_set"
    EXTENDED = "extended"
    PAGED = "paged"
    ACKNOWLEDGED = "acknowledged"
    LINKED = "linked"
    UNLINKED = "unlinked"
    INCIDENT_NEWS = "incident_news"
    ANSWERED = "answered"
    TENANT_WROTE = "tenant_wrote"
    CLOSED = "closed"
    REOPENED = "reopened"
    FEEDBACK_GIVEN = "feedback_given"
    CONTESTED = "contested"
    REVIEW_ASKED = "review_asked"
    MENDED = "mended"
    THANKED = "thanked"
    CONTACT_CHANGED = "contact_changed"
    COMMITTED = "committed"
    COMMITMENT_KEPT = "commitment_kept"
    COMMITMENT_DROPPED = "commitment_dropped"
    PARTNER_WRITTEN = "partner_written"
    MARKED = "marked"
    CONFIDED = "confided"
    ERASED = "erased"


class Audience(StrEnum):
    """Who may read an event."""

    TENANT = "tenant"
    INTERNAL = "internal"


_OPEN = frozenset(Status) - {Status.CLOSED}
_AFTER_ROUTING = frozenset({Status.ROUTED, Status.DELIVERED, Status.HANDLED})

# event -> (statuses it may happen in, status it leads to; None leaves the status as it is)
MOVES: dict[EventKind, tuple[frozenset[Status], Status | None]] = {
    EventKind.SUBMITTED: (frozenset({Status.SUBMITTED}), Status.SUBMITTED),
    EventKind.CLASSIFIED: (frozenset({Status.SUBMITTED}), Status.CLASSIFIED),
    # A correction routes again what already was: the complaint goes back to "routed" and is delivered anew.
    EventKind.ROUTED: (_OPEN - {Status.SUBMITTED}, Status.ROUTED),
    EventKind.DELIVERED: (frozenset({Status.ROUTED}), Status.DELIVERED),
    EventKind.DELIVERY_FAILED: (frozenset(Status), None),
    EventKind.ASSIGNED: (_OPEN, None),
    # A person may sort what the model has not: the correction then stands for the classification.
    EventKind.CORRECTED: (_OPEN, None),
    # A person may say that the model read right: nothing else changes.
    EventKind.CONFIRMED: (_OPEN - {Status.SUBMITTED}, None),
    # A person says where it is: it is routed again by its place, and looked at beside its neighbours.
    EventKind.PLACED: (_OPEN, None),
    # What a tenant adds may tell of a danger: the complaint is then routed anew.
    EventKind.DANGER_RAISED: (_OPEN, None),
    # A person brings it to another desk of the member, a supplier or an authority: it is delivered anew.
    EventKind.TRANSFERRED: (_AFTER_ROUTING, Status.ROUTED),
    # A person passes it to another member, which then has a complaint of its own.
    EventKind.PASSED_ON: (_AFTER_ROUTING, Status.CLOSED),
    # A desk or an outside organisation says that it is not the right one; a transfer follows.
    EventKind.REFUSED: (_AFTER_ROUTING, None),
    EventKind.ACCEPTED: (_AFTER_ROUTING, Status.HANDLED),
    EventKind.PLANNED: (_AFTER_ROUTING, Status.HANDLED),
    EventKind.WORK_DONE: (_AFTER_ROUTING, Status.HANDLED),
    # Words for the staff only: typed by a colleague, or come back by mail from a team or an organisation.
    EventKind.NOTED: (frozenset(Status), None),
    # A question to the tenant: the clocks that may pause wait for the answer.
    EventKind.ASKED: (_AFTER_ROUTING, Status.HANDLED),
    EventKind.TARGETS_SET: (frozenset(Status), None),
    EventKind.EXTENDED: (_AFTER_ROUTING, None),
    EventKind.PAGED: (frozenset(Status), None),
    EventKind.ACKNOWLEDGED: (frozenset(Status), None),
    EventKind.LINKED: (frozenset(Status), None),
    EventKind.UNLINKED: (frozenset(Status), None),
    EventKind.INCIDENT_NEWS: (frozenset(Status), None),
    EventKind.ANSWERED: (_AFTER_ROUTING, Status.HANDLED),
    EventKind.TENANT_WROTE: (_OPEN, None),
    EventKind.CLOSED: (_AFTER_ROUTING, Status.CLOSED),
    EventKind.REOPENED: (frozenset({Status.CLOSED}), Status.ROUTED),
    EventKind.FEEDBACK_GIVEN: (frozenset(Status), None),
    # The tenant says that the subject or the desk is not the right one: a person looks.
    EventKind.CONTESTED: (_OPEN - {Status.SUBMITTED}, None),
    # The tenant asks for another person to look again. A closed complaint is reopened first.
    EventKind.REVIEW_ASKED: (_AFTER_ROUTING, None),
    # What was written to the tenant is changed or taken back before it leaves.
    EventKind.MENDED: (frozenset(Status), None),
    EventKind.THANKED: (frozenset(Status), None),
    EventKind.CONTACT_CHANGED: (frozenset(Status), None),
    # Something is promised to the tenant for a day, is done, or is taken back with a reason.
    EventKind.COMMITTED: (_AFTER_ROUTING, Status.HANDLED),
    EventKind.COMMITMENT_KEPT: (frozenset(Status), None),
    EventKind.COMMITMENT_DROPPED: (frozenset(Status), None),
    # Words for the organisation that has it, which the tenant does not read.
    EventKind.PARTNER_WRITTEN: (_AFTER_ROUTING, None),
    # Who may see it: marked as sensitive or no longer, and the people named for it.
    EventKind.MARKED: (frozenset(Status), None),
    EventKind.CONFIDED: (frozenset(Status), None),
    EventKind.ERASED: (frozenset({Status.CLOSED}), None),
}


def is_allowed(status: Status, event: EventKind) -> bool:
    """Say whether the event may happen to a complaint in this status."""
    return status in MOVES[event][0]


def status_after(status: Status, event: EventKind) -> Status:
    """Return the status an allowed event leads to."""
    return MOVES[event][1] or status
