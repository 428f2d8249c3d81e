"""Steering, orientation: where messages go first, where they end, and what each change of hands costs."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.status import EventKind
from service.domain.steering import Period, part
from service.domain.transfers import REFUSALS
from service.journey.steering.steering_counts import (
    Column,
    Group,
    compared,
    count_by,
    in_parts,
    part_of,
    received,
    rolled_up,
    total,
    within,
)
from service.journey.steering.steering_names import desks, named_lines, subjects
from service.journey.steering.steering_narrowing import HOPS, NONE, narrow
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
    share,
    value_in_words,
)
from service.models.complaint import Complaint, Event

_COUNTED = ("orientees", "triees", "premier-guichet", "mal-orientees", "deplacees", "terminees-recues")
_NOTES = (
    "Ces chiffres portent sur les demandes reçues dans la période.",
    "Réglée par la première équipe : terminée là où elle est arrivée d'abord, sans passage ni réouverture.",
    "La part réglée est prise sur les demandes terminées.",
    "Jours perdus : jours ouvrés entre la première équipe et la dernière.",
)
_MOST = 25  # pairs of subjects


def orientation(session: Session, scope: Scope) -> Sheet:
    """Return the page of orientation."""
    parts = scope.period.cut_up()
    sums: dict[str, Column] = {"hops": Complaint.hops, "lost": Complaint.lost_days}
    hops, place = func.least(Complaint.hops, 3), part_of(parts, scope, Complaint.submitted_at)
    columns = (Complaint.first_team_id, Complaint.team_id, hops, place)
    groups = count_by(session, scope, columns, received(scope, *_COUNTED), *within(scope), sums=sums)
    teams = desks(session)
    return Sheet(
        "Orientation",
        tiles=_tiles(session, scope, total(groups)),
        curves=[_curve(parts, in_parts(groups, 3, parts))],
        tables=[
            _first_desks(scope, groups, teams),
            _matrix(scope, groups, teams),
            _pairs(session, scope),
            _hops(scope, groups),
            _refusals(session, scope),
        ],
        notes=_NOTES,
    )


def _tiles(session: Session, scope: Scope, now: Counter[str]) -> list[Tile]:
    times = [(scope, now), *compared(session, scope, *_COUNTED)]
    names = (("premier-guichet", "Réglées par la première équipe"), ("mal-orientees", "Passées à une autre équipe"),
             ("deplacees", "Ont changé de mains"), ("triees", "Orientées par une personne"))  # fmt: skip
    shares = Tile(
        "Part réglée par la première équipe",
        *(share(counts["premier-guichet"], counts["terminees-recues"], is_judged=False) for _, counts in times),
    )
    return [shares, *(Tile(label, *(at.whole(counts, name) for at, counts in times)) for name, label in names)]


def _curve(parts: Sequence[Period], counts: Sequence[Counter[str]]) -> Curve:
    values = [part(one["premier-guichet"], one["terminees-recues"]) for one in counts]
    title = "Part réglée par la première équipe"
    return Curve("premier-guichet", title, parts, values, "%", read_curve(parts, values, "%"))


def _first_desks(scope: Scope, groups: Sequence[Group], teams: dict[Any, str]) -> Table:
    def cells(counts: Counter[str], key: str) -> tuple[Cell, ...]:
        lost = (Decimal(counts["lost"]) / counts["hops"]).quantize(Decimal("0.1")) if counts["hops"] else None
        return (
            scope.whole(counts, "orientees", depart=key),
            scope.whole(counts, "premier-guichet", depart=key),
            share(counts["premier-guichet"], counts["terminees-recues"]),
            scope.whole(counts, "mal-orientees", depart=key),
            scope.whole(counts, "deplacees", depart=key),
            Cell(lost),
        )

    by_team = {key: counts for key, counts in rolled_up(groups, 0).items() if key}
    lines = named_lines(teams, by_team, cells)
    heads = ("Première équipe", "Reçues d'abord", "Réglées sur place", "Part réglée", "Passées à une autre équipe",
             "Ont changé de mains", "Jours perdus par passage")  # fmt: skip
    reading = read_highest(lines, 3, "demandes passées ensuite à une autre équipe")
    return Table("premieres", "Par première équipe", heads, lines, reading)


def _matrix(scope: Scope, groups: Sequence[Group], teams: dict[Any, str]) -> Table:
    found: dict[Any, Counter[Any]] = {}
    for (first, last, *_), counts in groups:
        if first:
            found.setdefault(first, Counter())[last] += counts["orientees"]
    columns = [key for key in teams if any(row[key] for row in found.values())]
    lines = [
        Line(
            name,
            tuple(
                scope.whole({"orientees": found[key][last]}, "orientees", depart=str(key), equipe=str(last or NONE))
                for last in columns
            ),
        )
        for key, name in teams.items()
        if key in found
    ]
    stayed = sum(row[key] for key, row in found.items())
    everything = sum(sum(row.values()) for row in found.values())
    where = part(stayed, everything)
    reading = "Rien n'est encore arrivé à une équipe sur cette période."
    if where is not None:
        reading = (
            f"{value_in_words(stayed)} demandes sur {value_in_words(everything)} sont restées à leur première équipe."
        )
    heads = ("Première équipe", *(teams[key] for key in columns))
    return Table("equipes", "De la première équipe à la dernière", heads, lines, reading,
                 "Une ligne par première équipe, une colonne par équipe qui a la demande maintenant.")  # fmt: skip


def _pairs(session: Session, scope: Scope) -> Table:
    differs = Complaint.first_category.is_distinct_from(Complaint.category)
    columns = (Complaint.first_category, Complaint.category)
    groups = count_by(session, scope, columns, received(scope, "recues"), *within(scope), differs)
    first, last = subjects("Pas lu avec certitude"), subjects()
    groups.sort(key=lambda one: (-one[1]["recues"], first[one[0][0]], last[one[0][1]]))
    lines = [
        Line(
            first[was],
            (Cell(last[became]), scope.whole(counts, "recues", avant=was or NONE, sujet=became or NONE)),
        )
        for (was, became), counts in groups[:_MOST]
    ]
    heads = ("Sujet lu d'abord", "Sujet à la fin", "Demandes")
    return Table("sujets", "Sujets changés", heads, lines, read_highest(lines, 1, "demandes dont le sujet a changé"),
                 f"Les {_MOST} changements les plus fréquents.")  # fmt: skip


def _hops(scope: Scope, groups: Sequence[Group]) -> Table:
    counts = rolled_up(groups, 2)
    lines = [
        Line(
            name.capitalize(),
            (scope.whole(counts[int(key)], "orientees", passages=key), Cell(counts[int(key)]["lost"])),
        )
        for key, name in HOPS.items()
        if int(key) in counts
    ]
    heads = ("Changements de mains", "Demandes", "Jours perdus en tout")
    return Table("passages", "Combien de changements de mains", heads, lines, read_highest(lines, 0, "demandes"))


def _refusals(session: Session, scope: Scope) -> Table:
    reason = Event.data["code"].astext
    query = (
        select(reason, func.count(Complaint.id.distinct()))
        .join(Event, Event.complaint_id == Complaint.id)
        .where(*narrow(scope.narrowing), *within(scope), Complaint.hops > 0, Event.kind == EventKind.REFUSED)
        .group_by(reason)
    )
    counts: dict[str, int] = dict(session.execute(query).all())
    name = "refusees-par-une-equipe"
    lines = [
        Line(one.label, (scope.whole({name: counts[key]}, name, raison=key),))
        for key, one in REFUSALS.items()
        if key in counts
    ]
    heads = ("Raison donnée", "Demandes")
    return Table("raisons", "Pourquoi une équipe a refusé", heads, lines, read_highest(lines, 0, "demandes refusées"))
