"""What each figure of the steering pages counts: conditions on complaints, the same for the figure and for its list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, column, exists, func, or_, select, table
from sqlalchemy.orm import InstrumentedAttribute, aliased

from service.domain.closing import DUPLICATE, PASSED_ON, WITHDRAWN
from service.domain.errors import BadInput
from service.domain.feedback import SATISFIED_FROM, SCORES, SOLVED
from service.domain.status import EventKind, Status
from service.domain.steering import Narrowing
from service.domain.transfers import REFUSALS
from service.journey.steering.steering_narrowing import one_id
from service.models.complaint import Complaint, Event
from service.models.feedback import Feedback
from service.models.handover import Handover
from service.models.member import Team

Conditions = list[ColumnElement[bool]]


def _view(row: type[Handover] | type[Feedback], name: str) -> FromClause:
    return table(name, *(column(one.name, one.type) for one in row.__table__.columns))


# Views of codes and instants, of which the database need not ask row by row who may see them: see migration 0005.
HANDED = aliased(Handover, _view(Handover, "handover_figures"), adapt_on_names=True)
SAID = aliased(Feedback, _view(Feedback, "feedback_figures"), adapt_on_names=True)
NOWHERE = (WITHDRAWN, PASSED_ON, DUPLICATE, "not_ours")  # outcomes that nobody here brought about


@dataclass(frozen=True)
class Frame:
    """The instants a figure lies between, the last one excluded; None where nothing bounds it. And what time it is."""

    since: datetime | None
    until: datetime | None
    now: datetime

    def holds(self, instant: InstrumentedAttribute[Any]) -> Conditions:
        """Return the conditions under which an instant lies within."""
        found = [] if self.since is None else [instant >= self.since]
        return found if self.until is None else [*found, instant < self.until]


Measure = Callable[[Frame, Narrowing], Conditions]


def _received(*more: ColumnElement[bool]) -> Measure:
    """Return a measure of the complaints received within the frame."""
    return lambda frame, _: [*frame.holds(Complaint.submitted_at), *more]


def _judged_by(frame: Frame, column: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Say where a delay is kept and where it is not; neither is so while it runs, or waits for the tenant."""
    done, due = getattr(Complaint, f"{column}_done_at"), getattr(Complaint, f"{column}_due_at")
    return done <= due, or_(done > due, and_(done.is_(None), due < frame.now, Complaint.is_paused.is_(False)))


def _delay(column: str, *, is_kept: bool) -> Measure:
    return lambda frame, _: [*frame.holds(Complaint.submitted_at), _judged_by(frame, column)[0 if is_kept else 1]]


def _open_at_end(frame: Frame, _: Narrowing) -> Conditions:
    end = frame.until or frame.now
    return [Complaint.submitted_at < end, or_(Complaint.closed_at.is_(None), Complaint.closed_at >= end)]


_BY_SORTING = Complaint.first_team_id.in_(select(Team.id).where(Team.kind == "sorting"))
_MOVED = Complaint.team_id != Complaint.first_team_id
_AT_FIRST_DESK = (
    Complaint.status == Status.CLOSED,
    Complaint.hops == 0,
    func.coalesce(Complaint.reopenings, 0) == 0,
    Complaint.outcome.not_in(NOWHERE),
    Complaint.team_id == Complaint.first_team_id,
)
_JUDGED = Complaint.category_by_person.is_(True)
_READ = Complaint.status != Status.SUBMITTED


def _refused(frame: Frame, narrowing: Narrowing) -> Conditions:
    said = exists().where(Event.complaint_id == Complaint.id, Event.kind == EventKind.REFUSED)
    if "raison" in narrowing:
        said = said.where(Event.data["code"].astext == _one_of(narrowing["raison"], REFUSALS))
    return [*frame.holds(Complaint.submitted_at), Complaint.hops > 0, said]


def handed(frame: Frame, narrowing: Narrowing) -> Conditions:
    """Return the conditions on a hand-over: offered within the frame, to the organisation that is named."""
    found = frame.holds(HANDED.offered_at)
    return [*found, HANDED.organisation_id == one_id(narrowing["organisme"])] if "organisme" in narrowing else found


def handover_facts(now: datetime) -> Mapping[str, tuple[ColumnElement[bool], ...]]:
    """Return what is counted of hand-overs: conditions on the hand-over, its complaint and what the tenant said."""
    answer = func.coalesce(HANDED.answered_at, now)
    return {
        "confiees": (),
        "acceptees": (HANDED.answered_at.is_not(None), HANDED.refusal.is_(None)),
        "refusees": (HANDED.refusal.is_not(None),),
        "sans-reponse-a-temps": (answer > HANDED.answer_due_at, HANDED.status != "withdrawn"),
        "faites": (HANDED.done_at.is_not(None),),
        "rendez-vous-tenus": (SAID.visit == "yes",),
        "rendez-vous-manques": (SAID.visit == "no",),
        "reprises": (HANDED.done_at.is_not(None), Complaint.reopenings > 0),
        "confiees-notees": (SAID.score.is_not(None),),
        "confiees-satisfaites": (SAID.score >= SATISFIED_FROM,),
    }


def _linked(_: Frame, narrowing: Narrowing) -> Conditions:
    """Return the complaints of one incident, whenever they came: the period is that of the incident."""
    return [Complaint.incident_id == one_id(narrowing.get("incident", ""))]


def _of_handover(name: str) -> Measure:
    def measure(frame: Frame, narrowing: Narrowing) -> Conditions:
        both = select(HANDED.complaint_id).outerjoin(SAID, SAID.complaint_id == HANDED.complaint_id)
        wanted = (*handed(frame, narrowing), *handover_facts(frame.now)[name])
        return [both.where(HANDED.complaint_id == Complaint.id, *wanted).exists()]

    return measure


def opinion_facts(narrowing: Narrowing) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on an opinion that a figure is narrowed to."""
    note, solved = narrowing.get("note"), narrowing.get("regle")
    return (
        *((SAID.score == int(_one_of(note, [str(score) for score in SCORES])),) if note else ()),
        *((SAID.solved == _one_of(solved, SOLVED),) if solved else ()),
    )


def _opinion(*more: ColumnElement[bool]) -> Measure:
    def measure(frame: Frame, narrowing: Narrowing) -> Conditions:
        wanted = (*frame.holds(SAID.at), *opinion_facts(narrowing), *more)
        return [exists().where(SAID.complaint_id == Complaint.id, *wanted)]

    return measure


def _one_of(value: str, values: Mapping[str, object] | list[str]) -> str:
    if value not in values:
        raise BadInput("unknown_value", "cle")
    return value


# name in the address -> (what the list is, in words; its conditions)
MEASURES: Mapping[str, tuple[str, Measure]] = {
    "recues": ("Reçues", _received()),
    "terminees": ("Terminées", lambda frame, _: frame.holds(Complaint.closed_at)),
    "ouvertes-a-la-fin": ("Ouvertes à la fin de la période", _open_at_end),
    "terminees-recues": ("Reçues et terminées", _received(Complaint.status == Status.CLOSED)),
    "rouvertes": ("Rouvertes par le locataire", _received(Complaint.reopenings > 0)),
    "reponse-a-temps": ("Première réponse à temps", _delay("answer", is_kept=True)),
    "reponse-en-retard": ("Première réponse en retard", _delay("answer", is_kept=False)),
    "repondues": ("Première réponse donnée", _received(Complaint.answer_done_at.is_not(None))),
    "fin-a-temps": ("Réponse complète à temps", _delay("full", is_kept=True)),
    "fin-en-retard": ("Réponse complète en retard", _delay("full", is_kept=False)),
    "prolongees": ("Délai prolongé", _received(Complaint.was_extended.is_(True))),
    "orientees": ("Arrivées à une équipe", _received(Complaint.first_team_id.is_not(None))),
    "triees": ("Orientées par une personne", _received(_BY_SORTING)),
    "premier-guichet": ("Réglées par la première équipe", _received(*_AT_FIRST_DESK)),
    "mal-orientees": ("Passées à une autre équipe", _received(_MOVED, ~_BY_SORTING)),
    "deplacees": ("Ont changé de mains", _received(Complaint.hops > 0)),
    "refusees-par-une-equipe": ("Refusées par une équipe", _refused),
    "lues": ("Lues par le modèle ou une personne", _received(_READ)),
    "modele-sans-avis": ("Laissées à une personne par le modèle", _received(_READ, Complaint.first_category.is_(None))),
    "jugees": ("Sujet vérifié par une personne", _received(_JUDGED, Complaint.first_category.is_not(None))),
    "confirmees": ("Sujet lu juste", _received(_JUDGED, Complaint.first_category == Complaint.category)),
    "corrigees": ("Sujet corrigé", _received(_JUDGED, Complaint.first_category != Complaint.category)),
    "liees": ("Liées à un incident", _linked),
    "enquetees": ("Enquête envoyée", lambda frame, _: frame.holds(Complaint.surveyed_at)),
    "notees": ("Avis donné", _opinion()),
    "satisfaites": ("Note de 7 à 10", _opinion(SAID.score >= SATISFIED_FROM)),
    "confiees": ("Confiées à un prestataire ou à un organisme", _of_handover("confiees")),
    "acceptees": ("Acceptées par l'organisme", _of_handover("acceptees")),
    "refusees": ("Refusées par l'organisme", _of_handover("refusees")),
    "sans-reponse-a-temps": ("Sans réponse à temps de l'organisme", _of_handover("sans-reponse-a-temps")),
    "faites": ("Travail fait par l'organisme", _of_handover("faites")),
    "rendez-vous-tenus": ("Rendez-vous tenus", _of_handover("rendez-vous-tenus")),
    "rendez-vous-manques": ("Rendez-vous manqués", _of_handover("rendez-vous-manques")),
    "reprises": ("Rouvertes après le travail", _of_handover("reprises")),
    "confiees-notees": ("Confiées, avec un avis", _of_handover("confiees-notees")),
    "confiees-satisfaites": ("Confiées, note de 7 à 10", _of_handover("confiees-satisfaites")),
}
