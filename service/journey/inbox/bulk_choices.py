"""What may be chosen for an act on many complaints: whose they become, what is read in them, said of them, linked."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.bulk import EACH, Kind, check_many
from service.domain.errors import BadInput, NotAllowed
from service.domain.permissions import Act, may
from service.domain.status import Status
from service.domain.submission import MAX_REASON, check_text
from service.domain.taxonomy import categories, urgencies
from service.domain.templates import MAX_BODY, VARIABLES, Unfilled, left_open
from service.journey.inbox.bulk import Choice
from service.journey.incidents.incident_origin import subject_at
from service.journey.people.absence import is_absent
from service.journey.submission.known import Known, known_of
from service.models.complaint import Complaint
from service.models.incident import Incident
from service.models.member import Team
from service.models.people import Staff

NEW = "new"
OF_TEAM = "team:"  # before the id of a team: given in turn to those of it who are here
Typed = Mapping[str, str]
Read = tuple[dict[str, Any], tuple[str, ...]]  # what is done, and whose they become in turn


@dataclass(frozen=True)
class Person:
    """Somebody complaints may be given to; `until` is the last day away, `substitute` who has their work meanwhile."""

    id: UUID
    name: str
    is_absent: bool
    until: date | None
    substitute: str | None


@dataclass(frozen=True)
class Crew:
    """A team, and those of it that complaints may be given to. No team: those who have none."""

    team: Team | None
    people: list[Person]

    @property
    def is_somebody_here(self) -> bool:
        """Whether complaints may be given to its people in turn."""
        return any(not one.is_absent for one in self.people)


def choice(session: Session, kind: Kind, typed: Typed, ids: Sequence[str], today: date) -> Choice:
    """Return the act that somebody asked for, checked as a whole.

    Raises
    ------
    BadInput, NotAllowed
        With the field to mend: `choisi`, or a field of the form of this kind.

    """
    chosen = check_many(readable(ids))
    values, to = _READERS[kind](session, typed, chosen, today)
    return Choice(kind, chosen, values, to)


def readable(ids: Sequence[str]) -> list[str]:
    """Return the ids that are ids, as we write them: anything else is of no complaint."""
    found = []
    for written in ids:
        try:
            found.append(str(UUID(written)))
        except ValueError:
            continue
    return found


def chosen(session: Session, ids: Sequence[str]) -> Sequence[Complaint]:
    """Return those of these complaints that the person may see, the newest first."""
    wanted = select(Complaint).where(Complaint.id.in_([UUID(one) for one in ids]))
    return session.scalars(wanted.order_by(Complaint.submitted_at.desc(), Complaint.id)).all()


def crews(session: Session, today: date) -> list[Crew]:
    """Return whom complaints may be given to, by team."""
    active = session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.name))
    people = [one for one in active if may(one.role, Act.HANDLE)]
    names = {one.id: one.name for one in people}
    by_team: dict[UUID | None, list[Person]] = {}
    for one in people:
        away = is_absent(one, today)
        substitute = names.get(one.substitute_id) if one.substitute_id else None
        person = Person(one.id, one.name, away, one.absent_until if away else None, substitute if away else None)
        by_team.setdefault(one.team_id, []).append(person)
    teams = {team.id: team for team in session.scalars(select(Team).order_by(Team.name))}
    found = [Crew(teams[team_id], by_team[team_id]) for team_id in teams if team_id in by_team]
    return [*found, *([Crew(None, by_team[None])] if None in by_team else [])]


def incidents(session: Session, ids: Sequence[str]) -> list[Known]:
    """Return the open incidents of the residences of these complaints, the latest first."""
    residences = select(Complaint.residence_id).where(Complaint.id.in_([UUID(one) for one in ids]))
    wanted = select(Incident.id).where(Incident.status == "open", Incident.residence_id.in_(residences))
    found = session.scalars(wanted.order_by(Incident.opened_at.desc())).all()
    by_id = known_of(session, found)
    return [by_id[one] for one in found]


def _read_assignee(session: Session, typed: Typed, _ids: Sequence[str], today: date) -> Read:
    asked = typed.get("assignee", "")
    for crew in crews(session, today):
        if crew.team and asked == f"{OF_TEAM}{crew.team.id}" and crew.is_somebody_here:
            here = tuple(str(one.id) for one in crew.people if not one.is_absent)
            return {"to": crew.team.name}, here
        for one in crew.people:
            if asked == str(one.id):
                return {"to": one.name}, (str(one.id),)
    raise BadInput("unknown_value", "assignee")


def _read_subject(_session: Session, typed: Typed, _ids: Sequence[str], _today: date) -> Read:
    category, urgency, reason = typed.get("category", ""), typed.get("urgency", ""), typed.get("reason", "").strip()
    if category != EACH and category not in categories():
        raise BadInput("unknown_value", "category")
    if urgency and (urgency not in urgencies() or urgency == "danger"):
        raise BadInput("unknown_value", "urgency")  # A danger is raised by who has looked at it.
    if reason:
        check_text(reason, "reason", MAX_REASON)
    return {"category": category, "urgency": urgency, "reason": reason}, ()


def _read_words(_session: Session, typed: Typed, _ids: Sequence[str], _today: date) -> Read:
    text = typed.get("text", "")
    check_text(text, "text", MAX_BODY)
    unknown = tuple(name for name in left_open(text) if name not in VARIABLES)
    if unknown:
        raise Unfilled(unknown, "text")
    return {"text": text}, ()


def _read_incident(session: Session, typed: Typed, ids: Sequence[str], _today: date) -> Read:
    asked, tells = typed.get("incident", ""), typed.get("tells", "1") == "1"
    if asked != NEW:
        if asked not in {str(one.id) for one in incidents(session, ids)}:
            raise BadInput("unknown_value", "incident")
        return {"incident": asked, "title": "", "tells": tells}, ()
    title = typed.get("title", "").strip()
    if title:
        check_text(title, "title", MAX_REASON)
    return {"incident": NEW, "title": title, "tells": tells, "from": _first_of_most(session, ids)}, ()


def _first_of_most(session: Session, ids: Sequence[str]) -> str:
    """Return the complaint that tells what the incident is about: of the residence that most of them are from."""
    wanted = select(Complaint).where(Complaint.id.in_([UUID(one) for one in ids]), Complaint.status != Status.CLOSED)
    chosen = session.scalars(wanted.order_by(Complaint.submitted_at, Complaint.id)).all()
    most = Counter(one.residence_id for one in chosen if one.residence_id).most_common(1)
    if not most:
        raise NotAllowed("no_place", "incident")
    for one in chosen:
        if one.residence_id == most[0][0]:
            try:
                subject_at(session, one)
            except NotAllowed:
                continue
            return str(one.id)
    raise NotAllowed("no_subject", "incident")


_READERS: dict[Kind, Callable[[Session, Typed, Sequence[str], date], Read]] = {
    Kind.ASSIGN: _read_assignee,
    Kind.CATEGORISE: _read_subject,
    Kind.ANSWER: _read_words,
    Kind.LINK: _read_incident,
}
