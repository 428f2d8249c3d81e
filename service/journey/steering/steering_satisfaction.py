"""Steering, satisfaction: what tenants said once their complaint was closed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.feedback import SATISFIED_FROM, SCORES, SOLVED
from service.domain.steering import Period, part
from service.domain.taxonomy import family_of
from service.journey.steering.steering_counts import Group, count_by, in_parts, part_of, rolled_up, total, within
from service.journey.steering.steering_cuts import frame
from service.journey.steering.steering_measures import SAID
from service.journey.steering.steering_names import desks, families, named_lines, subjects
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

_TEAM, _CATEGORY, _SCORE, _SOLVED, _PART = range(5)  # the columns opinions are grouped by


def satisfaction(session: Session, scope: Scope) -> Sheet:
    """Return the page of satisfaction."""
    parts = scope.period.cut_up()
    groups = _opinions(session, scope, parts)
    asked = _asked(session, scope, Complaint.team_id, Complaint.category)
    return Sheet(
        "Satisfaction",
        tiles=_tiles(session, scope, total(groups) + total(asked)),
        curves=[_curve(groups, parts)],
        tables=[
            _notes(scope, groups),
            _solved(scope, groups),
            _table("equipes", "Par équipe", "Équipe", desks(session), _both(groups, asked, 0), _cells(scope, "equipe")),
            _table("themes", "Par thème", "Thème", families(), _by_family(groups, asked), _theme_cells(scope)),
            _table("sujets", "Par sujet", "Sujet", subjects(), _both(groups, asked, 1), _cells(scope, "sujet")),
        ],
        notes=(
            "Avis donnés dans la période, enquêtes envoyées dans la période.",
            "Un locataire peut répondre plus tard : une petite période peut compter plus d'avis que d'enquêtes.",
        ),
    )


def _opinions(session: Session, scope: Scope, parts: Sequence[Period]) -> list[Group]:
    columns = (
        Complaint.team_id, Complaint.category, SAID.score, SAID.solved, part_of(parts, scope, SAID.at)
    )  # fmt: skip
    query = (
        select(*columns, func.count())
        .select_from(SAID)
        .join(Complaint, Complaint.id == SAID.complaint_id)
        .where(*frame(scope.period, scope.now).holds(SAID.at), *narrow(scope.narrowing))
        .group_by(*columns)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return [(tuple(row[:5]), _as_counts(row[_SCORE], int(row[5]))) for row in rows]


def _scores(session: Session, scope: Scope) -> Counter[str]:
    """Return the counts of all opinions together."""
    query = (
        select(SAID.score, func.count())
        .join(Complaint, Complaint.id == SAID.complaint_id)
        .where(*frame(scope.period, scope.now).holds(SAID.at), *narrow(scope.narrowing))
        .group_by(SAID.score)
    )
    found: Counter[str] = Counter()
    for score, count in session.execute(query):
        found.update(_as_counts(score, count))
    return found


def _as_counts(score: int, count: int) -> Counter[str]:
    return Counter({"notees": count, "satisfaites": count if score >= SATISFIED_FROM else 0, "points": score * count})


def _asked(session: Session, scope: Scope, *columns: Any) -> list[Group]:
    return count_by(session, scope, columns, {"enquetees": ("enquetees", scope)}, *within(scope, Complaint.surveyed_at))


def _tiles(session: Session, scope: Scope, now: Counter[str]) -> list[Tile]:
    times = [(scope, now)]
    found: dict[Period, Counter[str]] = {}
    for period in (scope.period.before(), scope.period.year_before()):
        at = scope.at(period)
        if period not in found:
            found[period] = _scores(session, at) + total(_asked(session, at))
        times.append((at, found[period]))
    shares = (
        ("Part des notes de 7 à 10", "satisfaites", "notees"),
        ("Part des enquêtes avec un avis", "notees", "enquetees"),
    )
    return [
        *(
            Tile(label, *(share(one[some], one[every], is_judged=False) for _, one in times))
            for label, some, every in shares
        ),
        Tile("Note moyenne sur 10", *(Cell(_mean(one)) for _, one in times)),
        Tile("Avis donnés", *(at.whole(one, "notees") for at, one in times)),
        Tile("Enquêtes envoyées", *(at.whole(one, "enquetees") for at, one in times)),
    ]


def _mean(counts: Counter[str]) -> Decimal | None:
    return (Decimal(counts["points"]) / counts["notees"]).quantize(Decimal("0.1")) if counts["notees"] else None


def _curve(groups: Sequence[Group], parts: Sequence[Period]) -> Curve:
    values = [part(one["satisfaites"], one["notees"]) for one in in_parts(groups, _PART, parts)]
    return Curve("part", "Part des notes de 7 à 10", parts, values, "%", read_curve(parts, values, "%"))


def _notes(scope: Scope, groups: Sequence[Group]) -> Table:
    counts = rolled_up(groups, _SCORE)
    everything = sum(one["notees"] for one in counts.values())
    lines = [
        Line(
            f"{score} sur 10",
            (
                scope.whole({"notees": counts.get(score, Counter[str]())["notees"]}, "notees", note=str(score)),
                share(counts.get(score, Counter[str]())["notees"], everything, is_judged=False),
            ),
        )
        for score in reversed(SCORES)
    ]
    reading = read_highest(lines, 0, "la note la plus donnée")
    return Table("notes", "Les notes de 0 à 10", ("Note", "Avis", "Part"), lines, reading)


def _solved(scope: Scope, groups: Sequence[Group]) -> Table:
    counts = rolled_up(groups, _SOLVED)
    everything = sum(one["notees"] for code, one in counts.items() if code)
    lines = [
        Line(
            label,
            (
                scope.whole({"notees": counts[code]["notees"]}, "notees", regle=code),
                share(counts[code]["notees"], everything, is_judged=False),
            ),
        )
        for code, label in SOLVED.items()
        if code in counts
    ]
    reading = read_highest(lines, 0, "réponses à « votre problème est-il réglé ? »")
    return Table("regle", "Le problème est-il réglé ?", ("Réponse", "Avis", "Part"), lines, reading)


def _both(groups: Sequence[Group], asked: Sequence[Group], place: int) -> dict[Any, Counter[str]]:
    return rolled_up([*groups, *asked], place)


def _by_family(groups: Sequence[Group], asked: Sequence[Group]) -> dict[Any, Counter[str]]:
    found: dict[Any, Counter[str]] = {}
    for category, counts in _both(groups, asked, 1).items():
        found.setdefault(family_of(category), Counter()).update(counts)
    return found


MakeCells = Callable[[Counter[str], str], tuple[Cell, ...]]


def _cells(scope: Scope, name: str) -> MakeCells:
    return lambda counts, key: _line(scope, counts, **{name: key})


def _theme_cells(scope: Scope) -> MakeCells:
    return lambda counts, key: _line(scope, counts, **({"sujet": NONE} if key == NONE else {"theme": key}))


def _line(scope: Scope, counts: Counter[str], **more: str) -> tuple[Cell, ...]:
    return (
        scope.whole(counts, "enquetees", **more),
        scope.whole(counts, "notees", **more),
        share(counts["notees"], counts["enquetees"]),
        scope.whole(counts, "satisfaites", **more),
        share(counts["satisfaites"], counts["notees"]),
        Cell(_mean(counts)),
    )


def _table(
    name: str, caption: str, head: str, names: Mapping[Any, str], counts: Mapping[Any, Counter[str]], cells: MakeCells
) -> Table:
    lines = named_lines(names, counts, cells)
    heads = (head, "Enquêtes", "Avis", "Part avec un avis", "Notes de 7 à 10", "Part satisfaite", "Note moyenne")
    return Table(name, caption, heads, lines, read_highest(lines, 4, "part des notes de 7 à 10", "%"))
