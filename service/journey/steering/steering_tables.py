"""What a page of steering is made of: figures that open their list, tables, curves, and one sentence on each.

The words are here, and not in a face, because an export made beside holds the same ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from service.domain.steering import FEWEST, Narrowing, Period, part

Value = int | Decimal | str | None
TOO_FEW = "trop peu pour juger"


class Cut(NamedTuple):
    """The list behind a figure."""

    measure: str
    narrowing: Narrowing
    period: Period


@dataclass(frozen=True)
class Cell:
    """One figure or one word; `cut` where it counts complaints."""

    value: Value
    unit: str = ""
    cut: Cut | None = None
    bar: Decimal | None = None  # from 0 to 100, drawn beside it
    address: str | None = None  # an incident, by its id


@dataclass(frozen=True)
class Line:
    """One row of a table."""

    head: str
    cells: tuple[Cell, ...]
    opens: Narrowing | None = None  # the same pages, narrowed to what the line is about


@dataclass(frozen=True)
class Table:
    """A table with its sentence. `name` is how an address and an export call it."""

    name: str
    caption: str
    heads: tuple[str, ...]  # the first one is of the rows
    lines: Sequence[Line]
    reading: str
    hint: str = ""


@dataclass(frozen=True)
class Tile:
    """A figure of the whole period beside those it is compared with."""

    label: str
    now: Cell
    before: Cell
    year_before: Cell


@dataclass(frozen=True)
class Curve:
    """Values over the parts of the period: None where there was nothing to take a share of."""

    name: str
    title: str
    parts: Sequence[Period]
    values: Sequence[Decimal | None]
    unit: str
    reading: str


@dataclass(frozen=True)
class Sheet:
    """One page of steering."""

    title: str
    tiles: Sequence[Tile] = ()
    curves: Sequence[Curve] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Scope:
    """What a page looks at: the days, what it is narrowed to, and how many dwellings that is."""

    period: Period
    narrowing: Narrowing
    now: datetime
    dwellings: int = 0

    def at(self, period: Period) -> "Scope":
        """Return the same at another time."""
        return replace(self, period=period)

    def whole(self, counts: Mapping[str, int], measure: str, **more: str) -> Cell:
        """Return a count that opens its list; `more` is what its line adds to what the page is narrowed to."""
        return Cell(counts.get(measure, 0), cut=Cut(measure, {**self.narrowing, **more}, self.period))


def share(some: int, whole: int, *, is_judged: bool = True) -> Cell:
    """Return a share; of so few that one case decides, words instead where somebody is judged by it."""
    if is_judged and 0 < whole < FEWEST:
        return Cell(TOO_FEW)
    found = part(some, whole)
    return Cell(found, "%", bar=found)


def value_in_words(value: Value, unit: str = "") -> str:
    """Return a figure as French people write it, its unit after a space that does not break."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    digits = f"{value:,}".replace(",", "\u202f").replace(".", ",")
    return f"{digits}\u202f{unit}" if unit else digits


def read_highest(lines: Sequence[Line], column: int, what: str, unit: str = "") -> str:
    """Return one sentence on the line that has most of something."""
    numbers = [(Decimal(value), line) for line in lines if isinstance(value := line.cells[column].value, int | Decimal)]
    if not any(value for value, _ in numbers):
        return f"Aucun chiffre sur cette période : {what}."
    highest, line = max(numbers, key=lambda one: one[0])
    return f"Le plus haut : {line.head}, {value_in_words(highest, unit)} ({what})."


def read_curve(parts: Sequence[Period], values: Sequence[Decimal | None], unit: str) -> str:
    """Return one sentence on the highest and the lowest point of a curve."""
    seen = [(value, one) for value, one in zip(values, parts, strict=True) if value is not None]
    if not seen:
        return "Rien à compter sur cette période."
    (low, when_low), (high, when_high) = min(seen, key=lambda one: one[0]), max(seen, key=lambda one: one[0])
    if low == high:
        return f"Toujours {value_in_words(low, unit)}."
    return (
        f"Au plus haut {value_in_words(high, unit)} ({days_in_words(when_high)}), "
        f"au plus bas {value_in_words(low, unit)} ({days_in_words(when_low)})."
    )


def days_in_words(period: Period) -> str:
    """Return a period in figures, short enough for a table."""
    if period.since == period.until:
        return f"le {period.since:%d/%m/%Y}"
    return f"du {period.since:%d/%m/%Y} au {period.until:%d/%m/%Y}"
