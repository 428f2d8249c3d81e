"""Steering, residences: where the same trouble comes back, and the incidents many households shared."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from service.domain.steering import RECURRING_FROM, RECURRING_WITHIN, WELL_ABOVE, Period, is_well_above, per_thousand
from service.journey.steering.steering_counts import compared, count_by, received, total, within
from service.journey.steering.steering_cuts import frame
from service.journey.steering.steering_names import agencies, dwellings_of, residences, subjects
from service.journey.steering.steering_narrowing import NONE, narrow
from service.journey.steering.steering_tables import Cell, Line, Scope, Sheet, Table, Tile, days_in_words, read_highest
from service.models.complaint import Complaint
from service.models.incident import Incident
from service.models.patrimoine import Residence

_MOST = 50  # lines of a table
_SPANS = 4  # the year before, counted in spans of twelve weeks
_INCIDENTS = {"proposed": "à décider", "open": "ouvert", "resolved": "terminé", "dismissed": "écarté"}


def places(session: Session, scope: Scope) -> Sheet:
    """Return the page of residences."""
    now = total(count_by(session, scope, (), received(scope, "recues"), *within(scope)))
    times = [(scope, now), *compared(session, scope, "recues")]
    window = Period(scope.period.until - RECURRING_WITHIN + timedelta(days=1), scope.period.until)
    return Sheet(
        "Résidences",
        tiles=[Tile("Reçues", *(at.whole(counts, "recues") for at, counts in times))],
        tables=[
            _recurring(session, scope.at(window)),
            _busiest(session, scope),
            _by_agency(session, scope),
            _incidents(session, scope),
        ],
        notes=(
            f"« Revient » : au moins {RECURRING_FROM} messages d'une résidence sur un sujet, {days_in_words(window)}.",
            f"« Bien plus que d'habitude » : au moins {WELL_ABOVE} fois ce qu'on y recevait les 48 semaines d'avant.",
        ),
    )


def _recurring(session: Session, scope: Scope) -> Table:
    usual = Period(scope.period.since - RECURRING_WITHIN * _SPANS, scope.period.since - timedelta(days=1))
    lately = and_(true(), *within(scope))
    counts = [func.count().filter(lately), func.count().filter(~lately)]
    query = (
        select(Complaint.residence_id, Complaint.category, *counts)
        .where(
            *narrow(scope.narrowing),
            *frame(Period(usual.since, scope.period.until), scope.now).holds(Complaint.submitted_at),
            Complaint.residence_id.is_not(None),
            Complaint.category.is_not(None),
        )
        .group_by(Complaint.residence_id, Complaint.category)
        .having(counts[0] >= RECURRING_FROM)
        .order_by(counts[0].desc(), Complaint.residence_id, Complaint.category)
        .limit(_MOST)
    )
    rows: Sequence[Any] = session.execute(query).all()
    names, labels = residences(session, {row[0] for row in rows}), subjects()
    lines = [
        Line(
            names[place],
            (
                Cell(labels[category]),
                scope.whole({"recues": count}, "recues", residence=str(place), sujet=category),
                scope.at(usual).whole({"recues": before}, "recues", residence=str(place), sujet=category),
                Cell("bien plus que d'habitude" if is_well_above(count, before, _SPANS) else "revient"),
            ),
        )
        for place, category, count, before in rows
    ]
    heads = ("Résidence", "Sujet", "En douze semaines", "48 semaines d'avant", "Lecture")
    reading = read_highest(lines, 1, "demandes sur un même sujet en douze semaines")
    return Table("recurrents", "Ce qui revient", heads, lines, reading, f"Les {_MOST} premières lignes.")


def _busiest(session: Session, scope: Scope) -> Table:
    groups = count_by(session, scope, [Complaint.residence_id], received(scope, "recues", "terminees-recues"),
                      *within(scope))  # fmt: skip
    groups.sort(key=lambda one: (-one[1]["recues"], str(one[0][0])))
    first = [(values[0], counts) for values, counts in groups if values[0]][:_MOST]
    names, homes = residences(session, [key for key, _ in first]), dwellings_of(session, [key for key, _ in first])
    lines = [
        Line(
            names[key],
            (
                scope.whole(counts, "recues", residence=str(key)),
                scope.whole(counts, "terminees-recues", residence=str(key)),
                Cell(homes.get(key, 0)),
                Cell(per_thousand(counts["recues"], homes.get(key, 0))),
            ),
            {"residence": str(key)},
        )
        for key, counts in first
    ]
    heads = ("Résidence", "Reçues", "Dont terminées", "Logements", "Reçues pour 1 000 logements")
    reading = read_highest(lines, 0, "demandes reçues")
    return Table("residences", "Les résidences qui écrivent le plus", heads, lines, reading)


def _by_agency(session: Session, scope: Scope) -> Table:
    query = (
        select(Residence.agency_id, func.count())
        .select_from(Complaint)
        .outerjoin(Residence, Residence.id == Complaint.residence_id)
        .where(*narrow(scope.narrowing), *within(scope))
        .group_by(Residence.agency_id)
    )
    counts: dict[Any, int] = dict(session.execute(query).all())
    names: dict[Any, str] = {**agencies(session), None: "Lieu à vérifier"}
    lines = [
        Line(
            name,
            (scope.whole({"recues": counts[key]}, "recues", agence=str(key or NONE)),),
            {"agence": str(key or NONE)},
        )
        for key, name in names.items()
        if key in counts
    ]
    reading = read_highest(lines, 0, "demandes reçues")
    return Table("agences", "Par agence", ("Agence", "Reçues"), lines, reading)


def _incidents(session: Session, scope: Scope) -> Table:
    """Return the incidents that began in the period; of their complaints, those the page is about."""
    linked = func.count(Complaint.id)
    about = and_(Complaint.incident_id == Incident.id, *narrow(scope.narrowing))
    query = (
        select(Incident.id, Incident.title, Incident.status, Incident.category, Incident.residence_id, linked)
        .outerjoin(Complaint, about)
        .where(*frame(scope.period, scope.now).holds(Incident.opened_at))
        .group_by(Incident.id)
        .order_by(linked.desc(), Incident.opened_at.desc())
        .limit(_MOST)
    )
    rows: Sequence[Any] = session.execute(query).all()
    names, labels = residences(session, {row.residence_id for row in rows}), subjects()
    lines = [
        Line(
            title,
            (
                Cell(names.get(place, "")),
                Cell(labels.get(category, "")),
                Cell(_INCIDENTS[status], address=str(key)),
                scope.whole({"liees": count}, "liees", incident=str(key)),
            ),
        )
        for key, title, status, category, place, count in rows
    ]
    heads = ("Incident", "Résidence", "Sujet", "État", "Demandes liées")
    reading = read_highest(lines, 3, "demandes liées à un incident")
    return Table("incidents", "Incidents collectifs commencés dans la période", heads, lines, reading)
