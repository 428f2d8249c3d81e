"""Steering, delays: first and full answers against what was set for each message when it was read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.steering import Period, part, percentile
from service.domain.taxonomy import urgencies
from service.journey.steering.steering_counts import (
    compared,
    count_by,
    histogram_by,
    histograms,
    in_parts,
    part_of,
    received,
    rolled_up,
    total,
    within,
)
from service.journey.steering.steering_names import desks, subjects
from service.journey.steering.steering_narrowing import NONE, narrow
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
)
from service.models.complaint import Complaint

_COUNTED = (
    "reponse-a-temps", "reponse-en-retard", "fin-a-temps", "fin-en-retard", "prolongees", "repondues", "rouvertes",
)  # fmt: skip
_HEADS = (
    "Réponses à temps", "En retard", "Part à temps", "Médiane (jours)", "9 sur 10 en (jours)",
    "Fins à temps", "En retard", "Part à temps", "Médiane (jours)", "9 sur 10 en (jours)", "Prolongées",
)  # fmt: skip
_LATE = 1  # the column of late first answers
_COLUMNS = (Complaint.team_id, Complaint.category, Complaint.urgency)
Days = Mapping[Any, Counter[int]]


def delays(session: Session, scope: Scope) -> Sheet:
    """Return the page of delays."""
    parts = scope.period.cut_up()
    columns = (*_COLUMNS, part_of(parts, scope, Complaint.submitted_at))
    groups = count_by(session, scope, columns, received(scope, *_COUNTED), *within(scope))
    answers = histograms(session, scope, Complaint.answer_days, *_COLUMNS)
    ends = histograms(session, scope, Complaint.full_days, *_COLUMNS)
    named: tuple[tuple[str, str, str, str, Mapping[Any, str]], ...] = (
        ("equipes", "Par équipe", "Équipe", "equipe", desks(session)),
        ("sujets", "Par sujet", "Sujet", "sujet", subjects()),
        ("urgences", "Par urgence", "Urgence", "urgence", {code: one.label for code, one in urgencies().items()}),
    )
    tables = []
    for place, (name, caption, head, narrowing, names) in enumerate(named):
        counts, first, full = rolled_up(groups, place), histogram_by(answers, place), histogram_by(ends, place)
        lines = [
            Line(label, _cells(scope, counts[key], (first.get(key, {}), full.get(key, {})), **{narrowing: key or NONE}))
            for key, label in names.items()
            if key in counts
        ]
        reading = read_highest(lines, _LATE, "premières réponses en retard")
        tables.append(Table(name, caption, (head, *_HEADS), lines, reading, _DAYS))
    return Sheet(
        "Délais",
        tiles=_tiles(session, scope, total(groups)),
        curves=_curves(parts, in_parts(groups, len(_COLUMNS), parts)),
        tables=[*tables, _hours(session, scope)],
        notes=_NOTES,
    )


_NOTES = (
    "Ces chiffres portent sur les demandes reçues dans la période.",
    "Un délai qui court encore n'est compté ni à temps, ni en retard.",
    "Chaque demande est jugée sur les délais fixés quand elle a été lue. Les attentes du locataire sont retirées.",
    "Une demande terminée sans autre réponse est jugée sur le délai de première réponse.",
    "Une demande rouverte garde le résultat de son premier passage. Prolongations et réouvertures : à part.",
)
_DAYS = "Jours ouvrés depuis le message du locataire, sans les jours où l'on attendait sa réponse."


def _cells(scope: Scope, counts: Counter[str], days: Sequence[Mapping[int, int]], **more: str) -> tuple[Cell, ...]:
    found: list[Cell] = []
    for (kept, late), spread in zip((_COUNTED[0:2], _COUNTED[2:4]), days, strict=True):
        found += [scope.whole(counts, kept, **more), scope.whole(counts, late, **more)]
        found.append(share(counts[kept], counts[kept] + counts[late]))
        found += [Cell(percentile(spread, 0.5)), Cell(percentile(spread, 0.9))]
    return (*found, scope.whole(counts, "prolongees", **more))


def _tiles(session: Session, scope: Scope, now: Counter[str]) -> list[Tile]:
    times = [(scope, now), *compared(session, scope, *_COUNTED)]
    shares = (
        ("Premières réponses à temps", "reponse-a-temps", "reponse-en-retard"),
        ("Réponses complètes à temps", "fin-a-temps", "fin-en-retard"),
    )
    found = [
        Tile(label, *(share(counts[kept], counts[kept] + counts[late], is_judged=False) for _, counts in times))
        for label, kept, late in shares
    ]
    late = (("reponse-en-retard", "Premières réponses en retard"), ("prolongees", "Délais prolongés"),
            ("rouvertes", "Rouvertes"))  # fmt: skip
    return [*found, *(Tile(label, *(at.whole(counts, name) for at, counts in times)) for name, label in late)]


def _curves(parts: Sequence[Period], counts: Sequence[Counter[str]]) -> list[Curve]:
    found = []
    for name, title, kept, late in (
        ("reponses", "Premières réponses à temps", *_COUNTED[0:2]),
        ("fins", "Réponses complètes à temps", *_COUNTED[2:4]),
    ):
        values = [part(one[kept], one[kept] + one[late]) for one in counts]
        found.append(Curve(name, title, parts, values, "%", read_curve(parts, values, "%")))
    return found


def _hours(session: Session, scope: Scope) -> Table:
    """Return how many hours of the clock what is urgent waits: nights and days off count there."""
    hours = func.extract("epoch", Complaint.answer_done_at - Complaint.submitted_at) / 3600
    query = (
        select(Complaint.urgency, func.count(), *(func.percentile_disc(one).within_group(hours) for one in (0.5, 0.9)))
        .where(
            *narrow(scope.narrowing), *within(scope), Complaint.urgency.in_(("danger", "urgent")),
            Complaint.answer_done_at.is_not(None),
        )
        .group_by(Complaint.urgency)
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(query).all()
    found = {
        urgency: (
            scope.whole({"repondues": count}, "repondues", urgence=urgency),
            *(Cell(_tenth(one)) for one in spread),
        )
        for urgency, count, *spread in rows
    }
    names = {code: level.label for code, level in urgencies().items()}
    lines = [Line(names[code], found[code]) for code in names if code in found]
    heads = ("Urgence", "Premières réponses", "Médiane (heures)", "9 sur 10 en (heures)")
    reading = read_highest(lines, 1, "heures jusqu'à la première réponse, une fois sur deux")
    return Table("heures", "Danger et urgences, en heures", heads, lines, reading, "Nuits et jours fermés compris.")


def _tenth(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.1"))
