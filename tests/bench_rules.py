"""How fast routing tables are: lines looked at, decisions, and a change replayed on 25,000 complaints."""

import statistics
import time
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4

from service.domain.comparison import Replayed, compare
from service.domain.default_rules import default_rules
from service.domain.desks import Case, Desks, Term, find_route
from service.domain.routing import NEEDS, TRADES, Rule, Situation, Table, TargetKind
from service.domain.taxonomy import categories, family_of

COMPLAINTS, LINES, RESIDENCES = 25_000, 60, 750
TODAY = date(2026, 11, 25)
_URGENCIES = ("danger", "urgent", "normal", "normal", "normal", "faible")


def bench() -> None:
    """Print rule evaluations per second, the time of a routing decision, and that of a simulation."""
    random = Random(7)
    desks, places = _landlord(random)
    cases = [_case(random, places) for _ in range(COMPLAINTS)]
    before = _lines(random, desks, places)
    _print_evaluations(before, cases)
    _print_decisions(before, cases, desks)
    _print_simulation(before, cases, desks)


def _landlord(random: Random) -> tuple[Desks, list[tuple[UUID, UUID]]]:
    kinds = ("sorting", "technical", "on_call", "peace", "charges", "tenancy", "allocation", "social", "works",
             "client_relations")  # fmt: skip
    teams = {kind: uuid4() for kind in kinds}
    agencies = {uuid4(): uuid4() for _ in range(8)}
    companies = {trade: uuid4() for trade in TRADES}
    places = [(uuid4(), random.choice(list(agencies))) for _ in range(RESIDENCES)]
    desks = Desks(
        sorting_id=teams["sorting"],
        kinds={team: kind for kind, team in teams.items()} | dict.fromkeys(agencies.values(), "agency"),
        agency_teams=agencies,
        organisations=dict.fromkeys(companies.values(), TargetKind.SUPPLIER),
        contracts={(trade, random.choice((None, places[0][0]))): [Term(one)] for trade, one in companies.items()},
        by_kind=teams,
    )
    return desks, places


def _case(random: Random, places: list[tuple[UUID, UUID]]) -> Case:
    residence_id, agency_id = random.choice(places)
    category = random.choice(list(categories()))
    abstained = random.random() < 0.1
    situation = Situation(
        category, random.choice(_URGENCIES), abstained, place_is_known=True, agency_id=agency_id,
        heating=random.choice(("collective", "individual")), nature=random.choice(("demande", "relance", "question")),
        residence_id=residence_id, insee=str(80000 + random.randrange(30)), has_lift=random.random() < 0.4,
        is_working_time=random.random() < 0.6, needs=frozenset(random.sample(list(NEEDS), random.choice((0, 0, 0, 1)))),
    )  # fmt: skip
    return Case(situation, family_of(category) if abstained else None, TODAY - timedelta(days=random.randrange(90)))


def _lines(random: Random, desks: Desks, places: list[tuple[UUID, UUID]]) -> list[Rule]:
    """Return lines with two conditions each, drawn among all there are: the worst for the memory of the table."""
    draws = {
        "category": lambda: random.choice(list(categories())),
        "urgency": lambda: random.choice(("urgent", "normal")),
        "nature": lambda: "relance",
        "heating": lambda: "collective",
        "residence_id": lambda: random.choice(places)[0],
        "insee": lambda: str(80000 + random.randrange(30)),
        "hours": lambda: "off",
        "need": lambda: random.choice(list(NEEDS)),
    }
    return [
        Rule(
            uuid4(), position, "Une règle.", team_id=random.choice(list(desks.kinds)),
            **{name: draws[name]() for name in random.sample(list(draws), 2)},
        )
        for position in range(LINES)
    ]  # fmt: skip


def _print_evaluations(lines: list[Rule], cases: list[Case]) -> None:
    tables = [Table(lines, default_rules()) for _ in range(20)]
    some = cases[:500]
    for table in tables:
        for code in categories():
            table.decide(some[0].situation, sure_of=code)  # the lines of each category are made ready
    start = time.perf_counter()
    for table in tables:
        for case in some:
            table.decide(case.situation)
    per_second = len(tables) * len(some) * len(tables[0].rules) / (time.perf_counter() - start)
    print(f"{'lines judged in a second':<52} {per_second:12,.0f}")


def _print_decisions(lines: list[Rule], cases: list[Case], desks: Desks) -> None:
    took = []
    table = Table(lines, default_rules())
    for case in cases[:5000]:
        start = time.perf_counter()
        find_route(table, case, desks)
        took.append((time.perf_counter() - start) * 1e6)
    took.sort()
    start = time.perf_counter()
    for _ in range(100):
        find_route(Table(lines, default_rules()), cases[0], desks)
    made = (time.perf_counter() - start) / 100 * 1e6
    print(f"{'a table is made and asked once (µs)':<52} {made:12,.0f}")
    print(f"{'a routing decision, median (µs)':<52} {statistics.median(took):12,.1f}")
    print(f"{'a routing decision, 99th percentile (µs)':<52} {took[int(len(took) * 0.99)]:12,.1f}")


def _print_simulation(lines: list[Rule], cases: list[Case], desks: Desks) -> None:
    replayed = [Replayed(uuid4(), str(number), case) for number, case in enumerate(cases)]
    start = time.perf_counter()
    found = compare(replayed, Table(lines, default_rules()), Table(lines[1:], default_rules()), desks)
    name = f"{COMPLAINTS:,} complaints through two tables of {LINES} lines (s)"
    print(f"{name:<52} {time.perf_counter() - start:12.2f}")
    print(f"{'of which change desks':<52} {found.changed:12,}")


if __name__ == "__main__":
    bench()
