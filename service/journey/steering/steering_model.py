"""Steering, the text model: how often it is sure, how often people agree with it, and what they correct."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.steering import Period, part
from service.journey.steering.steering_counts import (
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
from service.journey.steering.steering_names import named_lines, subjects
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
from service.models.upkeep import Threshold

_COUNTED = ("lues", "modele-sans-avis", "jugees", "confirmees", "corrigees")
_MOST = 30  # corrections


def model(session: Session, scope: Scope) -> Sheet:
    """Return the page of the text model."""
    parts = scope.period.cut_up()
    columns = (Complaint.first_category, Complaint.category, part_of(parts, scope, Complaint.submitted_at))
    groups = count_by(session, scope, columns, received(scope, *_COUNTED), *within(scope))
    seen = in_parts(groups, 2, parts)
    return Sheet(
        "Modèle de classement",
        tiles=_tiles(session, scope, total(groups)),
        curves=[
            _curve("accord", "Part des sujets vérifiés qui étaient justes", parts, seen, ("confirmees", "jugees")),
            _curve("sans-avis", "Part laissée à une personne", parts, seen, ("modele-sans-avis", "lues")),
        ],
        tables=[_by_subject(session, scope, groups), _corrections(scope, groups)],
        notes=(
            "Ces chiffres portent sur les demandes reçues dans la période.",
            "Accord : parmi les sujets qu'une personne a vérifiés ou corrigés, ceux que le programme avait lus juste.",
            "On vérifie surtout ce qui paraît douteux : l'accord réel est plutôt au-dessus.",
        ),
    )


def _tiles(session: Session, scope: Scope, now: Counter[str]) -> list[Tile]:
    times = [(scope, now), *compared(session, scope, *_COUNTED)]
    shares = (
        ("Accord avec les personnes", "confirmees", "jugees"),
        ("Part laissée à une personne", "modele-sans-avis", "lues"),
    )
    return [
        *(
            Tile(label, *(share(one[some], one[every], is_judged=False) for _, one in times))
            for label, some, every in shares
        ),
        Tile("Laissées à une personne", *(at.whole(one, "modele-sans-avis") for at, one in times)),
        Tile("Sujets vérifiés", *(at.whole(one, "jugees") for at, one in times)),
        Tile("Sujets corrigés", *(at.whole(one, "corrigees") for at, one in times)),
    ]


def _curve(name: str, title: str, parts: Sequence[Period], seen: Sequence[Counter[str]], of: tuple[str, str]) -> Curve:
    values = [part(one[of[0]], one[of[1]]) for one in seen]
    return Curve(name, title, parts, values, "%", read_curve(parts, values, "%"))


def _by_subject(session: Session, scope: Scope, groups: Sequence[Group]) -> Table:
    own: dict[str, float] = dict(session.execute(select(Threshold.category, Threshold.confidence)).all())

    def cells(counts: Counter[str], key: str) -> tuple[Cell, ...]:
        return (
            scope.whole(counts, "lues", avant=key),
            scope.whole(counts, "jugees", avant=key),
            scope.whole(counts, "confirmees", avant=key),
            scope.whole(counts, "corrigees", avant=key),
            share(counts["confirmees"], counts["jugees"]),
            Cell(Decimal(str(round(own[key] * 100))), "%") if key in own else Cell("celui du réseau"),
        )

    lines = named_lines(subjects("Pas lu avec certitude"), rolled_up(groups, 0), cells)
    heads = ("Sujet lu d'abord", "Lues", "Vérifiées", "Lues juste", "Corrigées", "Accord", "Seuil")
    reading = read_highest(lines, 3, "sujets corrigés")
    return Table("sujets", "Par sujet lu", heads, lines, reading,
                 "Seuil : sous cette certitude, une personne lit. Il se règle dans l'administration.")  # fmt: skip


def _corrections(scope: Scope, groups: Sequence[Group]) -> Table:
    found: Counter[tuple[str, str]] = Counter()
    for (was, became, _), counts in groups:
        if counts["corrigees"]:
            found[was, became] += counts["corrigees"]
    first, last = subjects("Pas lu avec certitude"), subjects()
    lines = [
        Line(first[was], (Cell(last[became]), scope.whole({"corrigees": count}, "corrigees", avant=was, sujet=became)))
        for (was, became), count in found.most_common(_MOST)
    ]
    heads = ("Sujet lu", "Sujet corrigé", "Demandes")
    reading = read_highest(lines, 1, "sujets corrigés de l'un vers l'autre")
    return Table("corrections", "Ce qu'on corrige le plus", heads, lines, reading)
