"""Steering, satisfaction: what tenants said once their complaint was closed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
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

_TEAM, _CATEGORY, _SCORE, _SOLVED, _PART = range(5)  # the columns opinions are grouped by, each by itself
Opinions = list[dict[Any, Counter[str]]]  # for each of these columns, the counts of its values


def satisfaction(session: Session, scope: Scope) -> Sheet:
    """Return the page of satisfaction."""
    parts = scope.period.cut_up()
    opinions = _opinions(session, scope, parts)
    asked = _asked(session, scope, Complaint.team_id, Complaint.category)
    teams, categories = (_both(opinions[place], asked, place) for place in (_TEAM, _CATEGORY))
    return Sheet(
        "Satisfaction",
        tiles=_tiles(session, scope, _of_all(opinions) + total(asked)),
        curves=[_curve(opinions[_PART], parts)],
        tables=[
            _notes(scope, opinions[_SCORE]),
            _solved(scope, opinions[_SOLVED]),
            _table("equipes", "Par équipe", "Équipe", desks(session), teams, _cells(scope, "equipe")),
            _table("themes", "Par thème", "Thème", families(), _by_family(categories), _theme_cells(scope)),
            _table("sujets", "Par sujet", "Sujet", subjects(), categories, _cells(scope, "sujet")),
        ],
        notes=(
            "Avis donnés dans la période, enquêtes envoyées dans la période.",
            "Un locataire peut répondre plus tard : une petite période peut compter plus d'avis que d'enquêtes.",
        ),
    )


def _opinions(session: Session, scope: Scope, parts: Sequence[Period]) -> Opinions:
    """Return the counts by each column, in one pass: by all of them together there would be tens of thousands."""
    columns = (Complaint.team_id, Complaint.category, SAID.score, SAID.solved, part_of(parts, scope, SAID.at))
    others = func.grouping(*columns)  # a bit for each column that a line is not grouped by, the last one the lowest
    places = {2 ** len(columns) - 1 - 2**bit: place for place, bit in enumerate(reversed(range(len(columns))))}
    query = _said(scope, others, *columns).group_by(func.grouping_sets(*columns))
    found: Opinions = [{} for _ in columns]
    for without, *values, count, kept, points in session.execute(query):
        place = places[without]
        found[place][values[place]] = _counted(count, kept, points)
    return found


def _scores(session: Session, scope: Scope) -> Counter[str]:
    """Return the counts of all opinions together."""
    return _counted(*session.execute(_said(scope)).one())


def _said(scope: Scope, *columns: Any) -> Select[Any]:
    counts = (func.count(), func.count().filter(SAID.score >= SATISFIED_FROM), func.coalesce(func.sum(SAID.score), 0))
    return (
        select(*columns, *counts)
        .select_from(SAID)
        .join(Complaint, Complaint.id == SAID.complaint_id)
        .where(*frame(scope.period, scope.now).holds(SAID.at), *narrow(scope.narrowing))
    )


def _counted(count: int, kept: int, points: int) -> Counter[str]:
    return Counter({"notees": count, "satisfaites": kept, "points": int(points)})


def _of_all(opinions: Opinions) -> Counter[str]:
    return sum(opinions[_SCORE].values(), Counter[str]())


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


def _curve(counts: Mapping[Any, Counter[str]], parts: Sequence[Period]) -> Curve:
    groups = [((number,), one) for number, one in counts.items()]
    values = [part(one["satisfaites"], one["notees"]) for one in in_parts(groups, 0, parts)]
    return Curve("part", "Part des notes de 7 à 10", parts, values, "%", read_curve(parts, values, "%"))


def _notes(scope: Scope, counts: Mapping[Any, Counter[str]]) -> Table:
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


def _solved(scope: Scope, counts: Mapping[Any, Counter[str]]) -> Table:
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


def _both(opinions: Mapping[Any, Counter[str]], asked: Sequence[Group], place: int) -> dict[Any, Counter[str]]:
    found = rolled_up(asked, place)
    for key, counts in opinions.items():
        found.setdefault(key, Counter()).update(counts)
    return found


def _by_family(by_category: Mapping[Any, Counter[str]]) -> dict[Any, Counter[str]]:
    found: dict[Any, Counter[str]] = {}
    for category, counts in by_category.items():
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
