"""Which complaints a list holds: what narrows it, as conditions of the database."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, column, func, literal, or_, select, table, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.routing import OUT_OF_SCOPE
from service.domain.status import Status
from service.domain.taxonomy import categories
from service.journey.handling import commitments
from service.journey.inbox import search
from service.journey.news.leaving import end_waits
from service.journey.people import absence
from service.journey.steering import steering_cuts
from service.journey.steering.steering_measures import HANDED
from service.journey.submission import own_key
from service.journey.submission.submission import PARIS
from service.models.complaint import Complaint

SURE = 0.8  # calibrated probability from which a reading needs no second look
QUIET = timedelta(weeks=3)  # fifteen working days
ALONE = timedelta(days=3)  # from then on somebody should have taken it
FOLLOWED = timedelta(days=30)  # how long a low score about what is closed is shown
# Whose messages did not arrive: a view that asks who may see them once, through their complaints. See migration 0007.
_FAILURES = table("delivery_failures", column("complaint_id", Uuid))
# A person said that no subject of ours fits, and nobody brought it back to be sorted: it is to be answered.
_IS_SORTED = and_(Complaint.category == OUT_OF_SCOPE, Complaint.category_by_person, ~Complaint.routed_by_person)
BANDS = ("verified", "sure", "check", "unknown")
NOBODY = "nobody"


@dataclass(frozen=True)
class Filters:
    """What narrows a list. Dates are days of Paris time, the last one included."""

    status: str | None = None
    category: str | None = None
    family: str | None = None
    urgency: str | None = None
    nature: str | None = None
    channel: str | None = None
    band: str | None = None  # one of BANDS
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    with_absent: bool = False  # and those whose work that person does while they are away
    is_unassigned: bool = False
    organisation_id: UUID | None = None
    residence_id: UUID | None = None
    incident_id: UUID | None = None
    is_collective: bool = False  # linked to an incident, whichever
    view: str | None = None  # a key of _VIEWS
    since: date | None = None
    until: date | None = None
    reference: str | None = None
    words: str | None = None  # as typed in the field of the search
    cut: str | None = None  # a figure of the steering pages, and the line of its table
    cut_key: str | None = None
    as_told: bool = False  # closed is what the tenant was told is closed
    key_id: UUID | None = None  # of an extranet: no subject leads it to a sensitive complaint of others

    def as_json(self) -> dict[str, Any]:
        """Return what is filtered, to be asked again later."""
        kept = {name: value for name, value in asdict(self).items() if value not in (None, False)}
        return {name: value if isinstance(value, bool) else str(value) for name, value in kept.items()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what was filtered."""
        known = {field.name: str(field.type) for field in fields(cls)}
        return cls(**{name: _read(known[name], value) for name, value in kept.items()})


def _read(kind: str, value: Any) -> Any:
    if kind.startswith("UUID"):
        return UUID(value)
    return date.fromisoformat(value) if kind.startswith("date") else value


def conditions(session: Session, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return what a complaint of the list must fulfil."""
    found = narrowed(session, filters, now)
    if filters.words:
        found.append(search.matches(filters.words, wanted(filters), period(filters)))
    return found


def narrowed(session: Session, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return what a complaint of the list must fulfil besides the words that are looked for."""
    columns: tuple[tuple[InstrumentedAttribute[Any], object], ...] = (
        (Complaint.status, filters.status),
        (Complaint.category, filters.category),
        (Complaint.urgency, filters.urgency),
        (Complaint.nature, filters.nature),
        (Complaint.channel, filters.channel),
        (Complaint.team_id, filters.team_id),
        (Complaint.assignee_id, None if filters.with_absent else filters.assignee_id),
        (Complaint.organisation_id, filters.organisation_id),
        (Complaint.residence_id, filters.residence_id),
        (Complaint.incident_id, filters.incident_id),
        (Complaint.reference, filters.reference),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in columns if value is not None]
    found += [~end_waits(now)] if filters.as_told and filters.status == Status.CLOSED else []
    found += [own_key.told_to(filters.key_id)] if filters.key_id and filters.category else []
    if filters.with_absent and filters.assignee_id:
        away = absence.stood_for(session, filters.assignee_id, absence.day_of(now))
        found.append(Complaint.assignee_id.in_([filters.assignee_id, *away]))
    since, until = period(filters)
    found += [Complaint.submitted_at >= since] if since else []
    found += [Complaint.submitted_at < until] if until else []
    if filters.cut:
        found += steering_cuts.conditions(session, filters.cut, filters.cut_key, filters.since, filters.until, now)
    view = _VIEWS[filters.view](now) if filters.view else []
    return [*found, *_choices(filters), *view]


def _choices(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.family:
        found.append(Complaint.category.in_(_of_family(filters.family)))
    if filters.is_unassigned:
        found.append(Complaint.assignee_id.is_(None))
    if filters.is_collective:
        found.append(Complaint.incident_id.is_not(None))
    if filters.band:
        found.append(_in_band(filters.band))
    return found


def _of_family(family: str) -> list[str]:
    return [code for code, category in categories().items() if category.family == family]


def _in_band(band: str) -> ColumnElement[bool]:
    """Say which complaints the lists show in a band of confidence: see staff.wording.confidence."""
    by_model = and_(~Complaint.category_by_person, Complaint.category.is_not(None))
    return {
        "verified": Complaint.category_by_person == true(),
        "sure": and_(by_model, ~Complaint.abstained, Complaint.confidence >= SURE),
        "check": and_(by_model, ~Complaint.abstained, Complaint.confidence < SURE),
        "unknown": and_(by_model, Complaint.abstained),
    }[band]


def period(filters: Filters) -> tuple[datetime | None, datetime | None]:
    """Return the first instant of the period and the first one after it.

    The days of a figure bound what it is about, which is not always the arrival of the message.
    """
    if filters.cut:
        return None, None
    after = filters.until + timedelta(days=1) if filters.until else None
    return (
        datetime.combine(filters.since, time(), PARIS) if filters.since else None,
        datetime.combine(after, time(), PARIS) if after else None,
    )


def wanted(filters: Filters) -> dict[str, list[str] | None]:
    """Return what the search itself narrows by, by column: the values, or None where there must be none."""
    names = ("status", "category", "urgency", "nature", "channel", "team_id", "assignee_id", "organisation_id",
             "residence_id")  # fmt: skip
    found: dict[str, list[str] | None] = {
        name: [str(value)] for name in names if (value := getattr(filters, name)) is not None
    }
    if filters.with_absent:
        found.pop("assignee_id", None)
    if filters.family and not filters.category:
        found["category"] = _of_family(filters.family)
    if filters.is_unassigned or filters.view == "new":
        found["assignee_id"] = None
    found |= {"urgency": ["danger"]} if filters.view == "danger" and not filters.urgency else {}
    if filters.view not in {None, "failed", "unsolved", "written"} and not filters.status:
        found["status"] = [status.value for status in Status if status != Status.CLOSED]
    return found


def is_all_wanted(filters: Filters) -> bool:
    """Say whether the search alone narrows by everything that is asked."""
    return filters.view in {None, "open", "new"} and not (
        filters.band or filters.is_collective or filters.incident_id or filters.cut or filters.reference
        or filters.with_absent or (filters.family and filters.category) or (filters.view and filters.status)
    )  # fmt: skip


def _as_written(code: str) -> ColumnElement[str]:
    """Return a code that stands in the statement itself: the index of a list is found by the words of its condition."""
    return literal(code, literal_execute=True)


def _is_open() -> ColumnElement[bool]:
    return Complaint.status != _as_written("closed")


def _due_today(now: datetime) -> list[ColumnElement[bool]]:
    tomorrow = datetime.combine(now.astimezone(PARIS).date() + timedelta(days=1), time(), PARIS)
    return [_is_open(), Complaint.due_key >= now, Complaint.due_key < tomorrow]


def _silent(now: datetime) -> list[ColumnElement[bool]]:
    """Say where an outside organisation should have accepted or refused, and has not."""
    is_late = (HANDED.status == _as_written("offered"), HANDED.answer_due_at < now)
    return [_is_open(), Complaint.id.in_(select(HANDED.complaint_id).where(*is_late))]


def _unsolved(now: datetime) -> list[ColumnElement[bool]]:
    return [Complaint.unsolved_at.is_not(None), or_(_is_open(), Complaint.unsolved_at > now - FOLLOWED)]


# The lists of the rail. Each is written as the condition of its index: see models.complaint.LISTS.
_VIEWS: Mapping[str, Callable[[datetime], list[ColumnElement[bool]]]] = {
    "open": lambda _: [_is_open()],
    "new": lambda _: [_is_open(), Complaint.assignee_id.is_(None)],
    "to_sort": lambda _: [_is_open(), Complaint.target == _as_written("sorting"), ~_IS_SORTED],
    "danger": lambda _: [_is_open(), Complaint.urgency == _as_written("danger")],
    "to_check": lambda _: [_is_open(), *_is_to_check()],
    "late": lambda now: [_is_open(), Complaint.due_key < now],
    "due_today": _due_today,
    "waiting": lambda _: [_is_open(), Complaint.is_paused == true()],
    "outside": lambda _: [_is_open(), Complaint.organisation_id.is_not(None)],
    "silent": _silent,
    "failed": lambda _: [Complaint.id.in_(select(_FAILURES.c.complaint_id))],
    "contested": lambda _: [_is_open(), Complaint.contested_at.is_not(None)],
    "review": lambda _: [_is_open(), Complaint.review_asked_at.is_not(None)],
    "audit": lambda _: [_is_open(), Complaint.audit_due == true()],
    "collective": lambda _: [_is_open(), Complaint.incident_id.is_not(None)],
    "unsolved": _unsolved,
    "promises": lambda now: [_is_open(), commitments.is_late(now)],
    "quiet": lambda now: [_is_open(), Complaint.told_at < now - QUIET],
    "unread": lambda _: [Complaint.unread_at.is_not(None), _is_open()],
    "written": lambda now: [Complaint.unread_at > now - FOLLOWED, Complaint.unread_at.is_not(None), ~_is_open()],
    "alone": lambda now: [_is_open(), Complaint.assignee_id.is_(None), Complaint.submitted_at < now - ALONE],
}


def _is_to_check() -> tuple[ColumnElement[bool], ...]:
    """Say where the model or the lexicon suspects a danger and nobody has judged of it yet."""
    none = _as_written("none")
    is_unread = and_(Complaint.category.is_(None), func.jsonb_array_length(Complaint.danger_types) > 0)
    return (
        Complaint.urgency.is_distinct_from("danger"),
        ~Complaint.danger_is_judged,
        or_(Complaint.danger != none, Complaint.category.is_(None)),
        or_(Complaint.danger != none, is_unread),
    )
