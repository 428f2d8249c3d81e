"""Figures and months, computed exactly and written as people read them in French."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

HIDDEN = "n.s."
_HUNDREDTH = Decimal("0.01")
_UNIT = Decimal(1)


def per_thousand(dwellings: int | None, stock: int) -> Decimal | None:
    """Return how many of 1,000 dwellings, to the hundredth; None when hidden or when there is no dwelling at all."""
    return None if dwellings is None or stock <= 0 else rate(dwellings, stock)


def rate(dwellings: int, stock: int) -> Decimal:
    """Return how many of 1,000 dwellings, to the hundredth."""
    return (Decimal(dwellings) * 1000 / stock).quantize(_HUNDREDTH, ROUND_HALF_UP)


def share(satisfied: int | None, answers: int | None) -> Decimal | None:
    """Return the part of satisfied answers in whole per cent; None when either figure is hidden."""
    if satisfied is None or not answers:
        return None
    return (Decimal(satisfied) * 100 / answers).quantize(_UNIT, ROUND_HALF_UP)


def month_in_words(month: date) -> str:
    """Return a month as people say it, for example « octobre 2026 »."""
    return str(format_date(month, "MMMM y", locale="fr"))


def whole(value: int | Decimal) -> str:
    """Return a whole number, thousands apart."""
    return str(format_decimal(value, "#,##0", locale="fr"))


def hundredths(value: Decimal) -> str:
    """Return a rate with its two decimals."""
    return str(format_decimal(value, "#,##0.00", locale="fr"))


def hundredths_or_hidden(value: Decimal | None) -> str:
    """Return a rate, or the words that stand for a hidden one: never zero, never blank."""
    return HIDDEN if value is None else hundredths(value)


def percent(value: Decimal) -> str:
    """Return a share in per cent."""
    return f"{whole(value)}\u202f%"


def percent_or_hidden(value: Decimal | None) -> str:
    """Return a share in per cent, or the words that stand for a hidden one."""
    return HIDDEN if value is None else percent(value)


def whole_or_hidden(value: int | None) -> str:
    """Return a count, or the words that stand for a hidden one."""
    return HIDDEN if value is None else whole(value)
