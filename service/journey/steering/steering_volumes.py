"""Steering, volumes: what came in, what ended, what is left, and about what."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from service.domain.steering import Period, per_thousand
from service.domain.taxonomy import family_of
from service.journey.steering.steering_counts import Group, count_by, in_parts, part_of, rolled_up, total, within
from service.journey.steering.steering_cuts import frame
from service.journey.steering.steering_names import desks, families, named_lines, subjects
from service.journey.steering.steering_narrowing import CHANNELS, NONE
from service.journey.steering.steering_tables import (
    Cell,
    Curve,
    Line,
    Scope,
    Sheet,
    Table,
    Tile,
    read_curve,
    read_highest,
)
from service.models.complaint import Complaint

_MEASURES = ("recues", "terminees", "ouvertes-a-la-fin")
_HEADS = ("Reçues", "Période d'avant", "Un an avant", "Terminées", "Ouvertes à la fin")
_PER_THOUSAND = "Reçues pour 1 000 logements"


def volumes(session: Session, scope: Scope) -> Sheet:
    """Return the page of volumes."""
    times = {"now": scope, "before": scope.at(scope.period.before()), "year": scope.at(scope.period.year_before())}
    wanted = {f"{measure} {when}": (measure, at) for when, at in times.items() for measure in _MEASURES}
    end = frame(scope.period, scope.now).until
    parts = scope.period.cut_up()
    columns = (
        Complaint.team_id, Complaint.category, Complaint.channel, part_of(parts, scope, Complaint.submitted_at)
    )  # fmt: skip
    groups = count_by(session, scope, columns, wanted, Complaint.submitted_at < end)
    sums = total(groups)
    return Sheet(
        "Volumes",
        tiles=[
            Tile(label, *(at.whole({measure: sums[f"{measure} {when}"]}, measure) for when, at in times.items()))
            for measure, label in zip(_MEASURES, ("Reçues", "Terminées", "Ouvertes à la fin"), strict=True)
        ],
        curves=_curves(session, scope, in_parts(groups, 3, parts), parts),
        tables=_tables(session, scope, times, groups),
        notes=(
            f"Pour 1 000 logements : sur {scope.dwellings} logements." if scope.dwellings else "",
            "Une demande rouverte compte parmi celles qui sont ouvertes, et plus parmi les terminées.",
        ),
    )


def _curves(session: Session, scope: Scope, received: Sequence[Counter[str]], parts: Sequence[Period]) -> list[Curve]:
    place = part_of(parts, scope, Complaint.closed_at)
    ended = count_by(session, scope, [place], {"now": ("terminees", scope)}, *within(scope, Complaint.closed_at))
    came = [Decimal(counts["recues now"]) for counts in received]
    went = [Decimal(counts["now"]) for counts in in_parts(ended, 0, parts)]
    return [
        Curve(name, title, parts, values, "", read_curve(parts, values, ""))
        for name, title, values in (("recues", "Demandes reçues", came), ("terminees", "Demandes terminées", went))
    ]


def _tables(session: Session, scope: Scope, times: Mapping[str, Scope], groups: Sequence[Group]) -> list[Table]:
    by_category, by_family = rolled_up(groups, 1), _families(groups)

    def lines(names: Mapping[Any, str], counts: Mapping[Any, Counter[str]], narrowing: Callable[[Any], dict[str, str]],
              *, has_rate: bool) -> list[Line]:  # fmt: skip
        return [
            Line(name, _cells(times, counts[key], narrowing(key), has_rate=has_rate))
            for key, name in names.items()
            if key in counts
        ]

    def theme(key: str | None) -> dict[str, str]:
        return {"theme": key} if key else {"sujet": NONE}

    tables = (
        ("themes", "Par thème", "Thème", lines(families(), by_family, theme, has_rate=True), True),
        ("sujets", "Par sujet", "Sujet",
         lines(subjects(), by_category, lambda key: {"sujet": key or NONE}, has_rate=True), True),
        ("equipes", "Par équipe", "Équipe",
         named_lines(desks(session), rolled_up(groups, 0), lambda counts, key: _cells(times, counts, {"equipe": key},
                                                                                     has_rate=False)), False),
        ("canaux", "Par canal", "Canal",
         lines(CHANNELS, rolled_up(groups, 2), lambda key: {"canal": key}, has_rate=False), False),
    )  # fmt: skip
    return [
        Table(name, caption, (head, *_HEADS, *((_PER_THOUSAND,) if has_rate and scope.dwellings else ())), rows,
              read_highest(rows, 0, "demandes reçues"))
        for name, caption, head, rows, has_rate in tables
    ]  # fmt: skip


def _families(groups: Sequence[Group]) -> dict[str | None, Counter[str]]:
    found: dict[str | None, Counter[str]] = {}
    for (_, category, *_), counts in groups:
        found.setdefault(family_of(category), Counter()).update(counts)
    return found


def _cells(
    times: Mapping[str, Scope], counts: Counter[str], narrowing: Mapping[str, str], *, has_rate: bool
) -> tuple[Cell, ...]:
    def cell(measure: str, when: str) -> Cell:
        return times[when].whole({measure: counts[f"{measure} {when}"]}, measure, **narrowing)

    now = times["now"]
    rate = per_thousand(counts["recues now"], now.dwellings) if has_rate and now.dwellings else None
    return (
        *(cell("recues", when) for when in times),
        cell("terminees", "now"),
        cell("ouvertes-a-la-fin", "now"),
        *((Cell(rate),) if rate is not None else ()),
    )
