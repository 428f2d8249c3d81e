"""Figures and periods, written as people read them in French."""

from datetime import date
from decimal import Decimal
from math import ceil, floor, isinf, log10

from service.domain.estimates import Estimate, Span
from service.domain.figures import Figure
from service.journey.dates import day_in_words, quarter_in_words
from service.journey.numbers import tenths, whole
from service.network.sheet import NOT_SHOWN

_PLURAL = 2
_LONG = 90  # days: the last bin has no end


def quarter_in_short(quarter: date) -> str:
    """Return a quarter for the foot of a chart, for example « T3 2026 »."""
    return f"T{(quarter.month + 2) // 3} {quarter.year}"


def of_quarter(quarter: date) -> str:
    """Return a quarter after « de », for example « du 3e trimestre 2026 »."""
    return f"du {quarter_in_words(quarter)}"


def week_in_words(monday: date) -> str:
    """Return a week by its Monday, for example « semaine du 5 octobre 2026 »."""
    return f"semaine du {day_in_words(monday)}"


def percent(value: float) -> str:
    """Return a share from 0 to 1 in whole per cent."""
    return f"{whole(value * 100)}\u202f%"


def count(figure: Figure | None) -> str:
    """Return a number of households; the words for what is not shown are never zero, never blank."""
    return NOT_SHOWN if figure is None or figure.value is None else whole(figure.value)


def count_and_margin(figure: Figure | None) -> str:
    """Return a number of households with its margin, or the words for what is not shown."""
    if figure is None or figure.value is None:
        return NOT_SHOWN
    return f"{whole(figure.value)} ± {whole(figure.margin)}"


def rate_or_not(value: Estimate | None) -> str:
    """Return a rate with one decimal, or the words for what is not shown."""
    return NOT_SHOWN if value is None else tenths(value.value)


def rate_and_margin(value: Estimate | None) -> str:
    """Return a number with one decimal and its margin, or the words for what is not shown."""
    return NOT_SHOWN if value is None else f"{tenths(value.value)} ± {margin(value.margin)}"


def share_and_margin(value: Estimate | None) -> str:
    """Return a share in per cent with its margin in points, or the words for what is not shown."""
    return NOT_SHOWN if value is None else f"{percent(value.value)} ± {points(value)}"


def points(value: Estimate) -> str:
    """Return the margin of a share in points: a whole number, never zero."""
    return whole(max(1, ceil(value.margin * 100)))


def near(value: Estimate) -> str:
    """Return the margin of a share in words, for example « à 2 points près »."""
    said = points(value)
    return f"à {said} point{'' if said == '1' else 's'} près"


def margin(value: float) -> str:
    """Return a margin with one decimal, rounded up: never less than it is, never zero."""
    return tenths(max(0.1, ceil(value * 10 - 1e-9) / 10))


def days(value: float) -> str:
    """Return a number of working days."""
    return f"plus de {_LONG}" if isinf(value) else tenths(value)


def in_days(value: float) -> str:
    """Return a number of days with its unit, which is plural from two on."""
    return f"{days(value)} jour{'s' if value >= _PLURAL else ''}"


def span(value: Span | None) -> str:
    """Return days with the two they lie between, or the words for what is not shown."""
    if value is None:
        return NOT_SHOWN
    return f"{days(value.value)} (de {days(value.least)} à {days(value.most)})"


def tied(words: str) -> str:
    """Return words whose French signs never stand alone at the start or the end of a line."""
    for sign in (":", ";", "?", "!", "»", "%"):
        words = words.replace(f" {sign}", f"\u00a0{sign}")
    return words.replace("« ", "«\u00a0").replace(" ±", "\u00a0±").replace("± ", "±\u00a0")


def nice_top(highest: float) -> Decimal:
    """Return a round number a little above, for the top of a scale read by eye."""
    if highest <= 0:
        return Decimal(1)
    power = Decimal(10) ** floor(log10(highest))
    return next(
        step * power
        for step in map(Decimal, ("1", "1.5", "2", "3", "4", "6", "8", "10"))
        if step * power >= Decimal(highest)
    )
