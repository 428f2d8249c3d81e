"""Steering, suppliers: what was handed over, how soon it was taken and done, and what tenants said of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Subquery, and_, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.steering import FEWEST
from service.journey.steering.steering_cuts import frame
from service.journey.steering.steering_measures import HANDED, SAID, handed, handover_facts
from service.journey.steering.steering_names import organisations
from service.journey.steering.steering_narrowing import narrow
from service.journey.steering.steering_tables import TOO_FEW, Cell, Line, Scope, Sheet, Table, Tile, read_highest, share
from service.models.complaint import Complaint

_A_DAY = 86400  # seconds
_SAID = {
    "rendez-vous-tenus",
    "rendez-vous-manques",
    "confiees-notees",
    "confiees-satisfaites",
}  # by tenants, at the end
_HEADS = (
    "Organisme", "Confiées", "Acceptées", "Refusées", "Sans réponse à temps", "Jours pour accepter", "Faites",
    "Jours pour faire", "Rendez-vous tenus", "Rendez-vous manqués", "Part tenue", "Rouvertes après", "Part rouverte",
    "Avis", "Notes de 7 à 10", "Part satisfaite",
)  # fmt: skip


def suppliers(session: Session, scope: Scope) -> Sheet:
    """Return the scorecard of each organisation outside."""
    found = _by_organisation(session, scope)
    names = organisations(session)
    lines = [Line(name, _cells(scope, *found[key], str(key))) for key, name in names.items() if key in found]
    times = [scope, scope.at(scope.period.before()), scope.at(scope.period.year_before())]
    labels = (
        ("confiees", "Confiées"), ("refusees", "Refusées"), ("sans-reponse-a-temps", "Sans réponse à temps"),
        ("reprises", "Rouvertes après le travail"),
    )  # fmt: skip
    counted = {at.period: at for at in times}  # a year ago and the period before may be one
    sums = {period: _count(session, at, [name for name, _ in labels]) for period, at in counted.items()}
    return Sheet(
        "Prestataires et organismes",
        tiles=[
            Tile(label, *(at.whole(sums[at.period], name) for at in times))
            for name, label in labels
        ],
        tables=[
            Table("organismes", "Par organisme", _HEADS, lines, read_highest(lines, 0, "demandes confiées"),
                  "Jours : du calendrier, une fois sur deux. Une demande confiée deux fois au même compte une fois."),
        ],
        notes=(
            "Ces chiffres portent sur les demandes confiées dans la période.",
            f"Les chiffres sont exacts. Sous {FEWEST} cas, aucune part n'est donnée : c'est trop peu pour juger.",
            "Rendez-vous et notes : ce que les locataires en ont dit à la fin.",
        ),
    )  # fmt: skip


def _each(scope: Scope, names: Sequence[str], *keys: InstrumentedAttribute[Any], more: Mapping[str, Any]) -> Subquery:
    """Return what is true of each complaint handed over: it counts once, however often it was."""
    facts = handover_facts(scope.now)
    query = (
        select(
            *keys,
            *(what.label(name) for name, what in more.items()),
            *(func.bool_or(and_(true(), *facts[name])).label(name) for name in names),
        )
        .select_from(HANDED)
        .join(Complaint, Complaint.id == HANDED.complaint_id)
        .where(*handed(frame(scope.period, scope.now), {}), *narrow(scope.narrowing))
        .group_by(*keys, HANDED.complaint_id)
    )
    if set(names) & _SAID:
        query = query.outerjoin(SAID, SAID.complaint_id == HANDED.complaint_id)
    return query.subquery()


def _by_organisation(session: Session, scope: Scope) -> Mapping[Any, tuple[Counter[str], list[Any]]]:
    """Return the counts of each organisation, and its median seconds to accept and to do."""
    names = list(handover_facts(scope.now))
    spans = {
        "taken": func.min(func.extract("epoch", HANDED.answered_at - HANDED.offered_at)),
        "worked": func.min(func.extract("epoch", HANDED.done_at - HANDED.offered_at)),
    }
    each = _each(scope, names, HANDED.organisation_id, more=spans)
    medians = [func.percentile_disc(0.5).within_group(each.c[name]) for name in spans]
    counts = [func.count().filter(each.c[name]) for name in names]
    rows = session.execute(select(each.c.organisation_id, *medians, *counts).group_by(each.c.organisation_id))
    return {key: (Counter(dict(zip(names, found, strict=True))), [accept, work]) for key, accept, work, *found in rows}


def _count(session: Session, scope: Scope, names: Sequence[str]) -> Counter[str]:
    """Return the counts of all organisations together."""
    each = _each(scope, names, more={})
    row = session.execute(select(*(func.count().filter(each.c[name]) for name in names))).one()
    return Counter(dict(zip(names, row, strict=True)))


def _cells(scope: Scope, counts: Counter[str], medians: list[Any], key: str) -> tuple[Cell, ...]:
    def whole(name: str) -> Cell:
        return scope.whole(counts, name, organisme=key)

    is_judged = counts["confiees"] >= FEWEST
    accept, work = (Cell(_days(one)) if is_judged else Cell(TOO_FEW) for one in medians)
    visits = counts["rendez-vous-tenus"] + counts["rendez-vous-manques"]
    return (
        *map(whole, ("confiees", "acceptees", "refusees", "sans-reponse-a-temps")),
        accept,
        whole("faites"),
        work,
        *map(whole, ("rendez-vous-tenus", "rendez-vous-manques")),
        share(counts["rendez-vous-tenus"], visits),
        whole("reprises"),
        share(counts["reprises"], counts["faites"]),
        *map(whole, ("confiees-notees", "confiees-satisfaites")),
        share(counts["confiees-satisfaites"], counts["confiees-notees"]),
    )


def _days(seconds: object) -> Decimal | None:
    return None if seconds is None else (Decimal(str(seconds)) / _A_DAY).quantize(Decimal("0.1"))
