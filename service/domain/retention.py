"""How long a complaint keeps its words and names once it is over: lines of a table, the most precise decides."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

# Actions that arise from a lease are barred after three years (loi 89-462, article 7-1). Each member's own data
# protection officer decides; nothing is printed as advice.
DEFAULT_MONTHS = 36
LEAST, MOST = 1, 120  # months
MOST_IN_A_DAY = 500  # complaints erased in one day without a second person; or the share below, if that is more
SHARE_IN_A_DAY = 0.02  # of the complaints that are over


@dataclass(frozen=True)
class Line:
    """One line of a member's table; a condition left at None fits everything."""

    months: int
    category: str | None = None
    outcome: str | None = None


def months_for(category: str | None, outcome: str | None, lines: Iterable[Line]) -> int:
    """Return how many months after its end a complaint is erased. A subject says more than an outcome."""
    fitting = [line for line in lines if line.category in (None, category) and line.outcome in (None, outcome)]
    best = max(fitting, key=lambda line: (line.category is not None, line.outcome is not None), default=None)
    return best.months if best else DEFAULT_MONTHS


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Return the lines so that the first that fits decides."""
    return sorted(lines, key=lambda line: (line.category is None, line.outcome is None))


def is_sooner(line: Line, lines: Collection[Line]) -> bool:
    """Say whether a new line would erase sooner than what applies now, for some of what it speaks of."""
    others = [one for one in lines if (one.category, one.outcome) != (line.category, line.outcome)]
    # What no line names is like None: only the lines that fit everything fit it.
    categories = {line.category} if line.category else {None, *(one.category for one in others)}
    outcomes = {line.outcome} if line.outcome else {None, *(one.outcome for one in others)}
    return any(
        months_for(category, outcome, [*others, line]) < months_for(category, outcome, lines)
        for category in categories
        for outcome in outcomes
    )


def most_in_a_day(over: int) -> int:
    """Return how many may be erased in a day before a second person is asked; `over` complaints are over in all."""
    return max(MOST_IN_A_DAY, int(over * SHARE_IN_A_DAY))
